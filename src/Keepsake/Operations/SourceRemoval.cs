using System.Text.Json;
using Keepsake.Engines;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>Removes all that came from one source, with what was derived from it.</summary>
/// <param name="engine">Where it is.</param>
internal sealed class SourceRemoval(IMemoryEngine engine)
{
    /// <summary>Removes what was there when the call began.</summary>
    /// <param name="source">The source as it was kept.</param>
    /// <param name="how">Soft: what is not deleted yet is. Hard: also what is deleted and not yet erased goes for good. Its token stands for the whole.</param>
    /// <param name="dryRun">Whether only to count.</param>
    /// <param name="cancellationToken">Gives up between two parts; the same call goes on.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: some of it is in quarantine; all of it stays.</exception>
    public async Task<ForgetSourceAnswer> RemoveAsync(string source, Deletion how, bool dryRun, CancellationToken cancellationToken)
    {
        var due = (await engine.FromSourceAsync(source, cancellationToken)).Where(item => how.Hard || !item.IsDeleted).ToList();
        var events = due.Count(item => item.IsEvent);
        var answer = new ForgetSourceAnswer(Success: true, dryRun, due.Count - events, events, due.Count(item => item.IsDerived));
        if (dryRun)
        {
            return answer;
        }

        // Said before the first part is gone, rather than half way.
        if (due.Select(item => item.Namespace is { } at ? engine.Closed.FirstOrDefault(closed => closed.Contains(at)) : null).FirstOrDefault(closed => closed is not null) is { } quarantine)
        {
            throw QuarantineFault.Of(quarantine);
        }

        // What was derived goes before what it was derived from: when this is cut short, the rest is still found.
        string[][] parts = [.. Enumerable.Reverse(due).Select(item => item.Id).Chunk(engine.Capabilities.MaxBatchSize)];
        foreach (var part in parts.SkipLast(1))
        {
            await engine.DeleteAsync(part, how with { Token = null }, cancellationToken);
        }

        var token = how.Token is null ? null : how.Token with { Answer = JsonSerializer.Serialize(answer, KeepsakeJson.Default.ForgetSourceAnswer) };
        if (parts.Length > 0 || token is not null)
        {
            await engine.DeleteAsync(parts.LastOrDefault([]), how with { Token = token }, cancellationToken);
        }

        // Another with the same token may have come to its end first.
        return token is null ? answer : AnswerOf(await engine.ReplyAsync(token, cancellationToken)) ?? answer;
    }

    /// <summary>What the first call with a token answered; <see langword="null"/>: there was none.</summary>
    public static ForgetSourceAnswer? AnswerOf(WriteReply? reply) =>
        reply?.Answer is { } text ? JsonSerializer.Deserialize(text, KeepsakeJson.Default.ForgetSourceAnswer) : null;
}
