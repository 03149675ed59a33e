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

    /// The same for what the parser found.
    pub(super) fn of(&self, error: &toml::de::Error) -> String {
        let problem = error.message().replace('\n', ", ");
        error.span().map_or_else(|| format!("{}: {problem}", self.path.display()), |span| self.at(span, &problem))
    }

    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.text.get(..span.start).unwrap_or(self.text).matches('\n').count() + 1
    }
}
