namespace Keepsake.Recall.Reranking;

/// <summary>Settings of the last stage of a search, in which a model of the user's puts the best memories in order. Off unless one is named.</summary>
/// <remarks>The texts of those memories are sent to the endpoint.</remarks>
public sealed class RerankOptions
{
    /// <summary>Gets or sets the endpoint's address: <c>POST /v1/rerank {model, query, documents}</c>; <see langword="null"/>: none.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the model to ask it for; <see langword="null"/>: its own.</summary>
    public string? Model { get; set; }

    /// <summary>Gets or sets what is sent as a bearer token; it appears in no message and no log.</summary>
    public string? Key { get; set; }

    /// <summary>Gets or sets how many of the best memories are put in order.</summary>
    /// <value>The default is 20; from 2 to 100.</value>
    public int Candidates { get; set; } = 20;

    /// <summary>Gets or sets how long a search waits for it. After that the order stays as it was.</summary>
    /// <value>The default is 2 seconds; from 0.05 to 60 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong with the settings, or <see langword="null"/>. Repeats neither key nor address.</summary>
    internal string? Problem() =>
        Endpoint is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
            ? "Rerank:Endpoint is an http or https address without user, password and fragment."
        : Model?.Length is 0 or > 256 ? "Rerank:Model has 1 to 256 characters."
        : Key is not null && (Key.Length is 0 or > 4_096 || Key.AsSpan().ContainsAnyExceptInRange('!', '~')) ? "Rerank:Key has 1 to 4,096 visible ASCII characters."
        : Candidates is < 2 or > RecallRequest.MaxTopK ? $"Rerank:Candidates is 2 to {RecallRequest.MaxTopK}."
        : Timeout < TimeSpan.FromSeconds(0.05) || Timeout > TimeSpan.FromSeconds(60) ? "Rerank:Timeout is 0.05 to 60 seconds."
        : null;
}
