using System.Text.Json;

namespace Keepsake.Embedding;

/// <summary>Reads what endpoints answer, and believes none of it.</summary>
internal static class EmbeddingResponse
{
    /// <summary>Reads the answer of an OpenAI-compatible endpoint: <c>{"data": [{"index": 0, "embedding": […]}, …]}</c>.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="count">How many embeddings were asked for.</param>
    /// <returns>The embeddings in the order of the request, at unit length, all as long as the first.</returns>
    /// <exception cref="EmbeddingException">It is something else.</exception>
    public static float[][] ReadList(ReadOnlyMemory<byte> body, int count) => Read(body, root =>
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data"u8, out var data) || data.ValueKind != JsonValueKind.Array)
        {
            throw Bad("without a list of embeddings");
        }

        if (data.GetArrayLength() != count)
        {
            throw Bad($"with {data.GetArrayLength()} embeddings for {count} texts");
        }

        var vectors = new float[count][];
        var position = 0;
        foreach (var item in data.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("embedding"u8, out var numbers))
            {
                throw Bad("with an item that has no embedding");
            }

            // Most servers keep the order; the index is what the protocol promises.
            var index = item.TryGetProperty("index"u8, out var stated) && stated.ValueKind == JsonValueKind.Number
                ? stated.TryGetInt32(out var number) ? number : -1
                : position;
            if (index < 0 || index >= count || vectors[index] is not null)
            {
                throw Bad("whose embeddings are numbered wrongly");
            }

            vectors[index] = ReadVector(numbers);
            position++;
        }

        foreach (var vector in vectors)
        {
            if (vector.Length != vectors[0].Length)
            {
                throw Bad("whose embeddings differ in length");
            }
        }

        return vectors;
    });

    /// <summary>Reads the answer to one text: <c>{"embedding": […]}</c> or a bare array.</summary>
    /// <returns>The embedding, at unit length.</returns>
    /// <exception cref="EmbeddingException">It is something else.</exception>
    public static float[] ReadOne(ReadOnlyMemory<byte> body) => Read(body, root =>
        root.ValueKind == JsonValueKind.Array ? ReadVector(root)
        : root.ValueKind == JsonValueKind.Object && root.TryGetProperty("embedding"u8, out var numbers) ? ReadVector(numbers)
        : throw Bad("without an embedding"));

    private static T Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new EmbeddingException(EmbeddingFailure.BadAnswer, "The embedding endpoint answered something that is not JSON.", e);
        }
    }

    // Zeros have no direction and stay zeros: such a text has no embedding.
    private static float[] ReadVector(JsonElement numbers)
    {
        if (numbers.ValueKind != JsonValueKind.Array || numbers.GetArrayLength() is not (> 0 and <= ModelManifest.MaxDimensions))
        {
            throw Bad($"with an embedding that is not a list of 1 to {ModelManifest.MaxDimensions} numbers");
        }

        var vector = new float[numbers.GetArrayLength()];
        var i = 0;
        foreach (var number in numbers.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out vector[i]) || !float.IsFinite(vector[i]))
            {
                throw Bad("with an embedding that holds something else than finite numbers");
            }

            i++;
        }

        if (!UnitLength.TryScale(vector))
        {
            Array.Clear(vector);
        }

        return vector;
    }

    private static EmbeddingException Bad(string how) => new(EmbeddingFailure.BadAnswer, $"The embedding endpoint gave an answer {how}.");
}
