using Keepsake.Embedding;
using Keepsake.Recall.Reranking;
using Keepsake.Server.Access;

namespace Keepsake.Server;

/// <summary>What a person has configured: <c>keepsake.json</c> in the data folder, then the environment (<c>KEEPSAKE__SECTION__NAME</c>).</summary>
/// <param name="Store">Settings of the stores.</param>
/// <param name="Embedding">Settings of embedding.</param>
internal sealed record Settings(MemoryStoreOptions Store, EmbeddingOptions Embedding)
{
    public const string FileName = "keepsake.json";

    internal const string Prefix = "KEEPSAKE__";
    private const string Never = "never";

    private static readonly Dictionary<string, Type> Sections = new()
    {
        ["Store"] = typeof(MemoryStoreOptions),
        ["Rerank"] = typeof(RerankOptions),
        ["Access"] = typeof(AccessSettings),
        [EmbeddingOptions.SectionName] = typeof(EmbeddingOptions),
    };

    /// <summary>Reads the settings of a data folder.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: one is wrong, or the file is not JSON;
    /// <see cref="MemoryErrorCode.NotSupported"/>: another engine is asked for.</exception>
    public static Settings Of(DataFolder folder)
    {
        RefuseOtherEngines(Environment.GetEnvironmentVariable("MEMORY_PROVIDER"));
        if (Directory.Exists(Path.Combine(folder.Path, FileName)))
        {
            throw MemoryException.Invalid($"{FileName} in the data folder is a folder, so nothing in it counts. Put the file there, or remove it.");
        }

        try
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(folder.Path, FileName), optional: true, reloadOnChange: false)
                .AddEnvironmentVariables(Prefix)
                .Build();
            return Of(configuration).With(new AddedModels(folder));
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new MemoryException(MemoryErrorCode.InvalidRequest, $"{FileName} in the data folder is not JSON. Mend or remove it.", e);
        }
    }

    /// <summary>Reads what the environment alone says, for a verb that has a data folder of its own.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: a setting is wrong.</exception>
    public static Settings OfEnvironment() => Of(new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build());

    /// <summary>Reads the settings of a data folder for a verb that keeps nothing: a folder that is not there is not made, and the environment alone decides.</summary>
    /// <param name="path">The folder; <see langword="null"/>: the user's.</param>
    /// <exception cref="MemoryException">What <see cref="Of(DataFolder)"/> and <see cref="DataFolder.Open"/> throw.</exception>
    public static Settings OfFolder(string? path) => Directory.Exists(path ?? DataFolder.DefaultPath) ? Of(DataFolder.Open(path)) : OfEnvironment();

    /// <summary>Gets how callers over HTTP prove who they are.</summary>
    public AccessSettings Access { get; private init; } = new();

    /// <summary>Gets the setting that decides which model is used; <see langword="null"/>: none does, so a model can be chosen.</summary>
    public string? FixedModel { get; private init; }

    /// <summary>The settings with the model that is in use: the one they name, else the one that was chosen.</summary>
    internal Settings With(AddedModels models)
    {
        if (Embedding is { Provider: EmbeddingProvider.BuiltIn, ModelFolder: null } && (Embedding.Model ?? models.Chosen) is { } name && name != BuiltInModel.Name)
        {
            Embedding.ModelFolder = AddedModels.IsName(name) && !string.Equals(name, BuiltInModel.Name, StringComparison.OrdinalIgnoreCase) ? models.FolderOf(name) : throw MemoryException.Invalid(
                $"Embedding:Model is no name of an added model: that has 1 to {AddedModels.MaxNameLength} letters, digits, '.', '_' or '-'. List them with: keepsake model list");
        }

        return this;
    }

    /// <summary>Whether the model of a folder is the one that is in use.</summary>
    internal bool Uses(string folder) =>
        Embedding is { Provider: EmbeddingProvider.BuiltIn, ModelFolder: { } used } && string.Equals(Path.GetFullPath(used), Path.GetFullPath(folder), StringComparison.Ordinal);

    private static string? FixedModelOf(EmbeddingOptions embedding) =>
        embedding.Provider != EmbeddingProvider.BuiltIn ? "Embedding:Provider"
        : embedding.ModelFolder is not null ? "Embedding:ModelFolder"
        : embedding.Model is not null ? "Embedding:Model"
        : null;

    internal static Settings Of(IConfiguration configuration)
    {
        SettingNames.CheckAll(configuration, Sections);
        try
        {
            var section = configuration.GetSection("Store");
            var keepsForEver = string.Equals(section[nameof(MemoryStoreOptions.EventRetention)], Never, StringComparison.OrdinalIgnoreCase);
            if (keepsForEver)
            {
                section[nameof(MemoryStoreOptions.EventRetention)] = null;
            }

            var store = new MemoryStoreOptions();
            section.Bind(store);
            if (keepsForEver)
            {
                store.EventRetention = null;
            }

            configuration.GetSection("Rerank").Bind(store.Rerank);
            store.ReadOnly |= IsOn(Environment.GetEnvironmentVariable("READONLY_MODE"));
            store.Validate();
            var access = new AccessSettings();
            configuration.GetSection("Access").Bind(access);
            access.Validate();
            var embedding = new EmbeddingOptions();
            configuration.GetSection(EmbeddingOptions.SectionName).Bind(embedding);
            foreach (var problem in embedding.Validate(null))
            {
                throw MemoryException.Invalid($"A setting is wrong: {problem.ErrorMessage}");
            }

            return new(store, embedding) { FixedModel = FixedModelOf(embedding), Access = access };
        }
        catch (InvalidOperationException e)
        {
            // The binder's message names the setting and repeats its value, which may be a key.
            throw new MemoryException(
                MemoryErrorCode.InvalidRequest, $"{SettingFaults.Explain(e)} Mend it in {FileName}, or in a variable {Prefix}…; see docs/reference/settings.md.", e);
        }
    }

    private static bool IsOn(string? value) => value?.Trim().ToUpperInvariant() switch
    {
        null or "" or "0" or "FALSE" or "OFF" or "NO" => false,
        "1" or "TRUE" or "ON" or "YES" => true,
        _ => throw MemoryException.Invalid("READONLY_MODE is true or false."),
    };

    private static void RefuseOtherEngines(string? provider)
    {
        if (!string.IsNullOrEmpty(provider) && !string.Equals(provider, "embedded", StringComparison.OrdinalIgnoreCase))
        {
            throw new MemoryException(
                MemoryErrorCode.NotSupported, "MEMORY_PROVIDER asks for an engine that this version does not have. Unset it, or set it to 'embedded'.");
        }
    }
}
