using System.Diagnostics.Metrics;

namespace Keepsake.Telemetry;

/// <summary>The instruments, by the names under which a collector finds them. The meter is <see cref="MeterName"/>.</summary>
internal static class KeepsakeMetrics
{
    public const string MeterName = "Keepsake";

    public const string HitRateName = "memory.hit.rate";

    private static readonly Meter Meter = new(MeterName, KeepsakeVersion.Text);

    private static readonly Gauge<double> HitRate = Meter.CreateGauge<double>(
        HitRateName, "1", "The part of a namespace's own records that the last benchmark found among the first five answers.");

    /// <summary>Notes the result of a benchmark. One that asked for nothing has none.</summary>
    public static void Note(BenchmarkReport report)
    {
        if (HitRate.Enabled && report.HitRate is { } rate)
        {
            HitRate.Record(rate, new("keepsake.store", report.Store), new("keepsake.namespace", report.Namespace));
        }
    }
}
