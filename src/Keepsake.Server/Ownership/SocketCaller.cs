using System.Text;
using System.Text.Json;
using Keepsake.Access;
using Keepsake.Serialization;
using Keepsake.Server.Access;

namespace Keepsake.Server.Ownership;

/// <summary>Takes the caller that a process of the same user names for a request through the owner's socket.</summary>
/// <remarks>Only this user may open the socket, and this user may do everything: the name narrows what the request may do, never widens it.</remarks>
internal sealed class SocketCaller(RequestDelegate next)
{
    /// <summary>The header, base64 of the caller's JSON.</summary>
    public const string Header = "Keepsake-Caller";

    private static readonly Caller User = Caller.Local with { Door = "socket" };

    public Task InvokeAsync(HttpContext context)
    {
        context.RequestServices.GetRequiredService<RequestCaller>().Value = context.Request.Headers[Header] switch
        {
            [] => User,
            [{ } one] => Read(one),
            _ => throw Unreadable(),
        };
        return next(context);
    }

    public static string Write(Caller caller) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(caller, KeepsakeJson.Default.Caller));

    private static Caller Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(Encoding.UTF8.GetString(Convert.FromBase64String(text)), KeepsakeJson.Default.Caller) ?? throw Unreadable();
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Unreadable();
        }
    }

    private static MemoryException Unreadable() => MemoryException.Invalid("The caller of the request cannot be read. Update this program: the owner process is another version.");
}
