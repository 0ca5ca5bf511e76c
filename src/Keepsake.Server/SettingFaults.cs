using System.Text.RegularExpressions;

namespace Keepsake.Server;

/// <summary>Says which setting has a value of the wrong type, and what it takes. The binder's own words repeat the value.</summary>
internal static partial class SettingFaults
{
    /// <summary>Explains why the settings could not be bound.</summary>
    /// <returns>One sentence, without the value.</returns>
    public static string Explain(InvalidOperationException fault) => Wrong().Match(fault.Message) is { Success: true } wrong
        ? $"The setting {wrong.Groups["path"].Value} is {Expected(wrong.Groups["type"].Value)}, and what it is set to is not."
        : "A setting has a value of the wrong type.";

    private static string Expected(string typeName) => typeName switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Double" => "a number",
        "System.Boolean" => "true or false",
        "System.TimeSpan" => "a time such as 7.00:00:00 (days.hours:minutes:seconds)",
        "System.Uri" => "an address such as http://localhost:11434",
        _ => Names(typeName) is { Length: > 0 } names ? $"one of {string.Join(", ", names)}" : "of another type",
    };

    private static string[] Names(string typeName) =>
        (typeof(MemoryItem).Assembly.GetType(typeName) ?? typeof(SettingFaults).Assembly.GetType(typeName)) is { IsEnum: true } type ? Enum.GetNames(type) : [];

    // Greedy, so that a value that holds these very words is passed over: the setting is named last.
    [GeneratedRegex(@"^.* at '(?<path>[^']*)' to type '(System\.Nullable`1\[)?(?<type>[^'\]]+)\]?'", RegexOptions.Singleline)]
    private static partial Regex Wrong();
}
