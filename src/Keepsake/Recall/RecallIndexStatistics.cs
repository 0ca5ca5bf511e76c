namespace Keepsake.Recall;

/// <summary>What an index holds.</summary>
/// <param name="Entries">Records and events.</param>
/// <param name="Passages">Passages that can be matched by words, those of removed entries too until their segments are merged.</param>
/// <param name="Vectors">Passages that can be matched by meaning, counted likewise.</param>
/// <param name="Namespaces">Namespaces.</param>
/// <param name="Segments">Parts that a search looks into one after another.</param>
internal readonly record struct RecallIndexStatistics(int Entries, int Passages, int Vectors, int Namespaces, int Segments);
