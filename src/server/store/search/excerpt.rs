//! The place of a run's texts at which a search has found it, as a line of HTML.

use super::document::Document;
use super::query::{Search, Term};
use super::words::{Word, words};
use crate::domain::run_filter::found::{Match, SearchedText};
use std::ops::Range;

/// Bytes before the first hit, and in all.
const BEFORE: usize = 60;
const LENGTH: usize = 240;

/// Returns how a document was found: by the text that has most of the search, from its first hit on; `None` where no text has any.
pub fn excerpt(document: &Document, search: &Search) -> Option<Match> {
    let mut best: Option<(usize, SearchedText, &str, Vec<Range<usize>>)> = None;
    for (kind, text) in document.texts() {
        let (found, hits) = hits(text, &search.terms);
        if found > best.as_ref().map_or(0, |(found, ..)| *found) {
            best = Some((found, *kind, text, hits));
        }
        if found == search.terms.len() {
            break;
        }
    }
    let (_, kind, text, hits) = best?;
    Some(Match { text: kind, excerpt: marked(text, &hits) })
}

/// Returns how many of the terms a text has, and where they are, in their order.
fn hits(text: &str, terms: &[Term]) -> (usize, Vec<Range<usize>>) {
    let words: Vec<Word<'_>> = words(text).collect();
    let (mut found, mut hits) = (0, Vec::new());
    for term in terms {
        let before = hits.len();
        let places = words.windows(term.words.len()).filter(|some| is_hit(some, term));
        hits.extend(places.map(|some| some[0].at.start..some[some.len() - 1].at.end));
        found += usize::from(hits.len() > before);
    }
    hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
    (found, hits)
}

fn is_hit(words: &[Word<'_>], term: &Term) -> bool {
    let last = term.words.len() - 1;
    words.iter().zip(&term.words).enumerate().all(|(at, (word, wanted))| match at == last && term.is_prefix {
        true => word.text.starts_with(wanted.as_str()),
        false => word.text == wanted.as_str(),
    })
}

/// Returns the text around the first hit on one line, with the hits marked.
fn marked(text: &str, hits: &[Range<usize>]) -> String {
    let first = hits.first().map_or(0, |hit| hit.start);
    let begin = match first.checked_sub(BEFORE) {
        None | Some(0) => 0,
        // At a blank, so that no word is cut.
        Some(from) => {
            let from = text.ceil_char_boundary(from);
            text[from..first].find(char::is_whitespace).map_or(from, |blank| from + blank)
        }
    };
    let end = text.floor_char_boundary((begin + LENGTH).min(text.len()));
    let mut html = String::new();
    if begin > 0 {
        html.push('…');
    }
    let mut at = begin;
    for hit in hits {
        let (start, stop) = (hit.start.max(at), hit.end.min(end));
        if start >= stop {
            continue;
        }
        escape(&text[at..start], &mut html);
        html.push_str("<mark>");
        escape(&text[start..stop], &mut html);
        html.push_str("</mark>");
        at = stop;
    }
    escape(&text[at..end], &mut html);
    if end < text.len() {
        html.push('…');
    }
    html
}

/// Appends a text as HTML, each run of blanks as one.
fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c if c.is_whitespace() || c.is_control() => {
                if !html.ends_with(' ') {
                    html.push(' ');
                }
            }
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[(SearchedText, &str)], typed: &str) -> Option<(SearchedText, String)> {
        let mut document = Document::default();
        texts.iter().for_each(|(kind, text)| document.put(*kind, text));
        excerpt(&document, &Search::read(typed)).map(|Match { text, excerpt }| (text, excerpt))
    }

    #[test]
    fn the_text_with_most_of_the_search_is_shown() {
        use SearchedText::{Answer, Error};
        let texts = [(Answer, "It timed out."), (Error, "Upstream timed\nout after 25 s")];
        let expected = "<mark>Upstream</mark> <mark>timed out</mark> after 25 s";
        assert_eq!(found(&texts, "\"timed out\" upstr*"), Some((Error, expected.to_owned())));
        assert_eq!(found(&texts, "25"), Some((Error, "Upstream timed out after <mark>25</mark> s".to_owned())));
        assert_eq!(found(&texts, "nothing"), None);
    }

    #[test]
    fn an_excerpt_is_text_whatever_a_run_has_written() {
        let texts = [(SearchedText::Tool, "<script>alert('x & y')</script> \"</mark>\"")];
        let (_, html) = found(&texts, "script alert").unwrap();
        assert!(html.starts_with("&lt;<mark>script</mark>&gt;<mark>alert</mark>(&#39;x &amp; y&#39;)&lt;/"), "{html}");
        assert!(html.ends_with("&quot;&lt;/mark&gt;&quot;"), "{html}");
    }

    #[test]
    fn an_excerpt_of_a_long_text_is_short() {
        let text = format!("{}needle {}", "é straw ".repeat(1_000), "straw é ".repeat(1_000));
        let (_, html) = found(&[(SearchedText::Input, &text)], "needle").unwrap();
        assert!(html.starts_with('…') && html.ends_with('…') && html.contains("<mark>needle</mark>"), "{html}");
        assert!(html.len() < LENGTH + 40, "{html}");
        assert!(found(&[(SearchedText::Input, &"東京".repeat(5_000))], "京東").is_some());
    }
}
