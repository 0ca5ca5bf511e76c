using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Codes that stand in for a second factor.</summary>
public sealed class RecoveryCodesTests
{
    private static readonly Redactor Redactor = new();

    public static readonly TheoryData<string> Lists =
    [
        "My 2FA backup codes are §, § and §.", "backup codes: § § §", "BACKUP_CODES=§,§,§", "\"recovery_codes\": [\"§\", \"§\", \"§\"]", "recoveryCodes = ['§', '§', '§']",
        "Recovery codes:\n- §\n- §\n- §\n\nKeep them safe.", "Backup codes\n1. §\n2. §\n10. §", "GitHub recovery codes:\r\n§\r\n§\r\n§\r\n", "recovery-codes: §|§|§", "backup codes (§; §; §)",
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Each_of_them_goes(string place)
    {
        foreach (var code in new[] { "12847563", "1274-5678", "k3v9q-x8wlt", "M2R7P4DZ", "3f9a-77c1-b20e" })
        {
            Assert.Equal(
                place.Replace("§", "[REDACTED:recovery-code]", StringComparison.Ordinal), Redactor.Redact(place.Replace("§", code, StringComparison.Ordinal)).Text);
        }
    }

    [Theory]
    [InlineData("the backup code is 12847563", "12847563")]
    [InlineData("recovery code: k3v9q-x8wlt, valid once", "k3v9q-x8wlt")]
    [InlineData("backup codes: 1274 5678", "1274 5678")]
    public void One_alone_does_too(string text, string code) =>
        Assert.Equal(text.Replace(code, "[REDACTED:recovery-code]", StringComparison.Ordinal), Redactor.Redact(text).Text);

    [Theory]
    [InlineData("backup_codes = generate_backup_codes(count=10)")]
    [InlineData("recovery codes: 10 remaining")]
    [InlineData("Backup codes are in the safe since 2024.")]
    [InlineData("if (backupCodes.length === 10) { backup2024(); }")]
    [InlineData("recovery code: see page_12847563")]
    [InlineData("recoveryCodes: string[]")]
    [InlineData("backup code: https://host.test/12847563")]
    [InlineData("the backup 12847563 has no code")]
    [InlineData("recovery codes")]
    [InlineData("backup codes:")]
    public void What_is_no_code_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Fact]
    public void However_long_a_list_is_it_is_read_once()
    {
        var text = "backup codes: " + string.Concat(Enumerable.Repeat("12847563, ", 1_000));

        Assert.Equal(32, Redactor.Redact(text).Redactions.Count);
    }
}
