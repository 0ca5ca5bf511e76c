using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Serialization;
using Keepsake.Server.Http;

namespace Keepsake.Tests.Serialization;

/// <summary>What is written with the shapes of the doors can be read with them.</summary>
public sealed class KeepsakeJsonTests
{
    [Fact]
    public void Nothing_that_is_left_out_when_it_is_null_is_demanded_when_it_is_read()
    {
        HashSet<Type> seen = [];
        List<string> demanded = [];
        Queue<Type> waiting = new([.. Shapes(typeof(KeepsakeJson)), .. Shapes(typeof(ServerJson))]);
        while (waiting.TryDequeue(out var type))
        {
            if (!seen.Add(type) || !HttpJson.Strict.TryGetTypeInfo(type, out var shape))
            {
                continue;
            }

            foreach (var inner in (Type?[])[shape.ElementType, Nullable.GetUnderlyingType(type), .. shape.Properties.Select(property => property.PropertyType)])
            {
                if (inner is not null)
                {
                    waiting.Enqueue(inner);
                }
            }

            demanded.AddRange(shape.Properties.Where(property => IsLeftOut(type, property) && IsDemanded(property)).Select(property => $"{type.Name}.{property.Name}"));
        }

        Assert.Empty(demanded);
        Assert.InRange(seen.Count, 80, 1_000);
    }

    private static bool IsLeftOut(Type type, JsonPropertyInfo property) => property.IsGetNullable
        && type.GetProperty(property.Name, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)?.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Never;

    private static bool IsDemanded(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static IEnumerable<Type> Shapes(Type context) => context.GetCustomAttributesData()
        .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
        .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!);
}
