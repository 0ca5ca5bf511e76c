using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class QuestionReaderTests
{
    private static readonly string[] Speakers = ["Ada Lovelace", "Will", "user", "assistant"];

    [Theory]
    [InlineData("What did Ada say?", "Ada Lovelace")]
    [InlineData("What was Lovelace's idea?", "Ada Lovelace")]
    [InlineData("What will happen?", "user")]
    [InlineData("What did Will do?", "Will")]
    [InlineData("What's my favourite?", "user")]
    [InlineData("What did we decide?", "user")]
    [InlineData("How do users log in to the assistant?", "user")]
    [InlineData("What did you recommend?", "")]
    [InlineData("Can you summarise how my project went?", "")]
    [InlineData("Give me an overview of what Ada told me", "Ada Lovelace,user")]
    [InlineData("Did I meet Ada and Will?", "Ada Lovelace,Will,user")]
    [InlineData("What did Ada suggest to Will?", "Ada Lovelace")]
    [InlineData("How did Will like Ada Lovelace's idea?", "Will")]
    [InlineData("What do Ada Lovelace, and Will, both like about Will's house?", "Ada Lovelace,Will")]
    [InlineData("Which of Ada & Will won?", "Ada Lovelace,Will")]
    [InlineData("Was it Will or Ada who said it?", "Ada Lovelace,Will")]
    [InlineData("will I see Ada with Will?", "Ada Lovelace,user")]
    public void Who_is_asked_about(string question, string expected)
    {
        var asked = QuestionReader.Read(question, Speakers, Entries.Now).Speakers;

        Assert.Equal(expected, string.Join(',', Speakers.Where((_, i) => asked.Length > 0 && asked[i])));
    }

    [Theory]
    [InlineData("In which order did I bring up my plans?", true)]
    [InlineData("When did I say I met Michael?", true)]
    [InlineData("What have I told you about my job?", true)]
    [InlineData("Which of the books we've discussed was longest?", true)]
    [InlineData("When did I meet Michael?", false)]
    [InlineData("What did you say about my job?", false)]
    [InlineData("What did Ada mention, and did I ask?", false)]
    [InlineData("Who raised the question?", false)]
    [InlineData("Give me a summary of what I told you", false)]
    public void Whether_it_asks_what_the_asker_said(string question, bool expected) =>
        Assert.Equal(expected, QuestionReader.Read(question, Speakers, Entries.Now).AsksWhatAskerSaid);

    [Theory]
    [InlineData("What's my favourite?", "user,,tool")]
    [InlineData("What did Ada say?", "Ada Lovelace,,tool")]
    [InlineData("How would you suggest I spend my evening?", "user,,tool")]
    [InlineData("What did you suggest I do?", "Ada Lovelace,user,assistant,,tool")]
    [InlineData("Which hotel have you recommended to me?", "Ada Lovelace,user,assistant,,tool")]
    [InlineData("What is existentialism?", "Ada Lovelace,user,assistant,,tool")]
    [InlineData("What can you tell me about existentialism?", "Ada Lovelace,user,assistant,,tool")]
    [InlineData("Can you summarise how my project went?", "Ada Lovelace,user,assistant,,tool")]
    public void Whose_words_may_have_the_answer(string question, string expected)
    {
        string[] speakers = ["Ada Lovelace", "user", "assistant", "", "tool"];

        var read = QuestionReader.Read(question, speakers, Entries.Now);

        Assert.Equal(expected, string.Join(',', speakers.Where((_, i) => read.MayTell(i))));
        Assert.True(read.MayTell(-1));
    }

    [Theory]
    [InlineData("Tell me about the garden", false)]
    [InlineData("Can you remind us when the train leaves?", false)]
    [InlineData("Show me what I wrote", true)]
    [InlineData("Tell me about my garden", true)]
    public void Who_wants_to_be_told_is_not_who_is_asked_about(string question, bool expected) =>
        Assert.Equal(expected, QuestionReader.Read(question, Speakers, Entries.Now).IsPersonal);

    [Theory]
    [InlineData("in May 2023", "2023-5-")]
    [InlineData("on 8 May, 2023", "2023-5-8")]
    [InlineData("on May 8th, 2023", "2023-5-8")]
    [InlineData("in June", "-6-")]
    [InlineData("since 2021", "2021--")]
    [InlineData("may I?", "")]
    [InlineData("between July and 3 August", "-7-,-8-3")]
    public void Which_dates_are_mentioned(string question, string expected) =>
        Assert.Equal(expected, string.Join(',', QuestionReader.Read(question, [], Entries.Now).Dates.Select(d => $"{d.Year}-{d.Month}-{d.Day}")));
}
