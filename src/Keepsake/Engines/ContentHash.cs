using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Engines;

/// <summary>Tells equal contents by SHA-256, cut to 16 bytes.</summary>
internal static class ContentHash
{
    public static byte[] Of(string content) => SHA256.HashData(Encoding.UTF8.GetBytes(content))[..16];
}
