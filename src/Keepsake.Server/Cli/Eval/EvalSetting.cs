using Keepsake.Embedding;
using Keepsake.Recall;

namespace Keepsake.Server.Cli.Eval;

/// <summary>One side of a comparison: <c>default</c>, or parts joined by commas, such as <c>without=speaker,floor=0.35</c>.</summary>
internal sealed record EvalSetting
{
    /// <summary>The setting that changes nothing: the model that is configured, all signals, no floor.</summary>
    public const string Default = "default";

    /// <summary>What the signals are called that can be left out.</summary>
    public static readonly IReadOnlyList<string> Signals = Ranker.Default.Names;

    private const string LexicalWord = "lexical";
    private const string ShippedModel = BuiltInModel.Name;

    /// <summary>Gets the setting as it was written.</summary>
    public required string Text { get; init; }

    /// <summary>Gets whether words alone are searched.</summary>
    public bool Lexical { get; private init; }

    /// <summary>Gets the shipped model's name, that of an added one or the folder of another; <see langword="null"/>: the model that is configured.</summary>
    public string? Model { get; private init; }

    /// <summary>Gets the least relevance of what is found, 0 to 1.</summary>
    public double Floor { get; private init; }

    /// <summary>Gets the signals that are left out.</summary>
    public IReadOnlyList<string> Without { get; private init; } = [];

    /// <summary>Gets the ranking.</summary>
    public Ranker Ranker => Without.Aggregate(Ranker.Default, (ranker, signal) => ranker.Without(signal));

    /// <summary>Reads a setting.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is none.</exception>
    public static EvalSetting Parse(string text)
    {
        var setting = new EvalSetting { Text = text };
        foreach (var part in text == Default ? [] : text.Split(','))
        {
            setting = setting.With(part.Trim());
        }

        if (text.Split(',').Select(part => part.Split('=')[0].Trim()).Where(name => name != "without").GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
        {
            throw MemoryException.Invalid($"'{text}' says '{twice}' more than once; say it once.");
        }

        return setting.Lexical && setting.Model is not null
            ? throw MemoryException.Invalid($"'{text}' asks for a model and for none; leave out 'lexical' or 'model='.")
            : setting;
    }

    /// <summary>The settings of embedding, those that are configured changed as this setting says.</summary>
    /// <param name="configured">What is configured.</param>
    /// <param name="folderOf">Finds the folder of a model other than the shipped one.</param>
    public EmbeddingOptions Embedding(EmbeddingOptions configured, Func<string, string> folderOf)
    {
        if (Lexical)
        {
            return new() { Provider = EmbeddingProvider.None };
        }

        return Model is null ? configured : new() { Provider = EmbeddingProvider.BuiltIn, ModelFolder = Model == ShippedModel ? null : folderOf(Model) };
    }

    private EvalSetting With(string part)
    {
        var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? (part[..at], part[(at + 1)..]) : (part, null);
        return (name, value) switch
        {
            (LexicalWord, null) => this with { Lexical = true },
            ("model", { Length: > 0 }) => this with { Model = value },
            ("floor", _) when ShareArgument.TryParse(value, out var floor) => this with { Floor = floor },
            ("floor", _) => throw MemoryException.Invalid($"'{part}' is not a floor; use a number from 0 to 1, such as floor=0.35."),
            ("without", { Length: > 0 }) => this with { Without = [.. Without, Signal(value)] },
            _ => throw MemoryException.Invalid(
                $"'{part}' is not a setting; use {Default}, or {LexicalWord}, model=NAME, floor=R or without=SIGNAL joined by commas."),
        };
    }

    // In a shell a hyphen needs no quotes.
    private static string Signal(string name) => Signals.FirstOrDefault(s => s == name.Replace('-', ' '))
        ?? throw MemoryException.Invalid($"'{name}' is not a signal; use one of {string.Join(", ", Signals.Select(s => s.Replace(' ', '-')))}.");
}
