using System.Security.Cryptography;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Sealing;

/// <summary>Envelopes, rings and master keys: what was changed is refused, and what is there is found again.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class KeyRingTests : IDisposable
{
    private const string Store = "secrets-0000000000";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    private KeysFolder Keys => new(_folder.Path);

    private string RingFile => _folder[$"keys/{Store}.ring"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_envelope_opens_only_whole_with_its_key_and_for_what_it_is_about()
    {
        using var key = new AesGcm(RandomNumberGenerator.GetBytes(32), Envelope.TagLength);
        using var other = new AesGcm(RandomNumberGenerator.GetBytes(32), Envelope.TagLength);
        var envelope = Envelope.Seal(key, 7, "canary"u8, "about"u8);

        Assert.Equal("canary"u8.ToArray(), Envelope.Open(key, envelope, "about"u8));
        Assert.Equal(Envelope.Overhead + 6, envelope.Length);
        Assert.ThrowsAny<CryptographicException>(() => Envelope.Open(other, envelope, "about"u8));
        Assert.ThrowsAny<CryptographicException>(() => Envelope.Open(key, envelope, "else"u8));
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            // The number of the key only says which to take: it is not what opens.
            if (bit / 8 is < 5 or > 8)
            {
                var changed = (byte[])envelope.Clone();
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.ThrowsAny<CryptographicException>(() => Envelope.Open(key, changed, "about"u8));
            }
        }

        Assert.All(Enumerable.Range(0, envelope.Length), length => Assert.ThrowsAny<CryptographicException>(() => Envelope.Open(key, envelope.AsSpan(0, length), "about"u8)));
    }

    [Fact]
    public void A_ring_is_found_again_with_its_keys_and_epochs()
    {
        using var masters = new MasterKeys(Keys, new());
        var ring = KeyRing.Create(Keys, Store, masters, _time);
        ring.Ensure([(KeyKind.Namespace, "a/b"), (KeyKind.Actor, "alice"), (KeyKind.Namespace, "a/b")]);
        var first = ring.Active(KeyKind.Namespace, "a/b")!;
        Assert.Equal(1, ring.Rotate(key => key.Name == "a/b"));

        using var again = new MasterKeys(Keys, new());
        var reopened = KeyRing.Open(Keys, Store, again, _time);
        Assert.Equal((2, 4), (reopened.Epoch, reopened.Keys.Count));
        var active = reopened.Active(KeyKind.Namespace, "a/b")!;
        Assert.Equal((first.Uid, 2), (active.Uid, active.Epoch));
        Assert.Equal(ring.Material(active.Number), reopened.Material(active.Number));
        Assert.NotEqual(reopened.Material(first.Number)[..32], reopened.Material(active.Number)[..32]);
        Assert.Equal(reopened.Material(first.Number)[32..], reopened.Material(active.Number)[32..]);
        Assert.Equal(["active", "retired", "active", "active"], reopened.Keys.Select(reopened.StateOf));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another")]
    public void No_ring_is_made_while_another_misses_its_master_key(string? there)
    {
        var master = _folder["keys/master"];
        using (var masters = new MasterKeys(Keys, new()))
        {
            KeyRing.Create(Keys, Store, masters, _time);
        }

        var kept = File.ReadAllBytes(master);
        File.Delete(master);
        if (there is not null)
        {
            Keys.Replace("master", RandomNumberGenerator.GetBytes(MasterKey.Length));
        }

        using (var masters = new MasterKeys(Keys, new()))
        {
            var refused = Assert.Throws<MemoryException>(() => KeyRing.Create(Keys, "other-0000000000", masters, _time));
            Assert.Equal(MemoryErrorCode.Unavailable, refused.Code);
            Assert.Contains($"keys/{Store}.ring", refused.Message, StringComparison.Ordinal);
            Assert.Equal((there is not null, false), (File.Exists(master), File.Exists(_folder["keys/other-0000000000.ring"])));
        }

        Keys.Replace("master", kept);
        using var again = new MasterKeys(Keys, new());
        KeyRing.Create(Keys, "other-0000000000", again, _time);
        Assert.Single(KeyRing.Open(Keys, Store, again, _time).Keys);
    }

    [Fact]
    public void A_destroyed_key_is_gone_from_the_file_and_its_number_is_not_given_again()
    {
        using var masters = new MasterKeys(Keys, new());
        var ring = KeyRing.Create(Keys, Store, masters, _time);
        ring.Ensure([(KeyKind.Actor, "alice")]);
        var key = ring.Active(KeyKind.Actor, "alice")!;
        var epoch = ring.Epoch;

        Assert.Equal([key.Number], ring.Destroy(k => k.Name == "alice"));

        Assert.True(ring.Epoch > epoch);
        Assert.Equal(MemoryErrorCode.Corrupt, Assert.Throws<MemoryException>(() => ring.Material(key.Number)).Code);
        Assert.DoesNotContain(Convert.ToBase64String(key.Sealed), File.ReadAllText(RingFile), StringComparison.Ordinal);
        var reopened = KeyRing.Open(Keys, Store, masters, _time);
        Assert.Equal(ring.Epoch, reopened.Epoch);
        reopened.Ensure([(KeyKind.Actor, "alice")]);
        Assert.True(reopened.Active(KeyKind.Actor, "alice")!.Number > key.Number);
    }

    [Fact]
    public void The_ring_of_a_deleted_store_takes_no_keys_and_does_not_come_back()
    {
        using var masters = new MasterKeys(Keys, new());
        var ring = KeyRing.Create(Keys, Store, masters, _time);
        ring.Ensure([(KeyKind.Namespace, "a")]);
        var late = KeyRing.Open(Keys, Store, masters, _time);

        // A backup that is verified reads it at that moment.
        using (new FileStream(RingFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            ring.Delete();
        }

        foreach (var call in (Action[])[() => ring.Ensure([(KeyKind.Namespace, "b")]), () => ring.Rotate(_ => true), () => ring.Destroy(_ => true), ring.Close])
        {
            Assert.Equal(MemoryErrorCode.NotFound, Assert.Throws<MemoryException>(call).Code);
        }

        masters.BeginReplacing();
        ring.SealAnew();
        Assert.Throws<MemoryException>(() => late.Ensure([(KeyKind.Namespace, "b")]));
        Assert.False(File.Exists(RingFile));

        // Who began to read before goes on.
        Assert.Equal(KeyRing.MaterialLength, ring.Material(2).Length);
    }

    [Fact]
    public void Who_only_looks_at_a_ring_does_not_write_it()
    {
        using var masters = new MasterKeys(Keys, new());
        KeyRing.Create(Keys, Store, masters, _time).Ensure([(KeyKind.Actor, "alice")]);
        File.AppendAllText(RingFile, "{ half a line");
        var before = File.ReadAllText(RingFile);

        Assert.True(KeyRing.HasSealed(Keys, Store));
        Assert.Equal((0, 1), (KeyRing.DestroyedOf(Keys, Store).Count, KeyRing.EpochOf(Keys, Store)));
        Assert.Equal(before, File.ReadAllText(RingFile));
    }

    [Fact]
    public void A_line_that_was_cut_off_is_dropped_and_one_that_was_changed_is_refused()
    {
        using var masters = new MasterKeys(Keys, new());
        KeyRing.Create(Keys, Store, masters, _time).Ensure([(KeyKind.Actor, "alice")]);
        var lines = File.ReadAllText(RingFile);
        File.WriteAllText(RingFile, lines + lines.Split('\n')[1][..40]);
        KeyRing.Open(Keys, Store, masters, _time).Ensure([(KeyKind.Actor, "bob")]);
        Assert.Equal(3, KeyRing.Open(Keys, Store, masters, _time).Keys.Count);

        File.WriteAllText(RingFile, lines.Replace("\"name\":\"alice\"", "\"name\":\"mallory\"", StringComparison.Ordinal));
        var forged = KeyRing.Open(Keys, Store, masters, _time);
        Assert.Equal(MemoryErrorCode.Corrupt, Assert.Throws<MemoryException>(() => forged.Material(2)).Code);

        File.WriteAllText(RingFile, lines[1..]);
        Assert.Equal(MemoryErrorCode.Corrupt, Assert.Throws<MemoryException>(() => KeyRing.Open(Keys, Store, masters, _time)).Code);
    }

    [Fact]
    public void Another_master_key_is_refused_and_the_one_that_is_needed_named()
    {
        string id;
        using (var masters = new MasterKeys(Keys, new()))
        {
            KeyRing.Create(Keys, Store, masters, _time);
            id = masters.Current().Id;
        }

        foreach (var other in (byte[]?[])[RandomNumberGenerator.GetBytes(32), null])
        {
            File.Delete(_folder["keys/master"]);
            if (other is not null)
            {
                Keys.Replace("master", other);
            }

            using var masters = new MasterKeys(Keys, new());
            var error = Assert.Throws<MemoryException>(() => KeyRing.Open(Keys, Store, masters, _time));
            Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
            Assert.Contains(id, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite)]
    public void A_key_file_that_others_may_read_or_change_is_refused_with_what_mends_it(UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Keys.Replace("master", RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(_folder["keys/master"], mode);
        using var masters = new MasterKeys(Keys, new());

        var error = Assert.Throws<MemoryException>(() => masters.Current());
        Assert.Equal(MemoryErrorCode.Forbidden, error.Code);
        Assert.Contains("chmod 600 keys/master", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_in_the_place_of_a_key_is_refused()
    {
        Keys.Replace("elsewhere", RandomNumberGenerator.GetBytes(32));
        File.CreateSymbolicLink(_folder["keys/master"], _folder["keys/elsewhere"]);
        using var masters = new MasterKeys(Keys, new());

        Assert.Equal(MemoryErrorCode.Forbidden, Assert.Throws<MemoryException>(() => masters.Current()).Code);
    }

    [Fact]
    public void Each_source_gives_the_same_key_for_the_same_secret()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var expected = new MasterKey(key);
        var variable = $"KEEPSAKE_TEST_{Guid.CreateVersion7(_time.Now):N}";
        Environment.SetEnvironmentVariable(variable, Convert.ToBase64String(key));
        Keys.Replace("raw", key);
        Keys.Replace("hex", System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(key) + "\n"));
        foreach (var options in (KeyOptions[])
            [
                new() { Source = KeySource.Environment, Variable = variable },
                new() { Source = KeySource.Secret, File = _folder["keys/raw"] },
                new() { Source = KeySource.File, File = _folder["keys/hex"] },
            ])
        {
            using var masters = new MasterKeys(Keys, options);
            Assert.Equal(expected.Id, masters.Current(creates: true).Id);
        }

        Environment.SetEnvironmentVariable(variable, "correct horse battery staple");
        using var made = new MasterKeys(Keys, new() { Source = KeySource.Passphrase, Variable = variable });
        using var again = new MasterKeys(Keys, new() { Source = KeySource.Passphrase, Variable = variable });
        Assert.Equal(made.Current(creates: true).Id, again.Current().Id);

        Environment.SetEnvironmentVariable(variable, "too short");
        using var brief = new MasterKeys(Keys, new() { Source = KeySource.Passphrase, Variable = variable });
        Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => brief.Current()).Code);
        using var none = new MasterKeys(Keys, new() { Source = KeySource.Environment, Variable = variable });
        Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => none.Current()).Code);
        Environment.SetEnvironmentVariable(variable, null);
    }

    [Fact]
    public void A_master_key_that_is_replaced_leaves_nothing_sealed_with_the_old_one()
    {
        using var masters = new MasterKeys(Keys, new());
        var ring = KeyRing.Create(Keys, Store, masters, _time);
        ring.Ensure([(KeyKind.Actor, "alice")]);
        var old = masters.Current().Id;
        var material = ring.Material(2);

        // Cut off after the next key was made, and gone on with by the next start.
        Assert.True(masters.BeginReplacing());
        using var resumed = new MasterKeys(Keys, new());
        Assert.True(resumed.IsReplacing);
        var reopened = KeyRing.Open(Keys, Store, resumed, _time);
        reopened.SealAnew();
        resumed.Replaced();

        Assert.DoesNotContain(old, File.ReadAllText(RingFile), StringComparison.Ordinal);
        using var last = new MasterKeys(Keys, new());
        Assert.NotEqual(old, last.Current().Id);
        Assert.Equal(material, KeyRing.Open(Keys, Store, last, _time).Material(2));
    }
}
