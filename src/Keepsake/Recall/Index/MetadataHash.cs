using System.Globalization;
using System.Text;

namespace Keepsake.Recall.Index;

/// <summary>The 64-bit number that stands for a key of metadata with a value, so that no segment keeps either.</summary>
/// <remarks>Equal pairs have equal numbers. Two others may share one, so what is read of the engine is compared with the pair itself.</remarks>
internal static class MetadataHash
{
    /// <summary>What stands for <see cref="Analysis.Trait.Standing"/>, as a pair that no metadata has: a key holds no NUL.</summary>
    public static ulong Standing { get; } = TermHash.Of("\0\0standing");

    /// <summary>The number of a pair.</summary>
    public static ulong Of(string key, MetadataValue value)
    {
        // A key holds no NUL, and the letter after it says what the value is: "1" and 1 are two.
        var text = new StringBuilder(key).Append('\0');
        switch (value.Value)
        {
            case string own:
                text.Append('s').Append(own);
                break;
            case double number:
                // Zero has two forms that are equal.
                text.Append('n').Append(BitConverter.DoubleToInt64Bits(number == 0 ? 0 : number).ToString("x16", CultureInfo.InvariantCulture));
                break;
            case bool flag:
                text.Append(flag ? "b1" : "b0");
                break;
            case IReadOnlyList<string> list:
                text.Append('l');
                foreach (var item in list)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{item.Length}:").Append(item);
                }

                break;
        }

        return TermHash.Of(text.ToString());
    }
}
