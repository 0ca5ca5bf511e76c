using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Keepsake.Bench.Peers;

/// <summary>Peers that come as npm packages: installed under <c>artifacts/</c> on demand, run by the scripts in <c>bench/peers</c>.</summary>
internal sealed class NodePeers
{
    private readonly string _folder;

    private NodePeers(string folder) => _folder = folder;

    /// <summary>The loadable extension sqlite-vec.</summary>
    public string SqliteVec => Path.Combine(_folder, "node_modules", "sqlite-vec-linux-x64", "vec0.so");

    /// <summary>Installs the packages, once for each change of the list.</summary>
    public static NodePeers Install()
    {
        var root = Repository();
        var folder = Path.Combine(root, "artifacts", "peers");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Path.Combine(root, "bench", "peers")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        var wanted = File.ReadAllText(Path.Combine(folder, "package.json"));
        var installed = Path.Combine(folder, "node_modules", "installed.json");
        if (!File.Exists(installed) || File.ReadAllText(installed) != wanted)
        {
            Run(folder, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error");
            File.WriteAllText(installed, wanted);
        }

        return new(folder);
    }

    public IReadOnlyList<PeerResult> Usearch(string data, double targetRecall) =>
        Results(Run(_folder, "node", "usearch.mjs", data, targetRecall.ToString(CultureInfo.InvariantCulture)));

    public IReadOnlyList<PeerResult> Chroma(string data)
    {
        var port = FreePort();
        using var server = Start(
            _folder, "node", "node_modules/chromadb/dist/cli.mjs", "run",
            "--path", Path.Combine(data, "chroma"), "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture));
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        try
        {
            var results = Results(Run(_folder, "node", "chroma.mjs", data, port.ToString(CultureInfo.InvariantCulture)));
            server.Refresh();
            return [.. results.Select(r => r with { Bytes = server.WorkingSet64 })];
        }
        finally
        {
            // It takes its time to end when asked, and holds nothing that is kept.
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }

    private static List<PeerResult> Results(string json) => JsonSerializer.Deserialize<List<PeerResult>>(json, PeerResult.Json)!;

    private static string Run(string folder, string program, params string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments[0]} failed: {error.GetAwaiter().GetResult()}");
    }

    private static Process Start(string folder, string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"The peers need {program}: install Node.js 20 or newer with npm.");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Keepsake.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The peers run from the repository.");
    }
}
