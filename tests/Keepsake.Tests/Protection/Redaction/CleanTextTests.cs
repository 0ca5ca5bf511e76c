using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class CleanTextTests
{
    public static readonly TheoryData<string> Texts =
    [
        "", " ", "\r\n\t ", "The service retries three times, then gives up.", "    if (token == null)\n\t{\n\t\treturn key;\n\t}\r\n",
        "public sealed record ReadOnlyMemoryNamespaceConfiguration(string Name2, int MaxConcurrentRequestsPerSecond64);",
        "src/Components/Server/src/Circuits/CircuitHost.cs", "/usr/lib/x86_64-linux-gnu/libc.so.6", "C:\\new\\token\\User42\\AppData\\Local\\Temp",
        "node_modules/@types/react-dom/v18/index.d.ts:1204:17", "System.Collections.Generic.Dictionary`2[System.String,System.Int32]",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "記憶は八つの言語で書かれています。パスワード：必須", "пароль: обязателен",
        "keepsake-server-7d9f8b6c5d-x2x4z", "ip-10-0-12-34.eu-west-1.compute.internal", "arn:aws:iam::123456789012:role/deploy", "i-0abcd1234ef567890",
        "2024-05-17T08:45:12.1234567Z [INF] request 0HN3Q5K2V8M1D:00000002 took 12.5 ms", "v1.2.3-beta.4+build.567.20240517", "TEST_UTF8_TO_UTF16_CONVERSION_V2_FINAL3",
        "kXMLHTTPRequestManagerConfigurationV2Default", "ISBN 978-3-16-148410-0", "+49 30 901820", "jane.doe+memory@example.org", "JIRA-12345, GH-482, CVE-2026-49291",
        "SELECT id, content FROM records WHERE namespace = 'codebase/patterns' AND created_at > 1715935512345;", "a == b ? c : d", "x := y; z ::= w", "λ => λ.Id",
        "| Token | Meaning |\n|---|---|\n| `key:` | a label |", "- [ ] write tests\n- [x] password reset flow", "🔑 keys and 🎟️ tokens: see docs", "@media (min-width: 1024px) { .token { color: #a1b2c3; } }",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "----------------------------------------", "=================== 12 passed in 1.02s ===================", "0123456789012345678901234567890123456789",
        "ACGTACGTTAGCCATGCATGCATCGATCGATGCATGCATCG", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "\0\u0001\uFFFF\uD800 lone", "100644 blob 3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f3f9a2c1b\tREADME.md",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Clean_text_comes_back_as_the_same_instance(string text)
    {
        var redacted = new Redactor().Redact(text);

        Assert.Same(text, redacted.Text);
        Assert.Empty(redacted.Redactions);
    }

    [Fact]
    public void Clean_text_costs_no_allocation()
    {
        var redactor = new Redactor();
        var text = string.Concat(Enumerable.Repeat("The build uses key: value pairs, a cache and https://example.org/path. ", 20));
        redactor.Redact(text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        redactor.Redact(text);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
