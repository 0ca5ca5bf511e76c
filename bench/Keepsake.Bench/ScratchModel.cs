using System.Globalization;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
namespace Keepsake.Bench;
internal sealed class ScratchModel
{
    private readonly Dictionary<string, int> _v = new(StringComparer.Ordinal);
    private readonly sbyte[] _w; private readonly float[] _s;
    public ScratchModel(string dir)
    {
        var n = 0; foreach (var l in File.ReadLines(dir + "/vocab.txt")) { _v[l] = n++; }
        var b = File.ReadAllBytes(dir + "/model.safetensors");
        var hl = (int)BitConverter.ToInt64(b, 0);
        using var d = JsonDocument.Parse(b.AsMemory(8, hl));
        int Off(string k, int i) => d.RootElement.GetProperty(k).GetProperty("data_offsets")[i].GetInt32();
        _w = new sbyte[Off("embedding.weight", 1) - Off("embedding.weight", 0)]; Buffer.BlockCopy(b, 8 + hl + Off("embedding.weight", 0), _w, 0, _w.Length);
        _s = new float[(Off("embedding.scale", 1) - Off("embedding.scale", 0)) / 4]; Buffer.BlockCopy(b, 8 + hl + Off("embedding.scale", 0), _s, 0, _s.Length * 4);
    }
    public float[] Embed(string text)
    {
        var v = new float[256];
        var sb = new StringBuilder();
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) { continue; }
            if (char.IsPunctuation(c) || (c < 127 && c > 32 && !char.IsLetterOrDigit(c))) { sb.Append(' ').Append(c).Append(' '); } else { sb.Append(char.ToLowerInvariant(c)); }
        }
        foreach (var w in sb.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var ids = new List<int>(); var at = 0;
            while (at < w.Length)
            {
                var e = w.Length; var id = -1;
                for (; e > at; e--) { if (_v.TryGetValue((at > 0 ? "##" : "") + w[at..e], out id)) { break; } id = -1; }
                if (e == at) { ids.Clear(); break; }
                ids.Add(id); at = e;
            }
            foreach (var id in ids) { if (id == 0) { continue; } var s = _s[id]; for (var i = 0; i < 256; i++) { v[i] += s * _w[(id * 256) + i]; } }
        }
        var len = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(v));
        if (len > 0) { TensorPrimitives.Divide(v, len, v); }
        return v;
    }
}
