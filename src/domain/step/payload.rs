//! How much of a step's input or output stands in its record, and how much more of it is kept.

use crate::domain::wire_enum::wire_enum;

/// Longest input and output of which all stands in the step's record, in bytes each; of a longer one the record has the
/// beginning. It is also the longest reasoning, and the longest arguments of one call in the record of a model's step, that
/// are kept.
pub const PREVIEW: usize = 16 * 1024;
/// Longest input and output that is kept of a step, in bytes each; what is longer is cut and marked.
pub const MAX_PAYLOAD: usize = 1024 * 1024;

wire_enum! {
    /// A side of a step.
    Side {
        /// Its arguments or its prompt.
        Input = "input",
        /// Its result, or what a model said.
        Output = "output",
    }
}

/// How much there is of an input or an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it stands in the step's record.
    Whole,
    /// The record has the beginning. The whole, this many bytes, is kept too.
    Kept(i64),
    /// It was this many bytes. The record has the beginning, and the first [`MAX_PAYLOAD`] bytes are kept too.
    Cut(i64),
    /// Only the beginning was kept, and nobody knows how long it was: it is of a time when no more was kept.
    Lost,
}

impl Extent {
    /// Returns the extent of a text of which the record has only the beginning, if `is_cut`, and which had `bytes` in all.
    pub fn of(is_cut: bool, bytes: Option<i64>) -> Self {
        match (is_cut, bytes) {
            (false, _) => Self::Whole,
            (true, Some(bytes)) if usize::try_from(bytes).is_ok_and(|bytes| bytes <= MAX_PAYLOAD) => Self::Kept(bytes),
            (true, Some(bytes)) => Self::Cut(bytes),
            (true, None) => Self::Lost,
        }
    }
}

/// Returns the beginning of a text as it stands in a step's record, at most [`PREVIEW`] bytes, and whether that is not all.
pub fn preview(text: &str) -> (&str, bool) {
    clamp(text, PREVIEW)
}

/// Returns the beginning of a text, at most so many bytes, and whether that is not all. Characters stay whole.
pub fn clamp(text: &str, most: usize) -> (&str, bool) {
    match text.len() <= most {
        true => (text, false),
        false => (&text[..text.floor_char_boundary(most)], true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_preview_is_cut_between_characters_and_says_so() {
        let short = "é".repeat(PREVIEW / 2);
        assert_eq!(preview(&short), (short.as_str(), false));
        let long = format!("x{short}");
        let (kept, cut) = preview(&long);
        assert_eq!((kept.len(), cut), (PREVIEW - 1, true));
    }

    #[test]
    fn an_extent_says_what_there_is() {
        let most = MAX_PAYLOAD as i64;
        assert_eq!(Extent::of(false, Some(3)), Extent::Whole);
        assert_eq!(Extent::of(false, None), Extent::Whole);
        assert_eq!(Extent::of(true, Some(most)), Extent::Kept(most));
        assert_eq!(Extent::of(true, Some(most + 1)), Extent::Cut(most + 1));
        assert_eq!(Extent::of(true, None), Extent::Lost);
    }

    proptest! {
        #[test]
        fn what_is_cut_lacks_less_than_a_character(text in "[aé€🦀]{0,40}", most in 0_usize..80) {
            let (kept, is_cut) = clamp(&text, most);
            prop_assert!(text.starts_with(kept) && kept.len() <= most);
            prop_assert_eq!(is_cut, kept.len() < text.len());
            prop_assert!(!is_cut || kept.len() + 4 > most);
        }
    }
}
