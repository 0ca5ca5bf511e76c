using System.Text.RegularExpressions;
using Keepsake.Engines;
using Keepsake.Tests.Conformance;
using Keepsake.Tests.Support;

namespace Keepsake.Tests;

/// <summary>House rules that no analyzer knows. Each failure names the file and the rule.</summary>
public sealed partial class TidyTests
{
    private const int MaxFileLines = 400;


    [Fact]
    public void Every_engine_has_a_conformance_class()
    {
        var tested = typeof(EngineConformance).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(EngineConformance))).Select(t => t.Name).ToHashSet();

        var engines = typeof(IMemoryEngine).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IMemoryEngine)));

        Assert.Empty(engines.Where(e => !tested.Contains($"{e.Name}Conformance")).Select(e => e.Name));
    }

    [Fact]
    public void Sources_are_short_and_carry_no_regions() => Assert.Empty(
        from file in Sources("src")
        let lines = file.Text.AsSpan().Count('\n')
        let reason = lines > MaxFileLines ? $"{lines} lines; split it by responsibility"
            : Region().IsMatch(file.Text) ? "#region; split the file instead"
            : null
        where reason is not null
        select $"{file.Path}: {reason}");

    [Fact]
    public void A_database_client_is_used_only_by_its_engine() => Assert.Empty(
        from file in Sources("src")
        from client in ((string Using, string Folder)[])[("Microsoft.Data.Sqlite", "Engines/Sqlite/"), ("Npgsql", "Engines/Postgres/")]
        where file.Text.Contains($"using {client.Using};", StringComparison.Ordinal) && !file.Path.Contains(client.Folder, StringComparison.Ordinal)
        select $"{file.Path}: {client.Using} belongs under {client.Folder}");

    [Fact]
    public void Event_ids_of_logs_are_unique()
    {
        var ids =
            from file in Sources("src")
            from message in LoggerMessage().Matches(file.Text)
            group file.Path by message.Groups["id"].Value;

        Assert.Empty(ids.Where(id => id.Key.Length == 0 || id.Count() > 1).Select(id => $"event id '{id.Key}': {string.Join(", ", id)}"));
    }

    [Fact]
    public void Nothing_blocks_a_thread_for_a_task() => Assert.Empty(
        from file in Sources("src")
        where SyncOverAsync().IsMatch(file.Text)
        select $"{file.Path}: await it");

    [Fact]
    public void No_test_is_skipped_or_sleeps() => Assert.Empty(
        from file in Sources("tests")
        where Skipped().IsMatch(file.Text)
        select $"{file.Path}: a skipped test tells nothing, and a sleeping one the wrong thing");

    [Fact]
    public void Every_relative_link_of_a_document_resolves() => Assert.Empty(
        from path in Repository.Files("*.md")
        from link in Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, path)))
        let target = Uri.UnescapeDataString(link.Groups["target"].Value.Split('#')[0])
        where target.Length > 0 && !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, target))
        select $"{path}: {target} is not there");

    [GeneratedRegex(@"^\s*#region", RegexOptions.Multiline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\[LoggerMessage\((?:[^\]]*?EventId = |)(?<id>\d*)")]
    private static partial Regex LoggerMessage();

    [GeneratedRegex(@"GetAwaiter\(\)\s*\.GetResult\(\)|Task\.Wait(All|Any)\(")]
    private static partial Regex SyncOverAsync();

    [GeneratedRegex(@"\bSkip(Unless|When)?\s*=\s*|Assert\.Skip|Thread\.Sleep\(")]
    private static partial Regex Skipped();

    [GeneratedRegex(@"\]\((?!\w+:|#|<)(?<target>[^)\s]+)")]
    private static partial Regex Link();

    private static IEnumerable<(string Path, string Text)> Sources(string folder) => Repository.Files("*.cs")
        .Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal) && Path.GetFileName(path) != $"{nameof(TidyTests)}.cs")
        .Select(path => (path, File.ReadAllText(Path.Combine(Repository.Root, path))));
}
