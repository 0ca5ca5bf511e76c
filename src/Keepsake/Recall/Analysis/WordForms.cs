using System.Collections.Frozen;

namespace Keepsake.Recall.Analysis;

/// <summary>What no suffix tells to be the same English word: irregular forms ("went" is "go"), everyday short forms ("mom" is "mother") and British spellings ("colour" is "color").</summary>
/// <remarks>Left out is what is more often another word, such as "rose", "ground" and "lay", and words that only mean alike, but for "photo" and "picture": a "pic" is either.</remarks>
internal static class WordForms
{
    // In all three: the word, and after it what else it is.
    private const string Irregular = """
        arise arose arisen, awake awoke awoken, beat beaten, become became, begin began begun, bend bent, bite bit bitten, bleed bled,
        blow blew blown, break broke broken, breed bred, bring brought, build built, burn burnt, buy bought, catch caught,
        choose chose chosen, come came, creep crept, deal dealt, dig dug, draw drew drawn, dream dreamt, drink drank drunk,
        drive drove driven, eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought, find found, flee fled, fly flew flown,
        forbid forbade forbidden, forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got gotten,
        give gave given, go went gone, grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept, kneel knelt,
        know knew known, lead led, lean leant, leap leapt, learn learnt, leave left, lend lent, light lit, lose lost, make made,
        mean meant, meet met, pay paid, ride rode ridden, ring rang rung, rise risen, run ran, say said, see saw seen, seek sought, sell sold,
        send sent, shake shook shaken, shine shone, shoot shot, show shown, shrink shrank shrunk, sing sang sung, sink sank sunk,
        sit sat, sleep slept, slide slid, speak spoke spoken, spell spelt, spend spent, spin spun, spring sprang sprung, stand stood,
        steal stole stolen, stick stuck, sting stung, strike struck, swear swore sworn, sweep swept, swim swam swum, swing swung,
        take took taken, teach taught, tear torn, tell told, think thought, throw threw thrown, understand understood, wake woke woken,
        wear wore worn, weep wept, win won, write wrote written, child children, foot feet, goose geese, man men, mouse mice, tooth teeth,
        woman women, wife wives, knife knives, shelf shelves, wolf wolves, thief thieves, loaf loaves
        """;

    // Their plurals in "s" go without saying.
    private const string Short = """
        mother mom mum mommy mama, father dad daddy papa, grandmother grandma granny, grandfather grandpa, sister sis, brother bro, husband hubby,
        child kid, family fam, puppy pup, favorite fav fave, birthday bday, vacation vacay, vegetable veggie veg, congratulations congrats, delicious delish,
        picture pic photo photograph, bicycle bike, motorcycle motorbike, telephone phone, television tv telly, refrigerator fridge, gymnasium gym,
        laboratory lab, examination exam, university uni, business biz, education edu, advertisement ad advert, introduction intro, conversation convo,
        information info, application app, appointment appt, message msg, meeting mtg, department dept, government govt, tomorrow tmrw,
        year yr, hour hr, kilometer km, kilogram kg, repository repo, configuration config, database db, administrator admin,
        password pwd, javascript js, typescript ts, postgresql postgres
        """;

    private const string British = """
        color colour, favor favour, favorite favourite, flavor flavour, honor honour, humor humour, labor labour, neighbor neighbour, behavior behaviour,
        harbor harbour, rumor rumour, odor odour, armor armour, vapor vapour, savor savour, endeavor endeavour, mold mould, smolder smoulder,
        center centre, theater theatre, meter metre, kilometer kilometre, centimeter centimetre, liter litre, fiber fibre, maneuver manoeuvre,
        organize organise, realize realise, recognize recognise, apologize apologise, prioritize prioritise, optimize optimise, customize customise,
        summarize summarise, initialize initialise, serialize serialise, normalize normalise, minimize minimise, maximize maximise,
        categorize categorise, memorize memorise, specialize specialise, authorize authorise, synchronize synchronise, visualize visualise,
        finalize finalise, emphasize emphasise, criticize criticise, utilize utilise, personalize personalise, standardize standardise,
        localize localise, socialize socialise, analyze analyse, catalog catalogue, dialog dialogue, defense defence, offense offence,
        license licence, practice practise, program programme, gray grey, tire tyre, jewelry jewellery, airplane aeroplane, aluminum aluminium,
        pajamas pyjamas, mustache moustache, plow plough, cozy cosy, donut doughnut, skeptical sceptical, artifact artefact, yogurt yoghurt,
        fulfill fulfil, enroll enrol, enrollment enrolment, skillful skilful, judgment judgement, pediatric paediatric, archeology archaeology
        """;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Bases =
        Lookup(Pairs(Irregular).Concat(Pairs(Short).SelectMany(pair => new[] { pair, (pair.Form + "s", pair.Word) })));

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Stems =
        Lookup(Pairs(British).Select(pair => (Stem(pair.Form), Stem(pair.Word))).Where(pair => pair.Item1 != pair.Item2));

    /// <summary>Puts the base of a lower-case word in its place; most words stay.</summary>
    /// <param name="word">The word, and room behind it that a base may take.</param>
    /// <param name="length">Its length.</param>
    /// <returns>The length of what stands there.</returns>
    public static int ToBase(Span<char> word, int length) => Replace(Bases, word, length);

    /// <summary>Puts the stem of a word in its American spelling in the place of that in its British one; most stems stay.</summary>
    /// <param name="stem">The stem, and room behind it that another may take.</param>
    /// <param name="length">Its length.</param>
    /// <returns>The length of what stands there.</returns>
    public static int ToAmerican(Span<char> stem, int length) => Replace(Stems, stem, length);

    private static int Replace(FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup, Span<char> word, int length)
    {
        if (!lookup.TryGetValue(word[..length], out var found))
        {
            return length;
        }

        found.CopyTo(word);
        return found.Length;
    }

    private static IEnumerable<(string Form, string Word)> Pairs(string table) => table.Split(',')
        .Select(entry => entry.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .SelectMany(words => words.Skip(1).Select(form => (form, words[0])));

    private static FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup(IEnumerable<(string Form, string Word)> pairs) =>
        pairs.ToFrozenDictionary(pair => pair.Form, pair => pair.Word, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static string Stem(string word)
    {
        var letters = word.ToCharArray();
        return new(letters, 0, PorterStemmer.Stem(letters));
    }
}
