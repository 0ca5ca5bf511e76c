using System.Text;
using Keepsake.Serialization;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Server.Cli;

/// <summary>Where a run of the command line reads and writes, and who is there to read it.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const int DefaultWidth = 100;

    /// <summary>Reads and writes these streams.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output: answers and nothing else.</param>
    /// <param name="error">Standard error: everything else.</param>
    public Terminal(Stream input, Stream output, TextWriter error)
    {
        In = input;
        Out = output;
        Error = error;
        // A lone surrogate in old data is shown as U+FFFD rather than ending the answer in the middle.
        Text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
    }

    public Stream In { get; }

    /// <summary>Gets standard output for bytes. Flush <see cref="Text"/> before writing here.</summary>
    public Stream Out { get; }

    /// <summary>Gets standard output for text.</summary>
    public TextWriter Text { get; }

    public TextWriter Error { get; }

    /// <summary>Gets whether a person reads standard output, rather than a pipe or a file.</summary>
    public bool IsOutPerson { get; init; }

    /// <summary>Gets whether a person reads standard error.</summary>
    public bool IsErrorPerson { get; init; }

    /// <summary>Gets whether a person would have to type standard input.</summary>
    public bool IsInPerson { get; init; }

    /// <summary>Gets the width of a line, in characters.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess() => new(Console.OpenStandardInput(), StandardOutput(), Console.Error)
    {
        IsOutPerson = !Console.IsOutputRedirected,
        IsErrorPerson = !Console.IsErrorRedirected,
        IsInPerson = !Console.IsInputRedirected,
        Width = Console.IsOutputRedirected && Console.IsErrorRedirected ? DefaultWidth : WidthOfConsole(),
    };

    /// <summary>Reads standard input to its end as strict UTF-8, without the line end that shells add.</summary>
    /// <param name="maxLength">Most characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> ReadTextAsync(int maxLength, CancellationToken cancellationToken)
    {
        // Four bytes are the longest character, and two more are a line end; anything beyond is too long whatever it is.
        var bytes = new byte[(maxLength * 4) + 2];
        // A read of a pipe cannot be called back, so Ctrl-C stops the waiting rather than the reading.
        var length = await In.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)
            .AsTask().WaitAsync(cancellationToken);
        string text;
        try
        {
            text = KeepsakeJson.Utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException) when (length == bytes.Length)
        {
            throw TooLong(maxLength);
        }
        catch (DecoderFallbackException e)
        {
            throw MemoryException.Invalid($"Standard input is not UTF-8: byte {e.Index + 1} does not belong there. Convert it with iconv.");
        }

        text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        return text.Length <= maxLength ? text : throw TooLong(maxLength);
    }

    public async ValueTask DisposeAsync()
    {
        await Error.FlushAsync();
        await Text.DisposeAsync();
    }

    private static MemoryException TooLong(int maxLength) =>
        new(MemoryErrorCode.TooLarge, $"Standard input has more than {maxLength:N0} characters. Split it into several memories.");

    /// <remarks>
    /// The console's own stream swallows the news that the reader of a pipe went away, so that an export would go on for
    /// nobody; a file stream tells. A file stream on a seekable file keeps its own place, and a second command of
    /// <c>(a; b) &gt; file</c> would write over the first, so there the console's stream stays.
    /// </remarks>
    private static Stream StandardOutput()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.OpenStandardOutput();
        }

        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    private static int WidthOfConsole()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
