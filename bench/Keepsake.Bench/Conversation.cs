namespace Keepsake.Bench;

/// <summary>A conversation to store and to ask about.</summary>
internal sealed record Conversation(string Id, IReadOnlyList<Turn> Turns, IReadOnlyList<EvaluationQuestion> Questions);

internal sealed record Turn(string Id, string Session, string Speaker, DateTimeOffset Time, string Text);

/// <summary>A question and the turns that answer it.</summary>
internal sealed record EvaluationQuestion(string Text, string Category, IReadOnlyList<string> Evidence);
