using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Protection.Sealing;

/// <summary>The master keys of a data folder: the one in use, and while it is being replaced the next one.</summary>
/// <param name="keys">The folder <c>keys/</c>.</param>
/// <param name="options">Where the key comes from.</param>
internal sealed class MasterKeys(KeysFolder keys, KeyOptions options) : IDisposable
{
    private const string MasterFile = "master";
    private const string NextFile = "master-next";
    private const string KmsFile = "master-kms";
    private const string SaltFile = "passphrase-salt";
    private const string SecretName = "keepsake-master-key";
    private const int SaltLength = 16;
    private const int Rounds = 600_000;

    private readonly Lock _lock = new();
    private MasterKey? _current;
    private MasterKey? _next;

    /// <summary>The key that seals from now on.</summary>
    /// <param name="creates">Whether a key is made where there is none, as far as its source lets us.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: there is none; <see cref="MemoryErrorCode.Forbidden"/>: others
    /// may read it; <see cref="MemoryErrorCode.InvalidRequest"/>: it is none.</exception>
    public MasterKey Current(bool creates = false)
    {
        lock (_lock)
        {
            return _next ??= ReadNext() ?? (_current ??= Read(creates));
        }
    }

    /// <summary>The key with an id.</summary>
    /// <returns>The key, or <see langword="null"/>: it is not among those that are there.</returns>
    public MasterKey? Find(string id)
    {
        lock (_lock)
        {
            _next ??= ReadNext();
            _current ??= TryRead();
            return _next?.Id == id ? _next : _current?.Id == id ? _current : null;
        }
    }

    /// <summary>Gets why there is no master key, as far as one was looked for; <see langword="null"/>: there is.</summary>
    public string? WhyNone { get; private set; }

    /// <summary>Gets whether a master key is half replaced.</summary>
    public bool IsReplacing => IsOurs && keys.Has(NextFile);

    private bool IsOurs => options is { Source: KeySource.File, File: null };

    /// <summary>Makes the next master key, which seals from now on. The old one is kept until <see cref="Replaced"/>.</summary>
    /// <returns>Whether it could: a key that comes from elsewhere is replaced there.</returns>
    public bool BeginReplacing()
    {
        lock (_lock)
        {
            if (!IsOurs)
            {
                return false;
            }

            if (!keys.Has(NextFile))
            {
                keys.Replace(NextFile, RandomNumberGenerator.GetBytes(MasterKey.Length));
                FailPoint.Hit("rotate.master-made");
            }

            _current ??= Read(creates: false);
            _next = ReadNext();
            return true;
        }
    }

    /// <summary>Puts the next key in the place of the old one, which nothing is sealed with any more.</summary>
    public void Replaced()
    {
        lock (_lock)
        {
            if (keys.Read(NextFile) is { } next)
            {
                keys.ReplaceAndWipe(MasterFile, next);
                FailPoint.Hit("rotate.master-placed");
                keys.Wipe(NextFile);
                (_current, _next) = (_next, null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current?.Dispose();
        _next?.Dispose();
    }

    private MasterKey? ReadNext() => IsReplacing ? Key(keys.Read(NextFile)!, $"{KeysFolder.Name}/{NextFile}") : null;

    private MasterKey? TryRead()
    {
        WhyNone = null;
        try
        {
            return Read(creates: false);
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.Unavailable)
        {
            // Who looks for a key says which.
            WhyNone = e.Message;
            return null;
        }
    }

    private MasterKey Read(bool creates)
    {
        switch (options.Source)
        {
            case KeySource.Environment:
                return Key(Decoded(FromEnvironment()), $"the variable {options.Variable}");
            case KeySource.Secret:
                return Key(Decoded(FromFile(SecretFile())), "the secret");
            case KeySource.Passphrase:
                return FromPassphrase(options.File is null ? FromEnvironment() : FromFile(options.File), creates);
            case KeySource.Kms:
                return FromKms(new(options.KmsKey!), creates);
            default:
                if (options.File is { } file)
                {
                    return Key(Decoded(FromFile(file)), "the file of Store:Keys:File");
                }

                if (creates && !keys.Has(MasterFile))
                {
                    keys.Replace(MasterFile, RandomNumberGenerator.GetBytes(MasterKey.Length));
                }

                return Key(keys.Read(MasterFile) ?? throw Missing($"{KeysFolder.Name}/{MasterFile} is missing."), $"{KeysFolder.Name}/{MasterFile}");
        }
    }

    private MasterKey FromPassphrase(byte[] passphrase, bool creates)
    {
        passphrase = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(passphrase).Trim());
        if (passphrase.Length < KeyOptions.MinPassphraseLength)
        {
            throw MemoryException.Invalid($"The passphrase has less than {KeyOptions.MinPassphraseLength} characters. Use a longer one.");
        }

        if (creates && !keys.Has(SaltFile))
        {
            keys.Replace(SaltFile, RandomNumberGenerator.GetBytes(SaltLength));
        }

        var salt = keys.Read(SaltFile) ?? throw Missing($"{KeysFolder.Name}/{SaltFile}, without which the passphrase makes no key, is missing.");
        Span<byte> key = stackalloc byte[MasterKey.Length];
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, key, Rounds, HashAlgorithmName.SHA256);
        CryptographicOperations.ZeroMemory(passphrase);
        var master = new MasterKey(key);
        CryptographicOperations.ZeroMemory(key);
        return master;
    }

    private MasterKey FromKms(KmsSeal kms, bool creates)
    {
        if (creates && !keys.Has(KmsFile))
        {
            var made = RandomNumberGenerator.GetBytes(MasterKey.Length);
            var sealedKey = kms.Seal(made);

            // Opened before anything is sealed with it (decision 16): what cannot be opened again would be found by the next start.
            if (!CryptographicOperations.FixedTimeEquals(made, kms.Open(sealedKey)))
            {
                throw kms.Unavailable("opened something other than what it had sealed");
            }

            keys.Replace(KmsFile, sealedKey);
            return Key(made, "");
        }

        var opened = kms.Open(keys.Read(KmsFile) ?? throw Missing($"{KeysFolder.Name}/{KmsFile} is missing."));
        return opened.Length == MasterKey.Length ? Key(opened, "") : throw kms.Unavailable("opened something that is no master key");
    }

    private byte[] FromEnvironment() => Encoding.UTF8.GetBytes(
        Environment.GetEnvironmentVariable(options.Variable) is { Length: > 0 } value ? value : throw Missing($"The variable {options.Variable} is not set."));

    private static byte[] FromFile(string file)
    {
        if (!System.IO.File.Exists(file))
        {
            throw Missing("The file that holds it is missing.");
        }

        KeysFolder.RefuseIfLoose(file, "the file of the master key", mayBeLink: true);
        return new FileInfo(file).Length <= KeysFolder.MaxKeyFileBytes
            ? System.IO.File.ReadAllBytes(file)
            : throw MemoryException.Invalid("The file that is to hold the master key holds far more. Name another with Store:Keys:File.");
    }

    private string SecretFile() => options.File
        ?? Path.Combine(Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } credentials ? credentials : "/run/secrets", SecretName);

    // 32 bytes as they are, or written in base64 or hexadecimal.
    private static byte[] Decoded(byte[] bytes)
    {
        if (bytes.Length == MasterKey.Length)
        {
            return bytes;
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        try
        {
            return text.Length == 2 * MasterKey.Length ? Convert.FromHexString(text) : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static MasterKey Key(byte[] bytes, string where)
    {
        if (bytes.Length != MasterKey.Length)
        {
            throw MemoryException.Invalid($"What is in {where} is no master key: that is 32 bytes, as they are, in base64 or in hexadecimal.");
        }

        var key = new MasterKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    private static MemoryException Missing(string what) => new(
        MemoryErrorCode.Unavailable, $"The master key of the encrypted stores cannot be read. {what} Put it back, and start Keepsake again.");
}
