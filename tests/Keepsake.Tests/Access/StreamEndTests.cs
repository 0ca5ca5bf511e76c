using Keepsake.Server.Access;
using Keepsake.Tests.Mcp;

namespace Keepsake.Tests.Access;

/// <summary>A stream of events that is open ends with the right to it.</summary>
public sealed class StreamEndTests : IAsyncDisposable
{
    private readonly KeyedDoor _door = new();
    private readonly HttpClient _client = new();
    private readonly Support.ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _door.DisposeAsync();
    }

    [Fact]
    public async Task It_is_cut_when_its_key_is_revoked_and_not_when_another_is()
    {
        await _door.OpenAsync(time: _time);
        var secret = await _door.KeyAsync("reader", "read");
        await _door.KeyAsync("other", "read");
        var end = await StreamAsync(secret);

        await _door.Stores.RevokeKeyAsync("other", Cancellation);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(CallerWatch.Interval);
            await Task.Delay(20, Cancellation);
        }

        Assert.False(end.IsCompleted);
        await _door.Stores.RevokeKeyAsync("reader", Cancellation);
        await EndsAsync(end);
    }

    [Fact]
    public async Task It_is_cut_when_its_key_expires()
    {
        await _door.OpenAsync(time: _time);
        var secret = (await _door.Stores.CreateKeyAsync(new() { Name = "brief", Scopes = "read", ExpiresAt = _time.Now.AddHours(1) }, Cancellation)).Secret;
        var end = await StreamAsync(secret);

        _time.Jump(TimeSpan.FromHours(1));

        await EndsAsync(end);
    }

    [Fact]
    public async Task It_is_cut_for_a_program_of_this_machine_when_the_first_key_is_made()
    {
        await _door.OpenAsync(time: _time);
        var end = await StreamAsync(secret: null);

        await _door.KeyAsync("first", "read");

        await EndsAsync(end);
    }

    // Until somebody has looked, at most once an interval: the task that reads the answer ends when the server ends it.
    private async Task EndsAsync(Task<string> end)
    {
        while (!end.IsCompleted)
        {
            _time.Advance(CallerWatch.Interval);
            await Task.Delay(5, Cancellation);
        }

        Assert.StartsWith("event: prime", await end, StringComparison.Ordinal);
    }

    private async Task<Task<string>> StreamAsync(string? secret)
    {
        using var begin = Request(HttpMethod.Post, secret);
        begin.Content = new StringContent(McpOverHttp.Initialize, System.Text.Encoding.UTF8, "application/json");
        using var begun = await _client.SendAsync(begin, Cancellation);
        Assert.True(begun.IsSuccessStatusCode);

        using var request = Request(HttpMethod.Get, secret);
        request.Headers.Add("Mcp-Session-Id", begun.Headers.GetValues("Mcp-Session-Id").Single());
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.True(response.IsSuccessStatusCode);
        return response.Content.ReadAsStringAsync(Cancellation);
    }

    private HttpRequestMessage Request(HttpMethod method, string? secret)
    {
        var request = new HttpRequestMessage(method, $"http://127.0.0.1:{_door.Port}/mcp");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        if (secret is not null)
        {
            request.Headers.Add("Authorization", $"Bearer {secret}");
        }

        return request;
    }
}
