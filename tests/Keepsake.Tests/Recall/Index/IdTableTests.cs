using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall.Index;

public sealed class IdTableTests
{
    [Theory]
    [InlineData("mem-0193f3d4-7c2a-7b1e-9c3d-2f4a5b6c7d8e", 17)]
    [InlineData("mem-0193F3D4-7c2a-7b1e-9c3d-2f4a5b6c7d8e", 41)]
    [InlineData("0000001767225600000#00ff12ab", 13)]
    [InlineData("0000001767225600000#00FF12AB", 29)]
    [InlineData("mem-x", 6)]
    [InlineData("", 1)]
    [InlineData("Öl 🦊", 9)]
    public void An_id_reads_back_as_it_was_whatever_its_form(string id, int length)
    {
        var form = new byte[IdTable.MaxForm];

        Assert.Equal(length, IdTable.Encode(id, form));
        Assert.Equal(id, new IdTable(form[..length], [length])[0]);
    }

    [Fact]
    public void Every_id_is_found_and_no_other()
    {
        string[] ids = [.. Enumerable.Range(0, 2_000).Select(i => i % 2 == 0 ? $"mem-{Guid.CreateVersion7()}" : $"id {i}")];
        List<byte> forms = [];
        List<int> ends = [];
        foreach (var id in ids)
        {
            forms.AddRange(Form(id));
            ends.Add(forms.Count);
        }

        var table = new IdTable([.. forms], [.. ends]);

        Assert.All(ids.Index(), id => Assert.Equal(id.Index, table.Find(Form(id.Item))));
        Assert.All(Enumerable.Range(0, 2_000), _ => Assert.Equal(-1, table.Find(Form($"mem-{Guid.CreateVersion7()}"))));
    }

    private static byte[] Form(string id)
    {
        var form = new byte[IdTable.MaxForm];
        return form[..IdTable.Encode(id, form)];
    }
}
