using Keepsake.Embedding;
using Keepsake.Operations;
using Keepsake.Protection;
using Keepsake.Protection.Audit;
using Keepsake.Protection.Sealing;
using Keepsake.Recall;
using Keepsake.Server.Access;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Transfer;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>What a person names in the place of a file: opening a pipe would wait for whoever writes into it, and hear no interruption.</summary>
public sealed class InputFileTests : IDisposable
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _temporary = new();
    private readonly CliRunner _cli = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Pipe => _temporary["a pipe"];

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("import", "keepsake import - < '")]
    [InlineData("redact", "keepsake redact - < '")]
    [InlineData("scan", "Write what it holds to a file first.")]
    [InlineData("scan --apply", "Write what it holds to a file first.")]
    [InlineData("eval locomo", "Write what it holds to a file first.")]
    [InlineData("eval conversations", "Write what it holds to a file first.")]
    public async Task A_pipe_in_the_place_of_a_file_is_refused_at_once_with_what_would_work(string verb, string says)
    {
        if (!MakePipe(Pipe))
        {
            return;
        }

        var link = _temporary["a link"];
        File.CreateSymbolicLink(link, Pipe);
        foreach (var path in (string[])[Pipe, link, "/dev/null"])
        {
            var result = await UnlessItHangsAsync(() => _cli.RunAsync([.. verb.Split(' '), path, "--data", _temporary["data"]]));

            Assert.Equal((ExitCode.Invalid, ""), (result.Code, result.Out));
            Assert.Contains($"'{path}' is a pipe, a socket or a device. ", result.Error, StringComparison.Ordinal);
            Assert.Contains(path == Pipe ? says : says.TrimEnd('\''), result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("import"), InlineData("redact"), InlineData("scan", " Name an export, a text or a backup's database that is there, or none to scan the store.")]
    public async Task A_file_that_is_not_there_is_told_of_in_the_same_words_as_it_was_typed(string verb, string instead = "")
    {
        var result = await _cli.RunAsync(verb, "nothing/../none.jsonl", "--data", _temporary["data"]);

        Assert.Equal(ExitCode.NotFound, result.Code);
        Assert.Equal($"keepsake: not_found: There is no file 'nothing/../none.jsonl'.{instead}", result.Error.Trim());
    }

    [Theory]
    [InlineData("config.json"), InlineData("model.safetensors"), InlineData("vocab.txt"), InlineData("model.json")]
    public async Task A_pipe_among_the_files_of_a_model_is_refused_at_once(string name)
    {
        var folder = Path.Combine(_temporary.Path, "model");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Keepsake.Tests", "Embedding", "tiny-bert")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.Delete(Path.Combine(folder, name));
        if (!MakePipe(Path.Combine(folder, name)))
        {
            return;
        }

        var result = await UnlessItHangsAsync(() => _cli.RunAsync("model", "add", folder, "--data", _temporary["data"]));

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains($"{name} is a pipe, a socket or a device", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_a_key_is_refused_at_once()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var keys = Path.Combine(_temporary.Path, KeysFolder.Name);
        Directory.CreateDirectory(keys, OwnersFolder);
        if (!MakePipe(Path.Combine(keys, "audit.key")) || !MakePipe(Pipe))
        {
            return;
        }

        await RefusedAsync(() => new KeysFolder(_temporary.Path).Read("audit.key"));
        await RefusedAsync(() => new MasterKeys(new(_temporary.Path), new() { Source = KeySource.Secret, File = Pipe }).Current());
        await RefusedAsync(() => JwtKeys.Load(Pipe));
    }

    [Theory]
    [InlineData("import", ".place"), InlineData("export", ".part"), InlineData("export", ".part.place")]
    public async Task A_pipe_in_the_place_of_a_file_that_a_transfer_keeps_is_refused_at_once(string verb, string suffix)
    {
        var file = _temporary["memories.jsonl"];
        await File.WriteAllTextAsync(file, "\n", Token);
        if (!MakePipe(file + suffix))
        {
            return;
        }

        var result = await UnlessItHangsAsync(() => _cli.RunAsync(verb, file, "--data", _temporary["data"]));

        Assert.Equal(ExitCode.Unavailable, result.Code);
        Assert.Contains($"'memories.jsonl{suffix}' is a pipe, a socket or a device", result.Error, StringComparison.Ordinal);
        Assert.True(FileFacts.IsPipeOrDevice(file + suffix));
    }

    [Fact]
    public async Task A_place_that_cannot_be_kept_because_of_a_pipe_ends_no_transfer()
    {
        if (MakePipe(Pipe + ".new"))
        {
            await UnlessItHangsAsync(() => Task.Run(() =>
            {
                new TransferPlace { Store = "default", Of = "", At = DateTimeOffset.UnixEpoch }.Save(Pipe);
                return true;
            }));
            Assert.False(File.Exists(Pipe));
        }
    }

    [Theory]
    [InlineData("keepsake.json"), InlineData("keepsake.lock"), InlineData("keepsake.readonly"), InlineData("keepsake.db"), InlineData("keepsake.db-wal")]
    [InlineData("keepsake.db-open")]
    public async Task A_pipe_in_the_place_of_a_file_of_the_data_folder_is_refused_at_once_by_its_name(string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_temporary["data"], OwnersFolder);
        }

        if (MakePipe(Path.Combine(_temporary["data"], name)))
        {
            // It keeps nothing, and reads the settings all the same.
            _cli.In = "plain"u8.ToArray();
            var result = await UnlessItHangsAsync(() => _cli.RunAsync("redact", "-", "--data", _temporary["data"]));

            Assert.Equal((ExitCode.Unavailable, ""), (result.Code, result.Out));
            Assert.Contains($"'{name}' is a pipe, a socket or a device", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pipe_in_a_folder_of_the_data_folder_is_refused_at_once()
    {
        foreach (var folder in (string[])["keys", "models", "backups"])
        {
            PrivateFile.CreateFolder(_temporary[folder]);
        }

        const string Backup = "20260131T093000Z-0198c0de.db";
        if (!MakePipe(_temporary["keys/audit.key"]) || !MakePipe(_temporary["keys/audit.last"]) || !MakePipe(_temporary["models/.in-use"])
            || !MakePipe(_temporary[$"backups/{Backup}"]))
        {
            return;
        }

        using var signing = System.Security.Cryptography.ECDsa.Create();
        var keys = new AuditKeys(_temporary.Path);
        await RefusedAsync(() => keys.Load());
        await RefusedAsync(() => keys.LoadLast(signing, new(0, [], [], [])));
        await RefusedAsync(() => new AddedModels(DataFolder.Open(_temporary.Path)).Chosen);
        var hashing = await UnlessItHangsAsync(() => Task.Run(() => Assert.ThrowsAsync<MemoryException>(
            () => BackupFile.HashAsync(new(_temporary[$"backups/{Backup}"]), _ => { }, Token))));
        Assert.Contains("a pipe, a socket or a device", hashing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_among_the_files_of_the_index_is_no_snapshot()
    {
        if (MakePipe(_temporary["segments"]))
        {
            Assert.Null(await UnlessItHangsAsync(() => Task.Run(() => new IndexSnapshot(_temporary.Path).Load("a model"))));
        }
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_exported_keys_is_refused_with_what_would_work()
    {
        if (MakePipe(Pipe))
        {
            var result = await UnlessItHangsAsync(() => _cli.RunAsync("keys", "export", Pipe, "--data", _temporary["data"]));

            Assert.Equal(ExitCode.Invalid, result.Code);
            Assert.Contains($"keepsake keys export - > '{Pipe}'", result.Error, StringComparison.Ordinal);
        }
    }

    private static async Task RefusedAsync(Func<object?> read)
    {
        var refused = await UnlessItHangsAsync(() => Task.Run(() => Assert.Throws<MemoryException>(read)));
        Assert.Contains("a pipe, a socket or a device", refused.Message, StringComparison.Ordinal);
    }

    // A test that hangs says nothing; this is no measure of how long it may take.
    private static Task<T> UnlessItHangsAsync<T>(Func<Task<T>> run) => Task.Run(run, Token).WaitAsync(TimeSpan.FromMinutes(1), Token);

    // Only Linux says of what kind a file is.
    private static bool MakePipe(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var made = System.Diagnostics.Process.Start("mkfifo", ["-m", "600", path]);
        made.WaitForExit();
        return made.ExitCode == 0 && FileFacts.IsPipeOrDevice(path) ? true : throw new InvalidOperationException("There is no pipe.");
    }
}
