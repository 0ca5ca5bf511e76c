using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Makes secrets that never were: from a shape and a seed, when a test runs, so that no file holds one.</summary>
internal sealed partial class Samples(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Fills a shape: <c>{w:36}</c> is 36 letters and digits, <c>{h:32}</c> small hexadecimal, <c>{uuid}</c> a UUID.</summary>
    public string Make(string shape) => Piece().Replace(shape, piece => piece.Value == "{uuid}"
        ? Make("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}")
        : Random(piece.Groups[1].Value[0], int.Parse(piece.Groups[2].Value, CultureInfo.InvariantCulture)));

    /// <summary>A password of letters, digits and a symbol.</summary>
    public string Password() => Make("{a:5}{d:2}{a:3}") + "!";

    public string Random(char set, int length)
    {
        var members = set switch
        {
            'd' => "0123456789",
            'h' => "0123456789abcdef",
            'l' => "abcdefghijklmnopqrstuvwxyz0123456789",
            'u' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            '2' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            'a' => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            'b' => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
            't' => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
            _ => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        };

        // The last character is a letter or a digit of the set: some shapes end where a dash would not count.
        var text = new StringBuilder(new string(_random.GetItems<char>(members, length)));
        text[^1] = members[_random.Next(10)];
        return text.ToString();
    }

    [GeneratedRegex(@"\{(\w):(\d+)\}|\{uuid\}")]
    private static partial Regex Piece();
}
