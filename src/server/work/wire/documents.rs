//! JSON documents one after another, pushed in chunks of any size: a line each (NDJSON), spread over lines, or the
//! elements of one list. Finds where each ends; does not read it.

use super::bounds::MAX_EVENT;
use super::nesting::Nesting;

/// The parser. It holds one unfinished document. A line between documents that is none of them, such as the words of a
/// server that broke off, is passed on like one: whoever reads it sees what it is.
#[derive(Debug, Default)]
pub struct DocumentParser {
    document: Vec<u8>,
    nesting: Nesting,
    /// Whether the text held so far is words rather than a document.
    is_words: bool,
}

impl DocumentParser {
    /// Bytes of the document that is not complete yet.
    pub fn unfinished(&self) -> usize {
        self.document.len()
    }

    /// Takes in a chunk and pushes the documents that it completes to `out`.
    ///
    /// # Errors
    /// A single document is longer than [`MAX_EVENT`].
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<Vec<u8>>) -> Result<(), String> {
        for byte in chunk {
            if self.is_words && *byte == b'\n' {
                self.finish(out);
                continue;
            }
            if !self.is_words && self.nesting.is_closed() && *byte != b'{' {
                match byte {
                    // The marks of a list whose elements are the documents, and a byte order mark.
                    b'[' | b']' | b',' | 0xef | 0xbb | 0xbf => continue,
                    byte if byte.is_ascii_whitespace() => continue,
                    _ => self.is_words = true,
                }
            }
            if self.document.len() == MAX_EVENT {
                return Err(format!("the provider sent a single document of more than {} MiB", MAX_EVENT >> 20));
            }
            self.document.push(*byte);
            if self.is_words {
                continue;
            }
            self.nesting.step(*byte);
            if self.nesting.is_closed() {
                out.push(std::mem::take(&mut self.document));
            }
        }
        Ok(())
    }

    /// Called when the stream is over: words need no end of their line. Half a document is none.
    pub fn finish(&mut self, out: &mut Vec<Vec<u8>>) {
        if std::mem::take(&mut self.is_words) {
            out.push(std::mem::take(&mut self.document));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(stream: &[u8], size: usize) -> Result<Vec<String>, String> {
        let (mut parser, mut documents) = (DocumentParser::default(), Vec::new());
        for chunk in stream.chunks(size) {
            parser.push(chunk, &mut documents)?;
        }
        parser.finish(&mut documents);
        Ok(documents.into_iter().map(|document| String::from_utf8_lossy(&document).into_owned()).collect())
    }

    #[test]
    fn documents_are_found_however_they_stand() {
        for stream in [
            "{\"a\":1}\n{\"b\":\"}\"}\n",
            "{\"a\":1}\r\n\r\n{\"b\":\"}\"}",
            "[{\"a\":1}\n,\n{\"b\":\"}\"}]",
            "\u{feff}{\"a\":1}{\"b\":\"}\"}",
        ] {
            for size in [1, 2, 3, 100] {
                assert_eq!(parse(stream.as_bytes(), size).unwrap(), ["{\"a\":1}", "{\"b\":\"}\"}"], "{stream:?}");
            }
        }
        assert_eq!(parse(b"{\n  \"a\": [1,\n  {\"q\": \"\\\"}\"}]\n}\n", 2).unwrap().len(), 1);
    }

    #[test]
    fn words_between_documents_are_passed_on_as_a_line() {
        for stream in ["{\"a\":1}\nInternal error {5}", "{\"a\":1}\nInternal error {5}\n{\"a\""] {
            for size in [1, 4, 100] {
                assert_eq!(parse(stream.as_bytes(), size).unwrap(), ["{\"a\":1}", "Internal error {5}"], "{stream:?}");
            }
        }
    }

    #[test]
    fn a_document_without_end_is_refused_early() {
        let (mut parser, mut documents) = (DocumentParser::default(), Vec::new());
        let error = loop {
            if let Err(error) = parser.push(&[b'{'; 1 << 16], &mut documents) {
                break error;
            }
        };
        assert_eq!(error, "the provider sent a single document of more than 16 MiB");
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(stream in proptest::collection::vec(any::<u8>(), 0..200), size in 1_usize..9) {
            prop_assert_eq!(parse(&stream, size).ok(), parse(&stream, 1_000).ok());
        }
    }
}
