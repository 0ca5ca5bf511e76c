namespace Keepsake;

/// <summary>x</summary>
public sealed class MemoryStore
{
}
