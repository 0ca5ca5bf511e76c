using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Access;
using Keepsake.Embedding;
using Keepsake.Server.Cli.Eval;
using Keepsake.Server.Cli.Model;
using Keepsake.Server.Cli.Scan;
using Keepsake.Server.Cli.Transfer;

namespace Keepsake.Server.Cli;

/// <summary>A failure as JSON: the members of HTTP's problem document that mean something without HTTP.</summary>
/// <param name="Code">The wire name of a <see cref="MemoryErrorCode"/>.</param>
/// <param name="Detail">What is wrong and what would have worked.</param>
/// <param name="RetryAfter">Seconds to wait before trying again; <see langword="null"/>: not said.</param>
internal sealed record Problem(string Code, string Detail, double? RetryAfter);

/// <summary>The JSON that only the command line prints or keeps. Everything else is the library's.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ExportAnswer))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(TransferPlace))]
[JsonSerializable(typeof(Page<StoreInfo>))]
[JsonSerializable(typeof(EvalReport))]
[JsonSerializable(typeof(BeirReport))]
[JsonSerializable(typeof(CompareReport))]
[JsonSerializable(typeof(AddedModel))]
[JsonSerializable(typeof(ModelUseAnswer))]
[JsonSerializable(typeof(Page<ModelLine>))]
[JsonSerializable(typeof(Page<ApiKey>))]
[JsonSerializable(typeof(ScanAnswer))]
[JsonSerializable(typeof(ScanPlace))]
[JsonSerializable(typeof(Page<BenchmarkReport>))]
[JsonSerializable(typeof(Page<BackupInfo>))]
[JsonSerializable(typeof(Page<QuarantinedNamespace>))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a value as one line, letters of all languages readable.</summary>
    public static string Line<T>(T value, JsonTypeInfo<T> type)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
