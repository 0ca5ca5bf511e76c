namespace Keepsake.Protection.Sealing;

/// <summary>Where the master key of encrypted stores comes from. Configuration section <c>Store:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>The variable that is read when nothing else is said.</summary>
    public const string DefaultVariable = "KEEPSAKE_MASTER_KEY";

    /// <summary>Shortest passphrase, in characters.</summary>
    public const int MinPassphraseLength = 12;

    /// <summary>Gets or sets where the key comes from.</summary>
    /// <value>The default is a file of the data folder, <c>keys/master</c>, which is made with the first encrypted store.</value>
    public KeySource Source { get; set; }

    /// <summary>Gets or sets the variable that holds the key in base64 or hexadecimal, or the passphrase.</summary>
    public string Variable { get; set; } = DefaultVariable;

    /// <summary>Gets or sets the file that holds the key or the passphrase, such as <c>/run/secrets/keepsake</c>; <see langword="null"/>: for
    /// <see cref="KeySource.Secret"/>, <c>keepsake-master-key</c> among systemd's credentials or else in <c>/run/secrets</c>.</summary>
    public string? File { get; set; }

    /// <summary>Gets or sets the key of AWS KMS, by its ARN, id or alias; needed for <see cref="KeySource.Kms"/>.</summary>
    public string? KmsKey { get; set; }

    /// <summary>Says what is wrong with the settings.</summary>
    /// <returns>A rule, or <see langword="null"/>: nothing is.</returns>
    internal string? Problem() =>
        !Enum.IsDefined(Source) ? "Store:Keys:Source is File, Environment, Secret, Passphrase or Kms."
        : string.IsNullOrEmpty(Variable) ? "Store:Keys:Variable names an environment variable."
        : File is { Length: 0 } ? "Store:Keys:File names a file."
        : Source == KeySource.Kms && string.IsNullOrEmpty(KmsKey) ? "Store:Keys:KmsKey names the key of AWS KMS: its ARN, id or alias."
        : null;
}

/// <summary>Where a master key comes from.</summary>
public enum KeySource
{
    /// <summary>A file of 32 random bytes, <c>keys/master</c> in the data folder; made when it is first needed.</summary>
    File,

    /// <summary>An environment variable. Other processes of the same user can read it, so the others are better.</summary>
    Environment,

    /// <summary>A file that something else provides: a systemd credential, a Docker or Kubernetes secret.</summary>
    Secret,

    /// <summary>A passphrase, from the variable or the file: PBKDF2 with SHA-256 and 600,000 rounds makes the key.</summary>
    Passphrase,

    /// <summary>AWS KMS: 32 random bytes that <see cref="KeyOptions.KmsKey"/> sealed, in <c>keys/master-kms</c>. Each start asks the service to open them.</summary>
    Kms,
}
