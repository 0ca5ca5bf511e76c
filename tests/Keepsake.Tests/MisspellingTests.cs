using Keepsake.Server;

namespace Keepsake.Tests;

public sealed class MisspellingTests
{
    [Theory]
    [InlineData("Access", "Access", 0)]
    [InlineData("Access", "Acess", 1)]
    [InlineData("Access", "Accessx", 1)]
    [InlineData("Store", "Sotre", 1)]
    [InlineData("Store", "Snorre", 2)]
    [InlineData("ca", "abc", 3)]
    [InlineData("serve", "", 5)]
    [InlineData("", "mcp", 3)]
    public void Slips_are_letters_too_many_too_few_or_another_and_two_that_changed_places(string meant, string written, int slips)
    {
        Assert.Equal(slips, Misspelling.Slips(meant, written));
        Assert.Equal(slips <= 2, Misspelling.Of(meant, written));
    }
}
