using Keepsake.Embedding;
using Keepsake.Server;
using Keepsake.Tests.Support;
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

    [Theory]
    [InlineData("Store", "The setting Store holds settings of its own: EventRetention, ")]
    [InlineData("Store:Typo", "There is no setting Store:Typo. Under Store there are EventRetention, ")]
    [InlineData("STORE:TYPO", "There is no setting Store:TYPO. ")]
    [InlineData("Store:Keys", "The setting Store:Keys holds settings of its own: Source, ")]
    [InlineData("Store:Redaction:Rules", "The setting Store:Redaction:Rules holds a list; in a variable each member has a number of its own, such as Store__Redaction__Rules__0")]
    [InlineData("Store:Redaction:Rules:Kind", "The setting Store:Redaction:Rules is a list, ")]
    [InlineData("Store:Redaction:Rules:0", "The setting Store:Redaction:Rules:0 holds settings of its own: Kind, Pattern, ")]
    [InlineData("Store:Redaction:Rules:0:Kinds", "There is no setting Store:Redaction:Rules:0:Kinds. ")]
    [InlineData("Store:Redaction:Stores", "The setting Store:Redaction:Stores holds names, ")]
    [InlineData("Store:Redaction:Stores:open:Polisy", "There is no setting Store:Redaction:Stores:open:Polisy. ")]
    [InlineData("Store:MaxEventsPerSession:0", "The setting Store:MaxEventsPerSession is one value, ")]
    [InlineData("Rerank:Url", "There is no setting Rerank:Url. ")]
    [InlineData("Access:Hosts", "The setting Access:Hosts holds a list; ")]
    [InlineData("Access:Jwt:Isuer", "There is no setting Access:Jwt:Isuer. Under Access:Jwt there are Issuer, ")]
    [InlineData("Embedding:Url", "There is no setting Embedding:Url. ")]
    public void A_setting_that_there_is_not_or_of_another_shape_is_refused_by_its_name_and_without_the_value(string setting, string expected)
    {
        var refused = Refused((setting, "hunter2"));

        Assert.StartsWith(expected, refused, StringComparison.Ordinal);
        Assert.Contains("docs/reference/settings.md", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Stroe:EventRetention", "There is no section Stroe. Write Store, ")]
    [InlineData("Acess:Jwt:Issuer", "There is no section Acess. Write Access, ")]
    [InlineData("EMBEDDINGS:MODEL", "There is no section EMBEDDINGS. Write Embedding, ")]
    [InlineData("Jwt:Issuer", "The setting Jwt stands under Access, ")]
    [InlineData("eventRetention", "The setting eventRetention stands under Store, ")]
    public void A_section_that_is_misspelt_or_left_out_is_refused_by_the_one_that_was_meant(string name, string says)
    {
        var refused = Assert.Throws<MemoryException>(() => Settings.Of(new ConfigurationBuilder().AddInMemoryCollection([new(name, "a")]).Build()));

        Assert.Equal(MemoryErrorCode.InvalidRequest, refused.Code);
        Assert.StartsWith(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_settings_is_refused()
    {
        using var folder = new Support.TemporaryFolder();
        var data = DataFolder.Open(folder["data"]);
        Directory.CreateDirectory(Path.Combine(data.Path, Settings.FileName));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(data.Path, Settings.FileName), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.Contains("is a folder", Assert.Throws<MemoryException>(() => Settings.Of(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_ours_and_what_is_empty_is_left_alone() => Settings.Of(new ConfigurationBuilder().AddInMemoryCollection(
        [new("DATA", "/somewhere"), new("Logging:LogLevel:Default", "Trace"), new("Store", ""), new("store:redaction:rules", ""), new("Access:Hosts:0", "memory.example")]).Build());

    [Theory]
    [InlineData("Store:EventRetention is", "Store:EventRetention=1.00:00:00")]
    [InlineData("Store:MaxEventsPerSession is", "Store:MaxEventsPerSession=0")]
    [InlineData("Store:DeletedRetention is", "Store:DeletedRetention=-1")]
    [InlineData("Store:TokenRetention is", "Store:TokenRetention=0")]
    [InlineData("Store:RebuildWatch is", "Store:RebuildWatch=2.00:00:00")]
    [InlineData("Store:Access:OperationsPerSecond is", "Store:Access:OperationsPerSecond=-1")]
    [InlineData("Store:Access:Burst is", "Store:Access:Burst=0")]
    [InlineData("Store:Keys:Source is", "Store:Keys:Source=9")]
    [InlineData("Store:Keys:KmsKey names", "Store:Keys:Source=Kms")]
    [InlineData("Store:Poisoning:Policy is", "Store:Poisoning:Policy=9")]
    [InlineData("Store:Poisoning:Stores:open:Policy is", "Store:Poisoning:Stores:open:Policy=9")]
    [InlineData("Store:Redaction:Policy is", "Store:Redaction:Policy=9")]
    [InlineData("Store:Redaction:PersonalData is", "Store:Redaction:PersonalData=9")]
    [InlineData("Store:Redaction:Stores:default:Policy is", "Store:Redaction:Stores:default:Policy=9")]
    [InlineData("Store:Redaction:Rules:1:Pattern is", "Store:Redaction:Rules:0:Kind=acme", "Store:Redaction:Rules:0:Pattern=acme{d:8}", "Store:Redaction:Rules:1:Kind=b", "Store:Redaction:Rules:1:Pattern=b")]
    [InlineData("Store:Redaction:Stores:open:Rules:0:Kind is", "Store:Redaction:Stores:open:Rules:0:Kind=A b")]
    [InlineData("Rerank:Candidates is", "Rerank:Candidates=1")]
    public void A_setting_out_of_range_is_refused_by_its_whole_name(string expected, params string[] given) => Assert.Contains(
        $" {expected} ", Refused([.. given.Select(setting => setting.Split('=')).Select(parts => (parts[0], parts[1]))]), StringComparison.Ordinal);

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("KEEPSAKE-EN-1")]
    public void A_model_that_cannot_be_an_added_one_is_refused_by_the_name_of_its_setting(string model)
    {
        using var folder = new TemporaryFolder();
        var settings = Settings.Of(new ConfigurationBuilder().AddInMemoryCollection([new("Embedding:Model", model)]).Build());

        var refused = Assert.Throws<MemoryException>(() => settings.With(new AddedModels(DataFolder.Open(folder["data"]))));

        Assert.StartsWith("Embedding:Model is no name of an added model", refused.Message, StringComparison.Ordinal);
    }

    private static string Refused(params (string Name, string Value)[] given)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(given.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
        var refused = Assert.Throws<MemoryException>(() => Settings.Of(configuration));
        Assert.Equal(MemoryErrorCode.InvalidRequest, refused.Code);
        return refused.Message;
    }
}
