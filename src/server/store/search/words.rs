//! The words of a text, as they are searched: the same for what is stored and for what is typed, and for both databases. In lower
//! case and without accents; whatever is neither letter, digit nor symbol stands between words. Scripts that write no blanks, such
//! as Chinese, have each character as a word, so that any part of a text is found as words that follow one another.

use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest word, in characters; of a longer one the beginning counts.
const LONGEST: usize = 200;

/// Accents, which letters are compared without.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// Say how a picture is drawn, and not which.
const STYLES: std::ops::RangeInclusive<char> = '\u{fe00}'..='\u{fe0f}';

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// As it is compared. Without ASCII but letters and digits.
    pub text: Cow<'a, str>,
    /// Its place in the text, in bytes.
    pub at: Range<usize>,
}

/// Returns the words of a text, in their order.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = next(text, from)?;
            from = at.end;
            let folded = folded(&text[at.clone()]);
            if !folded.is_empty() {
                return Some(Word { text: folded, at });
            }
        }
    })
}

/// The part that a character has in words.
#[derive(PartialEq, Eq)]
enum Part {
    Letter,
    /// Goes with the character before it.
    Mark,
    /// A word by itself.
    Alone,
    Between,
}

fn part(c: char) -> Part {
    match c {
        c if c.is_ascii_alphanumeric() => Part::Letter,
        c if c.is_ascii() => Part::Between,
        // Arrows, signs and pictures; then scripts without blanks: Thai and Lao, Burmese, Khmer, Japanese, Chinese.
        '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' => Part::Alone,
        c if is_combining_mark(c) => Part::Mark,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Part::Alone,
        c if c.is_alphanumeric() => Part::Letter,
        _ => Part::Between,
    }
}

/// Returns the place of the first word from a place on.
fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let mut chars = text[from..].char_indices();
    let (start, first) = chars.find(|(_, c)| matches!(part(*c), Part::Letter | Part::Alone))?;
    let goes_on = |c: char| match part(c) {
        Part::Letter => part(first) == Part::Letter,
        Part::Mark => true,
        Part::Alone | Part::Between => false,
    };
    let end = chars.find(|(_, c)| !goes_on(*c)).map_or(text.len(), |(end, _)| from + end);
    Some(from + start..end)
}

fn folded(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        let word = &word[..word.len().min(LONGEST)];
        return match word.bytes().any(|c| c.is_ascii_uppercase()) {
            true => word.to_ascii_lowercase().into(),
            false => word.into(),
        };
    }
    // Composed again, since Korean syllables and voiced kana are letters of their own.
    let folded = word.nfkd().filter(|c| !ACCENTS.contains(c)).nfc().flat_map(char::to_lowercase);
    let folded = folded.filter(|c| !STYLES.contains(c) && part(*c) != Part::Between);
    folded.take(LONGEST).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<String> {
        words(text).map(|word| word.text.into_owned()).collect()
    }

    #[test]
    fn words_are_compared_in_lower_case_and_without_accents() {
        assert_eq!(
            of("Crème BRÛLÉE, 2× (ÅNGSTRÖM) Ｆｕｌｌ ﬁne"),
            ["creme", "brulee", "2", "angstrom", "full", "fine"]
        );
        assert_eq!(
            of("invoice-4711.pdf /var/log/app_2.log"),
            ["invoice", "4711", "pdf", "var", "log", "app", "2", "log"]
        );
        assert_eq!(of("naïve NAI\u{308}VE"), ["naive", "naive"]);
    }

    #[test]
    fn scripts_without_blanks_and_pictures_are_words_by_the_character() {
        assert_eq!(of("東京タワー is 🎉🎉"), ["東", "京", "タ", "ワ", "ー", "is", "🎉", "🎉"]);
        assert_eq!(of("한국어 텍스트"), ["한국어", "텍스트"]);
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "an «Émile»!";
        let places: Vec<_> = words(text).map(|word| &text[word.at]).collect();
        assert_eq!(places, ["an", "Émile"]);
        assert_eq!(of(&"x".repeat(1_000))[0].len(), LONGEST);
    }

    proptest! {
        #[test]
        fn words_have_nothing_that_a_query_could_mean_otherwise(text in "\\PC{0,80}") {
            for word in words(&text) {
                prop_assert!(word.text.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric()), "{}", word.text);
            }
        }
    }
}
