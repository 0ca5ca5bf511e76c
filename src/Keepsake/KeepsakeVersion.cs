using System.Reflection;

namespace Keepsake;

/// <summary>The program's version.</summary>
public static class KeepsakeVersion
{
    /// <summary>Gets the version in full, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(KeepsakeVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
