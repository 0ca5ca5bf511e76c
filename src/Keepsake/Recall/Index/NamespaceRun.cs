namespace Keepsake.Recall.Index;

/// <summary>The documents of one namespace within a segment: they stand together.</summary>
/// <param name="Path">The namespace.</param>
/// <param name="FirstDocument">The first of them.</param>
/// <param name="EndDocument">After the last of them.</param>
/// <param name="Length">The terms in them.</param>
/// <param name="Sessions">How many sessions they are of; a document that stands alone is one of its own.</param>
/// <param name="Speakers">The numbers of those who speak in them.</param>
internal sealed record NamespaceRun(string Path, int FirstDocument, int EndDocument, long Length, int Sessions, int[] Speakers);
