using System.Buffers.Binary;
using System.Text;
using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class SafetensorsFileTests
{
    private const string Two = """{"__metadata__":{"kind":"test"},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""";

    [Fact]
    public void Tensors_are_read_with_their_shapes()
    {
        var file = SafetensorsFile.Parse(Make(Two, [1, 2, 3, 0xFF, 0, 0, 0x80, 0x3F]));

        Assert.Equal("test", file.Metadata["kind"]);
        Assert.Equal(["a", "b"], file.Names);
        Assert.Equal([1, 2, 3, 0xFF], file.Get("a").WithShape(2, 2).Int8().ToArray());
        Assert.Equal([1f], file.Get("b").ToSingles());
        Assert.Null(file.Find("c"));
    }

    [Theory]
    [InlineData("F32", new byte[] { 0, 0, 0xC0, 0xBF })]
    [InlineData("F16", new byte[] { 0x00, 0xBE })]
    [InlineData("BF16", new byte[] { 0xC0, 0xBF })]
    public void Floats_of_each_width_are_widened(string dtype, byte[] data) => Assert.Equal(
        [-1.5f],
        SafetensorsFile.Parse(Make($$"""{"t":{"dtype":"{{dtype}}","shape":[1],"data_offsets":[0,{{data.Length}}] } }""", data)).Get("t").ToSingles());

    [Theory]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "has a dtype that is not F32")]
    [InlineData("""{"a":{"dtype":"I8","shape":[9],"data_offsets":[0,8]}}""", "does not fill bytes 0 to 8")]
    [InlineData("""{"a":{"dtype":"I8","shape":[8],"data_offsets":[8,0]}}""", "does not fill")]
    [InlineData("""{"a":{"dtype":"I8","shape":[9],"data_offsets":[0,9]}}""", "it is cut short")]
    [InlineData("""{"a":{"dtype":"I8","shape":[6],"data_offsets":[0,6]},"b":{"dtype":"I8","shape":[4],"data_offsets":[4,8]}}""", "'b' overlaps")]
    [InlineData("""{"a":{"dtype":"I8","shape":[7],"data_offsets":[1,8]}}""", "a hole before tensor 'a'")]
    [InlineData("""{"a":{"dtype":"I8","shape":[7],"data_offsets":[0,7]}}""", "1 bytes after its last tensor")]
    [InlineData("""{"a":{"dtype":"I8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"I8","shape":[0],"data_offsets":[8,8]}}""", "two tensors 'a'")]
    [InlineData("""{"a":{"dtype":"I8","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "larger than")]
    [InlineData("""{"a":{"dtype":"I8","shape":[65536,65536,0],"data_offsets":[0,0]}}""", "larger than")]
    [InlineData("""{"a":{"dtype":"I8","shape":[-8],"data_offsets":[0,8]}}""", "that cannot be")]
    [InlineData("""{"a":{"dtype":"I8","shape":[1,1,1,1,1,1,1,1,8],"data_offsets":[0,8]}}""", "that cannot be")]
    [InlineData("""{"a":{"dtype":"I8","shape":["8"],"data_offsets":[0,8]}}""", "not a list of numbers")]
    [InlineData("""{"a":{"dtype":"I8","shape":[8]}}""", "lacks its")]
    [InlineData("""{"a":{"dtype":"I8","shape":[8],"data_offsets":[0,8],"x":1}}""", "has a property")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[8],"data_offsets":[0,8]}}""", "not text")]
    [InlineData("""{"a":7}""", "not the JSON it should be")]
    [InlineData("""{"__metadata__":{"a":1}}""", "not the JSON it should be")]
    [InlineData("""[]""", "not the JSON it should be")]
    [InlineData("""{"a":""", "not the JSON it should be")]
    [InlineData("""{} {}""", "not the JSON it should be")]
    public void A_header_that_cannot_be_is_refused_with_its_reason(string header, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse(Make(header, new byte[8]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(ulong.MaxValue, "the most is")]
    [InlineData(1_000UL, "ends inside its header")]
    public void A_header_longer_than_the_file_is_refused(ulong length, string reason)
    {
        var file = Make(Two, new byte[8]);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);

        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var file = Make(Two, new byte[8]);
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse(file.AsMemory(0, length)));
        }
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void A_file_with_random_damage_is_read_or_refused_but_never_fails_otherwise(int seed)
    {
        Random random = new(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var file = Make(Two, new byte[8]);
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            try
            {
                SafetensorsFile.Parse(file);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Fact]
    public void Wrong_types_shapes_and_numbers_are_refused()
    {
        var file = SafetensorsFile.Parse(Make(Two, [1, 2, 3, 4, 0, 0, 0x80, 0x7F]));

        Assert.Equal("Tensor 'b' is F32 where I8 is needed.", Assert.Throws<InvalidDataException>(() => file.Get("b").Int8()).Message);
        Assert.Equal("Tensor 'a' is I8 where F32, F16 or BF16 is needed.", Assert.Throws<InvalidDataException>(file.Get("a").ToSingles).Message);
        Assert.Equal("Tensor 'a' has the shape [2, 2] where [4] is needed.", Assert.Throws<InvalidDataException>(() => file.Get("a").WithShape(4)).Message);
        Assert.Equal("Tensor 'b' holds a number that is not finite.", Assert.Throws<InvalidDataException>(file.Get("b").ToSingles).Message);
        Assert.Equal("The model file has no tensor 'c'.", Assert.Throws<InvalidDataException>(() => file.Get("c")).Message);
    }

    private static byte[] Make(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file, 8 + json.Length);
        return file;
    }
}
