using Keepsake.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

public sealed class ReachTests
{
    [Theory]
    [InlineData("a/b", true)]
    [InlineData("a/b/c", true)]
    [InlineData("a", false)]
    [InlineData("a/bc", false)]
    [InlineData("A/b", false)]
    [InlineData("c", false)]
    public void A_namespace_is_reached_with_those_under_it_by_segment(string path, bool reached) =>
        Assert.Equal(reached, Guarded.Key(namespaces: ["a/b"]).Reach.Sees(path, actorId: null));

    [Fact]
    public void A_search_of_more_than_is_reached_looks_at_what_is_and_one_beside_it_is_refused()
    {
        var reach = Guarded.Key(namespaces: ["a/b", "a/b/c", "d", "/e/"]).Reach;

        Assert.Equal(["a/b", "d", "e"], reach.Within(MemoryNamespace.Everything)!);
        Assert.Equal(["a/b"], reach.Within(MemoryNamespace.Parse("a"))!);
        Assert.Equal(["a/b/c/x"], reach.Within(MemoryNamespace.Parse("a/b/c/x"))!);
        Assert.Equal(MemoryErrorCode.Forbidden, Assert.Throws<MemoryException>(() => reach.Within(MemoryNamespace.Parse("a/bc"))).Code);
    }

    [Fact]
    public void A_template_stands_for_each_actor_and_binds_what_is_written_to_it()
    {
        var reach = Guarded.Key(namespaces: ["notes/{actorId}"], actors: ["al@x", "bo"]).Reach;

        Assert.Equal("al@x", reach.ActorIn("notes/al:40x", actorId: null));
        Assert.Equal("bo", reach.ActorIn("notes/bo/deep", "bo"));
        Assert.Throws<MemoryException>(() => reach.ActorIn("notes/bo", "al@x"));
        Assert.Throws<MemoryException>(() => reach.ActorIn("notes/cy", actorId: null));
        Assert.Throws<MemoryException>(() => reach.ActorIn("notes", actorId: null));
    }

    [Fact]
    public void Preferences_of_other_actors_are_out_of_reach_even_without_namespaces()
    {
        var reach = Guarded.Key(actors: ["al"]).Reach;

        Assert.True(reach.Sees("preferences/user/al", actorId: null));
        Assert.False(reach.Sees("preferences/user/bo", actorId: null));
        Assert.True(reach.Sees("preferences/project", actorId: null));
        Assert.False(reach.Sees("notes", "bo"));
        Assert.Equal("al", reach.ActorIn("preferences/user/al", actorId: null));
    }

    [Fact]
    public void An_event_without_a_namespace_is_its_actors()
    {
        Assert.True(Guarded.Key().Reach.SeesEvent("al"));
        Assert.True(Guarded.Key(actors: ["al"]).Reach.SeesEvent("al"));
        Assert.False(Guarded.Key(actors: ["al"]).Reach.SeesEvent("bo"));
        Assert.False(Guarded.Key(namespaces: ["a"]).Reach.SeesEvent("al"));
        Assert.True(Guarded.Key(namespaces: ["a"], actors: ["al"]).Reach.SeesEvent("al"));
    }

    [Fact]
    public void What_is_no_reach_is_refused_at_its_limits()
    {
        string[] most = [.. Enumerable.Range(0, Caller.MaxEntries).Select(i => $"n{i}")];
        _ = Guarded.Key(namespaces: most).Reach;

        foreach (var bad in (Caller[])
            [
                Guarded.Key(namespaces: []), Guarded.Key(namespaces: [.. most, "more"]), Guarded.Key(namespaces: [""]), Guarded.Key(namespaces: ["a//b"]),
                Guarded.Key(namespaces: ["n/{actorId}"]), Guarded.Key(namespaces: ["n/{sessionId}"]), Guarded.Key(actors: ["a b"]),
                Guarded.Key(namespaces: [.. Enumerable.Repeat(new string('a', 1_000), 9)]),
            ])
        {
            Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => bad.Reach).Code);
        }
    }
}
