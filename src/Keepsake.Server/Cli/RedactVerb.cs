using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keepsake.Protection.Redaction;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake redact</c>: shows what a write would take out of a text. It opens no store and keeps nothing.</summary>
internal static class RedactVerb
{
    // How much is gathered before it is written.
    private const int MaxOutput = 64 * 1024;

    // The output goes to a terminal or a file, never into a web page, so letters of all languages stay readable.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "A text, or with --json lines of {\"text\"}; '-' is standard input" };
        var verb = new Command(
            "redact",
            "Show a text as it would be stored: secrets replaced by markers, everything else as it was.") { file };
        cli.Run(verb, (run, cancellationToken) => RunAsync(run, run.Get(file)!, cancellationToken));
        return verb.WithExamples(
            "keepsake redact notes.md",
            "git log -p | keepsake redact -",
            "keepsake redact --json memories.jsonl");
    }

    private static async Task<int> RunAsync(CliRun run, string file, CancellationToken cancellationToken)
    {
        await using var input = file == "-" ? run.Terminal.In : InputFile.Inherited(file) ?? Open(file);
        if (file == "-" && run.Terminal.IsInPerson)
        {
            run.Outlet.Note("type the text, then Ctrl-D on a line of its own");
        }

        var redactor = new Redactor(Settings.OfFolder(run.Settings.Data).Store.Redaction.Of(run.Settings.Store));
        var tally = new Tally(redactor);
        await (run.Outlet.IsJson
            ? LinesAsync(redactor, tally, input, run.Terminal.Out, cancellationToken)
            : TextAsync(redactor, tally, input, run.Terminal.Out, cancellationToken));
        tally.Note(run.Outlet);
        return ExitCode.Done;
    }

    private static FileStream Open(string file)
    {
        InputFile.Check(file, "Name a file.", $"Give what it holds on standard input: keepsake redact - < {ShellWord.Of(file)}");
        return new(file, new FileStreamOptions { Mode = FileMode.Open, BufferSize = 0, Options = FileOptions.SequentialScan });
    }

    private static async Task TextAsync(Redactor redactor, Tally tally, Stream input, Stream output, CancellationToken cancellationToken)
    {
        var parts = new TextParts(input);
        while (await parts.NextAsync(cancellationToken) is { } part)
        {
            await output.WriteAsync(parts.Encoding.GetBytes(tally.Add(redactor.Redact(part)).Text), cancellationToken);
        }

        await output.FlushAsync(cancellationToken);
    }

    private static async Task LinesAsync(Redactor redactor, Tally tally, Stream input, Stream output, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input, Keepsake.Serialization.KeepsakeJson.Utf8, detectEncodingFromByteOrderMarks: false);
        var lines = new ArrayBufferWriter<byte>(MaxOutput);
        await using var writer = new Utf8JsonWriter(lines, Readable);
        try
        {
            for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
            {
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }

                Write(writer, tally.Add(redactor.Redact(TextOf(line, number))));
                writer.Flush();
                writer.Reset();
                lines.Write("\n"u8);
                if (lines.WrittenCount >= MaxOutput)
                {
                    await output.WriteAsync(lines.WrittenMemory, cancellationToken);
                    lines.ResetWrittenCount();
                }
            }
        }
        finally
        {
            // Also what stands before a line that is wrong.
            await output.WriteAsync(lines.WrittenMemory, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    private static string TextOf(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String)
            {
                return text.GetString()!;
            }
        }
        catch (InvalidOperationException e)
        {
            throw new MemoryException(MemoryErrorCode.InvalidRequest, $"The text of line {number:N0} holds half of a surrogate pair. Send well-formed Unicode.", e);
        }
        catch (JsonException)
        {
            // Told below, without what the line says.
        }

        throw MemoryException.Invalid($"Line {number:N0} is not {{\"text\": \"…\"}}. With --json each line is one such object; leave --json out for plain text.");
    }

    private static void Write(Utf8JsonWriter writer, RedactedText redacted)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, redacted.Text);
        writer.WriteStartArray("redactions"u8);
        foreach (var redaction in redacted.Redactions)
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, redaction.Kind);
            writer.WriteNumber("start"u8, redaction.InputStart);
            writer.WriteNumber("length"u8, redaction.InputLength);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>What the settings make of the text, and the text itself does not show: it may be handed on.</summary>
    private sealed class Tally(Redactor redactor)
    {
        private long _staying;
        private bool _isRefused;

        public RedactedText Add(RedactedText redacted)
        {
            _staying += redacted.Redactions.Count(redaction => redactor.Flags(redaction.Kind));
            _isRefused |= redacted.Redactions.Any(redaction => redactor.Refuses(redaction.Kind));
            return redacted;
        }

        public void Note(Outlet outlet)
        {
            if (_staying > 0)
            {
                outlet.Note(string.Create(CultureInfo.InvariantCulture, $"{_staying} secrets stay in the text: the settings only flag them"));
            }

            if (_isRefused)
            {
                outlet.Note("a write of the text would be refused: that is the policy of the settings");
            }
        }
    }
}
