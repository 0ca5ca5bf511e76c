using System.IO.Compression;
using System.Text;
using Keepsake.Serialization;
using Keepsake.Server.Cli;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class ImportReaderTests : IDisposable
{
    private const string Secret = "hunter2";

    private readonly TemporaryFolder _folder = new();
    private readonly CliRunner _cli = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"type":"hunter2","id":"mem-1"}""", "The line's type is not known. It is record or event.")]
    [InlineData("""{"id":"mem-1","type":"hunter2"}""", "The line's type is not known. It is record or event.")]
    [InlineData("""{"type":"record","id":thunter2}""", "The line is not valid JSON from byte ")]
    [InlineData("""{"type":"record","createdAt":"hunter2"}""", "At createdAt: The value is not a time such as ")]
    [InlineData("""{"type":"record","kind":"hunter2"}""", "At kind: The value is not one of ")]
    [InlineData("""{"type":"record","importance":"hunter2"}""", "At importance: The value is not a number.")]
    [InlineData("""{"type":"record","namespace":"a//hunter2"}""", "At namespace: ")]
    [InlineData("""{"type":"record","metadata":{"a":["hunter2",null]}}""", "A list in metadata holds strings only.")]
    [InlineData("""{"type":"record","embedding":"hunter2"}""", "An embedding is base64")]
    public async Task What_a_line_holds_is_not_repeated_when_it_is_refused(string line, string reason)
    {
        _cli.In = Encoding.UTF8.GetBytes(line);

        var result = await _cli.RunAsync("import", "-", "--json");

        Assert.Equal(ExitCode.PartlyRefused, result.Code);
        Assert.Contains(reason, System.Text.Json.JsonElement.Parse(result.Error).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, result.Error + result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_file_is_refused_once_with_the_command_that_reads_it()
    {
        var file = _folder["many.jsonl.gz"];
        await File.WriteAllBytesAsync(file, Compressed(), TestContext.Current.CancellationToken);

        var result = await _cli.RunAsync("import", file);

        Assert.Equal((ExitCode.Invalid, ""), (result.Code, result.Out));
        Assert.Equal(
            $"keepsake: invalid_request: The input is compressed with gzip. Decompress it on its way: gunzip -c {file} | keepsake import -{Environment.NewLine}", result.Error);
        Assert.Empty(_cli.Memory.Items);
        Assert.False(File.Exists(file + ".place"));
    }

    [Theory]
    [InlineData("gunzip -c")]
    [InlineData("zstd -dc")]
    public async Task Compressed_standard_input_is_refused_once(string command)
    {
        _cli.In = command[0] == 'g' ? Compressed() : [0x28, 0xB5, 0x2F, 0xFD, (byte)'\n', (byte)'\n'];

        var result = await _cli.RunAsync("import", "-");

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.EndsWith($": {command} | keepsake import -{Environment.NewLine}", result.Error, StringComparison.Ordinal);
    }

    private static byte[] Compressed()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            // Stored and not deflated: there are lines in it, as there are by chance in a large file.
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(
                Enumerable.Range(0, 30).Select(i => CliJson.Line<MemoryItem>(ScriptedMemory.Record($"mem-{i}"), KeepsakeJson.Default.MemoryItem) + "\n"))));
        }

        return compressed.ToArray();
    }
}
