using System.ComponentModel;
using Keepsake.Access;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>Preferences: keyed records of kind preference, by actor and key.</summary>
internal static class PreferenceEndpoints
{
    private const string One = "/{key}";
    private const string KeyText = "The preference's name.";

    public static void MapPreferences(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/preferences/{actorId}").WithTags("Preferences");
        group.MapGet("", ListAsync).WithName("listPreferences").Needs(MemoryOperation.GetPreferences).WithSummary("List an actor's preferences")
            .WithDescription("By key. An actor who is not there has none.").Fails(404);
        group.MapGet(One, GetAsync).WithName("getPreference").Needs(MemoryOperation.GetPreference).WithSummary("Read a preference")
            .WithDescription("As the record that holds it; its content is the value.").Fails(404);
        group.MapPut(One, PutAsync).WithName("putPreference").Needs(MemoryOperation.Remember, MemoryOperation.Get).WithSummary("Set a preference")
            .WithDescription("Takes the place of the value before. Answers with the record that holds it.").Fails(404, 409, 413, 415, 507);
        group.MapDelete(One, ForgetAsync).WithName("forgetPreference").Needs(MemoryOperation.ForgetPreference).WithSummary("Delete a preference")
            .WithDescription("Kept for Store:DeletedRetention (30 days unless set) unless hard is true.").Fails(404);
    }

    private static async Task<Ok<PreferencesAnswer>> ListAsync(
        [Description(Describe.ActorId)] string actorId,
        NamedStore store,
        [Description(Describe.PreferencesNamespace)] string? @namespace,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.GetPreferencesAsync(actorId, @namespace, cancellationToken));

    private static async Task<Ok<MemoryRecord>> GetAsync(
        [Description(Describe.ActorId)] string actorId,
        [Description(KeyText)] string key,
        NamedStore store,
        HttpResponse response,
        [Description(Describe.PreferencesNamespace)] string? @namespace,
        CancellationToken cancellationToken)
    {
        var record = await store.Memory.GetPreferenceAsync(actorId, key, @namespace, cancellationToken);
        RecordVersion.Tell(response, record);
        return TypedResults.Ok(record);
    }

    private static async Task<Results<Ok<MemoryRecord>, Created<MemoryRecord>>> PutAsync(
        [Description(Describe.ActorId)] string actorId,
        [Description(KeyText)] string key,
        JsonBody<PreferenceValue> body,
        NamedStore store,
        HttpResponse response,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken)
    {
        var request = new RememberRequest
        {
            Namespace = body.Value.Namespace ?? MemoryNamespace.PreferencesOf(actorId).Value,
            Facts = [new() { Content = body.Value.Value, Key = key, Kind = MemoryKind.Preference, ActorId = actorId }],
        };
        var answer = await store.Memory.RememberAsync(request, token, cancellationToken);
        var outcome = answer.Outcomes[0];
        if (outcome.Error is { } error)
        {
            throw new MemoryException(MemoryErrorCodes.FromWireName(error.Code) ?? MemoryErrorCode.InvalidRequest, error.Message);
        }

        var record = await store.Memory.GetAsync(outcome.Id!, cancellationToken);
        RecordVersion.Tell(response, record);
        return outcome.Outcome == WriteResult.Created ? TypedResults.Created((string?)null, record) : TypedResults.Ok(record);
    }

    private static async Task<Ok<DeleteAnswer>> ForgetAsync(
        [Description(Describe.ActorId)] string actorId,
        [Description(KeyText)] string key,
        NamedStore store,
        [Description(Describe.PreferencesNamespace)] string? @namespace,
        [Description(Describe.Reason)] string? reason,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        [Description(Describe.Hard)] bool hard = false,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await store.Memory.ForgetPreferenceAsync(actorId, key, @namespace, hard, reason, token, cancellationToken));
}
