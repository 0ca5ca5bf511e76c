using System.Security.Cryptography;
using System.Text;
using Keepsake.Embedding.Bert;

namespace Keepsake.Embedding;

/// <summary>The models that were added to a data folder, each in <c>models/NAME/</c>, and which one is in use.</summary>
/// <remarks>
/// A model appears whole or not at all. Safe for concurrent use by several processes. What is chosen counts from the next time that a
/// process becomes the owner of the data folder; settings (<see cref="EmbeddingOptions"/>) overrule it.
/// </remarks>
public sealed class AddedModels
{
    /// <summary>Longest name of a model, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Most models that are listed.</summary>
    public const int MaxModels = 1_000;

    private const string ChoiceFile = ".in-use";
    private const string HowToChoose = " Choose another name with --name.";
    private const string OriginFile = ".from";

    private readonly string _folder;

    /// <summary>Looks into a data folder. Nothing is made before it is needed.</summary>
    /// <param name="folder">The data folder.</param>
    public AddedModels(DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _folder = Path.Combine(folder.Path, "models");
    }

    /// <summary>Gets the name of the model that was chosen; <see langword="null"/>: the one that comes with Keepsake.</summary>
    public string? Chosen
    {
        get
        {
            try
            {
                var name = PlainFile.ReadAllText(Path.Combine(_folder, ChoiceFile)).Trim();
                return IsName(name) && name != BuiltInModel.Name ? name : null;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }
    }

    /// <summary>Whether something may be the name of a model: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, a letter or digit first.</summary>
    public static bool IsName(string name) =>
        !string.IsNullOrEmpty(name) && name.Length <= MaxNameLength && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Lists the added models by name, those that are damaged included.</summary>
    public IReadOnlyList<AddedModel> List() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateDirectories(_folder).Select(Path.GetFileName).OfType<string>().Where(IsName)
            .Order(StringComparer.Ordinal).Take(MaxModels).Select(name => Of(name, FolderOf(name)))]
        : [];

    /// <summary>Finds a model.</summary>
    /// <returns>The model, or <see langword="null"/> when there is none of that name.</returns>
    public AddedModel? Find(string name) => IsName(name) && Directory.Exists(FolderOf(name)) ? Of(name, FolderOf(name)) : null;

    /// <summary>Which model of a hub an added one is, as <c>OWNER/NAME</c>; <see langword="null"/>: that was not noted, or it is from a folder.</summary>
    internal string? OriginOf(string name)
    {
        try
        {
            return PlainFile.ReadAllText(Path.Combine(FolderOf(name), OriginFile));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Adds a model: checks that it loads, and copies what belongs to it.</summary>
    /// <param name="source">A folder as the model hubs lay it out (<see cref="BertEmbeddingModel"/>), or one with a <c>model.json</c>.</param>
    /// <param name="name">What to call it here; <see langword="null"/>: the folder's name.</param>
    /// <param name="cancellationToken">Gives up; nothing is added then.</param>
    /// <returns>The model.</returns>
    /// <exception cref="MemoryException">
    /// <see cref="MemoryErrorCode.InvalidRequest"/>: it is not a model that runs here, and the message says why; <see cref="MemoryErrorCode.NotFound"/>:
    /// there is no such folder; <see cref="MemoryErrorCode.Conflict"/>: another model has the name.
    /// </exception>
    /// <exception cref="IOException">It cannot be read, or not written.</exception>
    public AddedModel Add(string source, string? name = null, CancellationToken cancellationToken = default) => Add(source, name, origin: null, cancellationToken);

    /// <summary>Adds a model, and notes which one of a hub it is.</summary>
    internal AddedModel Add(string source, string? name, string? origin, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        if (!Directory.Exists(source))
        {
            throw MemoryException.NotFound("There is no such folder. Name one that holds config.json, model.safetensors and vocab.txt.");
        }

        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        CheckName(name, HowToChoose);
        Directory.CreateDirectory(_folder);
        var building = Path.Combine(_folder, $".adding-{name}-{Environment.ProcessId}");
        Remake(building);
        try
        {
            var manifest = Take(source, building, name, cancellationToken);
            if (Find(name) is { } there)
            {
                return there.Model == manifest.Name
                    ? there
                    : throw new MemoryException(MemoryErrorCode.Conflict, $"Another model is called '{name}'. Remove it with: keepsake model remove {name}, or add this one with --name.");
            }

            // What cannot be embedded with is not added: the first sentence tells.
            cancellationToken.ThrowIfCancellationRequested();
            LocalModel.Load(building);
            if (origin is not null)
            {
                Write(Path.Combine(building, OriginFile), Encoding.UTF8.GetBytes(origin));
            }

            Directory.Move(building, FolderOf(name));
            return Of(name, FolderOf(name));
        }
        catch (InvalidDataException e)
        {
            throw new MemoryException(MemoryErrorCode.InvalidRequest, $"This is not a model that runs here: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(building))
            {
                Directory.Delete(building, recursive: true);
            }
        }
    }

    /// <summary>Removes a model. Its embeddings stay with the records until another model replaces them.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>; <see cref="MemoryErrorCode.Conflict"/>: it is chosen.</exception>
    public void Remove(string name)
    {
        CheckName(name);
        if (Find(name) is null)
        {
            throw NoSuchModel(name);
        }

        if (Chosen == name)
        {
            throw new MemoryException(MemoryErrorCode.Conflict, $"'{name}' is in use. Use another first, such as: keepsake model use {BuiltInModel.Name}");
        }

        // Renamed first, so that it is gone at once for everybody and never half there.
        var doomed = Path.Combine(_folder, $".removing-{name}-{Environment.ProcessId}");
        Directory.Move(FolderOf(name), doomed);
        Directory.Delete(doomed, recursive: true);
    }

    /// <summary>Chooses the model to use.</summary>
    /// <param name="name">An added model, or <see cref="BuiltInModel.Name"/>.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>; <see cref="MemoryErrorCode.Corrupt"/>: it does not load.</exception>
    public void Choose(string name)
    {
        CheckExists(name);
        Directory.CreateDirectory(_folder);
        var temporary = Path.Combine(_folder, $"{ChoiceFile}-{Environment.ProcessId}");
        using (var file = PrivateFile.Open(temporary, FileMode.Create))
        {
            file.Write(Encoding.UTF8.GetBytes(name + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path.Combine(_folder, ChoiceFile), overwrite: true);
    }

    /// <summary>Throws when there is no such model, or it does not load.</summary>
    internal void CheckExists(string name)
    {
        if (name == BuiltInModel.Name)
        {
            return;
        }

        CheckName(name);
        if (Find(name) is null)
        {
            throw NoSuchModel(name);
        }

        try
        {
            LocalModel.Load(FolderOf(name));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new MemoryException(
                MemoryErrorCode.Corrupt, $"'{name}' does not load: {(e is InvalidDataException ? e.Message : "a file is missing.")} Remove it and add it again.", e);
        }
    }

    /// <summary>Where a model of that name is, or would be.</summary>
    internal string FolderOf(string name)
    {
        CheckName(name);
        return Path.Combine(_folder, name);
    }

    /// <summary>Where a download of that name is kept until it is whole.</summary>
    internal string DownloadOf(string name)
    {
        CheckName(name, HowToChoose);
        return Path.Combine(_folder, $".downloading-{name}");
    }

    /// <summary>Whether a model's files are not those that its manifest tells of.</summary>
    /// <param name="name">The model.</param>
    /// <param name="readsAll">Whether all of them are read, though they look as when they were right.</param>
    internal bool IsDamaged(string name, bool readsAll = false) => ModelCheck.IsDamaged(FolderOf(name), readsAll);

    private static AddedModel Of(string name, string folder) => ModelManifest.TryRead(folder) is { } manifest
        ? new(name, manifest.Name, manifest.Dimensions, manifest.Files.Values.Sum(f => f.Bytes))
        : new(name, null, 0, 0);

    /// <summary>Copies what belongs to a model, and writes down what it is.</summary>
    private static ModelManifest Take(string source, string target, string name, CancellationToken cancellationToken)
    {
        var known = File.Exists(Path.Combine(source, ModelManifest.FileName)) ? ModelManifest.Read(source) : null;
        IEnumerable<string> files = known is not null ? known.Files.Keys : BertFolder.Needed.Concat(BertFolder.Optional);
        Dictionary<string, ModelManifest.Entry> entries = new(StringComparer.Ordinal);
        using var identity = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!BertFolder.Needed.Contains(file) && !BertFolder.Optional.Contains(file))
            {
                throw new InvalidDataException($"{ModelManifest.FileName} lists a file that no model has.");
            }

            if (!File.Exists(Path.Combine(source, file)))
            {
                if (known is not null || BertFolder.Needed.Contains(file))
                {
                    throw new InvalidDataException($"the folder has no {file}.");
                }

                continue;
            }

            var content = ModelFile.Read(source, file);
            entries.Add(file, new(content.Length, Crc32C.Of(content)));
            identity.AppendData(Encoding.UTF8.GetBytes($"{file}\n{content.Length}\n"));
            identity.AppendData(content);
            Write(Path.Combine(target, file), content);
        }

        // Two models of one name differ in what their records carry, so that one is never mistaken for the other.
        var manifest = known
            ?? new(ModelKind.Bert, $"{name}@{Convert.ToHexStringLower(identity.GetHashAndReset())[..8]}", BertFolder.Read(target).Width, "", entries);
        Write(Path.Combine(target, ModelManifest.FileName), known is null ? manifest.ToJson() : ModelFile.Read(source, ModelManifest.FileName));
        return manifest;
    }

    private static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = PrivateFile.Open(path, FileMode.CreateNew);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static void Remake(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }

    private static void CheckName(string name, string hint = "")
    {
        if (!IsName(name))
        {
            throw MemoryException.Invalid($"A model's name has 1 to {MaxNameLength} letters, digits, '.', '_' or '-', and starts with a letter or digit.{hint}");
        }

        if (string.Equals(name, BuiltInModel.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw MemoryException.Invalid($"'{BuiltInModel.Name}' is the model that comes with Keepsake; it is always there.{hint}");
        }
    }

    private static MemoryException NoSuchModel(string name) =>
        MemoryException.NotFound($"There is no model '{name}'. List them with: keepsake model list; add it with: keepsake model add {name}");
}

/// <summary>A model of a data folder.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Model">What records call it; <see langword="null"/>: it is damaged.</param>
/// <param name="Dimensions">Numbers in an embedding; zero: it is damaged.</param>
/// <param name="Bytes">Bytes of its files.</param>
public sealed record AddedModel(string Name, string? Model, int Dimensions, long Bytes);
