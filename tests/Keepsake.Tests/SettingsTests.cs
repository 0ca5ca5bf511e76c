using Keepsake.Server;
using Microsoft.Extensions.Configuration;

namespace Keepsake.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Store:MaxEventsPerSession", "a whole number")]
    [InlineData("Store:EventRetention", "a time such as 7.00:00:00")]
    [InlineData("Store:ReadOnly", "true or false")]
    [InlineData("Store:Keys:Source", "one of File, Environment, Secret, Passphrase, Kms")]
    [InlineData("Store:Redaction:PersonalData", "one of Redact, Refuse, Flag")]
    [InlineData("Store:Redaction:Stores:open:Policy", "one of Redact, Refuse, Flag")]
    [InlineData("Rerank:Candidates", "a whole number")]
    [InlineData("Embedding:Provider", "one of BuiltIn, OpenAI, Embed, None")]
    [InlineData("Embedding:Dimensions", "a whole number")]
    public void A_value_of_the_wrong_type_is_refused_with_the_name_of_its_setting_and_without_the_value(string setting, string expected)
    {
        foreach (var value in (string[])["hunter2", "hunter2' at 'hunter2' to type 'hunter2'."])
        {
            var refused = Assert.Throws<MemoryException>(
                () => Settings.Of(new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build()));

            Assert.Equal(MemoryErrorCode.InvalidRequest, refused.Code);
            Assert.StartsWith($"The setting {setting} is {expected}", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        }
    }
}
