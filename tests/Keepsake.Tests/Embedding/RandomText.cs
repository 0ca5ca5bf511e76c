using System.Text;

namespace Keepsake.Tests.Embedding;

/// <summary>Text that people write, and text that nobody would.</summary>
internal static class RandomText
{
    private static readonly string[] Words =
        ["memory", "Kubernetes", "the", "deploys", "unbelievably", "C#", "naïve", "Straße", "1.5", "日本", "한국어", "##ing", "[UNK]", "x_y", "Ångström", "e\u0301", "ﬁ"];

    public static string Any(Random random, int length)
    {
        StringBuilder text = new();
        while (text.Length < length)
        {
            _ = random.Next(8) switch
            {
                0 or 1 => text.Append(Words[random.Next(Words.Length)]).Append(random.Next(3) == 0 ? "" : " "),
                2 => text.Append((char)random.Next(0x80)),
                3 => text.Append((char)random.Next(0x80, 0x600)),
                4 => text.Append((char)random.Next(0x0300, 0x0370)),
                5 => text.Append((char)random.Next(0x10000)),
                6 => text.Append(new Rune(random.Next(0x10000, 0x110000))),
                _ => text.Append((char)random.Next('a', 'z' + 1)),
            };
        }

        return text.ToString();
    }
}
