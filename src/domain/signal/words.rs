//! Signals in words: for rows, for the page of a run, and what to do about each.

use super::Signal;

/// A signal, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalWords {
    /// A few words, as the beginning of a sentence.
    pub title: &'static str,
    /// What was seen, as a sentence.
    pub meaning: &'static str,
    /// What to try.
    pub advice: &'static str,
}

impl Signal {
    /// Returns it in two or three words, for rows: `empty answer`.
    pub fn label(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Returns it explained.
    pub fn words(self) -> SignalWords {
        let (title, meaning, advice) = match self {
            Self::Looping => (
                "Looping",
                "It called the same tool with the same arguments at least 3 times in succession.",
                "Say in the instructions when the task is done, and what to do when a tool is of no help.",
            ),
            Self::Slow => (
                "3 × slower than usual",
                "It took at least 3 times as long as the agent's latest successful runs usually do.",
                "Find the step that took longest below. A time limit in the agent's settings ends such runs early.",
            ),
            Self::Expensive => (
                "3 × the usual cost",
                "It cost at least 3 times as much as the agent's latest successful runs usually do.",
                "Look below for the call with the most tokens. A budget for each run in the agent's settings bounds the cost.",
            ),
            Self::EmptyAnswer => (
                "Empty answer",
                "It ended without a word of an answer.",
                "Retry. If it happens again, say in the instructions how to answer, or choose another model.",
            ),
            Self::Cut => (
                "Cut at the output limit",
                "An answer of the model was cut at the number of tokens that it may write.",
                "Raise Max output tokens in the agent's settings, or ask for a shorter answer. Where the setting is empty, \
                 the limit is the model's own.",
            ),
            Self::Refused => (
                "Refused",
                "The model declined to answer, or its provider withheld the answer.",
                "Change the instructions or the input, or choose another model.",
            ),
            Self::ContextFull => (
                "Context nearly full",
                "A call used more than 90 % of what the model can take in at a time.",
                "Have tools return less, split the task, or choose a model with a larger context window.",
            ),
            Self::FailingTool => (
                "Failing tool",
                "More than half of the calls of one tool failed.",
                "Read the tool's errors below. Check its server and its keys, and say in the instructions how it is called.",
            ),
            Self::OtherModel => (
                "Other model than before",
                "The provider served a model that it had not served in the agent's latest successful runs that asked for the same one.",
                "Compare the answers. To stay with one model, choose a name with a date or a version, where there is one.",
            ),
        };
        SignalWords { title, meaning, advice }
    }
}
