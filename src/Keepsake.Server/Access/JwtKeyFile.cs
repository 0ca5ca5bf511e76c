namespace Keepsake.Server.Access;

/// <summary>The file with the issuer's keys. Issuers change their keys, so what was written to it since is read before the next token.</summary>
/// <remarks>Safe for concurrent use. A file that cannot be used leaves the keys that were read last, and is warned of.</remarks>
internal sealed partial class JwtKeyFile : IDisposable
{
    private readonly string _file;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private (DateTime WrittenAt, long Length)? _read;
    private JwtKeys _keys;

    /// <summary>Reads the file.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it cannot be used.</exception>
    public JwtKeyFile(string file, ILogger logger)
    {
        (_file, _logger) = (file, logger);
        _read = State();
        _keys = JwtKeys.Load(file);
    }

    /// <summary>Gets the keys as the file has them.</summary>
    public JwtKeys Keys
    {
        get
        {
            lock (_lock)
            {
                // Looked at first: what is written while it is read is read again.
                if (State() is var state && state != _read)
                {
                    _read = state;
                    try
                    {
                        // Those before may be checking a token; the collector gets them.
                        _keys = JwtKeys.Load(_file);
                        LogRead();
                    }
                    catch (MemoryException e)
                    {
                        LogUnusable(e.Message);
                    }
                }

                return _keys;
            }
        }
    }

    public void Dispose() => _keys.Dispose();

    private (DateTime, long)? State() => new FileInfo(_file) is { Exists: true } there ? (there.LastWriteTimeUtc, there.Length) : null;

    [LoggerMessage(EventId = 1301, Level = LogLevel.Information, Message = "The keys of the issuer were read anew")]
    private partial void LogRead();

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "The keys of the issuer stay as they were: {Why}")]
    private partial void LogUnusable(string why);
}
