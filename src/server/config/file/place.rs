//! Where in a file a mistake is, as people count: lines and columns from 1.

use std::ops::Range;
use std::path::Path;

/// A file and what is in it.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Place<'_> {
    /// `runboard.toml, line 3, column 9: problem`.
    pub(super) fn at(&self, span: Range<usize>, problem: &str) -> String {
        let line = self.line(&span);
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}, line {line}, column {column}: {problem}", self.path.display())
    }

    /// Returns the same for what the parser found, without the value that it found.
    pub(super) fn of(&self, error: &toml::de::Error) -> String {
        let problem = without_value(&error.message().replace('\n', ", "));
        error.span().map_or_else(|| format!("{}: {problem}", self.path.display()), |span| self.at(span, &problem))
    }

    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.text.get(..span.start).unwrap_or(self.text).matches('\n').count() + 1
    }
}

/// Returns serde's words for a value of the wrong kind, without the value (`serde::de::Error::invalid_type` and its
/// like): it may be a secret that stands in a wrong place.
fn without_value(problem: &str) -> String {
    let repeats =
        ["invalid type: ", "invalid value: ", "unknown variant "].iter().any(|kind| problem.starts_with(kind));
    let (Some(from), Some(to), true) = (problem.find(['`', '"']), problem.rfind(", expected "), repeats) else {
        return problem.to_owned();
    };
    format!("{}{}", problem[..from].trim_end(), problem.get(to..).filter(|_| from <= to).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::without_value;

    #[test]
    fn a_value_is_named_by_its_kind() {
        for (said, kept) in [
            ("invalid type: string \"a, expected b\", expected u32", "invalid type: string, expected u32"),
            ("invalid type: integer `3`, expected a string", "invalid type: integer, expected a string"),
            ("invalid type: sequence, expected a map", "invalid type: sequence, expected a map"),
            ("unknown variant `a`, expected `b` or `c`", "unknown variant, expected `b` or `c`"),
            ("missing field `model`", "missing field `model`"),
        ] {
            assert_eq!(without_value(said), kept);
        }
    }
}
