namespace Keepsake.Tests.Durability;

/// <summary>What writers were told, and so what must be there after a kill; and what may be, because they were not told yet.</summary>
internal sealed class Acknowledged
{
    // What an id may hold now; null: it is gone.
    private readonly Dictionary<string, List<string?>> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private List<List<string>> _unknown = [];

    /// <summary>Gets how many writes were acknowledged.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the lines that the writers of a round said before they were killed.</summary>
    public void Take(int round, IEnumerable<string> lines)
    {
        var steps = new List<List<string>>[DurableWriter.Writers];
        Array.ForEach([.. Enumerable.Range(0, steps.Length)], i => steps[i] = []);
        foreach (var line in lines.Where(line => char.IsAsciiDigit(line[0]) && line.EndsWith(" .", StringComparison.Ordinal)))
        {
            var parts = line.Split(' ');
            var writer = int.Parse(parts[0], null);
            Assert.Equal(steps[writer].Count, int.Parse(parts[1], null));
            steps[writer].Add([.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries)]);
        }

        foreach (var (writer, said) in steps.Index())
        {
            for (var n = 0; n < said.Count; n++)
            {
                Apply(new(round, writer, n), said[n], said);
                Count++;
            }

            MayHaveHappened(new(round, writer, said.Count), said);
        }
    }

    /// <summary>Compares with what is there, and takes what may have happened as it turned out.</summary>
    public void Check(IReadOnlyList<(string Id, string Text)> there)
    {
        Dictionary<string, string> found = there.ToDictionary(item => item.Id, item => item.Text, StringComparer.Ordinal);
        foreach (var (id, may) in _items)
        {
            var text = found.GetValueOrDefault(id);
            Assert.True(may.Contains(text), $"{id} is\n{text ?? "gone"}\nand not\n{string.Join("\nnor\n", may.Select(m => m ?? "gone"))}");
        }

        var rest = there.Where(item => !_items.ContainsKey(item.Id)).ToDictionary(item => item.Text, item => item.Id, StringComparer.Ordinal);
        foreach (var batch in _unknown)
        {
            var present = batch.Count(rest.ContainsKey);
            Assert.True(present == 0 || present == batch.Count, $"Of a batch of {batch.Count} only {present} are there: {batch[0]}");
            batch.ForEach(text => rest.Remove(text));
        }

        Assert.Empty(rest);

        _unknown = [];
        _keys.Clear();
        _items.Clear();
        foreach (var (id, text) in there)
        {
            _items[id] = [text];

            // One that was made by a write nobody was told of has its key all the same.
            if (WriterStep.KeyIn(text) is { } key)
            {
                _keys[key] = id;
            }
        }
    }

    private void Apply(WriterStep step, List<string> ids, List<List<string>> said)
    {
        switch (step.Kind)
        {
            case WriterStep.StepKind.Key:
                _keys[step.Key] = ids[0];
                _items[ids[0]] = [step.Expected(step.Contents[0])];
                break;
            case WriterStep.StepKind.Forget:
                _items[said[step.Target][0]] = [null];
                break;
            case WriterStep.StepKind.Update:
                var target = said[step.Target][0];
                _items[target] = [.. _items[target].Select(old => old is null ? null : Updated(step, old))];
                break;
            default:
                foreach (var (i, content) in step.Contents.Index())
                {
                    _items[ids[i]] = [step.Expected(content)];
                }

                break;
        }
    }

    private void MayHaveHappened(WriterStep step, List<List<string>> said)
    {
        switch (step.Kind)
        {
            case WriterStep.StepKind.Key when _keys.TryGetValue(step.Key, out var id):
                _items[id].Add(step.Expected(step.Contents[0]));
                break;
            case WriterStep.StepKind.Forget:
                _items[said[step.Target][0]].Add(null);
                break;
            case WriterStep.StepKind.Update:
                var target = said[step.Target][0];
                _items[target].AddRange(_items[target].OfType<string>().Select(old => Updated(step, old)).ToList());
                break;
            default:
                _unknown.Add([.. step.Contents.Select(content => step.Expected(content))]);
                break;
        }
    }

    private static string Updated(WriterStep step, string old) => step.Expected(step.Contents[0], of: old[(old.LastIndexOf(' ') + 1)..]);
}
