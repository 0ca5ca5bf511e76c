using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Keepsake.Capture;

/// <summary>Makes ids of records and events.</summary>
/// <param name="time">Dates them.</param>
internal sealed class Ids(TimeProvider time)
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    // Counted, not drawn, so that two events of one millisecond differ whatever the clock does.
    private uint _event = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));

    public string NewRecord() => $"mem-{Guid.CreateVersion7(time.GetUtcNow())}";

    public string NewEvent(DateTimeOffset occurredAt) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Max(0, occurredAt.ToUnixTimeMilliseconds()):D19}#{Interlocked.Increment(ref _event):x8}");

    /// <summary>Whether an id is an event's.</summary>
    public static bool IsEvent(string id) => id.Contains('#', StringComparison.Ordinal);

    /// <summary>Whether an id has the form of those made here, in which no secret has room.</summary>
    public static bool IsMade(string id) => id.Length switch
    {
        40 => id.StartsWith("mem-", StringComparison.Ordinal) && Guid.TryParseExact(id.AsSpan(4), "D", out _),
        28 => id[19] == '#' && !id.AsSpan(0, 19).ContainsAnyExceptInRange('0', '9') && !id.AsSpan(20).ContainsAnyExcept(Hex),
        _ => false,
    };

    /// <summary>A store's id: its name and ten letters or digits.</summary>
    public static string NewStore(string name) =>
        $"{name}-{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 10)}";
}
