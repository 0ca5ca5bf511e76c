using Keepsake.Access;

namespace Keepsake.Server.Access;

/// <summary>The stores that a server serves, before anybody asks: only the middleware that finds the caller uses them so.</summary>
/// <param name="Stores">The stores.</param>
internal sealed record ServedStores(IMemoryStores Stores);

/// <summary>Who sent the request that is being answered.</summary>
internal sealed class RequestCaller
{
    /// <summary>Gets or sets the caller; <see langword="null"/>: nobody has found out, so nothing may be asked.</summary>
    public Caller? Value { get; set; }

    /// <summary>Gets or sets how it is found out again who presents what the request presented; <see langword="null"/>: the way in says it once and for all.</summary>
    public Func<CancellationToken, Task<Caller?>>? FindAgain { get; set; }

    /// <summary>Whether what the request presented still stands for the same caller with the same rights.</summary>
    public async Task<bool> IsStillKnownAsync(CancellationToken cancellationToken)
    {
        try
        {
            return FindAgain is null || (await FindAgain(cancellationToken) is { } now && Known.HasRightsOf(now));
        }
        catch (MemoryException)
        {
            // Nobody can say: the owner of the folder has just ended, say. The next time somebody can.
            return true;
        }
    }

    /// <summary>The caller of a request.</summary>
    public static Caller Of(HttpContext context) => context.RequestServices.GetRequiredService<RequestCaller>().Known;

    public Caller Known => Value ?? throw new InvalidOperationException("A route asked for the stores before anybody found out who calls.");
}

/// <summary>Makes the stores that routes get those of their caller.</summary>
internal static class CallerServices
{
    public static void AddCallers(this IServiceCollection services, IMemoryStores stores)
    {
        services.AddSingleton(new ServedStores(stores));
        services.AddScoped<RequestCaller>();
        services.AddScoped(services => services.GetRequiredService<ServedStores>().Stores.As(services.GetRequiredService<RequestCaller>().Known));
    }
}
