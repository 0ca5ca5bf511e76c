namespace Keepsake.Recall.Legs;

/// <summary>What the vector leg found.</summary>
/// <param name="Top">The nearest passages with their cosines, in no order.</param>
/// <param name="Mean">The mean cosine of all passages in the scope, near or not; what is below 0 counts as 0. Of many, by a sample.</param>
internal sealed record VectorHits(TopPassages Top, float Mean);
