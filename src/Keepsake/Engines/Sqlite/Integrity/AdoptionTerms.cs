namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Which rows are taken though this folder's key has not signed them. Guarded and counted as a row, because who could write them could have any row taken.</summary>
internal static class AdoptionTerms
{
    // No store has it: their guards have the numbers from -1 down, one after another.
    private const long Row = long.MinValue;

    private const string UpTo = "adopts_up_to";
    private const string TokensUpTo = "adopts_tokens_up_to";
    private const string Foreign = "adopts_foreign";
    private const string SignsWhole = "signs_whole";

    /// <summary>Tells the guard what applies: nothing, where the terms are not as they were written.</summary>
    public static void Load(SqliteSession session, RowGuard guard)
    {
        var isGenuine = guard.IsForeign || IsGenuine(session);
        guard.AdoptsUpTo = isGenuine ? Number(session, UpTo) : 0;
        guard.AdoptsTokensUpTo = guard.IsForeign ? long.MaxValue : isGenuine ? Number(session, TokensUpTo) : 0;
        guard.AdoptsForeign = isGenuine && Number(session, Foreign) == 1;
    }

    /// <summary>Whether this key signed the database through a program that left rows without a number unsigned. A program that signs them says so in the terms, and only once.</summary>
    public static bool AreOfEarlierProgram(SqliteSession session) => Number(session, SignsWhole) == 0 && IsGenuine(session);

    /// <summary>Notes that rows without a number are signed too, in the transaction under way.</summary>
    public static void NoteSigned(SqliteSession session)
    {
        Put(session, SignsWhole, 1);
        Sign(session);
    }

    /// <summary>Writes them, in the transaction under way.</summary>
    public static void Write(SqliteSession session, long upTo, long tokensUpTo, bool isForeign)
    {
        Put(session, UpTo, upTo);
        Put(session, TokensUpTo, tokensUpTo);
        Put(session, Foreign, isForeign ? 1 : 0);
        NoteSigned(session);
    }

    /// <summary>Notes that no row is signed otherwise any more, in the transaction under way.</summary>
    public static void End(SqliteSession session)
    {
        // Tokens are not signed anew, and go on as they were taken at the start: what was not genuine then is not made so here.
        var (guard, tokens) = (session.Guard, session.Guard.AdoptsTokensUpTo);
        Write(session, 0, tokens, guard.AdoptsForeign);
    }

    private static void Sign(SqliteSession session) =>
        session.Guard.Heads.Change(session, Row, 0, GuardedTable.Stores, "", session.Guard.Key.Checksum(0, Row, Digest(session)));

    // That its guard is the last one is what the head of the stores says, as of any row.
    private static bool IsGenuine(SqliteSession session)
    {
        using var reader = session.Query("SELECT guard FROM guards WHERE guarded = $1", Row);
        return reader.Read()
            && session.Guard.Key.Checksum(0, Row, Digest(session)).AsSpan().StartsWith(reader.Bytes(0))
            && reader.Bytes(0).Length == Protection.Integrity.IntegrityKey.TagLength;
    }

    private static byte[] Digest(SqliteSession session)
    {
        var (upTo, tokens, foreign, signs) = (Number(session, UpTo), Number(session, TokensUpTo), Number(session, Foreign), Number(session, SignsWhole));
        var digest = new RowChecksum("integrity");
        digest.Add(upTo);
        digest.Add(tokens);
        digest.Add(foreign);
        if (signs != 0)
        {
            // Schema 8 and before had nothing here.
            digest.Add(signs);
        }

        return digest.Finish();
    }

    private static long Number(SqliteSession session, string name) => session.Number("SELECT value FROM integrity WHERE name = $1", name);

    private static void Put(SqliteSession session, string name, long value) =>
        session.Execute("INSERT OR REPLACE INTO integrity (name, value) VALUES ($1, $2)", name, value);
}
