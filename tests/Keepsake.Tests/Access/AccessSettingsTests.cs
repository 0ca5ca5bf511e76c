using Keepsake.Server;
using Microsoft.Extensions.Configuration;

namespace Keepsake.Tests.Access;

public sealed class AccessSettingsTests
{
    [Theory]
    [InlineData("Access:Jwt:Issuer", "Issuer=", "Audience=a", "KeysFile=f")]
    [InlineData("Access:Jwt:Issuer", "Issuer= ", "Audience=a", "KeysFile=f")]
    [InlineData("Access:Jwt:Audience", "Issuer=i", "KeysFile=f")]
    [InlineData("Access:Jwt:Issuer and Access:Jwt:Audience", "KeysFile=f")]
    [InlineData("Access:Jwt:Issuer and Access:Jwt:Audience and Access:Jwt:KeysFile", "ActorClaim=sub")]
    [InlineData("Access:Jwt:Issuer and Access:Jwt:Audience and Access:Jwt:KeysFile", "Algorithms:0=RS256")]
    public void Tokens_that_are_set_up_in_part_are_refused_and_not_left_out(string missing, params string[] given)
    {
        var refused = Assert.Throws<MemoryException>(() => Read(given));

        Assert.Equal(MemoryErrorCode.InvalidRequest, refused.Code);
        Assert.StartsWith($"Of Access:Jwt, {missing} ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_are_set_up_whole_or_not_at_all_are_taken_as_they_are()
    {
        Assert.True(Read("Issuer=i", "Audience=a", "KeysFile=f", "ActorClaim=sub").Access.Jwt.IsUsed);
        Assert.False(Read().Access.Jwt.IsUsed);
        Assert.False(Read("Issuer=", "Audience=", "KeysFile=").Access.Jwt.IsUsed);
    }

    private static Settings Read(params string[] given) => Settings.Of(new ConfigurationBuilder()
        .AddInMemoryCollection(given.Select(setting => setting.Split('=')).Select(parts => KeyValuePair.Create("Access:Jwt:" + parts[0], (string?)parts[1]))).Build());
}
