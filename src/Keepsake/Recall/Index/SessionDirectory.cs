using System.Numerics;

namespace Keepsake.Recall.Index;

/// <summary>The sessions of a segment: the documents of one stand together, in append order.</summary>
internal sealed class SessionDirectory
{
    private readonly int[] _slots;

    /// <summary>Takes the sessions in the order of their documents.</summary>
    /// <param name="keys">A number for each session, by <see cref="Key"/>.</param>
    /// <param name="first">The first document of each.</param>
    /// <param name="end">After the last document of each.</param>
    /// <param name="lengths">The terms in each.</param>
    public SessionDirectory(ulong[] keys, int[] first, int[] end, int[] lengths)
    {
        (Keys, First, End, Lengths) = (keys, first, end, lengths);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * keys.Length))];
        for (var session = 0; session < keys.Length; session++)
        {
            var slot = (int)(keys[session] & (uint)(_slots.Length - 1));
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = session + 1;
        }
    }

    /// <summary>Each session's number, as given.</summary>
    public ulong[] Keys { get; }

    /// <summary>Each session's first document.</summary>
    public int[] First { get; }

    /// <summary>After each session's last document.</summary>
    public int[] End { get; }

    /// <summary>The terms in each session.</summary>
    public int[] Lengths { get; }

    /// <summary>The number that stands for a session of a namespace, never 0. Sessions of two actors may bear one name, so the actor is part of it.</summary>
    public static ulong Key(string path, string session) =>
        Math.Max(1, TermHash.Of(path) ^ (TermHash.Of(session) * 0x9e3779b97f4a7c15));

    /// <summary>The session with a number, or -1.</summary>
    public int Find(ulong key)
    {
        for (var slot = (int)(key & (uint)(_slots.Length - 1)); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (Keys[_slots[slot] - 1] == key)
            {
                return _slots[slot] - 1;
            }
        }

        return -1;
    }
}
