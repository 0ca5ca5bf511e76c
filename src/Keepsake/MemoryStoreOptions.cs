using Keepsake.Protection.Poisoning;
using Keepsake.Access;
using Keepsake.Protection.Redaction;
using Keepsake.Recall.Reranking;
using Keepsake.Protection.Sealing;

namespace Keepsake;

/// <summary>Settings of a store. Configuration section <c>Keepsake</c>.</summary>
public sealed class MemoryStoreOptions
{
    private IReranker? _reranker;

    /// <summary>Gets or sets how long an event is kept; <see langword="null"/>: for ever.</summary>
    /// <value>The default is 7 days; from 3 to 365 days.</value>
    public TimeSpan? EventRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Gets or sets how many events a session keeps; the next removes the oldest.</summary>
    /// <value>The default is 1,000; from 1 to 1,000,000.</value>
    public int MaxEventsPerSession { get; set; } = 1_000;

    /// <summary>Gets or sets how long a deleted record can be restored before it is erased.</summary>
    /// <value>The default is 30 days; from 0 to 3,650 days.</value>
    public TimeSpan DeletedRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Gets or sets how long a caller's token is remembered.</summary>
    /// <value>The default is 1 day; from 1 hour to 30 days.</value>
    public TimeSpan TokenRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Gets or sets how long a rebuilt namespace is watched; damage or a low hit rate meanwhile puts it back into quarantine.</summary>
    /// <value>The default is 15 minutes; from 0, which is not at all, to 1 day.</value>
    public TimeSpan RebuildWatch { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets what becomes of secrets and personal data, for all stores and for single ones.</summary>
    public RedactionOptions Redaction { get; set; } = new();

    /// <summary>Gets or sets what becomes of suspicious text, for all stores and for single ones.</summary>
    public PoisoningOptions Poisoning { get; set; } = new();

    /// <summary>Gets or sets the endpoint that puts the best memories of a search in order, if there is one.</summary>
    public RerankOptions Rerank { get; set; } = new();

    /// <summary>Lets a reranker of the caller's put the best memories of a search in order, in place of an endpoint. A method, because no file can name it.</summary>
    /// <param name="reranker">Such as a <see cref="ChatReranker"/>. Who made it disposes it, after the store.</param>
    /// <returns>These settings.</returns>
    public MemoryStoreOptions UseReranker(IReranker reranker)
    {
        _reranker = reranker;
        return this;
    }

    /// <summary>What puts the best memories in order; <see langword="null"/>: nothing.</summary>
    internal IReranker? ChooseReranker() => _reranker ?? (Rerank.Endpoint is null ? null : new RerankEndpoint(Rerank));

    /// <summary>Gets or sets where the master key of encrypted stores comes from.</summary>
    public KeyOptions Keys { get; set; } = new();

    /// <summary>Gets or sets whether nothing is written, for all stores of the data folder.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ReadOnly { get; set; }

    /// <summary>Gets or sets how fast callers may ask.</summary>
    public AccessOptions Access { get; set; } = new();

    /// <summary>Checks the settings.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: one is out of range; the message names it.</exception>
    public void Validate()
    {
        Check(EventRetention is null || (EventRetention >= TimeSpan.FromDays(3) && EventRetention <= TimeSpan.FromDays(365)),
            "Store:EventRetention is 3 to 365 days, or never: null in code, and the word 'never' in a file or a variable.");
        Check(MaxEventsPerSession is >= 1 and <= 1_000_000, "Store:MaxEventsPerSession is 1 to 1,000,000.");
        Check(DeletedRetention >= TimeSpan.Zero && DeletedRetention <= TimeSpan.FromDays(3_650), "Store:DeletedRetention is 0 to 3,650 days.");
        Check(TokenRetention >= TimeSpan.FromHours(1) && TokenRetention <= TimeSpan.FromDays(30), "Store:TokenRetention is 1 hour to 30 days.");
        Check(Access.Problem() is null, Access.Problem() ?? "");
        Check(RebuildWatch >= TimeSpan.Zero && RebuildWatch <= TimeSpan.FromDays(1), "Store:RebuildWatch is 0 to 1 day.");
        Check(Redaction.Problem() is null, Redaction.Problem() ?? "");
        Check(Rerank.Problem() is null, Rerank.Problem() ?? "");
        Check(Poisoning.Problem() is null, Poisoning.Problem() ?? "");
        Check(Keys.Problem() is null, Keys.Problem() ?? "");

        static void Check(bool holds, string rule)
        {
            if (!holds)
            {
                throw MemoryException.Invalid($"A setting is out of range: {rule}");
            }
        }
    }
}
