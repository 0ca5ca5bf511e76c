using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Keepsake.Access;
using Keepsake.Capture;
using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <summary>Sends requests to the owner process through its Unix socket, and reads what it answers.</summary>
internal sealed class OwnerClient : IDisposable
{
    // Longer than any call should take, so that a process that was stopped rather than killed does not hold its clients for good.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly string? _caller;

    /// <summary>Gets the order of imports through this connection.</summary>
    public Turnstile Imports { get; }

    public OwnerClient(string socketPath)
    {
        Imports = new();
        var endPoint = new UnixDomainSocketEndPoint(socketPath);
        _http = new(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = (_, cancellationToken) => ConnectAsync(endPoint, cancellationToken),
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = new("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private OwnerClient(OwnerClient connection, Caller caller) =>
        (_http, Imports, _caller) = (connection._http, connection.Imports, SocketCaller.Write(caller));

    /// <summary>The same connection, for a caller. Not to be disposed.</summary>
    public OwnerClient As(Caller caller) => new(this, caller);

    public Task<TAnswer> GetAsync<TAnswer>(string path, CancellationToken cancellationToken) =>
        SendAsync<TAnswer>(new(HttpMethod.Get, path), cancellationToken);

    /// <summary>Sends a call without a body.</summary>
    public Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, CancellationToken cancellationToken, string? token = null) =>
        SendAsync<TAnswer>(Named(new(method, path), token), cancellationToken);

    public Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, CancellationToken cancellationToken, string? token = null, long? version = null)
    {
        var request = Named(new(method, path) { Content = JsonOf(body) }, token);
        if (version is { } number)
        {
            request.Headers.IfMatch.Add(new($"\"{number}\""));
        }

        return SendAsync<TAnswer>(request, cancellationToken);
    }

    private static HttpRequestMessage Named(HttpRequestMessage request, string? token)
    {
        if (token is not null && !request.Headers.TryAddWithoutValidation(RequestRules.TokenHeader, Checked(token)))
        {
            throw BadToken();
        }

        return request;
    }

    public async Task<TAnswer> SendAsync<TAnswer>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The client's own timeout ends with the headers; the body may hang as well.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerTimeout);
        NameCaller(request);
        using (request)
        {
            try
            {
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
                if (!response.IsSuccessStatusCode)
                {
                    throw await FailureAsync(response, body, patience.Token);
                }

                return await JsonSerializer.DeserializeAsync(body, HttpJson.Of<TAnswer>(), patience.Token)
                    ?? throw new MemoryException(MemoryErrorCode.Unavailable, "The owner process answered nothing. Try again.");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                throw new OwnerGoneException(e);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new MemoryException(
                    MemoryErrorCode.Unavailable, "The process that owns the data folder does not answer. End it, then try again.", e);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Runs a long operation and reads what the owner says of it while it runs; ending the call ends the operation.</summary>
    public async Task<TAnswer> RunAsync<TAnswer>(
        string path, HttpContent? body, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        NameCaller(request);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw await FailureAsync(response, stream, patience.Token);
            }

            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync(patience.Token) is { } text)
            {
                // The owner says something several times a second.
                patience.CancelAfter(AnswerTimeout);
                var line = JsonSerializer.Deserialize(text, HttpJson.Of<OperationLine>());
                if (line?.Error is { } error)
                {
                    throw new MemoryException(MemoryErrorCodes.FromWireName(error.Code) ?? MemoryErrorCode.Unavailable, error.Message);
                }

                if (line?.Answer is { } answer)
                {
                    return answer.Deserialize(HttpJson.Of<TAnswer>())!;
                }

                if (line?.Progress is { } step)
                {
                    progress?.Report(step);
                }
            }

            throw new OwnerGoneException(new IOException("The owner ended in the middle of an operation."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new OwnerGoneException(e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MemoryException(
                MemoryErrorCode.Unavailable, "The process that owns the data folder does not answer. End it, then try again.", e);
        }
    }

    // A request that names no caller is the user's own, who may do everything.
    private void NameCaller(HttpRequestMessage request)
    {
        if (_caller is not null)
        {
            request.Headers.Add(SocketCaller.Header, _caller);
        }
    }

    internal static ByteArrayContent JsonOf<TBody>(TBody body)
    {
        try
        {
            var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, HttpJson.Of<TBody>()));
            content.Headers.ContentType = new MediaTypeHeaderValue(JsonMedia.Type);
            return content;
        }
        catch (ArgumentException)
        {
            throw MemoryException.Invalid("A number is not finite, and JSON has none such. Use a number that is one.");
        }
    }

    // A header cannot carry these, and would lose white space at its ends.
    private static string Checked(string token) =>
        token.Length == 0 || token.Any(char.IsControl) || token.Trim().Length != token.Length ? throw BadToken() : token;

    private static MemoryException BadToken() =>
        MemoryException.Invalid("A token is 1 to 256 characters, none a control character, with no white space at its ends.");

    private static async Task<MemoryException> FailureAsync(
        HttpResponseMessage response, Stream body, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not Problem.MediaType)
        {
            return (int)response.StatusCode < 500
                ? MemoryException.Invalid("The owner process could not read the request: an id holds a character that ids may not hold.")
                : new(MemoryErrorCode.Unavailable, "The owner process failed without saying why. Try again.");
        }

        var problem = await JsonSerializer.DeserializeAsync(body, HttpJson.Of<Problem>(), cancellationToken);
        return new(
            MemoryErrorCodes.FromWireName(problem?.Code) ?? MemoryErrorCode.Unavailable,
            problem?.Detail ?? "The owner process failed; its log says where. Try again.")
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }
}
