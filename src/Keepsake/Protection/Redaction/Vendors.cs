namespace Keepsake.Protection.Redaction;

/// <summary>Finds names of services that give out keys, in whatever way a text writes them: <c>ABUSEIPDB_KEY</c>, <c>abuse-ipdb</c>, <c>AbuseIpdb</c>.</summary>
/// <remarks>A tree of letters, so that a text is matched in one walk. It is made when the first text needs it.</remarks>
internal static class Vendors
{
    private const int Letters = 36;
    private const ushort Distinctive = 1;
    private const ushort Everyday = 2;

    // A short name must stand alone; a long one may go on, as in abuseipdbkey.
    private const int MaxWholeWord = 5;

    // No service's name is longer, with the separators in it.
    private const int MaxNameLength = 32;

    private static readonly Lazy<ushort[]> Tree = new(Build);

    /// <summary>Tells whether a distinctive name of a service begins at a place.</summary>
    public static bool BeginAt(ReadOnlySpan<char> text, int at)
    {
        var tree = Tree.Value;
        int node = 0, depth = 0;
        var limit = Math.Min(text.Length, at + MaxNameLength);
        for (var i = at; i < limit; i++)
        {
            var index = IndexOf(text[i]);
            if (index < 0)
            {
                if (depth == 0 || text[i] is not ('_' or '-' or ' ' or '.'))
                {
                    return false;
                }

                continue;
            }

            node = tree[(node * (Letters + 1)) + index];
            depth++;
            if (node == 0)
            {
                return false;
            }

            if (tree[(node * (Letters + 1)) + Letters] == Distinctive && (depth > MaxWholeWord || EndsWord(text, i)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether a word in small letters is a service's name, be it an everyday word.</summary>
    public static bool Contains(ReadOnlySpan<char> word)
    {
        var tree = Tree.Value;
        var node = 0;
        foreach (var value in word)
        {
            var index = IndexOf(value);
            node = index < 0 ? 0 : tree[(node * (Letters + 1)) + index];
            if (node == 0)
            {
                return false;
            }
        }

        return tree[(node * (Letters + 1)) + Letters] != 0;
    }

    private static bool EndsWord(ReadOnlySpan<char> text, int last) => last + 1 == text.Length || !char.IsAsciiLetter(text[last + 1])
        || (char.IsAsciiLetterUpper(text[last + 1]) && !char.IsAsciiLetterUpper(text[last]));

    private static int IndexOf(char value) => char.IsAsciiLetter(value) ? (value | 0x20) - 'a' : char.IsAsciiDigit(value) ? value - '0' + 26 : -1;

    // Each node has a link for each letter and digit, and one number more that is not 0 where a name ends.
    private static ushort[] Build()
    {
        var tree = new ushort[(VendorNames.Distinctive.Length + VendorNames.Everyday.Length) * (Letters + 1)];
        ushort used = 0;
        Add(tree, ref used, VendorNames.Distinctive, Distinctive);
        Add(tree, ref used, VendorNames.Everyday, Everyday);
        return tree[..((used + 1) * (Letters + 1))];
    }

    private static void Add(ushort[] tree, ref ushort used, string names, ushort mark)
    {
        foreach (var name in names.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var node = 0;
            foreach (var value in name)
            {
                ref var next = ref tree[(node * (Letters + 1)) + IndexOf(value)];
                next = next == 0 ? ++used : next;
                node = next;
            }

            tree[(node * (Letters + 1)) + Letters] = mark;
        }
    }
}
