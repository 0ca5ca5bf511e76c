using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>A path of segments joined by <c>/</c> that groups records. Searching one searches everything under it.</summary>
/// <remarks>
/// Equality and containment are by segment and ordinal: <c>a/b</c> contains <c>a/b/c</c>, never <c>a/bc</c>, and <c>A</c> is
/// not <c>a</c>. One leading and one trailing <c>/</c> are ignored when comparing and kept in <see cref="Value"/>.
/// </remarks>
[JsonConverter(typeof(MemoryNamespaceConverter))]
public sealed class MemoryNamespace : IEquatable<MemoryNamespace>, IParsable<MemoryNamespace>
{
    /// <summary>Longest namespace, in characters.</summary>
    public const int MaxLength = 1_024;

    private const string PreferencesRoot = "preferences/user/";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:/");

    private MemoryNamespace(string value, string path)
    {
        Value = value;
        Path = path;
    }

    /// <summary>Gets the scope that contains every namespace. Records cannot be written to it.</summary>
    public static MemoryNamespace Everything { get; } = new("", "");

    /// <summary>Gets where the command line writes when it is not told: <c>agents/default</c>.</summary>
    public static MemoryNamespace Default { get; } = Parse("agents/default");

    /// <summary>Gets the namespace as its writer spelled it.</summary>
    public string Value { get; }

    /// <summary>Gets the namespace as it is compared: no leading or trailing <c>/</c>. Empty for <see cref="Everything"/>.</summary>
    public string Path { get; }

    /// <summary>Reads a namespace.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is not one; the message says why.</exception>
    public static MemoryNamespace Parse(string value) =>
        TryParse(value, out var parsed, out var problem) ? parsed : throw MemoryException.Invalid(problem);

    /// <summary>Reads a scope: a namespace, a namespace with a final <c>/*</c> that changes nothing, or nothing for everything.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is not one; the message says why.</exception>
    public static MemoryNamespace ParseScope(string? value)
    {
        if (string.IsNullOrEmpty(value) || value is "/" or "*" or "/*")
        {
            return Everything;
        }

        return Parse(value.EndsWith("/*", StringComparison.Ordinal) ? value[..^2] : value);
    }

    /// <summary>Whether it is one user's preferences, or lies under them.</summary>
    internal bool IsOfPreferences => Path.StartsWith(PreferencesRoot, StringComparison.Ordinal);

    /// <summary>The preferences of one user: <c>preferences/user/</c> and the actor's id, escaped.</summary>
    public static MemoryNamespace PreferencesOf(string actorId) => Parse(PreferencesRoot + EscapeSegment(actorId));

    /// <summary>Reads a namespace, or says why it is not one.</summary>
    /// <param name="value">The text.</param>
    /// <param name="parsed">The namespace.</param>
    /// <param name="problem">What is wrong and what would work.</param>
    public static bool TryParse(
        string? value, [NotNullWhen(true)] out MemoryNamespace? parsed, [NotNullWhen(false)] out string? problem)
    {
        parsed = null;
        problem = Problem(value);
        if (problem is not null)
        {
            return false;
        }

        var path = value.AsSpan();
        path = path.StartsWith('/') ? path[1..] : path;
        path = path.EndsWith('/') ? path[..^1] : path;
        parsed = new(value!, path.Length == value!.Length ? value : path.ToString());
        return true;
    }

    static MemoryNamespace IParsable<MemoryNamespace>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<MemoryNamespace>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out MemoryNamespace result) =>
        TryParse(s, out result, out _);

    /// <summary>Writes an id as one segment: characters that a segment may not hold become <c>:</c> and two hex digits.</summary>
    /// <remarks>Reversible by <see cref="UnescapeSegment"/>, and no two ids give one segment. Letters, digits, <c>-</c> and <c>_</c> stay.</remarks>
    public static string EscapeSegment(string id)
    {
        var escaped = new StringBuilder(id.Length + 8);
        foreach (var c in id)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            {
                escaped.Append(c);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $":{(int)c:X2}");
            }
        }

        return escaped.ToString();
    }

    /// <summary>Reads an id back from a segment that <see cref="EscapeSegment"/> wrote.</summary>
    public static string UnescapeSegment(string segment)
    {
        var id = new StringBuilder(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == ':' && i + 2 < segment.Length
                && byte.TryParse(segment.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            {
                id.Append((char)code);
                i += 2;
            }
            else
            {
                id.Append(segment[i]);
            }
        }

        return id.ToString();
    }

    /// <summary>Whether a namespace is this one or lies under it.</summary>
    public bool Contains(MemoryNamespace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ContainsPath(Path, other.Path);
    }

    /// <inheritdoc/>
    public bool Equals(MemoryNamespace? other) => other is not null && string.Equals(Path, other.Path, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MemoryNamespace);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);

    /// <inheritdoc/>
    public override string ToString() => Value;

    internal static bool ContainsPath(string scope, string path) =>
        scope.Length == 0
        || (path.StartsWith(scope, StringComparison.Ordinal) && (path.Length == scope.Length || path[scope.Length] == '/'));

    private static string? Problem(string? value)
    {
        const string Advice = "Use segments joined by '/', such as 'codebase/patterns'.";
        if (string.IsNullOrEmpty(value))
        {
            return "The namespace is empty. " + Advice;
        }

        if (value.Length > MaxLength)
        {
            return $"The namespace has {value.Length} characters; at most {MaxLength} are allowed.";
        }

        if (value.AsSpan().ContainsAnyExcept(Allowed))
        {
            return value.Contains('*', StringComparison.Ordinal)
                ? "The namespace holds '*', which is only allowed as a final '/*' in a search. " + Advice
                : "The namespace holds a character other than letters, digits, '-', '_', ':' and '/'. " + Advice;
        }

        var path = value.AsSpan();
        path = path.StartsWith('/') ? path[1..] : path;
        path = path.EndsWith('/') ? path[..^1] : path;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty)
            {
                return "The namespace has an empty segment. " + Advice;
            }

            if (segment[0] == ':' || segment[^1] == ':' || segment.IndexOf("::", StringComparison.Ordinal) >= 0)
            {
                return "A ':' in a namespace stands between other characters. " + Advice;
            }
        }

        return null;
    }
}
