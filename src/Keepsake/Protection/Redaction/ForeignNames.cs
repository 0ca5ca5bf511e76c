namespace Keepsake.Protection.Redaction;

/// <summary>Knows the words for password that hold other characters than a name in code does.</summary>
internal static class ForeignNames
{
    private static readonly string[] Words =
    [
        "mot de passe", "contraseña", "пароль", "密码", "密碼", "口令", "パスワード", "비밀번호", "패스워드", "비번", "암호", "토큰", "令牌", "密钥", "密鑰", "秘钥", "トークン", "暗証番号", "токен", "hasło", "lösenord", "jelszó", "şifre", "mật khẩu", "palavra-passe",
        "סיסמה", "كلمة المرور", "κωδικός",
    ];

    /// <summary>Counts the characters of the word for password that a text ends with; 0: none.</summary>
    public static int LengthAtEnd(ReadOnlySpan<char> text)
    {
        // Most end in a letter that is not ASCII, or that stands after one.
        if (text.Length < 2 || (text[^1] < 128 && text[^2] < 128 && (text[^1] is not ('e' or 'd') || text.Length < 3 || text[^3..] is not ("sse" or "ord" or "fre"))))
        {
            return 0;
        }

        foreach (var word in Words)
        {
            if (text.EndsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                return word.Length;
            }
        }

        return 0;
    }
}
