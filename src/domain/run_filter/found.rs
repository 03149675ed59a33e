//! How a run was found by a search: where its words are, and how they stand there.

use crate::domain::wire::FromWire;
use crate::domain::wire_enum::wire_enum;
use serde::Serialize;

wire_enum! {
    /// A kind of text of a run that is searched.
    SearchedText {
        /// The request that it was given, or the task or the message that it answers.
        Input = "input",
        /// Its own error, or that of a step.
        Error = "error",
        /// A text that its model wrote.
        Answer = "answer",
        /// A tool's name, and what it was given and returned.
        Tool = "tool",
    }
}

/// The place at which a run has the words that were looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Match {
    #[serde(rename = "in")]
    pub text: SearchedText,
    /// HTML that is safe to show: text, with `<mark>` around each hit.
    pub excerpt: String,
}
