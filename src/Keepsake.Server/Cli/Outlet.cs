using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary>Where a verb's answer goes: JSON where it is asked for, tables and colours for a person, lines with tabs for a pipe.</summary>
/// <remarks>Standard output carries the answer and nothing else; notes and errors go to standard error, one line each.</remarks>
internal sealed class Outlet(Terminal terminal, bool json)
{
    // The answer goes to a terminal or a file, never into a web page, so letters of all languages stay readable.
    private static readonly JsonWriterOptions JsonFormat = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets whether the answer is JSON.</summary>
    public bool IsJson => json;

    /// <summary>Gets whether the answer is laid out for a person.</summary>
    public bool IsForPerson => !json && terminal.IsOutPerson;

    /// <summary>Gets the console that lays out for a person. Made when first asked for, because it costs time to make.</summary>
    public IAnsiConsole Console => field ??= NewConsole();

    /// <summary>Prints an answer as one line of JSON.</summary>
    public void Json<T>(T answer, JsonTypeInfo<T> type)
    {
        terminal.Text.Flush();
        using (var writer = new Utf8JsonWriter(terminal.Out, JsonFormat))
        {
            JsonSerializer.Serialize(writer, answer, type);
        }

        terminal.Out.Write("\n"u8);
        terminal.Out.Flush();
    }

    /// <summary>Prints one line of fields for a program, separated by tabs.</summary>
    public void Line(params ReadOnlySpan<string?> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
            {
                terminal.Text.Write('\t');
            }

            terminal.Text.Write(PlainText.Field(fields[i]));
        }

        terminal.Text.Write('\n');
    }

    /// <summary>Prints a sentence for a person, in the markup of Spectre.Console. What comes from elsewhere goes through <see cref="Safe"/>.</summary>
    public void Say(string markup) => Console.MarkupLine(markup);

    /// <summary>Makes text from elsewhere harmless to a terminal and to the markup.</summary>
    public static string Safe(string? text) => Markup.Escape(PlainText.Shown(text));

    /// <summary>Prints a note that is not part of the answer.</summary>
    public void Note(string note) => terminal.Error.WriteLine($"keepsake: {PlainText.Field(note)}");

    /// <summary>Prints a failure: one line, or a problem document where JSON is asked for.</summary>
    public void Fail(MemoryException failure) => Fail(failure.Code.WireName, failure.Message, failure.RetryAfter);

    /// <summary>Prints why one item was refused.</summary>
    public void Fail(WriteError refusal) => Fail(refusal.Code, refusal.Message);

    private void Fail(string code, string message, TimeSpan? retryAfter = null)
    {
        terminal.Error.WriteLine(json
            ? CliJson.Line(new Problem(code, message, retryAfter?.TotalSeconds), CliJson.Default.Problem)
            : $"keepsake: {code}: {PlainText.Field(message)}{(retryAfter is { } wait ? $" Try again in {Math.Ceiling(wait.TotalSeconds)} s." : "")}");
    }

    private IAnsiConsole NewConsole()
    {
        var console = AnsiConsole.Create(new()
        {
            Out = new AnsiConsoleOutput(terminal.Text),
            Ansi = terminal.IsOutPerson ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Math.Max(terminal.Width, 40);
        return console;
    }
}
