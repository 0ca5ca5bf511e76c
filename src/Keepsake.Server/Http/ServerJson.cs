using System.Text.Json.Serialization;
using Keepsake.Access;
using Keepsake.Operations;
using Keepsake.Server.Access;
using Keepsake.Server.Ownership;

namespace Keepsake.Server.Http;

/// <summary>The shapes that only HTTP has. Read and written with <see cref="HttpJson"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Page<StoreInfo>))]
[JsonSerializable(typeof(NewStore))]
[JsonSerializable(typeof(PreferenceValue))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(OwnerInfo))]
[JsonSerializable(typeof(HandOverAnswer))]
[JsonSerializable(typeof(ForgetRequest))]
[JsonSerializable(typeof(ForgetSourceRequest))]
[JsonSerializable(typeof(ModelChoice))]
[JsonSerializable(typeof(ConvertRequest))]
[JsonSerializable(typeof(RotateRequest))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(ImportKeysRequest))]
[JsonSerializable(typeof(ExportedKeys))]
[JsonSerializable(typeof(ShredRequest))]
[JsonSerializable(typeof(ModelProgress))]
[JsonSerializable(typeof(ProtectedResource))]
[JsonSerializable(typeof(Presented))]
[JsonSerializable(typeof(Authenticated))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(ReadOnlyWish))]
[JsonSerializable(typeof(ScanStep))]
[JsonSerializable(typeof(ScanPage))]
[JsonSerializable(typeof(ReadersQuestion))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<string>>))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(OperationLine))]
[JsonSerializable(typeof(LastRestore))]
[JsonSerializable(typeof(QuarantineOrder))]
internal sealed partial class ServerJson : JsonSerializerContext;

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
