using System.Text.RegularExpressions;

namespace Keepsake.Recall.Analysis;

/// <summary>Takes from a question what frames it, so that what it is about is left.</summary>
/// <remarks>
/// "Can you walk me through the order in which I brought up different aspects of my garden?" is about a garden. The rest is
/// the words people ask memories with. They are in no answer, and as rare words they would count for much. English only.
/// </remarks>
internal static partial class QuestionFrame
{
    /// <summary>The question without its frame. A question that is nothing else stays as it is.</summary>
    public static string Remove(string question)
    {
        var subject = Pattern.Replace(question, " ");
        return TextAnalyzer.Count(subject) == 0 ? question : subject;
    }

    // By line: asking for an answer; its form; its order; that it was talked about, and when; how many-sided it is.
    [GeneratedRegex(
        """
        \b(
          (can|could|would|will)\ you(\ please|\ kindly)? | please
        | (walk|take|guide)\ me\ through | do\ you\ (still\ )?(remember|recall|know)(\ if|\ that|\ about)?
        | (tell|show|give|remind|provide)\ (me|us)(\ with|\ of|\ about)?
        | (a\ |an\ |the\ )?((comprehensive|complete|brief|detailed|short|quick|full|clear)\ )*(summary|overview|recap)(\ of|\ about)? | summari[sz]e
        | (list|mention)\ only(\ and\ only)?\b[^.?!]*
        | (list\ |in\ )?(the\ )?((chronological|right|correct)\ )?order\ (in\ which|of) | in\ (the\ )?((chronological|right|correct)\ )?order
        | ((that|which)\ )?(i|we|you)\ ((have|had)\ )?(brought\ up|mentioned|discussed|talked\ about|spoke\ about|raised|told\ you(\ about)?|asked(\ you)?(\ about)?)
        | (throughout|across|over|in|during|from|through)\ (all\ )?(of\ )?(our|my|these|the|past|previous|all)(\ past|\ previous|\ different|\ many)?\ (conversations?|chats?|discussions?|sessions?|messages?|interactions?|requests?)
        | (the\ )?(different|various|several|multiple)\ (aspects?|topics?|parts?|ideas?|things?|subjects?|points?)(\ of|\ about|\ related\ to|\ regarding)?
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern { get; }
}
