namespace Keepsake.Recall.Analysis;

/// <summary>M. F. Porter's suffix stripper ("An algorithm for suffix stripping", Program 14(3), 1980), in place.</summary>
/// <remarks>
/// Step numbers are the paper's. Like the author's own later version it departs from the paper in two suffixes of step 2:
/// <c>bli → ble</c> instead of <c>abli → able</c>, and <c>logi → log</c>.
/// </remarks>
internal static class PorterStemmer
{
    /// <summary>Stems a word of the letters a to z.</summary>
    /// <param name="word">The word, lower-case; overwritten with the stem.</param>
    /// <returns>The stem's length.</returns>
    public static int Stem(Span<char> word)
    {
        if (word.Length <= 2)
        {
            return word.Length;
        }

        var stemmed = new Word(word);
        stemmed.RemovePlural();
        stemmed.RemovePastAndGerund();
        stemmed.TurnFinalY();
        stemmed.MapDoubleSuffix();
        stemmed.MapSimpleSuffix();
        stemmed.RemoveSuffix();
        stemmed.RemoveFinalE();
        return stemmed.Length;
    }

    private ref struct Word(Span<char> letters)
    {
        private readonly Span<char> _letters = letters;

        public int Length { get; private set; } = letters.Length;

        // Step 1a.
        public void RemovePlural()
        {
            if (_letters[Length - 1] != 's')
            {
                return;
            }

            if (EndsWith("sses") || EndsWith("ies"))
            {
                Length -= 2;
            }
            else if (!EndsWith("ss"))
            {
                Length--;
            }
        }

        // Step 1b.
        public void RemovePastAndGerund()
        {
            if (EndsWith("eed"))
            {
                if (Measure(Length - 3) > 0)
                {
                    Length--;
                }

                return;
            }

            var cut = EndsWith("ed") ? 2 : EndsWith("ing") ? 3 : 0;
            if (cut == 0 || !HasVowel(Length - cut))
            {
                return;
            }

            Length -= cut;
            if (EndsWith("at") || EndsWith("bl") || EndsWith("iz"))
            {
                _letters[Length++] = 'e';
            }
            else if (EndsInDoubleConsonant() && _letters[Length - 1] is not ('l' or 's' or 'z'))
            {
                Length--;
            }
            else if (Measure(Length) == 1 && EndsInShortSyllable(Length))
            {
                _letters[Length++] = 'e';
            }
        }

        // Step 1c.
        public readonly void TurnFinalY()
        {
            if (_letters[Length - 1] == 'y' && HasVowel(Length - 1))
            {
                _letters[Length - 1] = 'i';
            }
        }

        // Step 2, chosen by the last letter but one.
        public void MapDoubleSuffix()
        {
            if (Length < 3)
            {
                return;
            }

            _ = _letters[Length - 2] switch
            {
                'a' => Replace("ational", "ate") || Replace("tional", "tion"),
                'c' => Replace("enci", "ence") || Replace("anci", "ance"),
                'e' => Replace("izer", "ize"),
                'l' => Replace("bli", "ble") || Replace("alli", "al") || Replace("entli", "ent") || Replace("eli", "e") || Replace("ousli", "ous"),
                'o' => Replace("ization", "ize") || Replace("ation", "ate") || Replace("ator", "ate"),
                's' => Replace("alism", "al") || Replace("iveness", "ive") || Replace("fulness", "ful") || Replace("ousness", "ous"),
                't' => Replace("aliti", "al") || Replace("iviti", "ive") || Replace("biliti", "ble"),
                'g' => Replace("logi", "log"),
                _ => false,
            };
        }

        // Step 3, chosen by the last letter.
        public void MapSimpleSuffix() => _ = _letters[Length - 1] switch
        {
            'e' => Replace("icate", "ic") || Replace("ative", "") || Replace("alize", "al"),
            'i' => Replace("iciti", "ic"),
            'l' => Replace("ical", "ic") || Replace("ful", ""),
            's' => Replace("ness", ""),
            _ => false,
        };

        // Step 4: a suffix goes when the stem before it has a measure above 1.
        public void RemoveSuffix()
        {
            if (Length < 3)
            {
                return;
            }

            var cut = _letters[Length - 2] switch
            {
                'a' => Longest("al"),
                'c' => Longest("ance", "ence"),
                'e' => Longest("er"),
                'i' => Longest("ic"),
                'l' => Longest("able", "ible"),
                'n' => Longest("ement", "ment", "ent", "ant"),
                'o' => EndsWith("ion") && Length > 3 && _letters[Length - 4] is 's' or 't' ? 3 : Longest("ou"),
                's' => Longest("ism"),
                't' => Longest("ate", "iti"),
                'u' => Longest("ous"),
                'v' => Longest("ive"),
                'z' => Longest("ize"),
                _ => 0,
            };
            if (cut > 0 && Measure(Length - cut) > 1)
            {
                Length -= cut;
            }
        }

        // Step 5.
        public void RemoveFinalE()
        {
            if (_letters[Length - 1] == 'e')
            {
                var measure = Measure(Length - 1);
                if (measure > 1 || (measure == 1 && !EndsInShortSyllable(Length - 1)))
                {
                    Length--;
                }
            }

            if (_letters[Length - 1] == 'l' && EndsInDoubleConsonant() && Measure(Length - 1) > 1)
            {
                Length--;
            }
        }

        private readonly bool EndsWith(string suffix) => _letters[..Length].EndsWith(suffix, StringComparison.Ordinal);

        // True once the suffix is there, whether or not its stem allows the change: the paper tries only the longest match.
        private bool Replace(string suffix, string with)
        {
            if (!EndsWith(suffix))
            {
                return false;
            }

            if (Measure(Length - suffix.Length) > 0)
            {
                Length -= suffix.Length;
                with.CopyTo(_letters[Length..]);
                Length += with.Length;
            }

            return true;
        }

        private readonly int Longest(params ReadOnlySpan<string> suffixes)
        {
            foreach (var suffix in suffixes)
            {
                if (EndsWith(suffix))
                {
                    return suffix.Length;
                }
            }

            return 0;
        }

        private readonly bool IsConsonant(int at) => _letters[at] switch
        {
            'a' or 'e' or 'i' or 'o' or 'u' => false,
            'y' => at == 0 || !IsConsonant(at - 1),
            _ => true,
        };

        // The paper's m: how often a run of vowels is followed by a run of consonants.
        private readonly int Measure(int length)
        {
            var measure = 0;
            var vowelBefore = false;
            for (var i = 0; i < length; i++)
            {
                var consonant = _letters[i] == 'y' ? i == 0 || vowelBefore : IsConsonant(i);
                if (consonant && vowelBefore)
                {
                    measure++;
                }

                vowelBefore = !consonant;
            }

            return measure;
        }

        private readonly bool HasVowel(int length)
        {
            for (var i = 0; i < length; i++)
            {
                if (!IsConsonant(i))
                {
                    return true;
                }
            }

            return false;
        }

        private readonly bool EndsInDoubleConsonant() =>
            Length >= 2 && _letters[Length - 1] == _letters[Length - 2] && IsConsonant(Length - 1);

        // The paper's *o: consonant, vowel, consonant other than w, x or y, as in "hop".
        private readonly bool EndsInShortSyllable(int length) =>
            length >= 3 && IsConsonant(length - 3) && !IsConsonant(length - 2) && IsConsonant(length - 1)
            && _letters[length - 1] is not ('w' or 'x' or 'y');
    }
}
