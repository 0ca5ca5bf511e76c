using System.Globalization;

namespace Keepsake.Server.Cli;

/// <summary>Numbers from 0 to 1 as the command line takes them: with a point, whatever the language of the machine.</summary>
internal static class ShareArgument
{
    /// <summary>Reads a number from 0 to 1.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1;
}
