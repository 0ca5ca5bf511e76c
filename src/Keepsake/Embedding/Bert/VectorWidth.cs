using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Embedding.Bert;

/// <summary>How many bits a processor multiplies at once.</summary>
internal enum VectorWidth
{
    /// <summary>Any processor: NEON on ARM, SSE on x86.</summary>
    Bits128 = 128,

    /// <summary>AVX2 with fused multiply-add.</summary>
    Bits256 = 256,

    /// <summary>AVX-512.</summary>
    Bits512 = 512,
}

/// <summary>The widths of this processor.</summary>
internal static class VectorWidths
{
    /// <summary>The widest.</summary>
    public static VectorWidth Best { get; } = All()[^1];

    /// <summary>All that this processor has, the narrowest first.</summary>
    public static VectorWidth[] All() =>
    [
        VectorWidth.Bits128,
        .. Vector256.IsHardwareAccelerated && Fma.IsSupported ? [VectorWidth.Bits256] : Array.Empty<VectorWidth>(),
        .. Avx512F.IsSupported ? [VectorWidth.Bits512] : Array.Empty<VectorWidth>(),
    ];
}
