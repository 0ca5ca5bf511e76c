using System.Net.Http.Headers;
using System.Text.Json;

namespace Keepsake.Recall.Reranking;

/// <summary>A reranker behind HTTP, in the shape that servers of such models share: <c>{model, query, documents}</c> in, and a list of <c>{index, relevance_score}</c> out.</summary>
/// <remarks>No retries: a search does not wait twice.</remarks>
internal sealed class RerankEndpoint : IReranker, IDisposable
{
    private const int MaxAnswerBytes = 1 << 20;
    private const string Path = "/v1/rerank";

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly string? _model;

    /// <param name="options">Settings with an endpoint.</param>
    /// <param name="handler">Sends requests; <see langword="null"/>: the network.</param>
    public RerankEndpoint(RerankOptions options, HttpMessageHandler? handler = null)
    {
        // A redirect would carry memories and the key to where nobody sent them.
        _client = new(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _client.DefaultRequestHeaders.Authorization = options.Key is null ? null : new AuthenticationHeaderValue("Bearer", options.Key);
        _model = options.Model;
        UriBuilder address = new(options.Endpoint!);
        var path = address.Path.TrimEnd('/');
        address.Path = path.Length == 0 ? Path : path.EndsWith("/rerank", StringComparison.Ordinal) ? path : path + "/rerank";
        _address = address.Uri;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Body(question, texts));
        content.Headers.ContentType = new("application/json");
        using var response = await _client.PostAsync(_address, content, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return Scores(answer.RootElement, texts.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private byte[] Body(string question, IReadOnlyList<string> texts)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            if (_model is not null)
            {
                json.WriteString("model", _model);
            }

            json.WriteString("query", question);
            json.WriteStartArray("documents");
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    // What it does not name is worse than what it does: some answer with the best few alone.
    private static double[] Scores(JsonElement answer, int count)
    {
        var scores = new double[count];
        Array.Fill(scores, double.NegativeInfinity);
        HashSet<int> named = [];
        var results = answer.ValueKind == JsonValueKind.Array ? answer : answer.GetProperty("results");
        foreach (var result in results.EnumerateArray())
        {
            var score = (result.TryGetProperty("relevance_score", out var relevance) ? relevance : result.GetProperty("score")).GetDouble();
            var index = result.GetProperty("index").GetInt32();
            scores[index] = named.Add(index) ? (double.IsNaN(score) ? double.NegativeInfinity : score)
                : throw new FormatException("A text is scored twice.");
        }

        return scores.Any(double.IsFinite) ? scores : throw new FormatException("No text has a score.");
    }
}
