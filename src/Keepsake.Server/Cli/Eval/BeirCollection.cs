namespace Keepsake.Server.Cli.Eval;

/// <summary>Documents, and questions with the documents that answer them.</summary>
/// <param name="Documents">The documents, in the order of the file.</param>
/// <param name="Questions">The questions that have an answer, in the order of the file.</param>
internal sealed record BeirCollection(IReadOnlyList<BeirText> Documents, IReadOnlyList<BeirQuestion> Questions);

/// <summary>A document or a question.</summary>
/// <param name="Id">Its name, unique among its kind.</param>
/// <param name="Text">The words, a document's title first.</param>
internal sealed record BeirText(string Id, string Text);

/// <summary>A question, and what answers it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Text">The question.</param>
/// <param name="Grades">How well documents answer it, each at least 1, by their ids; at least one.</param>
internal sealed record BeirQuestion(string Id, string Text, IReadOnlyDictionary<string, int> Grades);
