//! The texts of a run that are searched, and their words as each database indexes them. Bounded: of what is longer, the beginning is
//! searched.

use super::words::words;
use crate::domain::run_filter::found::SearchedText;
use crate::domain::step::payload::clamp;
use crate::server::store::payloads::packed::{pack, unpack};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// Most bytes of text.
pub const MAX_BYTES: usize = 256 * 1024;

/// Most words: the places of further ones PostgreSQL does not tell apart.
const MAX_WORDS: usize = 16_000;
/// Most bytes of words: some letters are many when they are compared, and PostgreSQL takes less than 1 MiB.
const MAX_WORD_BYTES: usize = 512 * 1024;

/// Stands between two texts, so that no phrase goes from one to the other. No word is like it.
const BOUND: &str = "\u{b7}";

/// The texts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    texts: Vec<(SearchedText, String)>,
    bytes: usize,
}

/// A document on its way into the database.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub zstd: Vec<u8>,
    /// Its words, with blanks between, or with their places as a `tsvector`.
    pub words: String,
}

impl Document {
    /// Returns how many bytes there is room for.
    pub fn room(&self) -> usize {
        MAX_BYTES - self.bytes
    }

    /// Adds a text, or its beginning. Blank ones are left out, and those that are there already.
    pub fn put(&mut self, kind: SearchedText, text: &str) {
        let text = clamp(text.trim(), self.room()).0;
        if !text.is_empty() && !self.texts.iter().any(|(_, known)| known == text) {
            self.bytes += text.len();
            self.texts.push((kind, text.to_owned()));
        }
    }

    pub fn texts(&self) -> &[(SearchedText, String)] {
        &self.texts
    }

    /// Prepares it. Takes milliseconds: for a thread of its own.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn prepare(&self, is_postgres: bool) -> io::Result<Prepared> {
        let json: Vec<_> = self.texts.iter().map(|(kind, text)| (kind.as_str(), text)).collect();
        let words = if is_postgres { self.vector() } else { self.words() };
        Ok(Prepared { zstd: pack(&serde_json::to_vec(&json)?)?, words })
    }

    /// Reads one that was prepared.
    ///
    /// # Errors
    /// It is damaged.
    pub fn unpacked(zstd: Vec<u8>) -> io::Result<Self> {
        let mut json = Vec::new();
        unpack(zstd.into())?.read_to_end(&mut json)?;
        let texts: Vec<(String, String)> = serde_json::from_slice(&json)?;
        let mut document = Self::default();
        for (kind, text) in &texts {
            document.put(SearchedText::parse(kind).unwrap_or(SearchedText::Tool), text);
        }
        Ok(document)
    }

    /// Calls with each word; with a bound before each text but the first.
    fn each_word(&self, mut take: impl FnMut(&str)) {
        let all = self.texts.iter().enumerate().flat_map(|(at, (_, text))| {
            let bound = (at > 0).then(|| BOUND.into());
            bound.into_iter().chain(words(text).map(|word| word.text))
        });
        let mut bytes = 0;
        let fits = |word: &Cow<'_, str>| {
            bytes += word.len() + 1;
            bytes <= MAX_WORD_BYTES
        };
        all.take(MAX_WORDS).take_while(fits).for_each(|word| take(&word));
    }

    fn words(&self) -> String {
        let mut words = String::with_capacity(self.bytes);
        self.each_word(|word| words.extend([word, " "]));
        words
    }

    fn vector(&self) -> String {
        // Of one word PostgreSQL keeps 255 places.
        let (mut places, mut at): (BTreeMap<String, Vec<usize>>, _) = (BTreeMap::new(), 0);
        self.each_word(|word| {
            at += 1;
            if word != BOUND {
                places.entry(word.to_owned()).or_default().push(at);
            }
        });
        let of_word = |(word, places): (String, Vec<usize>)| {
            let places: Vec<_> = places.iter().map(usize::to_string).collect();
            format!("'{word}':{}", places.join(","))
        };
        places.into_iter().map(of_word).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SearchedText::{Answer, Error, Input};

    #[test]
    fn a_document_is_read_as_it_was_written_and_indexed_by_words() {
        let mut document = Document::default();
        document.put(Input, " Look, it's\nlate! ");
        document.put(Error, "");
        document.put(Answer, "It is late.");
        document.put(Answer, "It is late.");
        let prepared = document.prepare(false).unwrap();
        assert_eq!(prepared.words, "look it s late \u{b7} it is late ");
        assert_eq!(Document::unpacked(prepared.zstd).unwrap(), document);
        assert_eq!(document.prepare(true).unwrap().words, "'is':7 'it':2,6 'late':4,8 'look':1 's':3");
    }

    #[test]
    fn a_document_is_bounded() {
        let mut document = Document::default();
        document.put(Input, &"é ".repeat(200_000));
        document.put(Answer, "more");
        assert!(document.room() < 4 && document.texts().len() == 2, "{}", document.texts().len());
        assert_eq!(document.words().split(' ').count(), MAX_WORDS + 1);
        let mut swelling = Document::default();
        swelling.put(Input, &"\u{fdfa}\u{fdfa}\u{fdfa} ".repeat(16_000));
        assert!(swelling.words().len() <= MAX_WORD_BYTES, "{}", swelling.words().len());
    }
}
