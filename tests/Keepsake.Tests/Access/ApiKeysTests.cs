using Keepsake.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>API keys as they are in memory for who asks with each request.</summary>
public sealed class ApiKeysTests
{
    // More than there are awaits between a commit and the end of making a key.
    private const int MaxPauses = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revocation_stays_wherever_the_making_of_another_key_is_meanwhile()
    {
        await using var folder = new Guarded();
        await folder.OpenAsync();
        for (var pauseAfter = 0; pauseAfter < MaxPauses; pauseAfter++)
        {
            var stolen = await folder.Stores.Keys.CreateAsync(Wanted($"stolen{pauseAfter}"), Cancellation);
            using var steps = new Steps();
            var creating = steps.Run(() => folder.Stores.Keys.CreateAsync(Wanted($"other{pauseAfter}"), Cancellation));
            await steps.TakeAsync(pauseAfter, creating);

            // Whether it waits for the other one is its own affair.
            var revoking = Task.Run(() => folder.Stores.Keys.RevokeAsync(stolen.Key.Name, Cancellation), Cancellation);
            await Task.WhenAny(revoking, Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation));
            await steps.TakeAsync(int.MaxValue, creating);
            await revoking;

            Assert.Null(folder.Stores.Keys.Find(stolen.Secret).Caller);
            Assert.NotNull(folder.Stores.Keys.Find((await creating).Secret).Caller);
        }
    }

    [Fact]
    public async Task Once_a_key_was_made_callers_need_one_though_the_database_was_removed()
    {
        await using var folder = new Guarded();
        await folder.OpenAsync();
        Assert.False(folder.Stores.Keys.Find(null).IsRequired);
        await folder.Stores.CreateKeyAsync(Wanted("k"), Cancellation);
        await folder.CloseAsync();
        File.Delete(folder.Database);

        await folder.OpenAsync();

        Assert.Empty(await folder.Stores.ListKeysAsync(Cancellation));
        Assert.True(folder.Stores.Keys.Find(null).IsRequired);
    }

    private static NewApiKey Wanted(string name) => new() { Name = name, Scopes = "read" };

    /// <summary>Runs what follows an await only when a test says so.</summary>
    private sealed class Steps : SynchronizationContext, IDisposable
    {
        private readonly Queue<(SendOrPostCallback Step, object? State)> _waiting = new();
        private readonly SemaphoreSlim _count = new(0);

        public void Dispose() => _count.Dispose();

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (_waiting)
            {
                _waiting.Enqueue((d, state));
            }

            _count.Release();
        }

        public T Run<T>(Func<T> begin)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return begin();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public async Task TakeAsync(int steps, Task until)
        {
            for (; steps > 0 && !until.IsCompleted; steps--)
            {
                var next = _count.WaitAsync(CancellationToken.None);
                if (await Task.WhenAny(next, until) == until)
                {
                    return;
                }

                (SendOrPostCallback Step, object? State) taken;
                lock (_waiting)
                {
                    taken = _waiting.Dequeue();
                }

                Run(() =>
                {
                    taken.Step(taken.State);
                    return true;
                });
            }
        }
    }
}
