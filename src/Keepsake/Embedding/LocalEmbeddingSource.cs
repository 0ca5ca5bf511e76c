namespace Keepsake.Embedding;

/// <summary>Embeddings of a model in this process that is loaded behind, once it is first asked for.</summary>
/// <remarks>
/// A model that cannot be loaded is looked for again: every interval whether its files have changed, and now and then without a
/// change, in case the reading was at fault. Safe for concurrent use.
/// </remarks>
internal sealed class LocalEmbeddingSource : IEmbeddingSource
{
    /// <summary>How long unchanged files are believed to be as damaged as they were.</summary>
    internal static readonly TimeSpan Distrust = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly ModelManifest? _manifest;
    private readonly TimeProvider _time;
    private readonly EmbedderHealth _health;
    private readonly Lock _gate = new();
    private ILocalModel? _model;
    private Task<ILocalModel?>? _loading;
    private StaticModelFiles? _failedFiles;
    private long _failedAt;

    /// <param name="folder">The model's folder. <see langword="null"/>: the shipped one's.</param>
    /// <param name="time">The clock of <see cref="Distrust"/>.</param>
    /// <param name="health">Paces the attempts.</param>
    public LocalEmbeddingSource(string? folder, TimeProvider time, EmbedderHealth health)
    {
        (_folder, _time, _health) = (folder ?? BuiltInModel.Folder, time, health);

        // Name and width are known before the model is read, so that nothing has to wait for them: what an index is filled with depends on both.
        _manifest = folder is null ? BuiltInModel.Manifest : ModelManifest.TryRead(folder);
    }

    public string? Model => Loaded?.Name ?? _manifest?.Name;

    public int Dimensions => Loaded?.Dimensions ?? _manifest?.Dimensions ?? 0;

    public EmbedderState State
    {
        get
        {
            Load();
            return _health.State;
        }
    }

    private ILocalModel? Loaded => Volatile.Read(ref _model);

    public bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination)
    {
        if (Loaded is { } model)
        {
            return model.TryEmbedNow(text, destination);
        }

        Load();
        return false;
    }

    public async ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(
        IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken)
    {
        var model = Loaded ?? await Load().WaitAsync(cancellationToken);
        return model is null ? null : await model.EmbedAsync(texts, role, cancellationToken);
    }

    public void Dispose()
    {
    }

    /// <summary>The load under way, a new one when it is time for one, or what is known.</summary>
    private Task<ILocalModel?> Load()
    {
        if (Loaded is { } model)
        {
            return Task.FromResult<ILocalModel?>(model);
        }

        lock (_gate)
        {
            if (_loading is { IsCompleted: false })
            {
                return _loading;
            }

            if (Loaded is not null || !_health.MayTry() || StillAsDamaged())
            {
                return Task.FromResult(Loaded);
            }

            return _loading = Task.Run(LoadNow);
        }
    }

    private bool StillAsDamaged() =>
        _failedFiles is { } failed && _time.GetElapsedTime(_failedAt) < Distrust && StaticModelFiles.Of(_folder) == failed;

    private ILocalModel? LoadNow()
    {
        // Looked at before reading: what changes meanwhile counts as a change.
        var files = StaticModelFiles.Of(_folder);
        try
        {
            var model = LocalModel.Load(_folder);
            Volatile.Write(ref _model, model);
            _health.Succeeded(model.Name, model.Dimensions);
            return model;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                (_failedFiles, _failedAt) = (files, _time.GetTimestamp());
            }

            _health.Failed(ReasonOf(e), e);
            return null;
        }
    }

    // Messages of the file system name paths; those of the reader do not.
    private static string ReasonOf(Exception e) => e switch
    {
        InvalidDataException => $"The embedding model is damaged: {e.Message} Reinstall it, or remove it and add it again.",
        FileNotFoundException or DirectoryNotFoundException => "The embedding model's files are missing. Reinstall it, add it again, or name another with 'keepsake model use'.",
        UnauthorizedAccessException => "The embedding model's files may not be read by this user.",
        IOException => "The embedding model's files cannot be read.",
        _ => $"The embedding model cannot be loaded ({e.GetType().Name}).",
    };
}
