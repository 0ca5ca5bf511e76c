namespace Keepsake.Embedding.Bert;

/// <summary>How the vectors of a text's tokens become one.</summary>
internal enum BertPooling
{
    /// <summary>Their mean, markers included.</summary>
    Mean = 0,

    /// <summary>That of the first marker.</summary>
    First = 1,
}

/// <summary>What the files of a folder say about a BERT model.</summary>
internal sealed record BertConfig
{
    /// <summary>Longest text in tokens, markers included, that is read at once.</summary>
    public const int MaxTokens = 512;

    /// <summary>Gets the numbers in an embedding.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Gets the attention heads of a layer; their number divides <see cref="Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Gets the numbers in the wide inside of a layer.</summary>
    public required int InnerWidth { get; init; }

    /// <summary>Gets the entries of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Gets the positions that the model has learned.</summary>
    public required int Positions { get; init; }

    /// <summary>Gets the token types that the model has learned.</summary>
    public required int Types { get; init; }

    /// <summary>Gets what a layer normalization adds to the variance.</summary>
    public required float Epsilon { get; init; }

    /// <summary>Gets how the tokens' vectors become one.</summary>
    public BertPooling Pooling { get; init; }

    /// <summary>Gets whether upper and lower case are different, and accents kept.</summary>
    public bool IsCased { get; init; }

    /// <summary>Gets the most tokens of a text that is read at once, markers included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Gets what is written before a question.</summary>
    public string QueryPrompt { get; init; } = "";

    /// <summary>Gets what is written before a text that is stored.</summary>
    public string DocumentPrompt { get; init; } = "";

    /// <summary>Gets the numbers that one head works on.</summary>
    public int HeadWidth => Width / Heads;
}
