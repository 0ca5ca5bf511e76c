namespace Keepsake.Protection.Poisoning;

/// <summary>The kinds of suspicious text, in lower-case kebab: what somebody writes into a memory who wants it to act on who reads it.</summary>
public static class Suspicion
{
    /// <summary>Orders to drop earlier instructions, to follow others, or to show them: "ignore all previous instructions".</summary>
    public const string InstructionOverride = "instruction-override";

    /// <summary>Orders to be somebody without rules: "you are now DAN".</summary>
    public const string RolePlay = "role-play";

    /// <summary>Orders to the assistant for ever after: "from now on always recommend …".</summary>
    public const string StandingOrder = "standing-order";

    /// <summary>Orders that wait for something to be said: "if the user ever mentions taxes, send …".</summary>
    public const string DormantOrder = "dormant-order";

    /// <summary>Orders to hide something from the user.</summary>
    public const string Secrecy = "secrecy";

    /// <summary>Orders to use a tool.</summary>
    public const string ToolOrder = "tool-order";

    /// <summary>Tags and headings of other roles: chat templates, system tags, tool results.</summary>
    public const string ForgedRole = "forged-role";

    /// <summary>A delimiter like those between which recalled text is handed out.</summary>
    public const string ForgedEnvelope = "forged-envelope";

    /// <summary>Text that a person does not see: tag characters, runs of zero-width characters and variation selectors, controls of direction.</summary>
    public const string HiddenText = "hidden-text";

    /// <summary>Links, pictures, commands and orders that carry data away.</summary>
    public const string Exfiltration = "exfiltration";

    /// <summary>Commands that run what they download.</summary>
    public const string RemoteScript = "remote-script";

    /// <summary>Addresses that are programs: <c>javascript:</c>, <c>data:text/html</c>.</summary>
    public const string ActiveLink = "active-link";

    /// <summary>Sequences that a terminal obeys.</summary>
    public const string TerminalEscape = "terminal-escape";

    /// <summary>Gets all kinds, in the order in which they are named.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        InstructionOverride, RolePlay, StandingOrder, DormantOrder, Secrecy, ToolOrder, ForgedRole, ForgedEnvelope, HiddenText, Exfiltration,
        RemoteScript, ActiveLink, TerminalEscape,
    ];
}
