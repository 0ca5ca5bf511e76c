namespace Keepsake.Embedding;

/// <summary>Embeddings of a static model that is loaded behind, once it is first asked for.</summary>
/// <remarks>
/// A model that cannot be loaded is looked for again: every interval whether its files have changed, and now and then without a
/// change, in case the reading was at fault. Safe for concurrent use.
/// </remarks>
internal sealed class BuiltInEmbeddingSource : IEmbeddingSource
{
    /// <summary>How long unchanged files are believed to be as damaged as they were.</summary>
    internal static readonly TimeSpan Distrust = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly bool _shipped;
    private readonly TimeProvider _time;
    private readonly EmbedderHealth _health;
    private readonly Lock _gate = new();
    private StaticEmbeddingModel? _model;
    private Task<StaticEmbeddingModel?>? _loading;
    private StaticModelFiles? _failedFiles;
    private long _failedAt;

    /// <param name="folder">The model's folder. <see langword="null"/>: the shipped one's.</param>
    /// <param name="time">The clock of <see cref="Distrust"/>.</param>
    /// <param name="health">Paces the attempts.</param>
    public BuiltInEmbeddingSource(string? folder, TimeProvider time, EmbedderHealth health) =>
        (_folder, _shipped, _time, _health) = (folder ?? BuiltInModel.Folder, folder is null, time, health);

    // What is shipped is known before it is read, so that nothing has to wait for its name and width.
    public string? Model => Loaded?.Name ?? (_shipped ? BuiltInModel.Name : null);

    public int Dimensions => Loaded?.Dimensions ?? (_shipped ? BuiltInModel.Dimensions : 0);

    public EmbedderState State
    {
        get
        {
            Load();
            return _health.State;
        }
    }

    private StaticEmbeddingModel? Loaded => Volatile.Read(ref _model);

    public bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination)
    {
        if (Loaded is { } model)
        {
            return model.TryEmbed(text, destination);
        }

        Load();
        return false;
    }

    public ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        Loaded is { } model ? new(EmbedAll(model, texts, cancellationToken)) : EmbedWhenLoadedAsync(texts, cancellationToken);

    public void Dispose()
    {
    }

    private async ValueTask<IReadOnlyList<float[]?>?> EmbedWhenLoadedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        await Load().WaitAsync(cancellationToken) is { } model ? EmbedAll(model, texts, cancellationToken) : null;

    private static float[]?[] EmbedAll(StaticEmbeddingModel model, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var vectors = new float[]?[texts.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vector = new float[model.Dimensions];
            vectors[i] = model.TryEmbed(texts[i], vector) ? vector : null;
        }

        return vectors;
    }

    /// <summary>The load under way, a new one when it is time for one, or what is known.</summary>
    private Task<StaticEmbeddingModel?> Load()
    {
        if (Loaded is { } model)
        {
            return Task.FromResult<StaticEmbeddingModel?>(model);
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

    private StaticEmbeddingModel? LoadNow()
    {
        // Looked at before reading: what changes meanwhile counts as a change.
        var files = StaticModelFiles.Of(_folder);
        try
        {
            var model = StaticEmbeddingModel.Load(_folder);
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
        InvalidDataException => $"The embedding model is damaged: {e.Message} Reinstall it.",
        FileNotFoundException or DirectoryNotFoundException => "The embedding model's files are missing. Reinstall it, or correct Embedding:ModelFolder.",
        UnauthorizedAccessException => "The embedding model's files may not be read by this user.",
        IOException => "The embedding model's files cannot be read.",
        _ => $"The embedding model cannot be loaded ({e.GetType().Name}).",
    };
}
