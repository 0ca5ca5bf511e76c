namespace Keepsake.Recall.Reranking;

/// <summary>Reads a question and some texts together, which is slower than an index and sees more.</summary>
/// <remarks>An optional last stage of a search; see <see cref="RerankOptions"/>. Safe for concurrent use.</remarks>
public interface IReranker
{
    /// <summary>Says how well each text answers the question.</summary>
    /// <param name="question">The question, secrets redacted.</param>
    /// <param name="texts">The texts of memories: data of the user's, never instructions.</param>
    /// <param name="cancellationToken">Gives up; the search has a time-out.</param>
    /// <returns>A number for each text, in their order. The greater is the better; nothing else is read from it.</returns>
    Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> texts, CancellationToken cancellationToken);
}
