using Keepsake.Server.Cli;

namespace Keepsake.Tests.Cli;

public sealed class ConnectHelpTests
{
    private static readonly ConnectHelp Help = new()
    {
        Launcher = "/opt/keepsake/keepsake",
        Addresses = ["http://127.0.0.1:3333"],
        Data = "/home/alice/.local/share/keepsake",
        IsDefaultData = true,
    };

    [Fact]
    public void Every_client_gets_one_line_with_a_store_of_the_project()
    {
        Assert.Equal(
            [
                ("Claude Code", "claude mcp add keepsake -- /opt/keepsake/keepsake mcp --store PROJECT"),
                ("Claude Desktop", "(set -C; mkdir -p ~/.config/Claude && echo '{\"mcpServers\":{\"keepsake\":{\"command\":\"/opt/keepsake/keepsake\",\"args\":[\"mcp\",\"--store\",\"PROJECT\"]}}}' > ~/.config/Claude/claude_desktop_config.json)"),
                ("Cursor", "(set -C; mkdir -p .cursor && echo '{\"mcpServers\":{\"keepsake\":{\"command\":\"/opt/keepsake/keepsake\",\"args\":[\"mcp\",\"--store\",\"PROJECT\"]}}}' > .cursor/mcp.json)"),
                ("VS Code", "code --add-mcp '{\"name\":\"keepsake\",\"command\":\"/opt/keepsake/keepsake\",\"args\":[\"mcp\",\"--store\",\"PROJECT\"]}'"),
                ("any, by HTTP", "http://127.0.0.1:3333/mcp?store=PROJECT"),
            ],
            Help.Commands());
    }

    [Fact]
    public void The_lines_say_where_it_listens_where_the_data_is_and_what_to_put_for_the_placeholder()
    {
        var text = string.Join('\n', Help.Lines());

        Assert.Contains("serves http://127.0.0.1:3333", text, StringComparison.Ordinal);
        Assert.Contains("Data: /home/alice/.local/share/keepsake", text, StringComparison.Ordinal);
        Assert.Contains("PROJECT: a name for each project", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_was_named_takes_the_place_of_the_placeholder()
    {
        var text = string.Join('\n', (Help with { Store = "my-app" }).Lines());

        Assert.Contains("mcp --store my-app", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PROJECT", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_folder_that_agents_would_not_find_is_named()
    {
        var (_, command) = (Help with { Data = "/mnt/my data", IsDefaultData = false }).Commands()[0];

        Assert.Equal("claude mcp add keepsake -- /opt/keepsake/keepsake mcp --store PROJECT --data '/mnt/my data'", command);
    }

    [Fact]
    public void A_path_with_quotes_and_spaces_stays_one_word_in_a_shell()
    {
        var commands = (Help with { Launcher = "/it's mine/keepsake" }).Commands();

        Assert.StartsWith("claude mcp add keepsake -- '/it'\\''s mine/keepsake' mcp", commands[0].Command, StringComparison.Ordinal);
        Assert.Contains("\"command\":\"/it'\\''s mine/keepsake\"", commands[3].Command, StringComparison.Ordinal);
    }

    [Fact]
    public void On_windows_the_commands_are_quoted_as_windows_does()
    {
        var commands = (Help with { IsWindows = true, Launcher = @"C:\My Tools\keepsake.cmd" }).Commands();

        Assert.Equal(@"claude mcp add keepsake -- ""C:\My Tools\keepsake.cmd"" mcp --store PROJECT", commands[0].Command);
        Assert.StartsWith(@"put into %APPDATA%\Claude\claude_desktop_config.json: {", commands[1].Command, StringComparison.Ordinal);
    }
}
