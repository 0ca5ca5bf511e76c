using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;

namespace Keepsake.Server.Http;

/// <summary>The shapes that only HTTP has, and the options in which all of HTTP's JSON is read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Page<StoreInfo>))]
[JsonSerializable(typeof(NewStore))]
[JsonSerializable(typeof(PreferenceValue))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(OwnerInfo))]
[JsonSerializable(typeof(HandOverAnswer))]
[JsonSerializable(typeof(ForgetRequest))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>Gets the strict options of <see cref="KeepsakeJson"/> with the server's shapes added.</summary>
    public static JsonSerializerOptions Strict { get; } = MakeStrict();

    /// <summary>Gets the metadata of a type in <see cref="Strict"/>.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Strict.GetTypeInfo(typeof(T));

    /// <summary>Makes other options equal to <see cref="Strict"/>: the framework owns the instance that its results are written with.</summary>
    public static void CopyStrictTo(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = Strict.PropertyNamingPolicy;
        options.PropertyNameCaseInsensitive = Strict.PropertyNameCaseInsensitive;
        options.NumberHandling = Strict.NumberHandling;
        options.DefaultIgnoreCondition = Strict.DefaultIgnoreCondition;
        options.UnmappedMemberHandling = Strict.UnmappedMemberHandling;
        options.AllowDuplicateProperties = Strict.AllowDuplicateProperties;
        options.RespectNullableAnnotations = Strict.RespectNullableAnnotations;
        options.RespectRequiredConstructorParameters = Strict.RespectRequiredConstructorParameters;
        options.AllowOutOfOrderMetadataProperties = Strict.AllowOutOfOrderMetadataProperties;
        options.Encoder = Strict.Encoder;
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(Strict.TypeInfoResolver!);
    }

    private static JsonSerializerOptions MakeStrict()
    {
        var options = new JsonSerializerOptions(KeepsakeJson.Default.Options)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(KeepsakeJson.Default, Default),

            // Answers are application/json and nosniff, never part of a page, so escaping every letter beyond ASCII only makes them longer.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }
}

/// <summary>A store to create.</summary>
internal sealed record NewStore
{
    /// <summary>Gets the name: 1 to 48 letters, digits, <c>_</c> or <c>-</c>, a letter first.</summary>
    public required string Name { get; init; }

    /// <summary>Gets whether its content is to be sealed on disk.</summary>
    public bool Encrypted { get; init; }
}

/// <summary>A preference to keep.</summary>
internal sealed record PreferenceValue
{
    /// <summary>Gets what is preferred, 1 to 16,000 characters.</summary>
    public required string Value { get; init; }

    /// <summary>Gets where it belongs; <see langword="null"/>: the actor's own namespace under <c>preferences/user</c>.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Whether the server can be used. No more: this answer needs no permission.</summary>
/// <param name="Status"><c>ok</c> or <c>unavailable</c>.</param>
internal sealed record Health(string Status);
