using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A real process that writes is killed, again and again, and then everything that it was told must be there.</summary>
/// <param name="seed">Begins the random numbers.</param>
public abstract class KillLane(int seed)
{
    private const int Kills = 85;
    private const int KillsPerFolder = 10;

    [Fact]
    public async Task No_acknowledged_write_is_lost_to_a_kill_at_any_moment()
    {
        var random = new Random(seed);
        var acknowledgements = 0;
        for (var kill = 0; kill < Kills;)
        {
            using var folder = new TemporaryFolder();
            var acknowledged = new Acknowledged();
            for (var i = 0; i < KillsPerFolder && kill < Kills; i++, kill++)
            {
                await using var writer = KilledProcess.Writer(folder.Path, kill);

                // Some are killed on their way up, most amid their writes.
                await writer.SaidAsync(random.Next(8) == 0 ? 0 : random.Next(1, 80));
                await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
                await writer.KillAsync();

                acknowledged.Take(kill, writer.Lines);
                await KillTests.CheckAsync(folder.Path, acknowledged);
            }

            acknowledgements += acknowledged.Count;
        }

        Assert.True(acknowledgements > Kills, $"Only {acknowledgements} writes were acknowledged, which tests little.");
    }
}

/// <summary>Two lanes at a time, because that is how many processors there are.</summary>
public sealed class FirstKillLaneTests() : KillLane(1);

public sealed class SecondKillLaneTests() : KillLane(2);
