using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

public sealed class OpenApiTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    [Fact]
    public async Task Dump()
    {
        var a = (await door.SendAsync("GET", "/openapi/v1.json")).Is(200);
        await File.WriteAllTextAsync("/tmp/openapi.json", a.Text, TestContext.Current.CancellationToken);
    }
}
