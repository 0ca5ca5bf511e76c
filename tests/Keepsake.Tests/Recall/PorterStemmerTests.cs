using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

public sealed class PorterStemmerTests
{
    // The paper's own examples, carried through all steps.
    [Theory]
    [InlineData("caresses", "caress"), InlineData("ponies", "poni"), InlineData("ties", "ti"), InlineData("cats", "cat")]
    [InlineData("feed", "feed"), InlineData("agreed", "agre"), InlineData("plastered", "plaster"), InlineData("bled", "bled")]
    [InlineData("motoring", "motor"), InlineData("sing", "sing"), InlineData("conflated", "conflat"), InlineData("troubled", "troubl")]
    [InlineData("sized", "size"), InlineData("hopping", "hop"), InlineData("falling", "fall"), InlineData("hissing", "hiss")]
    [InlineData("failing", "fail"), InlineData("filing", "file"), InlineData("happy", "happi"), InlineData("sky", "sky")]
    [InlineData("relational", "relat"), InlineData("conditional", "condit"), InlineData("valenci", "valenc"), InlineData("digitizer", "digit")]
    [InlineData("radicalli", "radic"), InlineData("vietnamization", "vietnam"), InlineData("operator", "oper"), InlineData("feudalism", "feudal")]
    [InlineData("decisiveness", "decis"), InlineData("hopefulness", "hope"), InlineData("formaliti", "formal"), InlineData("sensibiliti", "sensibl")]
    [InlineData("triplicate", "triplic"), InlineData("formative", "form"), InlineData("electrical", "electr"), InlineData("goodness", "good")]
    [InlineData("revival", "reviv"), InlineData("allowance", "allow"), InlineData("inference", "infer"), InlineData("gyroscopic", "gyroscop")]
    [InlineData("adjustable", "adjust"), InlineData("irritant", "irrit"), InlineData("replacement", "replac"), InlineData("adoption", "adopt")]
    [InlineData("communism", "commun"), InlineData("activate", "activ"), InlineData("effective", "effect"), InlineData("bowdlerize", "bowdler")]
    [InlineData("probate", "probat"), InlineData("rate", "rate"), InlineData("cease", "ceas"), InlineData("controll", "control"), InlineData("roll", "roll")]
    [InlineData("generalizations", "gener"), InlineData("oscillators", "oscil"), InlineData("as", "as"), InlineData("a", "a"), InlineData("ion", "ion")]
    public void A_word_is_cut_to_its_stem(string word, string stem)
    {
        var letters = word.ToCharArray();
        Assert.Equal(stem, new string(letters, 0, PorterStemmer.Stem(letters)));
    }
}
