using System.Text;
using System.Text.RegularExpressions;
using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Markers, those of a text's own too, where the parts end in which an other writing is looked for.</summary>
public sealed partial class MarkerTests
{
    private static readonly Redactor Redactor = new();

    [Fact]
    public void A_marker_that_the_end_of_such_a_part_would_cut_is_still_a_marker()
    {
        var encoded = Convert.ToBase64String("password=hunter2"u8);
        var token = "ghp" + new Samples(3).Make("_{w:36}");

        var redacted = Redactor.Redact($"{encoded} {string.Concat(Enumerable.Repeat("Green65a\u0301Stone62a\u0301", 57))}@{token} end");

        Assert.DoesNotContain(token, redacted.Text, StringComparison.Ordinal);
        Assert.EndsWith(" end", redacted.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_marker_stays_wherever_a_long_value_before_it_ends()
    {
        var value = string.Concat(Enumerable.Repeat("Kd83hs92Xm", 110));
        for (var length = 940; length < 1_060; length++)
        {
            var redacted = Redactor.Redact($"p\u200Bassword='{value[..length]}[REDACTED:token] tail");

            Assert.EndsWith("[REDACTED:token] tail", redacted.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("]]", redacted.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[REDACTED:password]== hello1world")]
    [InlineData("(\"[REDACTED:password]\", \"Hello1World2\")")]
    [InlineData("name=\"[REDACTED:password]\" value=\"Hello1World2\"")]
    [InlineData("<a b=\"[REDACTED:password]\">Hello1World2</a>")]
    [InlineData("[REDACTED:datadog-key] 9c3e1f7a2b8d4c6e0f5a9b3d7e1c2f8a")]
    [InlineData("[\"SimdFloat\",\"std::simd::f16x1\",\"std::simd::f16x16\"]")]
    public void What_a_marker_says_is_the_name_of_nothing(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Fact]
    public void A_run_in_which_each_stretch_hides_the_next_goes_at_once()
    {
        var redacted = Redactor.Redact(string.Concat(Enumerable.Repeat("live_", 4_000)));

        Assert.DoesNotContain("live_", redacted.Text, StringComparison.Ordinal);
        Assert.Empty(Redactor.Redact(redacted.Text).Redactions);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Whatever_stands_around_the_end_of_a_part_spans_fit_and_the_rest_is_untouched(int seed)
    {
        var random = new Random(seed);
        var samples = new Samples(seed);
        for (var round = 0; round < 1_500; round++)
        {
            var text = Mix(random, samples);

            var redacted = Redactor.Redact(text);

            Fits(text, redacted);
            Assert.Empty(Redactor.Redact(redacted.Text).Redactions);
        }
    }

    private static void Fits(string text, RedactedText redacted)
    {
        var rebuilt = new StringBuilder();
        var copied = 0;
        foreach (var redaction in redacted.Redactions)
        {
            Assert.InRange(redaction.InputStart, copied, text.Length);
            Assert.True(redaction.InputLength > 0);
            rebuilt.Append(text, copied, redaction.InputStart - copied).Append(redaction.Kind == "high-entropy" ? "[HIGH_ENTROPY_REDACTED]" : $"[REDACTED:{redaction.Kind}]");
            copied = redaction.InputStart + redaction.InputLength;
        }

        Assert.Equal(rebuilt.Append(text, copied, text.Length - copied).ToString(), redacted.Text);
        Assert.Equal(Marker().Count(text), Marker().Count(redacted.Text) - redacted.Redactions.Count);
    }

    // Something that another writing begins with, filling to where the part that is read with it ends, and a little of everything there.
    private static string Mix(Random random, Samples samples)
    {
        string[] writings = ["p\u200Bassword='", "%41", "\\u0061", "pass\u00ADword: \"", "a\u0301", "&quot;", "x\" + \"y", "\uFF41", "b\\\n", "token\\x3d"];
        string[] fillings = ["Green65a\u0301Stone62a\u0301", "Kd83hs92Xm", "word ", "a", "Xy7-", "\u200B", "line\n", "9f"];
        string[] pieces =
        [
            "[REDACTED:token]", "[REDACTED:a-kind-that-is-as-long-as-one-may-be-40]", "[HIGH_ENTROPY_REDACTED]", "[REDACTED:", "password=", "\"token\": \"", "=", "==", ": ", "\"", "'",
            " is ", "@", " ", "\n", "\u200B", "\u0301", "gh" + "p_" + samples.Make("{w:36}"), "AKIA" + samples.Make("{2:16}"), samples.Password(), samples.Make("{b:40}"),
            Convert.ToBase64String(Encoding.ASCII.GetBytes("password=" + samples.Password())), "https://a:" + samples.Make("{w:12}") + "@h/",
        ];
        var text = new StringBuilder(random.Next(3) == 0 ? pieces[random.Next(pieces.Length)] : "").Append(writings[random.Next(writings.Length)]);
        var filling = fillings[random.Next(fillings.Length)];
        var border = text.Length + (random.Next(2) == 0 ? 512 : 1_024) - random.Next(90);
        while (text.Length < border)
        {
            text.Append(filling);
        }

        for (var i = random.Next(2, 14); i > 0; i--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
        }

        return text.Append(random.Next(2) == 0 ? writings[random.Next(writings.Length)] : "").ToString();
    }

    [GeneratedRegex(@"\[REDACTED:[A-Za-z0-9-]{1,40}\]|\[HIGH_ENTROPY_REDACTED\]")]
    private static partial Regex Marker();
}
