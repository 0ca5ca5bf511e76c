namespace Keepsake;

/// <summary>One isolated memory.</summary>
/// <param name="Name">What callers call it.</param>
/// <param name="Id">The name and ten letters or digits; never used again.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Encrypted">Whether its content is sealed on disk.</param>
public sealed record StoreInfo(string Name, string Id, DateTimeOffset CreatedAt, bool Encrypted);
