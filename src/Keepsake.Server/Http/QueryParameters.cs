using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Keepsake.Server.Http;

/// <summary>The query parameters that one route takes, read from its handler: a signature is all there is to keep true.</summary>
/// <remarks>
/// Checked before the framework binds them, because a misspelt <c>?limt=5</c> would go unseen and a wrong value would be
/// explained by a .NET type.
/// </remarks>
internal sealed class QueryParameters
{
    private readonly Dictionary<string, ParameterInfo> _known = new(StringComparer.Ordinal);

    /// <summary>The parameters of a route that takes the store and no other.</summary>
    public QueryParameters()
    {
    }

    public QueryParameters(MethodInfo handler, RoutePattern pattern)
    {
        IsOfStore = handler.GetParameters().Any(parameter => parameter.ParameterType == typeof(NamedStore) || parameter.ParameterType == typeof(StoreName));
        foreach (var parameter in handler.GetParameters())
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            var isText = type == typeof(string) || type == typeof(int) || type == typeof(bool);
            var isElsewhere = parameter.GetCustomAttributes().Any(a => a is IFromHeaderMetadata);
            if (isText && !isElsewhere && pattern.GetParameter(parameter.Name!) is null)
            {
                var name = parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!;
                _known.Add(name, parameter);
            }
        }
    }

    /// <summary>Gets whether the store that a request names decides what it is about. Every route takes its name; some are about the data folder.</summary>
    public bool IsOfStore { get; }

    /// <summary>Gets the names, that of the store among them.</summary>
    public IEnumerable<string> Names => _known.Keys.Append(NamedStore.Parameter);

    /// <summary>Checks a request's query.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: the message says what would have worked.</exception>
    public void Check(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            if (values.Count != 1)
            {
                throw MemoryException.Invalid("A query parameter is given twice. Give each once.");
            }

            // The framework's own names ignore case; ours do not, as everywhere else.
            if (_known.TryGetValue(name, out var parameter))
            {
                CheckValue(name, values.ToString(), parameter);
            }
            else if (!string.Equals(name, NamedStore.Parameter, StringComparison.Ordinal))
            {
                throw MemoryException.Invalid($"This route has no such query parameter. Known: {string.Join(", ", Names)}.");
            }
        }
    }

    private static void CheckValue(string name, string value, ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type == typeof(bool) && value is not ("true" or "false"))
        {
            throw MemoryException.Invalid($"{name} is true or false.");
        }

        if (type == typeof(int))
        {
            var range = parameter.GetCustomAttribute<RangeAttribute>();
            var isNumber = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || range?.IsValid(number) == false)
            {
                var bounds = range is null ? "" : $" from {range.Minimum} to {range.Maximum}";
                throw MemoryException.Invalid($"{name} is a whole number{bounds}.");
            }
        }
    }
}
