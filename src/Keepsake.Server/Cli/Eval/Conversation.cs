namespace Keepsake.Server.Cli.Eval;

/// <summary>A real conversation, and questions whose answers are somewhere in it.</summary>
/// <param name="Id">Its name in the file.</param>
/// <param name="Turns">What was said, in order.</param>
/// <param name="Questions">The questions.</param>
internal sealed record Conversation(string Id, IReadOnlyList<Turn> Turns, IReadOnlyList<Question> Questions);

/// <summary>What one speaker said at one time.</summary>
internal sealed record Turn
{
    /// <summary>Gets its name, unique in the conversation.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name of the session in which it was said.</summary>
    public required string Session { get; init; }

    /// <summary>Gets who said it; <see langword="null"/>: not known.</summary>
    public string? Speaker { get; init; }

    /// <summary>Gets when it was said; <see langword="null"/>: not known.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Gets the words.</summary>
    public required string Text { get; init; }
}

/// <summary>A question, and the turns that answer it.</summary>
/// <param name="Text">The question.</param>
/// <param name="Category">What sort of question it is.</param>
/// <param name="Evidence">The ids of the turns that answer it, each once; those that name no turn are left out.</param>
internal sealed record Question(string Text, string Category, IReadOnlyList<string> Evidence);
