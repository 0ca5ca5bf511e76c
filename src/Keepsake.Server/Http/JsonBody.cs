using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Keepsake.Server.Http;

/// <summary>A request's body, read as strictly as everything else that enters.</summary>
/// <remarks>
/// Not the framework's binding: that lets half a surrogate pair end in an unexpected exception, and explains wrong types by .NET names.
/// </remarks>
/// <typeparam name="T">What the body is.</typeparam>
/// <param name="Value">The body.</param>
internal sealed record JsonBody<T>(T Value) : IBindableFromHttpContext<JsonBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    private const int FirstBufferBytes = 16 * 1024;

    // A byte order mark is no part of JSON, but some clients send one.
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonMedia.Type], typeof(T)));

    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (!JsonMedia.Is(context.Request.ContentType))
        {
            throw RequestFaultException.NotJson();
        }

        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? HttpLimits.MaxBodyBytes;
        if (context.Request.ContentLength > limit)
        {
            throw RequestFaultException.TooLarge(limit);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)(context.Request.ContentLength + 1 ?? FirstBufferBytes));
        try
        {
            var length = 0;
            while (true)
            {
                var read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
                if (read == 0)
                {
                    return new(Parse(buffer.AsSpan(0, length)));
                }

                length += read;
                if (length > limit)
                {
                    throw RequestFaultException.TooLarge(limit);
                }

                if (length == buffer.Length)
                {
                    Grow(ref buffer);
                }
            }
        }
        finally
        {
            // What was sent may be secret; the next renter must not see it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = larger;
    }

    private static T Parse(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        if (body.IsEmpty)
        {
            throw MemoryException.Invalid("The body is empty. Send JSON; /openapi/v1.json describes it.");
        }

        if (!Utf8.IsValid(body))
        {
            throw MemoryException.Invalid("The body is not valid UTF-8. Send JSON in UTF-8.");
        }

        try
        {
            return JsonSerializer.Deserialize(body, HttpJson.Of<T>())
                ?? throw MemoryException.Invalid("The body is null. Send JSON; /openapi/v1.json describes it.");
        }
        catch (JsonException e)
        {
            throw MemoryException.Invalid(JsonFaults.Explain(e));
        }
        catch (InvalidOperationException)
        {
            // How the reader meets an escape such as \ud800 without its other half.
            throw MemoryException.Invalid(JsonFaults.LoneSurrogate);
        }
    }
}
