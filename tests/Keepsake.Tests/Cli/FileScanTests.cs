using System.Text;
using System.Text.Json;
using Keepsake.Protection.Redaction;
using Keepsake.Serialization;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Scan;
using Keepsake.Tests.Protection.Redaction;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary><c>keepsake scan FILE</c>: with which settings, what becomes of the file, and of the files beside it.</summary>
public sealed class FileScanTests : IDisposable
{
    // Written in two parts, so that no scanner takes the test for a leak.
    private const string Secret = "gh" + "p_Zq8vR3tY7uB1nM5kL9wX2cD4fG6hJ0pQ1sA3";

    private readonly TemporaryFolder _temporary = new();
    private readonly CliRunner _cli = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Data => _temporary["data"];

    private string Text => _temporary["notes.txt"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Lines_are_scanned_with_the_settings_of_the_store_that_is_named()
    {
        Configure(
            """
            {"Store": {"Redaction": {"PersonalData": "Redact", "Rules": [{"Kind": "acme-key", "Pattern": "acme_{w:20}"}], "Stores": {"lab": {"Policy": "Flag"}}}}}
            """);
        await File.WriteAllTextAsync(Text, $"acme_aaaaaaaaaabbbbbbbbbb of ann@example.org\nthe token {Secret}\n", Token);

        var usual = await ScanAsync(Text);
        var lab = await ScanAsync(Text, "--store", "lab");

        Assert.Equal(["acme-key", "email", "github-token"], usual.Kinds.Keys.Order());
        Assert.All(usual.Findings, finding => Assert.False(finding.Stays));
        Assert.Equal(("github-token", true), (Assert.Single(lab.Findings).Kind, lab.Findings[0].Stays));
    }

    [Fact]
    public async Task Rows_of_a_backup_are_scanned_with_the_settings_of_their_own_store()
    {
        var options = new MemoryStoreOptions { Redaction = new() { Policy = RedactionPolicy.Flag } };
        await using var folder = await new OpenFolder(options: options).OpenAsync();
        await folder.Stores.CreateAsync("lab", cancellationToken: Token);
        foreach (var store in (string[])["default", "lab"])
        {
            await folder.Stores[store].RememberAsync(new() { Facts = [new() { Content = $"of {store}: {Secret}" }], Namespace = store }, cancellationToken: Token);
        }

        var backup = Path.Combine(folder.BackupsPath, (await folder.Stores.CreateBackupAsync(null, Token)).Name + ".db");
        Configure("""{"Store": {"Redaction": {"Stores": {"lab": {"Policy": "Flag"}}}}}""", folder.Path);

        var result = await _cli.RunAsync("scan", backup, "--apply", "--json", "--data", folder.Path);

        var answer = JsonSerializer.Deserialize(result.Out, CliJson.Default.ScanAnswer)!;
        Assert.Equal([("default", false), ("lab", true)], answer.Findings.Select(finding => (finding.Namespace, finding.Stays)).Order());
        Assert.Equal((1L, 1L), (answer.Items, answer.Stays));
    }

    [Fact]
    public async Task What_lies_beside_a_file_stays_but_for_the_copies_of_a_killed_scan()
    {
        var (own, alike, left) = (Text + ".scan", Text + ".keepsake-scan-mine", Text + ".keepsake-scan-0123456789abcdef");
        foreach (var file in (string[])[Text, own, alike, left])
        {
            await File.WriteAllTextAsync(file, $"{file} {Secret}\n", Token);
        }

        await ScanAsync(Text);
        Assert.All([Text, own, alike, left], file => Assert.Equal($"{file} {Secret}\n", File.ReadAllText(file)));
        await ScanAsync(Text, "--apply");

        Assert.Equal($"{Text} [REDACTED:github-token]\n", await File.ReadAllTextAsync(Text, Token));
        Assert.All([own, alike], file => Assert.Equal($"{file} {Secret}\n", File.ReadAllText(file)));
        Assert.Equal([Text, alike, own], Directory.EnumerateFiles(_temporary.Path).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Text));
        }
    }

    [Fact]
    public async Task What_was_redacted_and_what_stays_are_counted_apart()
    {
        Configure("{\"Store\": {\"Redaction\": {\"Policy\": \"Redact\", \"PersonalData\": \"Flag\"}}}");
        await File.WriteAllTextAsync(Text, "ann@example.org\nbob@example.org\n", Token);

        var stay = await _cli.RunAsync("scan", Text, "--apply", "--data", Data);
        await File.AppendAllTextAsync(Text, Secret, Token);
        var both = await _cli.RunAsync("scan", Text, "--apply", "--data", Data);
        _cli.IsOutPerson = true;
        var person = await _cli.RunAsync("scan", Text, "--apply", "--data", Data);

        Assert.Equal($"keepsake: 0 secrets in 0 of 2 memories; 2 stay, in identifiers or because the settings only flag them{Environment.NewLine}", stay.Error);
        Assert.StartsWith("keepsake: 1 secrets in 1 of 3 memories, redacted; 2 stay,", both.Error, StringComparison.Ordinal);
        Assert.Contains("Redacted 0 secrets in 0 of 3 memories; 2 stay,", person.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40_000)]
    public async Task A_key_of_several_lines_goes_as_a_whole_wherever_a_text_is_cut(int lines)
    {
        var samples = new Samples(7);
        var key = $"-----BEGIN PRIVATE KEY-----\n{string.Join('\n', Enumerable.Range(0, 25).Select(_ => samples.Make("{b:64}")))}\n-----END PRIVATE KEY-----\n";
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
        {
            text.Append("some words of a line that is harmless\n").Append(i % 300 == 0 ? key : "");
        }

        // A record between two texts ends the first.
        text.Append(CliJson.Line<MemoryItem>(ScriptedMemory.Record("mem-1"), KeepsakeJson.Default.MemoryItem)).Append('\n').Append(key);
        await File.WriteAllTextAsync(Text, text.ToString(), Token);

        var answer = await ScanAsync(Text, "--apply");

        Assert.Equal(text.Replace(key, "[REDACTED:private-key]\n").ToString(), await File.ReadAllTextAsync(Text, Token));
        Assert.Equal(2, answer.Findings[0].Line);
        Assert.Equal(((lines + 299) / 300) + 1, answer.Kinds["private-key"]);
        Assert.Equal(lines + (27 * answer.Kinds["private-key"]) + 1, answer.Scanned);
        Assert.Equal(answer.Scanned - 26, answer.Findings[^1].Line);
        Assert.Empty((await ScanAsync(Text)).Findings);
    }

    [Fact]
    public async Task A_last_line_without_end_is_scanned_however_long()
    {
        await File.WriteAllTextAsync(Text, $"first\n{new string('a', 2 << 20)} {Secret}", Token);

        Assert.Equal(2, Assert.Single((await ScanAsync(Text, "--apply")).Findings).Line);
        Assert.EndsWith(" [REDACTED:github-token]", await File.ReadAllTextAsync(Text, Token), StringComparison.Ordinal);
    }

    private async Task<ScanAnswer> ScanAsync(params string[] args)
    {
        var result = await _cli.RunAsync(["scan", .. args, "--json", "--data", Data]);
        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Error));
        return JsonSerializer.Deserialize(result.Out, CliJson.Default.ScanAnswer)!;
    }

    private void Configure(string settings, string? folder = null)
    {
        using var file = PrivateFile.Open(Path.Combine(DataFolder.Open(folder ?? Data).Path, Settings.FileName), FileMode.Create);
        file.Write(Encoding.UTF8.GetBytes(settings));
    }
}
