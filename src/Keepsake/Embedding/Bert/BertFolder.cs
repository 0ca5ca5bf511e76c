namespace Keepsake.Embedding.Bert;

/// <summary>Reads what a folder laid out as the model hubs do says about its model, and refuses what is no BERT or is more than that.</summary>
internal static class BertFolder
{
    public const string ConfigFile = "config.json";
    public const string PoolingFile = "1_Pooling/config.json";
    public const string PromptsFile = "config_sentence_transformers.json";
    public const string LengthFile = "sentence_bert_config.json";
    public const string TokenizerFile = "tokenizer_config.json";
    public const string ModulesFile = "modules.json";

    /// <summary>Longest prompt, in characters.</summary>
    public const int MaxPromptLength = 512;

    private const int MaxWidth = 4_096;
    private const int MaxInnerWidth = 16_384;
    private const int MaxLayers = 64;

    /// <summary>The files that must be there.</summary>
    public static IReadOnlyList<string> Needed { get; } =
        [ConfigFile, StaticEmbeddingModel.WeightsFile, StaticEmbeddingModel.VocabularyFile];

    /// <summary>The files that count where they are there.</summary>
    public static IReadOnlyList<string> Optional { get; } = [ModulesFile, PoolingFile, PromptsFile, LengthFile, TokenizerFile];

    /// <summary>Reads a folder's configuration.</summary>
    /// <exception cref="InvalidDataException">It is not a model that runs here; the message says why and names no path.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static BertConfig Read(string folder)
    {
        var config = JsonFacts.Read(folder, ConfigFile)
            ?? throw new InvalidDataException($"The folder has no {ConfigFile}: it is not a model as the model hubs lay them out.");
        RefuseOthers(config);
        RefuseMoreLayers(folder);

        var width = config.Number("hidden_size", 1, MaxWidth);
        var heads = config.Number("num_attention_heads", 1, width);
        if (width % heads != 0)
        {
            throw new InvalidDataException($"{ConfigFile} has {heads} num_attention_heads, which do not divide the hidden_size {width}.");
        }

        var positions = config.Number("max_position_embeddings", 3, 1_000_000);
        var most = Math.Min(positions, BertConfig.MaxTokens);
        var prompts = JsonFacts.Read(folder, PromptsFile)?.Object("prompts");
        return new()
        {
            Width = width,
            Heads = heads,
            Layers = config.Number("num_hidden_layers", 1, MaxLayers),
            InnerWidth = config.Number("intermediate_size", 1, MaxInnerWidth),
            Vocabulary = config.Number("vocab_size", 1, WordPieceVocabulary.MaxEntries),
            Positions = positions,
            Types = config.Number("type_vocab_size", 1, 1_024, otherwise: 2),
            Epsilon = config.Small("layer_norm_eps", otherwise: 1e-12f),
            Pooling = PoolingOf(JsonFacts.Read(folder, PoolingFile)),
            IsCased = !(JsonFacts.Read(folder, TokenizerFile)?.Flag("do_lower_case", otherwise: true) ?? true),
            MaxLength = Math.Min(most, JsonFacts.Read(folder, LengthFile)?.Number("max_seq_length", 3, 1_000_000, otherwise: most) ?? most),
            QueryPrompt = prompts?.Text("query", MaxPromptLength) ?? "",
            DocumentPrompt = prompts?.Text("document", MaxPromptLength) ?? prompts?.Text("passage", MaxPromptLength) ?? "",
        };
    }

    private static void RefuseOthers(JsonFacts config)
    {
        if (config.Text("model_type", MaxPromptLength) is var type and not "bert")
        {
            throw new InvalidDataException(
                $"{ConfigFile} says model_type '{type ?? "(none)"}'; only 'bert' runs here, such as all-MiniLM-L6-v2, bge-small-en-v1.5 or e5-small-v2.");
        }

        if (config.Text("hidden_act", MaxPromptLength) is var function and not (null or "gelu"))
        {
            throw new InvalidDataException($"{ConfigFile} says hidden_act '{function}'; only 'gelu' runs here.");
        }

        if (config.Text("position_embedding_type", MaxPromptLength) is var position and not (null or "absolute"))
        {
            throw new InvalidDataException($"{ConfigFile} says position_embedding_type '{position}'; only 'absolute' runs here.");
        }

        if (config.Flag("is_decoder", otherwise: false))
        {
            throw new InvalidDataException($"{ConfigFile} says that the model is a decoder; only encoders run here.");
        }
    }

    // A dense layer after the pooling would be left out without a word, and every vector be wrong.
    private static void RefuseMoreLayers(string folder)
    {
        foreach (var module in JsonFacts.ReadList(folder, ModulesFile))
        {
            var name = module.Text("type", MaxPromptLength)?.Split('.')[^1];
            if (name is not (null or "Transformer" or "Pooling" or "Normalize"))
            {
                throw new InvalidDataException($"{ModulesFile} lists a module '{name}'; only Transformer, Pooling and Normalize run here.");
            }
        }
    }

    private static BertPooling PoolingOf(JsonFacts? pooling)
    {
        if (pooling is null)
        {
            return BertPooling.Mean;
        }

        List<string> ways = [.. pooling.Flags("pooling_mode_")];
        return ways switch
        {
            [] or ["pooling_mode_mean_tokens"] => BertPooling.Mean,
            ["pooling_mode_cls_token"] => BertPooling.First,
            _ => throw new InvalidDataException(
                $"{PoolingFile} asks for {string.Join(" and ", ways)}; pooling_mode_mean_tokens or pooling_mode_cls_token, one of them, runs here."),
        };
    }
}
