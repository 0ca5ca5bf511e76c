namespace Keepsake.Embedding;

/// <summary>How the numbers of a tensor are stored.</summary>
internal enum SafetensorsType
{
    /// <summary>32-bit IEEE float.</summary>
    F32,

    /// <summary>16-bit IEEE float.</summary>
    F16,

    /// <summary>The upper 16 bits of a 32-bit float.</summary>
    BF16,

    /// <summary>8-bit signed integer.</summary>
    I8,

    /// <summary>64-bit signed integer. Recognized, for the position numbers that some models carry, but not read.</summary>
    I64,
}

/// <summary>Names and sizes of <see cref="SafetensorsType"/>.</summary>
internal static class SafetensorsTypes
{
    public static SafetensorsType Parse(string dtype, string tensor) => dtype switch
    {
        "F32" => SafetensorsType.F32,
        "F16" => SafetensorsType.F16,
        "BF16" => SafetensorsType.BF16,
        "I8" => SafetensorsType.I8,
        "I64" => SafetensorsType.I64,
        _ => throw new InvalidDataException($"Tensor '{tensor}' has a dtype that is not F32, F16, BF16, I8 or I64."),
    };

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.F32 => 4,
        SafetensorsType.F16 or SafetensorsType.BF16 => 2,
        SafetensorsType.I8 => 1,
        SafetensorsType.I64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
