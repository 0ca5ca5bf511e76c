using System.CommandLine;
using System.Globalization;
using Keepsake.Access;
using Keepsake.Serialization;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Spectre.Console;

namespace Keepsake.Server.Cli.Administration;

/// <summary><c>keepsake apikey</c>: keys for agents that come over HTTP.</summary>
internal static class ApiKeyVerbs
{
    public static Command Create(CommandLine cli) =>
        new Command("apikey", "Make, list or revoke keys for agents that come over HTTP. From the first key on, every request needs one.")
        {
            CreateCreate(cli),
            CreateList(cli),
            CreateRevoke(cli),
        }.WithExamples(
            "keepsake apikey create ci --scopes read,write --namespace codebase",
            "keepsake apikey list",
            "keepsake apikey revoke ci");

    private static Command CreateCreate(CommandLine cli)
    {
        var name = Name();
        var scopes = new Option<string>("--scopes") { Description = "What it may do: read, write, admin, joined by ','", HelpName = "S", Required = true };
        var stores = List("--only-store", "NAME", "A store that it reaches; none means all");
        var namespaces = List("--namespace", "NS", "A namespace that it reaches, with those under it; {actorId} stands for its actors; none means all");
        var actors = List("--actor", "A", "An actor whose memories it reaches; none means all");
        var expires = new Option<string?>("--expires") { Description = "When it stops working: a day, a time, or a number of days such as 90d", HelpName = "T" };
        var verb = new Command("create", "Make a key and show it, once.") { name, scopes, stores, namespaces, actors, expires };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var wanted = new NewApiKey
            {
                Name = run.Get(name)!,
                Scopes = run.Get(scopes)!,
                Stores = run.Get(stores),
                Namespaces = run.Get(namespaces),
                Actors = run.Get(actors),
                ExpiresAt = TimeOf(run.Get(expires), run.Time.GetUtcNow()),
            };
            var made = await (await run.StoresAsync(cancellationToken)).Administration().CreateKeyAsync(wanted, cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(made, KeepsakeJson.Default.CreatedApiKey);
            }
            else
            {
                // Alone on standard output, so that a script can take it.
                await run.Terminal.Text.WriteLineAsync(made.Secret);
                run.Outlet.Note("this key is shown once and kept nowhere; send it as 'Authorization: Bearer KEY'");
            }

            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake apikey create ci --scopes read,write --namespace codebase --expires 90d",
            "keepsake apikey create alice --scopes read,write --actor alice --namespace preferences/user/{actorId}",
            "keepsake apikey create auditor --scopes admin");
    }

    private static Command CreateList(CommandLine cli)
    {
        var verb = new Command("list", "List the keys, without their secrets; revoked ones too.");
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var keys = await (await run.StoresAsync(cancellationToken)).Administration().ListKeysAsync(cancellationToken);
            var now = run.Time.GetUtcNow();
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(new Page<ApiKey>(keys, NextCursor: null), CliJson.Default.PageApiKey);
            }
            else if (run.Outlet.IsForPerson)
            {
                var table = new Table().Border(TableBorder.Simple).AddColumns("Key", "Scopes", "Stores", "Namespaces", "Actors", "State");
                foreach (var key in keys)
                {
                    table.AddRow([.. new[] { key.Name, key.Scopes, Text(key.Stores), Text(key.Namespaces), Text(key.Actors), StateOf(key, now) }.Select(Outlet.Safe)]);
                }

                run.Outlet.Console.Write(table);
            }
            else
            {
                foreach (var key in keys)
                {
                    run.Outlet.Line(key.Name, key.Scopes, Text(key.Stores), Text(key.Namespaces), Text(key.Actors), StateOf(key, now));
                }
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake apikey list", "keepsake apikey list --json");
    }

    private static Command CreateRevoke(CommandLine cli)
    {
        var name = Name();
        var verb = new Command("revoke", "Make a key stop working, from the next request on.") { name };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var revoked = await (await run.StoresAsync(cancellationToken)).Administration().RevokeKeyAsync(run.Get(name)!, cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(revoked, KeepsakeJson.Default.ApiKey);
            }
            else if (run.Outlet.IsForPerson)
            {
                run.Outlet.Say($"Revoked key [bold]{Outlet.Safe(revoked.Name)}[/].");
            }
            else
            {
                run.Outlet.Line("revoked", revoked.Name);
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake apikey revoke ci");
    }

    private static Argument<string> Name() => new("NAME") { Description = "The key's name, 1 to 64 letters, digits, '_', '-' or '.'" };

    private static Option<string[]> List(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, AllowMultipleArgumentsPerToken = true };

    private static string Text(IReadOnlyList<string>? list) => list is null ? "all" : string.Join(' ', list);

    private static string StateOf(ApiKey key, DateTimeOffset now) =>
        key.RevokedAt is { } revoked ? $"revoked {Day(revoked)}"
        : key.ExpiresAt is { } end ? $"{(end <= now ? "expired" : "expires")} {Day(end)}"
        : "valid";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset? TimeOf(string? text, DateTimeOffset now) => text switch
    {
        null => null,
        [.. var days, 'd'] when int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 36_500 => now.AddDays(count),
        _ => AuditTime.TryParse(text) ?? throw MemoryException.Invalid("--expires is a day such as 2027-01-31, a time such as 2027-01-31T12:00:00Z, or days such as 90d."),
    };
}
