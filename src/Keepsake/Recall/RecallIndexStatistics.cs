namespace Keepsake.Recall;

/// <summary>What an index holds.</summary>
/// <param name="Entries">Records and events.</param>
/// <param name="Passages">Passages that can be matched by words.</param>
/// <param name="Vectors">Passages that can be matched by meaning.</param>
/// <param name="Namespaces">Namespaces with at least one entry.</param>
/// <param name="Terms">Distinct terms.</param>
internal readonly record struct RecallIndexStatistics(int Entries, int Passages, int Vectors, int Namespaces, int Terms);
