using System.Reflection;

namespace Keepsake.Server.Http;

/// <summary>The store that a request is for: <c>?store=NAME</c>, or the default one.</summary>
/// <param name="Memory">The store.</param>
internal sealed record NamedStore(IMemory Memory) : IBindableFromHttpContext<NamedStore>
{
    /// <summary>The query parameter, which every route takes.</summary>
    public const string Parameter = "store";

    /// <summary>The store of a request that names none.</summary>
    public const string Default = "default";

    public static ValueTask<NamedStore?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var name = context.Request.Query[Parameter];
        var stores = context.RequestServices.GetRequiredService<IMemoryStores>();
        return new(new NamedStore(stores[name.Count == 0 ? Default : name.ToString()]));
    }
}
