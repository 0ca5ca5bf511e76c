using System.Text;
using Keepsake.Access;
using Keepsake.Tests.Protection.Redaction;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>A known secret as the name of something that an administrator makes: refused, and in no file.</summary>
public sealed class SecretNamesTests
{
    private static readonly string Secret = "ghp" + new Samples(43).Make("_{w:36}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => ["store", "encrypted store", "key", "store of a key", "namespace of a key", "actor of a key", "quarantine", "benchmark", "rebuild"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_secret_as_a_name_is_refused_and_lands_in_no_file(string what)
    {
        await using var folder = new Guarded();
        await folder.OpenAsync();
        await folder.Memory.RememberAsync(new() { Namespace = "agents/test", Facts = [new() { Content = "a fact" }] }, null, Cancellation);

        var refusal = await Assert.ThrowsAsync<MemoryException>(() => NameAsync(folder.Stores, what));
        await folder.CloseAsync();

        Assert.Equal(MemoryErrorCode.InvalidRequest, refusal.Code);
        Assert.DoesNotContain(Secret, refusal.Message, StringComparison.OrdinalIgnoreCase);
        foreach (var file in Directory.EnumerateFiles(folder.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.True((await File.ReadAllBytesAsync(file, Cancellation)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) < 0, file);
        }
    }

    [Fact]
    public async Task A_rule_of_ones_own_counts_for_names_too()
    {
        await using var folder = new Guarded();
        await folder.OpenAsync(new() { Redaction = { Rules = [new() { Kind = "acme-key", Pattern = "acmeB{d:8}" }] } });

        await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.CreateAsync("acmeB12345678", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.CreateKeyAsync(new() { Name = "acmeB12345678", Scopes = "read" }, Cancellation));
    }

    private static Task NameAsync(MemoryStores stores, string what) => what switch
    {
        "store" => stores.CreateAsync(Secret, cancellationToken: Cancellation),
        "encrypted store" => stores.CreateEncryptedAsync(Secret, cancellationToken: Cancellation),
        "key" => stores.CreateKeyAsync(new() { Name = Secret, Scopes = "read" }, Cancellation),
        "store of a key" => stores.CreateKeyAsync(new() { Name = "k", Scopes = "read", Stores = [Secret] }, Cancellation),
        "namespace of a key" => stores.CreateKeyAsync(new() { Name = "k", Scopes = "read", Namespaces = [$"agents/{Secret}"] }, Cancellation),
        "actor of a key" => stores.CreateKeyAsync(new() { Name = "k", Scopes = "read", Actors = [Secret] }, Cancellation),
        "quarantine" => Operations(stores).QuarantineAsync(MemoryStores.DefaultStore, $"agents/{Secret}", cancellationToken: Cancellation),
        "benchmark" => Operations(stores).BenchmarkAsync(MemoryStores.DefaultStore, $"agents/{Secret}", new(), cancellationToken: Cancellation),
        _ => Operations(stores).RebuildAsync(MemoryStores.DefaultStore, new() { Namespace = Secret }, cancellationToken: Cancellation),
    };

    private static IMemoryOperations Operations(MemoryStores stores) => (IMemoryOperations)stores.As(Caller.Local);
}
