namespace Keepsake.Recall;

/// <summary>Questions that people ask every day, about this and that, so that what they have in common is little more than that they ask.</summary>
/// <remarks>
/// Of all fields of life, with a word or two about each, because a question that names nothing is embedded as words that no real one has alone. Either half of them does as well as
/// all (docs/recall.md). They are sent to the model that embeds, and stored nowhere; 32, because some endpoints take no more at a time.
/// </remarks>
internal static class EverydayQuestions
{
    /// <summary>The questions.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "Can you recommend a good restaurant?",
        "What should I cook tonight?",
        "Where should we go on holiday?",
        "Which hotel would you choose?",
        "What can we do at the weekend?",
        "Can you suggest a book to read?",
        "What film should we watch?",
        "Which music would suit a party?",
        "What is the best phone to buy?",
        "Which car should I get?",
        "How do I plan my day?",
        "How can I get fit?",
        "What should I wear to a wedding?",
        "Any ideas for a present?",
        "How do I save money?",
        "How do I learn a language?",
        "What should I do about my back pain?",
        "How can I sleep better?",
        "Which job would be right for me?",
        "How should I decorate my room?",
        "What can I plant in the garden?",
        "Do you have any tips for my dog?",
        "How do I fix this error?",
        "Which tool should I use for my project?",
        "How do I set up the computer?",
        "Can you help me with my homework?",
        "What do I need for the trip?",
        "Could you plan a visit to the city?",
        "I'm looking for a new hobby, what would you suggest?",
        "I need some advice, what do you think?",
        "Can you give me a list of options?",
        "Please help me find something good.",
    ];
}
