using System.Collections.Frozen;

namespace Keepsake.Protection.Redaction;

/// <summary>Knows values of secrets' formats that their vendors publish as examples or ship in an emulator. Everybody has them, so they are none.</summary>
/// <remarks>By hash, so that this file does not hold what other scanners would take for a secret. Add one with <see cref="HashOf"/>.</remarks>
internal static class PublishedExamples
{
    private const int MinLength = 8;
    private const int MaxLength = 256;

    private static readonly FrozenSet<ulong> Hashes = new ulong[]
    {
        // Google's documentation of Firebase and Maps: keys of sample projects.
        0xC800_BF21_00A2_1C67, 0x6ACB_D824_BD32_BBD4, 0x29A3_36C7_244F_48DD, 0x08B5_4596_2ADC_7D8B, 0xE766_6DBB_286C_6C2E,
        0x99B2_7263_46A1_E92A, 0x1211_3C2E_6979_F447, 0x8288_18F8_3325_7868, 0x6835_E0F2_8883_2A40, 0x816C_D10F_DB11_EAD0,
        0xADBD_04E3_FE1B_6D49, 0xDB94_22F1_DD33_2DCC, 0x515C_B771_A423_8032, 0xE754_678E_A2B1_4EF1, 0xC73F_1E61_952E_6987,
        0x294C_63F8_344D_5DF1,
        // Microsoft's documentation of NuGet: the two passwords of its nuget.config.
        0x4155_0317_7A5C_10E1, 0x1A3E_1C90_EE66_98A0,
        // Stripe's documentation: test keys of a public sandbox.
        0xDDD1_9C48_6D09_5D84, 0x67E7_33C2_F903_5757, 0x4B81_4E2C_7456_0377,
        // The accounts that Azure's storage and Cosmos emulators are shipped with.
        0x3F9D_1C99_6E62_0B67, 0x9F19_20C6_CD48_4714,
        // Google's reCAPTCHA keys for tests, which let everybody pass.
        0x71D4_45B5_DE16_8D8C, 0xC9B6_9149_9B62_E847,
        // The token of RFC 7519 and the one that jwt.io opens with.
        0xCE68_431B_ED00_033E, 0x15F8_7945_422C_BEA3,
        // The basic credentials of RFC 7617 and the bearer token of RFC 6750.
        0x9617_EA56_85AE_57EA, 0x5711_6B3E_04F3_B229, 0xBB65_956C_4B8B_34BF,
    }.ToFrozenSet();

    public static bool Has(ReadOnlySpan<char> value) => value.Length is >= MinLength and <= MaxLength && Hashes.Contains(HashOf(value));

    /// <summary>FNV-1a of the characters.</summary>
    internal static ulong HashOf(ReadOnlySpan<char> value)
    {
        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var character in value)
        {
            hash = (hash ^ character) * 0x0000_0100_0000_01B3;
        }

        return hash;
    }
}
