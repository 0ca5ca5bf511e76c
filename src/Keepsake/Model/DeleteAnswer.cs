namespace Keepsake;

/// <summary>What a deletion removed.</summary>
/// <param name="Success">Whether everything that was named is gone.</param>
/// <param name="Deleted">How many were there and are deleted now.</param>
public sealed record DeleteAnswer(bool Success, int Deleted);
