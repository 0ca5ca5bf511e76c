using System.Runtime.CompilerServices;
using System.Text.Json;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>What a namespace's lost records and events are put back from: an export or a backup. It can be read more than once.</summary>
internal sealed class RebuildSource
{
    /// <summary>Longest line of an export, in bytes: a record with everything at its limit, escaped, and its embeddings.</summary>
    public const int MaxLineBytes = 32 << 20;

    private const int PageSize = 1_000;
    private const int ReadSize = 1 << 16;

    private readonly string _file;
    private readonly string? _storeId;
    private readonly MemoryNamespace _scope;
    private readonly RowGuard _guard;

    private RebuildSource(string file, string? storeId, MemoryNamespace scope, RowGuard guard) => (_file, _storeId, _scope, _guard) = (file, storeId, scope, guard);

    /// <summary>Gets how many lines of the export were no record or event, as far as it has been read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Opens a source, and verifies it if it is a backup.</summary>
    /// <param name="from">A backup's name, or the path of an export.</param>
    /// <param name="backups">The backups.</param>
    /// <param name="guard">What the data folder's rows are read with.</param>
    /// <param name="storeId">The id of the store that is rebuilt.</param>
    /// <param name="scope">The namespace that is rebuilt.</param>
    /// <param name="progress">Told how far the verifying is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: there is no such file, backup, or store in the backup; <see cref="MemoryErrorCode.Unavailable"/>: its keys cannot be had;
    /// <see cref="MemoryErrorCode.InvalidRequest"/>: nothing of the namespace can be read from it; what <see cref="Backups.VerifyAsync"/> throws.</exception>
    public static async Task<RebuildSource> OpenAsync(
        string from, Backups backups, RowGuard guard, string storeId, MemoryNamespace scope, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        var source = Backups.IsName(from)
            ? await OpenBackupAsync(from, backups, guard, storeId, scope, progress, cancellationToken)
            : await OpenExportAsync(from, guard, scope, cancellationToken);
        await foreach (var item in source.ItemsAsync(cancellationToken))
        {
            return source;
        }

        // All that is damaged would be taken for lost, and erased.
        throw MemoryException.Invalid(
            $"The source holds no record or event of '{scope.Path}' that can be read{(source.Unreadable > 0 ? $"; {source.Unreadable} of its lines are neither" : "")}. "
            + "Nothing was changed. Name a file that 'keepsake export' wrote, or a backup from 'keepsake backup list'.");
    }

    private static async Task<RebuildSource> OpenBackupAsync(
        string name, Backups backups, RowGuard guard, string storeId, MemoryNamespace scope, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        var info = await backups.VerifyAsync(name, progress, cancellationToken);
        if (!info.Stores.Any(store => string.Equals(store.Id, storeId, StringComparison.Ordinal)))
        {
            throw MemoryException.NotFound("This backup does not hold the store that is rebuilt.");
        }

        var source = new RebuildSource(backups.PathOf(name), storeId, scope, guard);
        using var reader = new DatabaseReader(source._file, guard.Keys);
        _ = source.Begin(reader);
        return source;
    }

    private static async Task<RebuildSource> OpenExportAsync(string file, RowGuard guard, MemoryNamespace scope, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw MemoryException.NotFound("There is no export file and no backup of this name. Name a file that 'keepsake export' wrote, or a backup from 'keepsake backup list'.");
        }

        // It is read more than once, and what a pipe has given is gone.
        if (FileFacts.IsPipeOrDevice(file))
        {
            throw MemoryException.Invalid("The export is a pipe, a socket or a device, and a rebuild reads it more than once. Write it to a file first.");
        }

        await using var stream = new FileStream(file, new FileStreamOptions { BufferSize = 0 });
        var start = new byte[Compression.StartLength];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        return Compression.Of(start.AsSpan(0, length)) is { } compressed
            ? throw MemoryException.Invalid($"The export is compressed with {compressed.Name}. Decompress it first: {compressed.Command} FILE > memories.jsonl")
            : new(file, null, scope, guard);
    }

    /// <summary>Reads the records and searchable events of the namespace.</summary>
    public IAsyncEnumerable<MemoryItem> ItemsAsync(CancellationToken cancellationToken) =>
        _storeId is null ? OfExportAsync(cancellationToken) : OfBackupAsync(cancellationToken);

#pragma warning disable CS1998 // Reading a database file does not wait.
    private async IAsyncEnumerable<MemoryItem> OfBackupAsync([EnumeratorCancellation] CancellationToken cancellationToken)
#pragma warning restore CS1998
    {
        using var reader = new DatabaseReader(_file, _guard.Keys);
        var (session, health, store) = (reader.Session, reader.Session.Guard.Health, Begin(reader));
        for (long? after = -1; after is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var record in RecordRows.After(session, health, store, after.Value, PageSize, out after).Where(record => _scope.Contains(record.Namespace)))
            {
                yield return record;
            }
        }

        for (long? after = -1; after is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var item in EventRows.After(session, health, store, after.Value, PageSize, out after).Where(item => item.Namespace is { } at && _scope.Contains(at)))
            {
                yield return item;
            }
        }
    }

    // What the backup holds sealed is opened with the keys that the store has now: none of them is gone but those that were destroyed.
    private long Begin(DatabaseReader reader)
    {
        var store = reader.Begin().Single(row => string.Equals(row.Store.Id, _storeId, StringComparison.Ordinal));
        if (store.Sealing is not SealingState.Plain)
        {
            var ring = _guard.Vaults.Select(known => known.Vault).FirstOrDefault(vault => string.Equals(vault.StoreId, _storeId, StringComparison.Ordinal))?.Ring
                ?? throw new MemoryException(
                    MemoryErrorCode.Unavailable, "This backup holds the store encrypted, and its keys are gone since it was decrypted. Use an export, or a newer backup.");
            reader.Session.Guard.SetVault(store.Number, new(_storeId!, store.Sealing, ring));
        }

        return store.Number;
    }

    private async IAsyncEnumerable<MemoryItem> OfExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Unreadable = 0;
        PlainFile.RefusePipe(_file);
        await using var stream = new FileStream(_file, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        await foreach (var line in LinesAsync(stream, cancellationToken))
        {
            if (Parse(line.Span) is { } item && (item is MemoryRecord record ? record.Namespace : ((MemoryEvent)item).Namespace) is { } at && _scope.Contains(at))
            {
                yield return item;
            }
        }
    }

    private MemoryItem? Parse(ReadOnlySpan<byte> line)
    {
        line = line.Trim("\uFEFF \t\r"u8);
        if (line.IsEmpty)
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(line, KeepsakeJson.Default.MemoryItem) is { } item)
            {
                return item;
            }
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or MemoryException or InvalidOperationException or ArgumentException)
        {
            // Counted with those that say nothing.
        }

        Unreadable++;
        return null;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(FileStream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[ReadSize];
        var filled = 0;
        var isSkipping = false;
        while (await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken) is > 0 and var read)
        {
            filled += read;
            var used = 0;
            while (buffer.AsSpan(used, filled - used).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (!isSkipping)
                {
                    yield return buffer.AsMemory(used, length);
                }

                isSkipping = false;
                used += length + 1;
            }

            filled -= used;
            Buffer.BlockCopy(buffer, used, buffer, 0, filled);
            if (filled == MaxLineBytes)
            {
                // Longer than any record: passed over to its end, not kept in memory.
                Unreadable += isSkipping ? 0 : 1;
                (isSkipping, filled) = (true, 0);
            }
            else if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(MaxLineBytes, buffer.Length * 2));
            }
        }

        if (filled > 0 && !isSkipping)
        {
            yield return buffer.AsMemory(0, filled);
        }
    }
}
