using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Keepsake.Embedding;

/// <summary>One endpoint: sends one request and reads its answer. No retries, no cache.</summary>
/// <remarks>Every failure but the caller's cancellation is an <see cref="EmbeddingException"/>. Safe for concurrent use.</remarks>
internal sealed class EmbeddingEndpoint : IDisposable
{
    /// <summary>Largest answer accepted: 2,048 embeddings of 3,072 numbers, written in ten characters each.</summary>
    public const int MaxResponseBytes = 64 * 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;
    private readonly EmbeddingOptions _options;
    private readonly Uri _address;
    private readonly AuthenticationHeaderValue? _authorization;

    public EmbeddingEndpoint(EmbeddingOptions options, HttpMessageHandler? handler)
    {
        _options = options;
        _address = AddressOf(options);
        _authorization = options.Key is null ? null : new("Bearer", options.Key);

        // The pipeline above has the time-out. A redirect would carry texts and key to where nobody sent them.
        _client = handler is null
            ? new HttpClient(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxConnectionsPerServer = options.MaxConcurrency,
            })
            : new HttpClient(handler, disposeHandler: false);
        _client.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
    }

    /// <summary>Most texts in one request.</summary>
    public int MaxBatchSize => _options.Provider == EmbeddingProvider.OpenAI ? _options.MaxBatchSize : 1;

    /// <summary>Embeds a batch.</summary>
    /// <param name="texts">At most <see cref="MaxBatchSize"/>, none empty.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>One vector a text, in their order, at unit length (all zeros where the endpoint gave zeros), equally long.</returns>
    public async Task<float[][]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        using var body = await SendAsync(MakeRequest(texts), cancellationToken);
        return _options.Provider == EmbeddingProvider.OpenAI
            ? EmbeddingResponse.ReadList(body.Written, texts.Count)
            : [EmbeddingResponse.ReadOne(body.Written)];
    }

    public void Dispose() => _client.Dispose();

    // "http://host", "http://host/v1" and the full address all mean the same endpoint: documentation of servers shows each of them.
    internal static Uri AddressOf(EmbeddingOptions options)
    {
        var (whole, last) = options.Provider == EmbeddingProvider.OpenAI ? ("/v1/embeddings", "/embeddings") : ("/embed", "/embed");
        UriBuilder address = new(options.Endpoint!);
        var path = address.Path.TrimEnd('/');
        address.Path = path.Length == 0 ? whole : path.EndsWith(last, StringComparison.Ordinal) ? path : path + last;
        return address.Uri;
    }

    private byte[] MakeRequest(IReadOnlyList<string> texts)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        if (_options.Provider == EmbeddingProvider.OpenAI)
        {
            json.WriteString("model"u8, _options.Model);
            json.WriteString("encoding_format"u8, "float"u8);
            if (_options.RequestDimensions)
            {
                json.WriteNumber("dimensions"u8, _options.Dimensions!.Value);
            }

            json.WriteStartArray("input"u8);
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }
        else
        {
            if (_options.Model is { } model)
            {
                json.WriteString("model"u8, model);
            }

            json.WriteString("text"u8, texts[0]);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private async Task<Body> SendAsync(byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, _address) { Content = new ByteArrayContent(content) };
            request.Content.Headers.ContentType = Json;
            request.Headers.Authorization = _authorization;
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode ? await Body.ReadAsync(response.Content, cancellationToken) : throw Failure(response);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EmbeddingException(
                EmbeddingFailure.Unreachable, "The embedding endpoint cannot be reached. Check that it runs and that Embedding:Endpoint names it.", e);
        }
    }

    // The body of a refusal is not read: servers repeat the request in it, and the request is memory.
    private static EmbeddingException Failure(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(
                EmbeddingFailure.Unauthorized, $"The embedding endpoint does not accept the key (status {status}). Check Embedding:Key."),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity => new(
                EmbeddingFailure.Refused, $"The embedding endpoint refuses the request (status {status}). Check Embedding:Model and Embedding:MaxTextLength."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new(
                EmbeddingFailure.Overloaded, $"The embedding endpoint cannot answer now (status {status}).")
            {
                RetryAfter = response.Headers.RetryAfter?.Delta,
            },
            _ => new(
                EmbeddingFailure.BadAnswer, $"The embedding endpoint answered with status {status}. Check Embedding:Endpoint and Embedding:Model."),
        };
    }

    /// <summary>An answer's bytes, in a rented array.</summary>
    private sealed class Body : IDisposable
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        private int _length;

        public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

        public static async Task<Body> ReadAsync(HttpContent content, CancellationToken cancellationToken)
        {
            Body body = new();
            try
            {
                await using var stream = await content.ReadAsStreamAsync(cancellationToken);
                while (await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken) is var read and > 0)
                {
                    body._length += read;
                    if (body._length == body._buffer.Length)
                    {
                        body.Grow();
                    }
                }

                return body;
            }
            catch
            {
                body.Dispose();
                throw;
            }
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

        private void Grow()
        {
            if (_length >= MaxResponseBytes)
            {
                throw new EmbeddingException(EmbeddingFailure.BadAnswer, $"The embedding endpoint answered more than {MaxResponseBytes} bytes.");
            }

            var larger = ArrayPool<byte>.Shared.Rent(_length * 2);
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
