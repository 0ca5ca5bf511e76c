using System.Text.Json.Serialization;
using Keepsake.Access;
using Keepsake.Protection.Audit;
using Keepsake.Operations;

namespace Keepsake.Serialization;

/// <summary>The one JSON shape of everything that crosses a door or is kept: camelCase, nothing written that is null, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true,
    Converters = [typeof(WholeNumber.OfInt), typeof(WholeNumber.OfLong)])]
[JsonSerializable(typeof(MemoryItem))]
[JsonSerializable(typeof(MemoryRecord))]
[JsonSerializable(typeof(MemoryEvent))]
[JsonSerializable(typeof(IReadOnlyList<MemoryItem>))]
[JsonSerializable(typeof(Page<MemoryItem>))]
[JsonSerializable(typeof(Page<MemoryRecord>))]
[JsonSerializable(typeof(Page<ActorSummary>))]
[JsonSerializable(typeof(Page<SessionSummary>))]
[JsonSerializable(typeof(MemoryFact))]
[JsonSerializable(typeof(RememberRequest))]
[JsonSerializable(typeof(RememberAnswer))]
[JsonSerializable(typeof(EventInput))]
[JsonSerializable(typeof(EventAnswer))]
[JsonSerializable(typeof(RecallRequest))]
[JsonSerializable(typeof(RecallAnswer))]
[JsonSerializable(typeof(RecordPatch))]
[JsonSerializable(typeof(DeleteAnswer))]
[JsonSerializable(typeof(ForgetSourceAnswer))]
[JsonSerializable(typeof(SessionEvents))]
[JsonSerializable(typeof(PreferencesAnswer))]
[JsonSerializable(typeof(Preference))]
[JsonSerializable(typeof(IReadOnlyList<WriteOutcome>))]
[JsonSerializable(typeof(Engines.WriteReply))]
[JsonSerializable(typeof(IReadOnlyList<StoreInfo>))]
[JsonSerializable(typeof(StoreInfo))]
[JsonSerializable(typeof(MemoryStatus))]
[JsonSerializable(typeof(BenchmarkRequest))]
[JsonSerializable(typeof(BenchmarkReport))]
[JsonSerializable(typeof(Page<BenchmarkReport>))]
[JsonSerializable(typeof(QuarantinedNamespace))]
[JsonSerializable(typeof(BackupInfo))]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(Page<BackupInfo>))]
[JsonSerializable(typeof(RestoreReport))]
[JsonSerializable(typeof(RebuildRequest))]
[JsonSerializable(typeof(RebuildReport))]
[JsonSerializable(typeof(RebuildState))]
[JsonSerializable(typeof(Page<QuarantinedNamespace>))]
[JsonSerializable(typeof(MetadataValue))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, MetadataValue>))]
[JsonSerializable(typeof(SealingProgress))]
[JsonSerializable(typeof(KeyImport))]
[JsonSerializable(typeof(IReadOnlyList<StoreKey>))]
[JsonSerializable(typeof(ShredReceipt))]
[JsonSerializable(typeof(Protection.Sealing.PendingShred))]
[JsonSerializable(typeof(Caller))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(CreatedApiKey))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
[JsonSerializable(typeof(ReadOnlyMode))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(Page<AuditEntry>))]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(IReadOnlyList<AuditAnomaly>))]
internal sealed partial class KeepsakeJson : JsonSerializerContext
{
    /// <summary>Gets the strict UTF-8 in which everything is read and written: an invalid sequence or a lone surrogate throws.</summary>
    public static System.Text.UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
