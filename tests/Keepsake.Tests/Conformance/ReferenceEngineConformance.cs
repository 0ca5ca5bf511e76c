using Keepsake.Engines;

namespace Keepsake.Tests.Conformance;

public sealed class ReferenceEngineConformance : EngineConformance
{
    protected override ValueTask<IMemoryEngine> OpenAsync() => new(new ReferenceEngine(Time));
}
