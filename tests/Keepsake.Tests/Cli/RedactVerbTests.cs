using System.Text;
using System.Text.Json;
using Keepsake.Protection.Redaction;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Tests.Protection.Redaction;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class RedactVerbTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly CliRunner _cli = new();
    private readonly Samples _samples = new(11);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_text_comes_out_without_its_secrets_and_otherwise_byte_for_byte()
    {
        var secret = _samples.Password();
        _cli.In = Encoding.UTF8.GetBytes($"\uFEFFone\r\n\tpassword: {secret}  \n\n ü🔑 end");

        var result = await RunAsync("redact", "-");

        Assert.Equal("\uFEFFone\r\n\tpassword: [REDACTED:password]  \n\n ü🔑 end", result.Out);
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Empty(_cli.Opened);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_come_out_as_they_went_in()
    {
        using var input = new MemoryStream([0xFF, 0xC3, (byte)'\n', 0x80, (byte)'a']);
        var parts = new TextParts(input);

        var part = await parts.NextAsync(TestContext.Current.CancellationToken);

        Assert.Equal(input.ToArray(), parts.Encoding.GetBytes(part!));
    }

    [Fact]
    public async Task A_text_longer_than_a_part_comes_out_whole_and_a_key_is_never_cut()
    {
        var line = "some words of a line that is harmless\n";
        var key = $"-----BEGIN PRIVATE KEY-----\n{string.Join('\n', Enumerable.Range(0, 25).Select(_ => _samples.Make("{b:64}")))}\n-----END PRIVATE KEY-----\n";
        var text = new StringBuilder();
        for (var i = 0; i < 40_000; i++)
        {
            text.Append(line).Append(i % 300 == 0 ? key : "");
        }

        _cli.In = Encoding.UTF8.GetBytes(text.ToString());

        var result = await RunAsync("redact", "-");

        Assert.Equal(text.Replace(key, "[REDACTED:private-key]\n").ToString(), result.Out);
    }

    [Fact]
    public async Task Lines_of_json_are_answered_one_by_one_with_the_places_in_the_input()
    {
        var secret = _samples.Password();
        _cli.In = Encoding.UTF8.GetBytes($"{{\"text\": \"🔑 password: {secret}.\"}}\n{{\"text\": \"clean\"}}\n");

        var result = await RunAsync("redact", "--json", "-");

        var lines = result.Out.Split('\n');
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal("🔑 password: [REDACTED:password].", first.RootElement.GetProperty("text").GetString());
        var redaction = Assert.Single(first.RootElement.GetProperty("redactions").EnumerateArray().ToList());
        Assert.Equal(("password", 13, secret.Length), (redaction.GetProperty("kind").GetString(), redaction.GetProperty("start").GetInt32(), redaction.GetProperty("length").GetInt32()));
        Assert.Equal("{\"text\":\"clean\",\"redactions\":[]}", lines[1]);
        Assert.Equal("", lines[2]);
    }

    [Theory]
    [InlineData("{\"text\": 1}")]
    [InlineData("[]")]
    [InlineData("hello")]
    public async Task A_line_that_is_not_of_that_shape_is_refused_with_its_number(string line)
    {
        _cli.In = Encoding.UTF8.GetBytes("{\"text\":\"a\"}\n" + line);

        var result = await RunAsync("redact", "--json", "-");

        Assert.Contains("Line 2 is not", result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Invalid, result.Code);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_named_and_the_lines_before_it_are_answered()
    {
        _cli.In = "{\"text\": \"clean\"}\n{\"text\": \"a\\ud800b\"}\n"u8.ToArray();

        var result = await RunAsync("redact", "--json", "-");

        Assert.Equal("{\"text\":\"clean\",\"redactions\":[]}\n", result.Out);
        Assert.Contains("line 2 holds half of a surrogate pair", result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Invalid, result.Code);
    }

    [Fact]
    public async Task A_missing_file_is_told() => Assert.Equal(ExitCode.NotFound, (await RunAsync("redact", "/nowhere/notes.md")).Code);

    [Fact]
    public async Task What_the_settings_say_of_the_store_is_what_becomes_of_the_text()
    {
        Configure(
            """
            {"Store": {"Redaction": {"PersonalData": "Redact", "Rules": [{"Kind": "acme-key", "Pattern": "acme_{w:20}"}],
              "Stores": {"lab": {"Policy": "Flag"}, "strict": {"Policy": "Refuse"}}}}}
            """);
        var (own, password) = ("acme_aaaaaaaaaabbbbbbbbbb", _samples.Password());
        _cli.In = Encoding.UTF8.GetBytes($"{own} of ann@example.org, password: {password}\n");

        var usual = await RunAsync("redact", "-");
        var flagged = await RunAsync("redact", "-", "--store", "lab");
        var refused = await RunAsync("redact", "-", "--store", "strict");

        Assert.Equal(("[REDACTED:acme-key] of [REDACTED:email], password: [REDACTED:password]\n", ""), (usual.Out, usual.Error));
        Assert.Equal(Encoding.UTF8.GetString(_cli.In), flagged.Out);
        Assert.Contains("1 secrets stay in the text", flagged.Error, StringComparison.Ordinal);
        Assert.Equal($"{own} of ann@example.org, password: [REDACTED:password]\n", refused.Out);
        Assert.Contains("would be refused", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there_is_not_made()
    {
        Assert.Equal(ExitCode.Done, (await RunAsync("redact", "-")).Code);

        Assert.False(Directory.Exists(_temporary["data"]));
    }

    private void Configure(string settings)
    {
        using var file = PrivateFile.Open(Path.Combine(DataFolder.Open(_temporary["data"]).Path, Settings.FileName), FileMode.Create);
        file.Write(Encoding.UTF8.GetBytes(settings));
    }

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--data", _temporary["data"]]);
}
