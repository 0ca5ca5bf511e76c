namespace Keepsake.Recall.Legs;

/// <summary>A passage that a leg found.</summary>
/// <param name="Part">The number of the part of the scope.</param>
/// <param name="Passage">The passage's number in that part's segment.</param>
/// <param name="Score">What the leg gives it.</param>
internal readonly record struct PassageHit(int Part, int Passage, float Score);
