using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keepsake.Server.Cli;

/// <summary>Says how agents connect to this checkout: one line each, with a store of the project's own.</summary>
internal sealed record ConnectHelp
{
    /// <summary>Stands for the name of a project's store until somebody puts one there.</summary>
    public const string Placeholder = "PROJECT";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets the command that starts this program, as a full path.</summary>
    public required string Launcher { get; init; }

    /// <summary>Gets the addresses that are served.</summary>
    public required IReadOnlyCollection<string> Addresses { get; init; }

    /// <summary>Gets the data folder's full path.</summary>
    public required string Data { get; init; }

    /// <summary>Gets whether agents find the data folder without being told.</summary>
    public required bool IsDefaultData { get; init; }

    /// <summary>Gets the store that agents are to use.</summary>
    public string Store { get; init; } = Placeholder;

    /// <summary>Gets whether commands are for Windows rather than for a Unix shell.</summary>
    public bool IsWindows { get; init; }

    /// <summary>Gets whether the machine is a Mac.</summary>
    public bool IsMacOS { get; init; }

    /// <summary>Describes this process.</summary>
    /// <param name="settings">What <c>serve</c> was told.</param>
    /// <param name="data">The data folder's full path.</param>
    /// <param name="addresses">The addresses that are served.</param>
    public static ConnectHelp OfProcess(CommonSettings settings, string data, IReadOnlyCollection<string> addresses) => new()
    {
        // The launcher says where it is; without it, the program itself is what can be started.
        Launcher = Environment.GetEnvironmentVariable("KEEPSAKE_LAUNCHER") is { Length: > 0 } launcher ? launcher : Environment.ProcessPath ?? "keepsake",
        Addresses = addresses,
        Data = data,
        // A variable of this shell is not set where an agent starts its tools, so the folder is named then.
        IsDefaultData = settings.Data is null && Environment.GetEnvironmentVariable("KEEPSAKE__DATA") is null or "",
        Store = settings.Store == CommonSettings.DefaultStore ? Placeholder : settings.Store,
        IsWindows = OperatingSystem.IsWindows(),
        IsMacOS = OperatingSystem.IsMacOS(),
    };

    /// <summary>The commands, by the name of the client, in the order in which they are shown.</summary>
    public IReadOnlyList<(string Client, string Command)> Commands() =>
    [
        ("Claude Code", $"claude mcp add keepsake -- {Quote(Launcher)} {string.Join(' ', Arguments().Select(Quote))}"),
        ("Claude Desktop", WriteNew(DesktopFolder(), "claude_desktop_config.json", McpServers())),
        ("Cursor", WriteNew(".cursor", "mcp.json", McpServers())),
        ("VS Code", $"code --add-mcp {Quote(Entry(withName: true))}"),
        ("any, by HTTP", $"{Addresses.FirstOrDefault()}/mcp?store={Store}"),
    ];

    /// <summary>Everything a person who started the server wants to know, in lines.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Keepsake {KeepsakeVersion.Text} serves {string.Join(", ", Addresses)}";
        yield return $"Data: {Data}";
        yield return "";
        yield return "Connect an agent:";
        foreach (var (client, command) in Commands())
        {
            yield return $"  {client,-15} {command}";
        }

        yield return "";
        if (Store == Placeholder)
        {
            yield return $"{Placeholder}: a name for each project, so that one project's conventions do not surface in another.";
        }

        yield return $"By HTTP a store is created first: keepsake store create {Store}";
        yield return IsWindows
            ? "Claude Desktop, Cursor: where the file exists, add the entry to its \"mcpServers\"."
            : "Claude Desktop, Cursor: where the file exists, nothing is overwritten; add the entry to its \"mcpServers\".";
        yield return "Stop with Ctrl-C.";
    }

    private IEnumerable<string> Arguments() => IsDefaultData ? ["mcp", "--store", Store] : ["mcp", "--store", Store, "--data", Data];

    private string DesktopFolder() => IsWindows ? "%APPDATA%\\Claude"
        : IsMacOS ? "~/Library/Application\\ Support/Claude"
        : "~/.config/Claude";

    // 'set -C' makes the shell refuse to write over a file that somebody has filled already.
    private string WriteNew(string folder, string file, string json) => IsWindows
        ? $"put into {folder}\\{file}: {json}"
        : $"(set -C; mkdir -p {folder} && echo {Quote(json)} > {folder}/{file})";

    private string McpServers() => $"{{\"mcpServers\":{{\"keepsake\":{Entry(withName: false)}}}}}";

    private string Entry(bool withName)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Readable))
        {
            writer.WriteStartObject();
            if (withName)
            {
                writer.WriteString("name", "keepsake");
            }

            writer.WriteString("command", Launcher);
            writer.WriteStartArray("args");
            foreach (var argument in Arguments())
            {
                writer.WriteStringValue(argument);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.ToArray());
    }

    /// <summary>Writes a text so that a shell reads it as one word.</summary>
    private string Quote(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' || (c == '\\' && IsWindows)))
        {
            return text;
        }

        return IsWindows
            ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
