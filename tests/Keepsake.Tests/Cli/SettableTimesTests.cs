using System.Text.RegularExpressions;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>A text says no time as if it were fixed that a setting may have changed.</summary>
public sealed partial class SettableTimesTests
{
    private readonly CliRunner _cli = new();

    [Theory]
    [InlineData("restore", "Store:DeletedRetention")]
    [InlineData("forget", "Store:DeletedRetention")]
    [InlineData("rebuild", "Store:RebuildWatch")]
    public async Task Help_names_the_setting(string verb, string setting) =>
        Assert.Contains(setting, (await _cli.RunAsync(verb, "--help")).Out, StringComparison.Ordinal);

    [Fact]
    public void No_text_of_a_door_gives_a_default_as_the_only_time() => Assert.Empty(
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Keepsake.Server"), "*.*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".cs" or ".json" or ".razor"
        from line in File.ReadLines(file)
        where FixedTime().IsMatch(line)
        select $"{Path.GetFileName(file)}: {line.Trim()}");

    [GeneratedRegex("(30 days|15 minutes)(?! unless set)", RegexOptions.IgnoreCase)]
    private static partial Regex FixedTime();
}
