using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Keepsake.Engines;
using Keepsake.Protection.Audit;

namespace Keepsake.Capture;

/// <summary>Names a call by its caller's token and by what it asks for.</summary>
internal static class CallToken
{
    /// <summary>Names a call.</summary>
    /// <param name="token">The caller's name for it; <see langword="null"/>: it has none.</param>
    /// <param name="asked">What it asks for, the operation first. Only its <see cref="Hash"/> is kept.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: the token is none.</exception>
    public static WriteToken? Of(string? token, params IEnumerable<string?> asked)
    {
        if (token is null)
        {
            return null;
        }

        using var hash = Hash(token);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in asked)
        {
            var bytes = part is null ? null : Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(bytes ?? []);
        }

        return new(token, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Makes a call that may be sent again, also while the first is under way: it is done once.</summary>
    /// <param name="token">What names the call; <see langword="null"/>: nothing, and it is made.</param>
    /// <param name="find">Finds what the first was answered; <see langword="null"/>: there was none.</param>
    /// <param name="write">Makes the call. What it writes is committed with the token.</param>
    /// <param name="again">Gives the first answer.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: the token stands for another write; or what the call throws.</exception>
    public static async Task<T> OnceAsync<TFirst, T>(
        WriteToken? token, Func<WriteToken, Task<TFirst?>> find, Func<Task<T>> write, Func<TFirst, Task<T>> again)
        where TFirst : class
    {
        if (token is null)
        {
            return await write();
        }

        if (await find(token) is { } before)
        {
            return await RepeatAsync(before);
        }

        try
        {
            return await write();
        }
        catch (MemoryException e) when (e.Code is MemoryErrorCode.Conflict or MemoryErrorCode.NotFound or MemoryErrorCode.PreconditionFailed)
        {
            // The same call may have got through meanwhile, and then it is why this one did not.
            if (await find(token) is { } meanwhile)
            {
                return await RepeatAsync(meanwhile);
            }

            throw;
        }

        Task<T> RepeatAsync(TFirst first)
        {
            AuditNote.Current?.Repeat();
            return again(first);
        }
    }

    /// <summary>The hash by which two calls with one token are told apart. It is keyed with the token, which is not kept: so it does not say, also of what was
    /// shredded since, whether somebody guessed right.</summary>
    public static IncrementalHash Hash(string token) => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(Check(token)));

    /// <summary>Takes what can be a token.</summary>
    public static string Check(string token) => Rules.Name(token, WriteToken.MaxLength, "The idempotency token")!;
}
