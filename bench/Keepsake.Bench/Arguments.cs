namespace Keepsake.Bench;

/// <summary>Reads <c>--name value</c> from a bench's arguments.</summary>
internal static class Arguments
{
    public static int Number(string[] args, string name, int otherwise) => int.TryParse(Text(args, name), out var value) ? value : otherwise;

    public static string? Text(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
