using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Keepsake.Server;

/// <summary>Refuses settings that the binder would pass over: names that there are not, and values of another shape than the setting's.</summary>
/// <remarks>The names are those of the classes that are bound, so none can be forgotten here.</remarks>
internal static class SettingNames
{
    /// <summary>Checks all that is set. What is no section of ours is left alone, unless one of ours or a setting of one was meant: without a word it would have no effect.</summary>
    /// <param name="configuration">What was set.</param>
    /// <param name="sections">The sections, and the classes that they are bound to.</param>
    /// <inheritdoc cref="Check"/>
    public static void CheckAll(IConfiguration configuration, IReadOnlyDictionary<string, Type> sections)
    {
        foreach (var child in configuration.GetChildren())
        {
            if (sections.Keys.FirstOrDefault(name => string.Equals(name, child.Key, StringComparison.OrdinalIgnoreCase)) is { } section)
            {
                Check(configuration.GetSection(section), sections[section]);
            }
            else if (sections.FirstOrDefault(one => SettingsOf(one.Value).Exists(setting => string.Equals(setting.Name, child.Key, StringComparison.OrdinalIgnoreCase))) is { Key: { } home })
            {
                throw Wrong($"The setting {child.Key} stands under {home}, and is set outside of it.");
            }
            else if (sections.Keys.FirstOrDefault(name => Misspelling.Of(name.ToUpperInvariant(), child.Key.ToUpperInvariant())) is { } meant)
            {
                throw Wrong($"There is no section {child.Key}. Write {meant}, if that is what it is to be.");
            }
        }
    }

    /// <summary>Checks what is under a name.</summary>
    /// <param name="section">What was set, if anything.</param>
    /// <param name="type">The class that it is bound to.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: something in it is no setting, or of another shape.</exception>
    public static void Check(IConfigurationSection section, Type type)
    {
        if (ItemOf(type, typeof(IList<>)) is { } item)
        {
            CheckList(section, item);
        }
        else if (ItemOf(type, typeof(IDictionary<,>)) is { } named)
        {
            RefuseValue(section, "names, each with settings of its own");
            CheckEach(section.GetChildren(), _ => named);
        }
        else if (type.Namespace?.StartsWith(nameof(Keepsake), StringComparison.Ordinal) is true && type.IsClass)
        {
            var settings = SettingsOf(type);
            RefuseValue(section, $"settings of its own: {string.Join(", ", settings.Select(setting => setting.Name))}");
            CheckEach(section.GetChildren(), child =>
                settings.Find(setting => string.Equals(setting.Name, child.Key, StringComparison.OrdinalIgnoreCase))?.PropertyType
                ?? throw Wrong($"There is no setting {child.Path}. Under {section.Path} there are {string.Join(", ", settings.Select(setting => setting.Name))}."));
        }
        else if (section.GetChildren().Any())
        {
            throw Wrong($"The setting {section.Path} is one value, and it is set to a list or to settings of its own.");
        }
    }

    private static List<PropertyInfo> SettingsOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true })];

    private static void CheckList(IConfigurationSection section, Type item)
    {
        RefuseValue(section, $"a list; in a variable each member has a number of its own, such as {section.Path.Replace(":", "__", StringComparison.Ordinal)}__0");
        CheckEach(section.GetChildren(), child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? item
            : throw Wrong($"The setting {section.Path} is a list, and it is set to something with names, such as '{child.Key}'."));
    }

    private static void CheckEach(IEnumerable<IConfigurationSection> children, Func<IConfigurationSection, Type> typeOf)
    {
        foreach (var child in children)
        {
            Check(child, typeOf(child));
        }
    }

    // What is empty in a file, such as {} or [], comes as an empty value.
    private static void RefuseValue(IConfigurationSection section, string expected)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw Wrong($"The setting {section.Path} holds {expected}, and it is set to a single value.");
        }
    }

    private static Type? ItemOf(Type type, Type collection) =>
        type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) && type.GetGenericTypeDefinition() == collection ? type.GenericTypeArguments[^1] : null;

    private static MemoryException Wrong(string what) =>
        MemoryException.Invalid($"{what} Mend it in {Settings.FileName}, or in a variable {Settings.Prefix}…; see docs/reference/settings.md.");
}
