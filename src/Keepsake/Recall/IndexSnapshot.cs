using System.Runtime.InteropServices;
using System.Text;
using Keepsake.Embedding;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Recall.Index;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Recall;

/// <summary>Keeps an index in a folder, so that a large store opens at once. All of it may be deleted at any time.</summary>
/// <remarks>
/// Each segment is a file that is written once. The list of them, with what was removed from each and the position that they hold, is put in
/// place in one step. What does not check, whatever the reason, is as good as not there: the index is then built from what is stored.
/// </remarks>
/// <param name="folder">The folder; made when the first snapshot is.</param>
/// <param name="seal">Gives what seals the files, asked each time; <see langword="null"/>, or nothing given: they are plain.</param>
/// <param name="large">From so many bytes on a plain snapshot is large: what is read of a few rows only (<see cref="LowerRows"/>) stays in its files.</param>
internal sealed class IndexSnapshot(string folder, Func<IndexSeal?>? seal = null, long large = IndexSnapshot.Large)
{
    /// <summary>A large snapshot, in bytes: of about a quarter of a million records of 40 words.</summary>
    public const long Large = 128 << 20;

    /// <summary>A smaller index is built anew sooner than it is worth keeping.</summary>
    public const int MinDocuments = 2_000;

    /// <summary>While the store is open, a snapshot is due when so many documents are not in the last one.</summary>
    public const int ChangedDocuments = 50_000;

    private const string ListFile = "segments";
    private const string SegmentSuffix = ".segment";

    // 2: one of before may lack rows that were given numbers which a deleted store had had.
    private const uint Version = 2;

    private readonly Lock _lock = new();
    private Dictionary<Segment, string> _files = new(ReferenceEqualityComparer.Instance);
    private long _savedPosition = -1;

    /// <summary>Reads the last snapshot.</summary>
    /// <param name="model">The model whose vectors are wanted.</param>
    /// <returns>The snapshot, or <see langword="null"/>: there is none that can be used.</returns>
    public SavedIndex? Load(string model)
    {
        lock (_lock)
        {
            try
            {
                var sealing = seal?.Invoke();
                if (sealing is { IsUsable: false })
                {
                    return null;
                }

                var (entries, position) = ReadList(model, sealing);
                var isLarge = sealing is null && IsLarge(entries.Select(entry => entry.File));
                var views = new SegmentView[entries.Count];
                Parallel.For(0, entries.Count, i =>
                {
                    using var stream = new FileStream(ToRead(entries[i].File), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                    using var plain = sealing?.Read(stream, entries[i].File);
                    var segment = SegmentFile.Read(plain ?? (Stream)stream, isLarge ? OpenRows(entries[i].File) : null);
                    views[i] = SegmentView.Of(segment, entries[i].Removed);
                });
                _files = new(ReferenceEqualityComparer.Instance);
                for (var i = 0; i < views.Length; i++)
                {
                    _files.Add(views[i].Segment, entries[i].File);
                }

                _savedPosition = position;
                return new(views, position);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or AggregateException)
            {
                return null;
            }
        }
    }

    /// <summary>Writes a snapshot where one is due.</summary>
    /// <param name="views">The index.</param>
    /// <param name="model">The model of its vectors.</param>
    /// <param name="position">The engine's position that it holds.</param>
    /// <param name="always">Also when little has changed.</param>
    /// <returns>Whether it was written. A full disk or a forbidden folder is no error: the next process builds the index.</returns>
    public bool Save(IReadOnlyList<SegmentView> views, string model, long position, bool always)
    {
        lock (_lock)
        {
            var unsaved = views.Where(view => !_files.ContainsKey(view.Segment)).Sum(view => view.Live);
            if (position == _savedPosition || views.Sum(view => view.Live) < MinDocuments || (!always && unsaved < ChangedDocuments))
            {
                return false;
            }

            try
            {
                var sealing = seal?.Invoke();
                if (sealing is { IsUsable: false })
                {
                    return false;
                }

                PrivateFile.CreateFolder(folder);
                var files = SaveSegments(views, sealing);
                SaveList(views, files, model, position, sealing);
                RemoveOthers(files);
                (_files, _savedPosition) = (files, position);
                if (sealing is null && IsLarge(files.Values))
                {
                    LeaveRows(files);
                }

                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                return false;
            }
        }
    }

    /// <summary>Writes a snapshot in the place of the last one, or removes that: what the index does not hold any more is in no file afterwards.</summary>
    /// <param name="views">The index.</param>
    /// <param name="model">The model of its vectors.</param>
    /// <param name="position">The engine's position that it holds.</param>
    public void Replace(IReadOnlyList<SegmentView> views, string model, long position)
    {
        lock (_lock)
        {
            // What was taken out of the index may have left its position as it was.
            _savedPosition = -1;
            if (!Save(views, model, position, always: true))
            {
                Clear();
            }
        }
    }

    /// <summary>Removes the snapshot; the next one is written anew as a whole.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Delete(folder);
            (_files, _savedPosition) = (new(ReferenceEqualityComparer.Instance), -1);
        }
    }

    /// <summary>Removes a snapshot, as far as it can be.</summary>
    public static void Delete(string folder)
    {
        try
        {
            // Without its list there is no snapshot, however many of the other files a kill leaves.
            File.Delete(Path.Combine(folder, ListFile));
            FailPoint.Hit("snapshot.clearing");
            Directory.Delete(folder, recursive: true);
            FailPoint.Hit("snapshot.cleared");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is none, or it is of no use to anyone.
        }
    }

    private Dictionary<Segment, string> SaveSegments(IReadOnlyList<SegmentView> views, IndexSeal? sealing)
    {
        Dictionary<Segment, string> files = new(ReferenceEqualityComparer.Instance);
        foreach (var segment in views.Select(view => view.Segment))
        {
            if (!_files.TryGetValue(segment, out var file))
            {
                file = Path.ChangeExtension(Path.GetRandomFileName(), SegmentSuffix);
                using var stream = PrivateFile.Open(PathOf(file), FileMode.CreateNew);
                FailPoint.Hit("snapshot.begun");
                Write(stream, file, sealing, plain => SegmentFile.Write(plain, segment));
                FailPoint.Hit("snapshot.segment");
            }

            files.Add(segment, file);
        }

        return files;
    }

    private void SaveList(IReadOnlyList<SegmentView> views, Dictionary<Segment, string> files, string model, long position, IndexSeal? sealing)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(model);
            writer.Write(position);
            writer.Write(views.Count);
            foreach (var view in views)
            {
                writer.Write(files[view.Segment]);
                writer.Write(view.RemovedBits.Length);
                writer.Write(MemoryMarshal.AsBytes(view.RemovedBits));
            }

            writer.Write(Crc32C.Of(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        }

        var next = PathOf(ListFile + ".next");
        File.Delete(next);
        using (var stream = PrivateFile.Open(next, FileMode.Create))
        {
            Write(stream, ListFile, sealing, memory.WriteTo);
        }

        FailPoint.Hit("snapshot.list");
        File.Move(next, PathOf(ListFile), overwrite: true);
        FailPoint.Hit("snapshot.replaced");
    }

    private static void Write(Stream stream, string file, IndexSeal? sealing, Action<Stream> write)
    {
        if (sealing is null)
        {
            write(stream);
        }
        else
        {
            sealing.Write(stream, file, write);
        }
    }

    private (List<(string File, ulong[] Removed)> Entries, long Position) ReadList(string model, IndexSeal? sealing)
    {
        var bytes = File.ReadAllBytes(ToRead(ListFile));
        bytes = sealing?.Read(new MemoryStream(bytes), ListFile).ToArray() ?? bytes;
        if (bytes.Length < sizeof(uint) || Crc32C.Of(bytes.AsSpan()[..^sizeof(uint)]) != BitConverter.ToUInt32(bytes.AsSpan()[^sizeof(uint)..]))
        {
            throw new InvalidDataException("The list is damaged.");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (reader.ReadUInt32() != Version || reader.ReadString() != model)
        {
            throw new InvalidDataException("The list is of another version or model.");
        }

        var position = reader.ReadInt64();
        List<(string, ulong[])> entries = [];
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var file = reader.ReadString();
            var removed = new ulong[reader.ReadInt32()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(removed.AsSpan()));
            entries.Add((file, removed));
        }

        return (entries, position);
    }

    private void RemoveOthers(Dictionary<Segment, string> files)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*" + SegmentSuffix).Where(file => !files.ContainsValue(Path.GetFileName(file))))
        {
            File.Delete(file);
            FailPoint.Hit("snapshot.removed");
        }
    }

    private bool IsLarge(IEnumerable<string> files) => files.Sum(file => new FileInfo(PathOf(file)).Length) >= large;

    private void LeaveRows(Dictionary<Segment, string> files)
    {
        try
        {
            foreach (var (segment, file) in files.Where(saved => saved.Key.Vectors.Lower.InMemory is not null))
            {
                SegmentFile.LeaveRows(segment, OpenRows(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read again stays in memory.
        }
    }

    // Kept open, so it must not be in the way of whoever deletes it.
    private SafeFileHandle OpenRows(string file) =>
        File.OpenHandle(ToRead(file), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);

    // Opening a pipe would wait for ever; what is derived is made anew.
    private string ToRead(string file) => PathOf(file) is var path && FileFacts.IsPipeOrDevice(path) ? throw new IOException("A pipe or a device is in the place of a file.") : path;

    private string PathOf(string file) => Path.Combine(folder, Path.GetFileName(file));
}

/// <summary>An index as a snapshot held it.</summary>
/// <param name="Views">Its segments.</param>
/// <param name="Position">The engine's position; what changed since is not in it.</param>
internal sealed record SavedIndex(IReadOnlyList<SegmentView> Views, long Position);
