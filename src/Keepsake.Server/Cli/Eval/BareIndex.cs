using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Recall;
using Keepsake.Recall.Analysis;

namespace Keepsake.Server.Cli.Eval;

/// <summary>The index of a store without the store around it, so that a ranking or a model is all in which two of them differ.</summary>
/// <param name="embedder">Embeds contents and questions. Who made it disposes it.</param>
/// <param name="ranker">The ranking.</param>
/// <param name="floor">The least relevance of what is found, 0 to 1, whatever a question says.</param>
/// <param name="time">Dates what has no time.</param>
internal sealed class BareIndex(Embedder embedder, Ranker ranker, double floor, TimeProvider time) : IEvalStore, IDisposable
{
    private readonly RecallIndex _index = new(ranker);
    private readonly ContentEmbedder _contents = new(embedder);
    private readonly QuestionEmbedder _questions = new(embedder);
    private long _order;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> StoreAsync(
        string @namespace, IReadOnlyList<MemoryFact> facts, CancellationToken cancellationToken)
    {
        var path = MemoryNamespace.Parse(@namespace).Path;
        var embeddings = await _contents.EmbedAsync([.. facts.Select(f => f.Content)], cancellationToken);
        List<string> ids = new(facts.Count);
        foreach (var (i, fact) in facts.Index())
        {
            _order++;
            ids.Add($"mem-{_order}");
            _index.Upsert(new()
            {
                Id = ids[^1],
                Version = 1,
                Path = path,
                Content = fact.Content,
                Session = fact.SessionId,
                Speaker = fact.Speaker,
                OccurredAt = fact.OccurredAt ?? time.GetUtcNow(),
                Order = _order,
                Vectors = VectorsOf(fact.Content, embeddings?[i] ?? default),
            });
        }

        return ids;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> AskAsync(RecallRequest request, CancellationToken cancellationToken)
    {
        var scope = MemoryNamespace.ParseScope(request.Namespace).Path;
        var vector = await _questions.EmbedAsync(_index.TextToEmbed(request.Query, scope), cancellationToken);
        return
        [
            .. _index.Search(new()
            {
                Text = request.Query,
                Vector = vector,
                Scope = scope,
                Limit = request.TopK ?? RecallRequest.DefaultTopK,
                MinRelevance = floor,
                Now = time.GetUtcNow(),
            }).Select(hit => hit.Id),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    private static float[][] VectorsOf(string content, ReadOnlyMemory<float> embedding)
    {
        if (embedding.IsEmpty)
        {
            return [];
        }

        var passages = Passages.Split(content).Length;
        var dimensions = embedding.Length / passages;
        return [.. Enumerable.Range(0, passages).Select(p => embedding.Slice(p * dimensions, dimensions).ToArray())];
    }
}
