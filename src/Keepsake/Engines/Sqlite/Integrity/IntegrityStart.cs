namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>What is looked at, and begun, when a database is opened, before anything else uses it.</summary>
internal static class IntegrityStart
{
    private const string KeyName = "key";

    /// <summary>Looks whether the database is the one that was closed, and takes rows that are signed otherwise as this folder's own.</summary>
    /// <param name="session">The connection that writes, before it is used by others.</param>
    /// <param name="guard">Is told what may be given out.</param>
    /// <param name="commits">What is known of the database outside it.</param>
    /// <param name="mayWrite">Whether anything may be written. Where it may not, all is compared as else, and rows that would have to be signed first are not given out.</param>
    /// <returns>Whether the heads must be looked at before a row is given out.</returns>
    public static bool Begin(SqliteSession session, RowGuard guard, CommitsFile commits, bool mayWrite)
    {
        var known = commits.Read();
        var key = Text(session, KeyName);
        var isOwn = string.Equals(key, guard.Key.Id, StringComparison.Ordinal);
        var isAnother = !isOwn && known is { Commits: > 0 } && (key is not null || !IsEmpty(session));
        var isEarlier = isOwn && AdoptionTerms.AreOfEarlierProgram(session);
        if (!isAnother && (!isOwn || (known is null && !IsWhole(session, isEarlier))))
        {
            // A new file, one of an earlier program or of another folder; or a person has removed what was known, to have the rows taken as they are.
            if (!mayWrite)
            {
                guard.Health.Refused = "What is here has to be signed before it is used, and nothing may be written. Start Keepsake once without read-only mode.";
                return false;
            }

            // That is no word for an API key that somebody else put there: of a database of this key, only what this key or a program before it wrote is taken.
            guard.TakesUnsigned = !isOwn || isEarlier;
            Adopt(session, guard, isForeign: key is not null && !isOwn);
            (known, isEarlier, guard.TakesUnsigned) = (null, false, false);
        }

        AdoptionTerms.Load(session, guard);
        guard.Heads.Begin(session);
        if (isAnother)
        {
            // Rows signed with no key that is here can be anybody's.
            guard.Health.Refused = "This database is not the one that was here: another folder's key signed it. Put the right one back; or, to take this one as it is, with its API keys, "
                + $"end Keepsake and remove keys/{CommitsFile.FileName}.";
            return false;
        }

        if (known is { } last && guard.Heads.Commits < last.Commits)
        {
            guard.Health.Refused = $"This database is older than the last one that was here (commit {guard.Heads.Commits} rather than {last.Commits} or later), so what it holds may be "
                + $"out of date. Put the right one back; or, to go on with this one, end Keepsake and remove keys/{CommitsFile.FileName}.";
            return false;
        }

        if (!mayWrite)
        {
            guard.TakesUnsigned = isEarlier;
        }
        else
        {
            if (isEarlier && IsRight(HeadCheck.Run(session, guard.Key)))
            {
                SignWhole(session, guard);
            }

            commits.Write(guard.Heads.Commits, isClosed: false);
        }

        // Who may do what is looked at also where length and time say that nothing was touched.
        return known is { IsAsClosed: false } || !IsRight(HeadCheck.Run(session, guard.Key, onlyStores: true));
    }

    /// <summary>Looks at a file that is read and not used, such as a backup: how its rows are signed, and at its heads.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: the heads are not what they were.</exception>
    public static void Inspect(SqliteSession session, RowGuard guard)
    {
        guard.IsForeign = !string.Equals(Text(session, KeyName), guard.Key.Id, StringComparison.Ordinal);
        AdoptionTerms.Load(session, guard);
        if (guard.IsForeign)
        {
            return;
        }

        Check(session, guard);
        guard.Health.ThrowIfRefused();
        guard.TakesUnsigned = AdoptionTerms.AreOfEarlierProgram(session);
    }

    /// <summary>Looks at the heads, and leaves out of every answer what they do not vouch for.</summary>
    public static void Check(SqliteSession session, RowGuard guard)
    {
        var found = HeadCheck.Run(session, guard.Key);
        if (!IsRight(found))
        {
            guard.Health.Refused = "The list of what is stored was changed by something else than Keepsake. Put a copy of the database back; or, to go on with "
                + $"what is there, end Keepsake and remove keys/{CommitsFile.FileName}.";
        }

        Note(guard.Health, found);
    }

    private static bool IsRight(HeadFindings found) => found.IsRootRight && found.Heads.All(head => head.Table != GuardedTable.Stores);

    private static bool IsWhole(SqliteSession session, bool isEarlier) =>
        HeadCheck.Run(session, session.Guard.Key) is var found && IsRight(found) && found.Distrusted.Count == 0
        && (isEarlier || ApiKeyRows.All(session).IsWhole);

    private static void Note(SqliteHealth health, HeadFindings found)
    {
        health.Distrust(found.Distrusted);
        foreach (var head in found.Heads)
        {
            health.Note(
                $"head {head.Number}",
                $"Rows of {(head.Path.Length == 0 ? "events without a namespace" : $"the namespace {head.Path}")} were removed, added or put back to an older state by something else "
                + $"than Keepsake, and it cannot be told which. All of it is left out of every answer; to take it as it is, end Keepsake and remove keys/{CommitsFile.FileName}.");
        }
    }

    private static void Adopt(SqliteSession session, RowGuard guard, bool isForeign)
    {
        session.Execute("BEGIN IMMEDIATE");
        var upTo = ChangeRows.LastPosition(session);
        session.Execute("DELETE FROM guards WHERE row_key IS NULL");
        session.Execute("UPDATE guards SET head = 0, guard = x''"); // What is left keeps the keys of sealed rows.
        session.Execute("DELETE FROM heads WHERE number <> 0");
        session.Execute("UPDATE heads SET sum = $1 WHERE number = 0", new byte[16]);
        guard.Heads.Forget();
        session.Execute("INSERT OR REPLACE INTO integrity (name, value) VALUES ($1, $2)", KeyName, guard.Key.Id);
        AdoptionTerms.Write(session, upTo, session.Number("SELECT max(created_at) FROM tokens"), isForeign);
        StoreRows.Adopt(session);
        AdoptWhole(session);
        guard.Heads.Flush(session);
        FailPoint.Hit("adopt.commit");
        session.Execute("COMMIT");
    }

    // Rows without a number of a database that an earlier program signed with this key. Once: from then on the terms say that they are signed.
    private static void SignWhole(SqliteSession session, RowGuard guard)
    {
        session.Execute("BEGIN IMMEDIATE");
        guard.TakesUnsigned = true;
        AdoptWhole(session);
        guard.TakesUnsigned = false;
        AdoptionTerms.NoteSigned(session);
        guard.Heads.Flush(session);
        FailPoint.Hit("adopt.whole");
        session.Execute("COMMIT");
        guard.Heads.Committed();
    }

    private static void AdoptWhole(SqliteSession session)
    {
        ApiKeyRows.Adopt(session);
        QuarantineRows.Adopt(session);
        RebuildRows.Adopt(session);
    }

    private static string? Text(SqliteSession session, string name)
    {
        using var reader = session.Query("SELECT value FROM integrity WHERE name = $1", name);
        return reader.Read() ? reader.TextOrNull(0) : null;
    }

    private static bool IsEmpty(SqliteSession session) =>
        session.Number("SELECT EXISTS (SELECT 1 FROM stores UNION ALL SELECT 1 FROM records UNION ALL SELECT 1 FROM events UNION ALL SELECT 1 FROM api_keys)") == 0;
}
