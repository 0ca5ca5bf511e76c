using System.Globalization;
using System.Reflection;
using Microsoft.Net.Http.Headers;

namespace Keepsake.Server.Http;

/// <summary>The version of a record that a request insists on: <c>If-Match: "3"</c>.</summary>
/// <param name="Version">The version; <see langword="null"/>: any.</param>
internal sealed record RecordVersion(long? Version) : IBindableFromHttpContext<RecordVersion>
{
    public static ValueTask<RecordVersion?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(new RecordVersion(Parse(context.Request.Headers.IfMatch)));

    /// <summary>Tells the caller the version of what is answered.</summary>
    public static void Tell(HttpResponse response, MemoryRecord record) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{record.Version}\"");

    private static long? Parse(Microsoft.Extensions.Primitives.StringValues header)
    {
        if (header.Count == 0)
        {
            return null;
        }

        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags) || tags.Count != 1)
        {
            throw MemoryException.Invalid("If-Match takes one ETag as a record's answer gave it, such as \"3\" with its quotes, or *.");
        }

        var tag = tags[0];
        if (tag.Equals(EntityTagHeaderValue.Any))
        {
            return null;
        }

        // A tag that we never gave matches no record there is.
        var number = tag.Tag.AsSpan(1, tag.Tag.Length - 2);
        return !tag.IsWeak && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw Failed();
    }

    private static MemoryException Failed() =>
        new(MemoryErrorCode.PreconditionFailed, "The record is not at that version. Read it again, then change what it is now.");
}
