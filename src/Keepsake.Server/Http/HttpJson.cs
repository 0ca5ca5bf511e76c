using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Serialization;

namespace Keepsake.Server.Http;

/// <summary>How all of HTTP's JSON is read and written.</summary>
internal static class HttpJson
{
    /// <summary>Gets the strict options of <see cref="KeepsakeJson"/> with the server's shapes added.</summary>
    public static JsonSerializerOptions Strict { get; } = MakeStrict();

    /// <summary>Gets the metadata of a type in <see cref="Strict"/>.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Strict.GetTypeInfo(typeof(T));

    /// <summary>Makes other options write as <see cref="Strict"/> does: the framework has an instance of its own for its results.</summary>
    /// <remarks>Without its converters of whole numbers, which matter where numbers are read, and hide from the description that they are numbers.</remarks>
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
            TypeInfoResolver = JsonTypeInfoResolver.Combine(KeepsakeJson.Default, ServerJson.Default),

            // Answers are application/json and nosniff, never part of a page, so escaping every letter beyond ASCII only makes them longer.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }
}
