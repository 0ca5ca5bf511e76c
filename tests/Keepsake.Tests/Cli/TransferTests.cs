using System.Text;
using Keepsake.Protection;
using Keepsake.Serialization;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Transfer;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class TransferTests : IDisposable
{
    private readonly CliRunner _cli = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keepsake-tests-");

    private string Target => Path.Combine(_folder.FullName, "memories.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_is_exported_and_imported_is_the_same_byte_for_byte()
    {
        AddEverything();
        var exported = await _cli.RunAsync("export", "-");
        var other = new CliRunner { In = Encoding.UTF8.GetBytes(exported.Out) };

        var imported = await other.RunAsync("import", "-", "--json");

        Assert.Equal(ExitCode.Done, imported.Code);
        Assert.Equal(Lines(_cli.Memory.Items), Lines(other.Memory.Items));
        Assert.Equal(exported.Out, (await other.RunAsync("export", "-")).Out);
        Assert.StartsWith("{\"type\":\"record\",\"id\":\"mem-0\"", exported.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_whole_or_not_there_and_only_its_owners_to_read()
    {
        AddEverything();
        await File.WriteAllTextAsync(Target, "an older export", TestContext.Current.CancellationToken);
        var calls = 0;
        _cli.Memory.Before = _ => ++calls == 3 ? throw new MemoryException(MemoryErrorCode.Unavailable, "Gone.") : Task.CompletedTask;

        var failed = await _cli.RunAsync("export", Target);

        Assert.Equal(ExitCode.Unavailable, failed.Code);
        Assert.Equal("an older export", await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Exporter.PartOf(Target)));
        }
    }

    [Fact]
    public async Task An_interrupted_export_goes_on_where_it_stopped()
    {
        AddEverything();
        using var interrupted = new CancellationTokenSource();
        var calls = 0;
        _cli.Memory.Before = async _ =>
        {
            if (++calls == 3)
            {
                await interrupted.CancelAsync();
                interrupted.Token.ThrowIfCancellationRequested();
            }
        };

        var first = await _cli.RunUntilAsync(interrupted.Token, "export", Target);
        var second = await _cli.RunAsync("export", Target);

        Assert.Equal(ExitCode.Interrupted, first.Code);
        Assert.Equal($"keepsake: interrupted; the same command goes on where this one stopped{Environment.NewLine}", first.Error);
        Assert.StartsWith("keepsake: going on after 4 memories", second.Error, StringComparison.Ordinal);
        Assert.Equal("records\t6\nevents\t1\n", second.Out);
        Assert.Equal(Lines(_cli.Memory.Items), await File.ReadAllLinesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal([Target], Directory.GetFiles(_folder.FullName));
        // The cursors asked for: three pages of the first run, then those that were left.
        Assert.Equal([null, "2", "4", "4", "6"], _cli.Memory.Asked.Select(a => (((string?, string?))a).Item2));
    }

    [Fact]
    public async Task An_interrupted_export_of_another_scope_is_not_gone_on_with()
    {
        AddEverything();
        var calls = 0;
        _cli.Memory.Before = _ => ++calls == 3 ? throw new MemoryException(MemoryErrorCode.Unavailable, "Gone.") : Task.CompletedTask;
        await _cli.RunAsync("export", Target);

        var second = await _cli.RunAsync("export", Target, "agents");

        Assert.Equal((ExitCode.Done, ""), (second.Code, second.Error));
        Assert.Equal(7, (await File.ReadAllLinesAsync(Target, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task A_part_shorter_than_its_place_is_written_anew()
    {
        AddEverything();
        var calls = 0;
        _cli.Memory.Before = _ => ++calls == 3 ? throw new MemoryException(MemoryErrorCode.Unavailable, "Gone.") : Task.CompletedTask;
        await _cli.RunAsync("export", Target);
        await File.WriteAllTextAsync(Exporter.PartOf(Target), "short", TestContext.Current.CancellationToken);

        await _cli.RunAsync("export", Target);

        Assert.Equal(Lines(_cli.Memory.Items), await File.ReadAllLinesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_export_that_is_refused_leaves_no_file_behind()
    {
        _cli.Memory.Before = _ => throw new MemoryException(MemoryErrorCode.Unavailable, "It is in quarantine.");

        Assert.Equal(ExitCode.Unavailable, (await _cli.RunAsync("export", Target)).Code);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task An_export_puts_no_file_in_the_place_of_a_pipe_or_a_device()
    {
        // Only Linux says of what kind a file is.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        System.Diagnostics.Process.Start("mkfifo", [Target]).WaitForExit();
        var link = Path.Combine(_folder.FullName, "a link");
        File.CreateSymbolicLink(link, Target);

        var refused = await _cli.RunAsync("export", Target);

        Assert.Equal((ExitCode.Invalid, ""), (refused.Code, refused.Out));
        Assert.Contains($"keepsake export - > {Target}", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"keepsake export - > '{link}'", (await _cli.RunAsync("export", link)).Error, StringComparison.Ordinal);
        Assert.False(FileFacts.IsRegular(Target));
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("../x")]
    public async Task A_wrong_scope_leaves_no_file_behind(string scope)
    {
        var result = await _cli.RunAsync("export", Target, scope);

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_found()
    {
        Assert.Equal(ExitCode.NotFound, (await _cli.RunAsync("import", Target)).Code);
        Assert.Equal(ExitCode.NotFound, (await _cli.RunAsync("export", Path.Combine(_folder.FullName, "no", "where"))).Code);
        Assert.Equal(ExitCode.Invalid, (await _cli.RunAsync("import", _folder.FullName)).Code);
        Assert.Equal(ExitCode.Invalid, (await _cli.RunAsync("export", _folder.FullName)).Code);
    }

    [Theory]
    [InlineData("not json", "is not a JSON object")]
    [InlineData("\"a fact\"", "single facts go in by 'keepsake remember'")]
    [InlineData("[1]", "is not a JSON object")]
    [InlineData("null", "has no type")]
    [InlineData("{\"id\":\"mem-1\",\"content\":\"x\"}", "has no type")]
    [InlineData("{\"type\":\"dream\",\"id\":\"mem-1\"}", "It is record or event.")]
    [InlineData("{\"type\":\"record\",\"id\":\"mem-1\"}", "namespace")]
    [InlineData("{\"type\":\"record\",\"id\":\"mem-1\",\"id\":\"mem-2\"}", "id")]
    [InlineData("{\"type\":\"record\",\"id\":\"mem-1\",\"colour\":1}", "colour")]
    [InlineData("{\"type\":\"record\",\"id\":\"\\ud800\",\"namespace\":\"a\"}", "At id: A string holds half a surrogate pair")]
    [InlineData("{\"type\":\"record\",\"id\":7}", "At id: The value is not a string.")]
    [InlineData("{\"type\":\"record\",\"namespace\":\"a//b\"}", "empty segment")]
    [InlineData("{\"type\":\"record\",\"id\":\"mem-1\",\"importance\":NaN}", "is not valid JSON from byte 44 on")]
    [InlineData("{\"type\":\"record\",\"id\":\"mem-1\"", "is not valid JSON")]
    public async Task A_bad_line_is_named_with_its_number_and_the_others_go_in(string bad, string reason)
    {
        _cli.In = Encoding.UTF8.GetBytes($"{Line("mem-1")}\n{bad}\n\n{Line("mem-2")}");

        var result = await _cli.RunAsync("import", "-");

        Assert.Equal(ExitCode.PartlyRefused, result.Code);
        Assert.StartsWith("keepsake: invalid_request: line 2: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Keepsake.", result.Error, StringComparison.Ordinal);
        Assert.Equal("lines\t4\ncreated\t2\nfailed\t1\n", result.Out);
        Assert.Equal(["mem-1", "mem-2"], _cli.Memory.Items.Select(ScriptedMemory.IdOf));
    }

    [Fact]
    public async Task The_line_that_a_refusal_shows_is_taken()
    {
        _cli.In = "null"u8.ToArray();
        var hint = (await _cli.RunAsync("import", "-")).Error;
        _cli.In = Encoding.UTF8.GetBytes(hint[hint.IndexOf('{', StringComparison.Ordinal)..(hint.LastIndexOf('}') + 1)]);

        Assert.Equal((ExitCode.Done, "lines\t1\ncreated\t1\nfailed\t0\n"), await _cli.RunAsync("import", "-") is var taken ? (taken.Code, taken.Out) : default);
    }

    [Fact]
    public async Task A_line_that_is_not_utf8_is_named_with_its_number()
    {
        _cli.In = [.. Encoding.UTF8.GetBytes(Line("mem-1") + "\n"), (byte)'{', 0xC3, 0x28, (byte)'}', (byte)'\n'];

        var result = await _cli.RunAsync("import", "-");

        Assert.Equal($"keepsake: invalid_request: line 2: The line is not UTF-8. Convert the file with iconv.{Environment.NewLine}", result.Error);
    }

    [Fact]
    public async Task A_byte_order_mark_and_windows_line_ends_are_read_over()
    {
        _cli.In = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{Line("mem-1")}\r\n\r\n{Line("mem-2")}\r\n")];

        var result = await _cli.RunAsync("import", "-");

        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Error));
        Assert.Equal(["mem-1", "mem-2"], _cli.Memory.Items.Select(ScriptedMemory.IdOf));
    }

    [Fact]
    public async Task A_refusal_of_the_store_is_named_with_its_line()
    {
        _cli.Memory.Imports = item => ScriptedMemory.IdOf(item) == "mem-2"
            ? WriteOutcome.Refused(new(MemoryErrorCode.Conflict, "No."))
            : new() { Id = "x", Outcome = WriteResult.Unchanged, Redactions = new Dictionary<string, int> { ["jwt"] = 1 } };
        _cli.In = Encoding.UTF8.GetBytes($"{Line("mem-1")}\n\n{Line("mem-2")}\n{Line("mem-3")}\n");

        var result = await _cli.RunAsync("import", "-", "--json");

        Assert.Equal($"{{\"code\":\"conflict\",\"detail\":\"line 3: No.\"}}{Environment.NewLine}", result.Error);
        Assert.Equal(
            "{\"success\":false,\"lines\":4,\"outcomes\":{\"unchanged\":2,\"refused\":1},\"failed\":1,\"errors\":[\"line 3: No.\"],\"redactions\":{\"jwt\":2}}\n",
            result.Out);
        Assert.Equal(ExitCode.PartlyRefused, result.Code);
    }

    [Fact]
    public async Task A_file_of_another_kind_is_told_in_few_lines_and_counted_in_full()
    {
        _cli.In = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("no\n", 5_000)));

        var result = await _cli.RunAsync("import", "-");

        Assert.Equal(21, result.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith($"keepsake: 4,980 more lines were refused{Environment.NewLine}", result.Error, StringComparison.Ordinal);
        Assert.Equal("lines\t5000\nfailed\t5000\n", result.Out);
    }

    [Fact]
    public async Task Items_go_in_batches_that_one_write_takes_in_the_order_of_their_lines()
    {
        _cli.In = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_500).Select(i => Line($"mem-{i}") + "\n")));

        await _cli.RunAsync("import", "-");

        Assert.Equal([1_000, 1_000, 500], _cli.Memory.Asked.Cast<IReadOnlyList<MemoryItem>>().Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"mem-{i}"), _cli.Memory.Items.Select(ScriptedMemory.IdOf));
    }

    [Fact]
    public async Task Batches_stay_full_deep_in_a_file_and_end_where_their_lines_are_long()
    {
        var longLine = Line("mem-long").Replace("a fact", new string('x', 15_000), StringComparison.Ordinal) + "\n";
        _cli.In = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat(longLine, 600)) + string.Concat(Enumerable.Range(0, 2_000).Select(i => Line($"mem-{i}") + "\n")));

        await _cli.RunAsync("import", "-");

        var batches = _cli.Memory.Asked.Cast<IReadOnlyList<MemoryItem>>().ToList();
        Assert.Equal(5, batches.Count);
        Assert.All(batches, b => Assert.InRange(
            b.Sum(i => ((MemoryRecord)i).Content.Length), 0, ImportBatch.MaxBytes));
        Assert.InRange(batches[0].Count, 200, 300);
    }

    [Fact]
    public async Task A_line_longer_than_any_record_is_refused_and_the_next_goes_in()
    {
        var filler = Encoding.UTF8.GetBytes(new string('x', ImportReader.MaxLineLength + (1 << 21)));
        _cli.In = [.. Encoding.UTF8.GetBytes("{\"a\":\""), .. filler, .. Encoding.UTF8.GetBytes($"\"}}\n{Line("mem-1")}\n")];

        var result = await _cli.RunAsync("import", "-");

        Assert.StartsWith("keepsake: invalid_request: line 1: The line has more than 33,554,432 bytes", result.Error, StringComparison.Ordinal);
        Assert.Equal("lines\t2\ncreated\t1\nfailed\t1\n", result.Out);
    }

    [Fact]
    public async Task An_interrupted_import_goes_on_where_it_stopped_and_remembers_what_was_refused()
    {
        await File.WriteAllTextAsync(
            Target,
            "bad\n" + string.Concat(Enumerable.Range(0, 3_500).Select(i => Line($"mem-{i}") + "\n")),
            TestContext.Current.CancellationToken);
        using var interrupted = new CancellationTokenSource();
        var calls = 0;
        _cli.Memory.Before = async _ =>
        {
            if (++calls == 3)
            {
                await interrupted.CancelAsync();
                interrupted.Token.ThrowIfCancellationRequested();
            }
        };

        var first = await _cli.RunUntilAsync(interrupted.Token, "import", Target);
        var second = await _cli.RunAsync("import", Target);

        Assert.Equal(ExitCode.Interrupted, first.Code);
        Assert.StartsWith("keepsake: going on at line 2,002 of an interrupted import", second.Error, StringComparison.Ordinal);
        Assert.Equal("lines\t3501\ncreated\t1500\nfailed\t1\n", second.Out);
        Assert.Equal(ExitCode.PartlyRefused, second.Code);
        Assert.Equal(Enumerable.Range(0, 3_500).Select(i => $"mem-{i}"), _cli.Memory.Items.Select(ScriptedMemory.IdOf));
        Assert.Equal([Target], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task An_import_of_a_file_that_changed_starts_anew()
    {
        await File.WriteAllTextAsync(Target, Line("mem-1") + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Target + ".place",
            "{\"store\":\"default-0123456789\",\"of\":\"other\",\"at\":\"2026-01-01T00:00:00Z\",\"bytes\":5,\"lines\":1}",
            TestContext.Current.CancellationToken);

        var result = await _cli.RunAsync("import", Target);

        Assert.Equal("lines\t1\ncreated\t1\nfailed\t0\n", result.Out);
        Assert.Empty(result.Error);
    }

    private static string Line(string id) => Lines([ScriptedMemory.Record(id)]).Single();

    private static IEnumerable<string> Lines(IEnumerable<MemoryItem> items) =>
        items.Select(i => CliJson.Line(i, KeepsakeJson.Default.MemoryItem));

    private void AddEverything() => _cli.Memory.Items.AddRange(
    [
        .. Enumerable.Range(0, 5).Select(i => ScriptedMemory.Record($"mem-{i}", $"fact {i}")),
        ScriptedMemory.Record("mem-all") with
        {
            Content = "a \"quoted\" line\nand \t more \\ 😀 \u2028",
            Key = "k",
            Kind = MemoryKind.Preference,
            ActorId = "alice@example.com",
            Metadata = new Dictionary<string, MetadataValue> { ["n"] = MetadataValue.Of(0.1), ["l"] = MetadataValue.Of(["a", "b"]) },
            Embedding = new[] { 0.1f, float.Epsilon, -1f },
            EmbeddingModel = "m",
            Version = 7,
        },
        ScriptedMemory.Event("0000000000000000001#00000001"),
    ]);
}
