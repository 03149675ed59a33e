//! The search that somebody types, and how each database is asked for it. Nothing of what is typed is the database's syntax: words are
//! taken out of it and put together again, so none of it can be an error.

use super::words::words;

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The number of a run that is meant.
    pub number: Option<i64>,
    /// All of them are to be found; none where only the number counts.
    pub terms: Vec<Term>,
}

/// Words that follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// At least one.
    pub words: Vec<String>,
    /// Whether the last one may go on.
    pub is_prefix: bool,
    /// As it was typed.
    pub typed: String,
}

impl Search {
    /// Reads what was typed: words, words in quotation marks, and beginnings of words with an asterisk; `#12` is a number alone,
    /// and `12` both.
    pub fn read(typed: &str) -> Self {
        let number = |text: &str| text.parse::<i64>().ok().filter(|_| text.bytes().all(|c| c.is_ascii_digit()));
        if let Some(number) = typed.strip_prefix('#').and_then(number) {
            return Self { number: Some(number), terms: Vec::new() };
        }
        let (mut terms, mut rest) = (Vec::new(), typed.trim_start());
        while !rest.is_empty() {
            let (term, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => rest.split_at(rest.find([' ', '"']).unwrap_or(rest.len())),
            };
            let (is_prefix, after) = match (term.strip_suffix('*'), after.strip_prefix('*')) {
                (_, Some(after)) => (true, after),
                (begin, None) => (begin.is_some() && !rest.starts_with('"'), after),
            };
            terms.extend(Term::of(term, is_prefix));
            rest = after.trim_start();
        }
        Self { number: number(typed), terms }
    }

    /// Returns it in the syntax of FTS5.
    pub fn for_sqlite(&self) -> String {
        let term = |Term { words, is_prefix, .. }: &Term| {
            format!("\"{}\"{}", words.join(" "), if *is_prefix { " *" } else { "" })
        };
        self.terms.iter().map(term).collect::<Vec<_>>().join(" AND ")
    }

    /// Returns it in the syntax of `tsquery`.
    pub fn for_postgres(&self) -> String {
        let term = |Term { words, is_prefix, .. }: &Term| {
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            format!("({}{})", words.join(" <-> "), if *is_prefix { ":*" } else { "" })
        };
        self.terms.iter().map(term).collect::<Vec<_>>().join(" & ")
    }
}

impl Term {
    /// `None` where there is no word in it.
    fn of(typed: &str, is_prefix: bool) -> Option<Self> {
        let words: Vec<_> = words(typed).map(|word| word.text.into_owned()).collect();
        let typed = typed.trim_end_matches('*').to_owned();
        (!words.is_empty()).then_some(Self { words, is_prefix, typed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sqlite(typed: &str) -> String {
        Search::read(typed).for_sqlite()
    }

    #[test]
    fn words_phrases_and_beginnings_are_told_apart() {
        assert_eq!(sqlite("upstream \"timed  out\" resp*"), "\"upstream\" AND \"timed out\" AND \"resp\" *");
        assert_eq!(sqlite("\"timed o\"* x"), "\"timed o\" * AND \"x\"");
        assert_eq!(sqlite("\"never closed"), "\"never closed\"");
        assert_eq!(sqlite("a\"b c\"d"), "\"a\" AND \"b c\" AND \"d\"");
        assert_eq!(sqlite("invoice-4711.p*"), "\"invoice 4711 p\" *");
        assert_eq!(sqlite("東京"), "\"東 京\"");
        assert_eq!(Search::read("a \"b c\" d*").for_postgres(), "('a') & ('b' <-> 'c') & ('d':*)");
    }

    #[test]
    fn what_databases_take_for_syntax_is_words_or_nothing() {
        assert_eq!(
            sqlite("a AND b OR NOT c NEAR(d)"),
            "\"a\" AND \"and\" AND \"b\" AND \"or\" AND \"not\" AND \"c\" AND \"near d\""
        );
        assert_eq!(
            sqlite("words:x {a b}:c ^d +e -f"),
            "\"words x\" AND \"a\" AND \"b c\" AND \"d\" AND \"e\" AND \"f\""
        );
        assert_eq!(Search::read("it's 'x' & !y | \\z <->").for_postgres(), "('it' <-> 's') & ('x') & ('y') & ('z')");
        assert_eq!(sqlite("\" - * '\""), "");
    }

    #[test]
    fn a_number_is_a_run_s_and_a_word() {
        assert_eq!(Search::read("#12"), Search { number: Some(12), terms: Vec::new() });
        let both = Search::read("12");
        assert_eq!((both.number, both.for_sqlite().as_str()), (Some(12), "\"12\""));
        assert_eq!(Search::read("#12 x").number, None);
        assert_eq!(Search::read("99999999999999999999").number, None);
    }
}
