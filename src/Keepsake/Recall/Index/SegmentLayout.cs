using System.Runtime.InteropServices;

namespace Keepsake.Recall.Index;

/// <summary>Collects documents in their order and derives what a segment knows of their namespaces, sessions and speakers.</summary>
internal sealed class SegmentLayout(int capacity)
{
    private readonly List<DocumentRow> _rows = new(capacity);
    private readonly List<byte> _forms = new(capacity * 17);
    private readonly List<int> _formEnds = new(capacity);
    private readonly List<string> _speakers = [];
    private readonly Dictionary<string, int> _speakerNumbers = new(StringComparer.Ordinal);
    private readonly List<NamespaceRun> _runs = [];
    private readonly List<ulong> _sessionKeys = [];
    private readonly List<int> _sessionFirst = [];
    private readonly List<int> _sessionLengths = [];
    private readonly List<int> _sessionEnds = [];
    private readonly SortedSet<int> _runSpeakers = [];
    private string? _path;
    private int _runFirst;
    private long _runLength;
    private int _runSessions;

    /// <summary>Adds the next document.</summary>
    /// <param name="path">Its namespace.</param>
    /// <param name="session">Its session by <see cref="SessionDirectory.Key"/>, or 0.</param>
    /// <param name="speaker">Its speaker, or <see langword="null"/>.</param>
    /// <param name="form">Its id by <see cref="IdTable.Encode"/>.</param>
    /// <param name="row">The rest; its session and speaker are set here.</param>
    public void Add(string path, ulong session, string? speaker, ReadOnlySpan<byte> form, DocumentRow row)
    {
        if (_path != path)
        {
            EndRun();
            _path = path;
        }

        row.Speaker = NumberOf(speaker);
        row.Session = DocumentRow.None;
        if (session == 0)
        {
            _runSessions++;
        }
        else
        {
            row.Session = SessionOf(session);
            _sessionLengths[row.Session] += row.Length;
            _sessionEnds[row.Session] = _rows.Count + 1;
        }

        if (row.Speaker >= 0)
        {
            _runSpeakers.Add(row.Speaker);
        }

        _runLength += row.Length;
        _rows.Add(row);
        _forms.AddRange(form);
        _formEnds.Add(_forms.Count);
    }

    /// <summary>Makes the segment.</summary>
    public Segment ToSegment(byte[] passageLengths, MetadataTable metadata, PostingTable postings, VectorTable vectors)
    {
        EndRun();
        DocumentRow[] rows = [.. _rows];
        var passageDocuments = new int[passageLengths.Length];
        for (var document = 0; document < rows.Length; document++)
        {
            var end = document + 1 < rows.Length ? rows[document + 1].FirstPassage : passageLengths.Length;
            passageDocuments.AsSpan(rows[document].FirstPassage..end).Fill(document);
            rows[document].VectorSum = vectors.Dimensions == 0 ? 0 : vectors.LengthOfSum(rows[document].FirstPassage, end);
        }

        return new()
        {
            Runs = [.. _runs],
            Rows = rows,
            Ids = new(CollectionsMarshal.AsSpan(_forms).ToArray(), [.. _formEnds]),
            Speakers = [.. _speakers],
            PassageDocuments = passageDocuments,
            PassageLengths = passageLengths,
            Metadata = metadata,
            Sessions = new([.. _sessionKeys], [.. _sessionFirst], [.. _sessionEnds], [.. _sessionLengths]),
            Postings = postings,
            Vectors = vectors,
        };
    }

    private int SessionOf(ulong key)
    {
        if (_sessionKeys.Count == 0 || _sessionKeys[^1] != key || _sessionFirst[^1] < _runFirst)
        {
            _sessionKeys.Add(key);
            _sessionFirst.Add(_rows.Count);
            _sessionEnds.Add(_rows.Count);
            _sessionLengths.Add(0);
            _runSessions++;
        }

        return _sessionKeys.Count - 1;
    }

    private int NumberOf(string? speaker)
    {
        if (speaker is null)
        {
            return DocumentRow.None;
        }

        if (!_speakerNumbers.TryGetValue(speaker, out var number))
        {
            number = _speakers.Count;
            _speakerNumbers.Add(speaker, number);
            _speakers.Add(speaker);
        }

        return number;
    }

    private void EndRun()
    {
        if (_path is not null)
        {
            _runs.Add(new(_path, _runFirst, _rows.Count, _runLength, _runSessions, [.. _runSpeakers]));
        }

        _runSpeakers.Clear();
        (_runFirst, _runLength, _runSessions) = (_rows.Count, 0, 0);
    }
}
