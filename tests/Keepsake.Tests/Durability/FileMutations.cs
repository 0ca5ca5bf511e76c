using Keepsake.Engines.Sqlite;

namespace Keepsake.Tests.Durability;

/// <summary>What somebody does who can write to the database and has no key to what vouches for all of it: heads, the root, the stores, and how rows are taken.</summary>
/// <param name="session">The connection.</param>
/// <param name="random">Chooses.</param>
internal sealed class FileMutations(SqliteSession session, Random random)
{
    private static readonly string[] HeadColumns = ["number", "store", "tbl", "path", "members", "sum", "tag"];
    private static readonly string[] StoreColumns = ["number", "name", "id", "created_at", "sealing", "epoch", "checksum"];
    private static readonly string[] IntegrityNames = ["key", "adopts_up_to", "adopts_tokens_up_to", "adopts_foreign"];

    // Old rows and what counted them, as far as they are of one place.
    private const string OldRow = "UPDATE OR IGNORE records SET body = o.body, embedding = o.embedding, content_hash = o.content_hash, version = o.version, checksum = o.checksum FROM old_records o WHERE o.seq = records.seq";

    /// <summary>Ways to say that a row waits to be signed.</summary>
    public static readonly string[] Terms =
    [
        "UPDATE integrity SET value = 0 WHERE name = 'adopts_foreign'",
        "UPDATE integrity SET value = 1 WHERE name = 'adopts_foreign'",
        "UPDATE integrity SET value = 'another' WHERE name = 'key'",
        "DELETE FROM integrity WHERE name = 'key'",
    ];

    /// <summary>Does something.</summary>
    /// <returns>What was done; <see langword="null"/>: nothing.</returns>
    public string? Any(TamperedPlace place)
    {
        var rows = new RowMutations(session, random);
        var row = place.Records[random.Next(place.Records.Count)];
        var head = session.Number("SELECT number FROM heads ORDER BY random() LIMIT 1");
        var store = session.Number("SELECT number FROM stores ORDER BY random() LIMIT 1");
        var name = IntegrityNames[random.Next(IntegrityNames.Length)];
        return random.Next(14) switch
        {
            0 or 1 => rows.Flip("heads", "number", head, HeadColumns[random.Next(HeadColumns.Length)]),
            2 => rows.Flip("heads", "number", 0L, HeadColumns[random.Next(HeadColumns.Length)]),
            3 => Run("DELETE FROM heads WHERE number = $1", head),
            4 => Run("UPDATE heads SET sum = o.sum, tag = o.tag, members = o.members FROM old_heads o WHERE o.number = heads.number AND heads.number = $1 AND o.tag <> heads.tag", head),
            5 => rows.Flip("stores", "number", store, StoreColumns[random.Next(StoreColumns.Length)]),
            6 => Run("DELETE FROM stores WHERE number = $1", store),
            7 => Run("DELETE FROM guards WHERE guarded = $1", -store),
            8 => rows.Flip("integrity", "name", name, "value"),
            9 => Run("DELETE FROM integrity WHERE name = $1", name),
            10 => Adopt($"{OldRow} AND o.seq = {row}", row, Terms[random.Next(Terms.Length)]),
            11 => Adopt(Forged(row), row, Terms[random.Next(Terms.Length)]),
            12 => All(OldRow, "DELETE FROM guards", "INSERT INTO guards SELECT * FROM old_guards", "DELETE FROM heads", "INSERT INTO heads SELECT * FROM old_heads"),
            _ => All(
                OldRow + $" AND records.path = '{place.Path}'",
                $"UPDATE guards SET guard = o.guard, row_key = o.row_key FROM old_guards o WHERE o.guarded = guards.guarded AND o.guarded IN (SELECT seq FROM records WHERE path = '{place.Path}')",
                "UPDATE heads SET sum = o.sum, tag = o.tag, members = o.members FROM old_heads o WHERE o.number = heads.number AND (heads.number = 0 OR heads.path = '" + place.Path + "')"),
        };
    }

    /// <summary>What a row is made to say that nobody wrote.</summary>
    public static string Forged(long row) => $"UPDATE records SET body = CAST(replace(CAST(body AS TEXT), 'telling', 'selling') AS BLOB) WHERE seq = {row}";

    /// <summary>Makes a row pass for one of an earlier program or of another folder, which is checked against damage alone.</summary>
    public string? Adopt(string change, long row, string terms)
    {
        if (session.Execute(change) == 0)
        {
            return null;
        }

        using (var reader = session.Query($"SELECT {RecordRow.Columns} FROM records WHERE seq = $1", row))
        {
            reader.Read();
            var read = new RecordRow(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.TextOrNull(5), reader.GetInt64(6),
                reader.Bytes(7), reader.NumberOrNull(8), reader.NumberOrNull(9), reader.GetInt64(10), reader.Bytes(11), reader.BytesOrNull(12));
            reader.Dispose();

            // What an earlier program wrote has no key in it, so that anybody can make it.
            session.Execute("UPDATE records SET checksum = $2 WHERE seq = $1", row, read.Digest(withNumbers: true)[..RowChecksum.UnkeyedLength]);
        }

        session.Execute("UPDATE integrity SET value = 1 << 40 WHERE name = 'adopts_up_to'");
        session.Execute(terms);
        session.Execute("DELETE FROM guards WHERE guarded = $1 AND row_key IS NULL", row);
        session.Execute("UPDATE guards SET guard = x'', head = 0 WHERE guarded = $1", row);
        return $"{change}, and row {row} is to be adopted: {terms}";
    }

    private string? All(params ReadOnlySpan<string> steps)
    {
        var changed = 0;
        foreach (var step in steps)
        {
            changed += session.Execute(step);
        }

        return changed > 0 ? string.Join("; ", steps!) : null;
    }

    private string? Run(string sql, params ReadOnlySpan<object?> values) => session.Execute(sql, values) > 0 ? sql : null;
}
