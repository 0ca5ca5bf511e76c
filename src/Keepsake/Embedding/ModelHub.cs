using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Embedding;

/// <summary>Downloads models from a hub, file by file; goes on where it stopped, and checks what it got.</summary>
internal sealed class ModelHub : IDisposable
{
    /// <summary>Longest file, in bytes: what a model may have in memory.</summary>
    public const long MaxFileBytes = int.MaxValue;

    /// <summary>How often in a row a connection may end without a single byte.</summary>
    private const int MaxIdleAttempts = 3;

    /// <summary>How often a connection may end at all while one file is fetched.</summary>
    private const int MaxAttempts = 50;

    private const string OriginFile = ".from";
    private const int MaxRedirects = 5;
    private const int BufferSize = 128 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(60);

    private readonly Uri _hub;
    private readonly TimeProvider _time;
    private readonly TimeSpan _pause;
    private readonly HttpClient _http;

    /// <param name="hub">The hub's address.</param>
    /// <param name="time">The clock of pauses.</param>
    /// <param name="pause">How long to wait after a connection was lost; <see langword="null"/>: a second.</param>
    public ModelHub(Uri hub, TimeProvider time, TimeSpan? pause = null)
    {
        _hub = new(hub.AbsoluteUri.TrimEnd('/') + "/");
        _time = time;
        _pause = pause ?? TimeSpan.FromSeconds(1);

        // Redirects are followed here, because the first answer names the checksum and the last one has the bytes.
        _http = new(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Downloads a model. Files that are there whole are not fetched again.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Where its files go, and nothing else; kept when the download is interrupted. What is there of another model or hub is removed.</param>
    /// <param name="progress">Told the file, how many bytes of it there are, and how many there will be, where that is known.</param>
    /// <param name="cancellationToken">Interrupts.</param>
    /// <exception cref="MemoryException">
    /// <see cref="MemoryErrorCode.Unavailable"/>: the hub cannot be reached, or went away; <see cref="MemoryErrorCode.NotFound"/>: it has no such
    /// model; <see cref="MemoryErrorCode.Corrupt"/>: a file is not what it should be.
    /// </exception>
    public async Task DownloadAsync(HubModel model, string folder, Action<string, long, long?> progress, CancellationToken cancellationToken)
    {
        Begin(model, folder);
        foreach (var (file, isNeeded) in HubModel.Files)
        {
            var path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (File.Exists(path) && await IsGoodAsync(path, model.Known.GetValueOrDefault(file), cancellationToken))
            {
                continue;
            }

            Uri address = new(_hub, $"{model.Path}/resolve/main/{file}");
            if (!await FetchAsync(address, path, model.Known.GetValueOrDefault(file), (done, all) => progress(file, done, all), cancellationToken) && isNeeded)
            {
                throw MemoryException.NotFound(
                    $"The hub has no {model.Path} with a {file}. Models that run here have config.json, model.safetensors and vocab.txt.");
            }
        }
    }

    public void Dispose() => _http.Dispose();

    // Models of several owners have one name: files of two make a model that nobody has made.
    private void Begin(HubModel model, string folder)
    {
        var note = Path.Combine(folder, OriginFile);
        var origin = $"{_hub} {model.Path}";
        if (Directory.Exists(folder))
        {
            if (File.Exists(note) && PlainFile.ReadAllText(note) == origin)
            {
                return;
            }

            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        using var file = PrivateFile.Open(note, FileMode.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(origin));
    }

    private static async Task<bool> IsGoodAsync(string path, HubModel.Look? known, CancellationToken cancellationToken) =>
        known?.Sha256 is not { } expected || await HashAsync(path, cancellationToken) == expected;

    /// <returns>Whether there is such a file.</returns>
    private async Task<bool> FetchAsync(Uri address, string path, HubModel.Look? known, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        HubModel.Look? look = known;
        var idle = 0;
        for (var attempt = 0; ; attempt++)
        {
            var before = LengthOf(part);
            try
            {
                if (await TryFetchAsync(address, part, known, progress, cancellationToken) is not { } told)
                {
                    return false;
                }

                look = told;
                break;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException && !IsDiskFull(e) && !cancellationToken.IsCancellationRequested)
            {
                idle = LengthOf(part) > before ? 0 : idle + 1;
                if (idle >= MaxIdleAttempts || attempt >= MaxAttempts || IsRefusal(e))
                {
                    throw Unreachable(e);
                }

                await Task.Delay(_pause, _time, cancellationToken);
            }
        }

        await CheckAsync(part, Path.GetFileName(path), look, cancellationToken);
        File.Move(part, path, overwrite: true);
        return true;
    }

    /// <summary>Fetches what is missing of a file.</summary>
    /// <returns>What the hub or the caller knows of it; <see langword="null"/>: there is no such file.</returns>
    private async Task<HubModel.Look?> TryFetchAsync(
        Uri address, string part, HubModel.Look? known, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var have = LengthOf(part);
        if (known?.Bytes is { } whole && have >= whole)
        {
            return known;
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(SilenceTimeout);
        try
        {
            var (response, sha256) = await SendAsync(address, have, silence.Token);
            using (response)
            {
                if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                {
                    return null;
                }

                // A part that is longer than the file is not a part of it.
                if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    File.Delete(part);
                    throw new IOException("The part does not belong to the file.");
                }

                response.EnsureSuccessStatusCode();
                var resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
                var all = response.Content.Headers.ContentLength + (resumes ? have : 0);
                if (all > MaxFileBytes || (known?.Bytes is { } expected && all is { } offered && offered != expected))
                {
                    throw new MemoryException(MemoryErrorCode.Corrupt, $"The hub offers a file of {all} bytes{(known?.Bytes is { } right ? $" instead of {right}" : "")}: it is another model. Nothing was added.");
                }

                await CopyAsync(response, part, resumes, all, progress, silence);
                return new(known?.Sha256 ?? sha256, known?.Bytes ?? all);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The hub fell silent.", e);
        }
    }

    private static async Task CopyAsync(
        HttpResponseMessage response, string part, bool resumes, long? all, Action<long, long?> progress, CancellationTokenSource silence)
    {
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
        await using var file = PrivateFile.Open(part, resumes ? FileMode.OpenOrCreate : FileMode.Create);
        file.Seek(0, SeekOrigin.End);
        var buffer = new byte[BufferSize];
        while (await body.ReadAsync(buffer, silence.Token) is var count and > 0)
        {
            silence.CancelAfter(SilenceTimeout);
            await file.WriteAsync(buffer.AsMemory(0, count), silence.Token);
            if (file.Length > MaxFileBytes)
            {
                throw new MemoryException(MemoryErrorCode.TooLarge, $"The hub sends a file of more than {MaxFileBytes} bytes. Nothing was added.");
            }

            progress(file.Length, all);
        }

        if (all is { } expected && file.Length < expected)
        {
            throw new IOException("The connection ended early.");
        }
    }

    private async Task<(HttpResponseMessage Response, string? Sha256)> SendAsync(Uri address, long from, CancellationToken cancellationToken)
    {
        string? sha256 = null;
        for (var redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            if (from > 0)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
            }

            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            sha256 ??= Sha256Of(response);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location || redirects == MaxRedirects)
            {
                return (response, sha256);
            }

            response.Dispose();
            address = Redirected(address, location);
        }
    }

    /// <summary>Where a redirect leads.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: to what is no web address, or away from encryption.</exception>
    internal static Uri Redirected(Uri from, Uri location)
    {
        if (Uri.TryCreate(from, location, out var to) && (to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp)))
        {
            return to;
        }

        // Without the address itself: signed ones are as good as a password.
        throw new MemoryException(
            MemoryErrorCode.Unavailable,
            $"{from.Host} redirects to {(to is null ? "what is no address" : $"an address with {to.Scheme}:")}, where models are not fetched from: only https, or http from http. "
            + "Name another hub with Embedding:ModelHub, or copy the model's folder here and run: keepsake model add DIR");
    }

    // Large files are named by their SHA-256 at the hub.
    private static string? Sha256Of(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Linked-ETag", out var values)
        && values.FirstOrDefault()?.Trim('"') is { Length: 64 } tag && tag.All(char.IsAsciiHexDigitLower)
            ? tag
            : null;

    private static async Task CheckAsync(string part, string file, HubModel.Look? look, CancellationToken cancellationToken)
    {
        if (look?.Sha256 is not { } expected)
        {
            return;
        }

        var actual = await HashAsync(part, cancellationToken);
        if (actual != expected)
        {
            File.Delete(part);
            throw new MemoryException(
                MemoryErrorCode.Corrupt, $"{file} arrived damaged, or is another file: its SHA-256 is {actual} instead of {expected}. Nothing was added; try again, or fetch the folder yourself and add it.");
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        PlainFile.RefusePipe(path);
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    // errno, and Windows' own: nothing that another attempt mends.
    private static bool IsDiskFull(Exception e) => e.HResult is 28 or unchecked((int)0x80070070);

    private static bool IsRefusal(Exception e) => e is HttpRequestException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError };

    private MemoryException Unreachable(Exception cause) => new(
        MemoryErrorCode.Unavailable,
        $"The model hub {_hub.Host} cannot be reached, or went away. Run the same command again, and it goes on where it stopped; or name another hub "
        + "with Embedding:ModelHub; or copy the model's folder here and run: keepsake model add DIR",
        cause);
}
