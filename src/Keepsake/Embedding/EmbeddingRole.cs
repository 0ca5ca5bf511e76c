namespace Keepsake.Embedding;

/// <summary>What a text is to a search. Some models are taught to read questions and stored texts in different ways.</summary>
public enum EmbeddingRole
{
    /// <summary>It asks.</summary>
    Query = 0,

    /// <summary>It is stored, and may answer.</summary>
    Document = 1,
}
