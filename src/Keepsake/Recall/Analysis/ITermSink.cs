namespace Keepsake.Recall.Analysis;

/// <summary>Receives the terms of a text one by one.</summary>
internal interface ITermSink
{
    /// <summary>Takes one term. The span is only valid during the call.</summary>
    void Add(scoped ReadOnlySpan<char> term);
}
