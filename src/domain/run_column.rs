//! Columns of the list of runs that can be shown or left out. Knows not where the choice is kept.

use super::wire_enum::wire_enum;

wire_enum! {
    /// A column that is shown or not. Status, start and duration always are.
    RunColumn {
        Agent = "agent",
        /// Input and result.
        Result = "result",
        Trigger = "trigger",
        Model = "model",
        Version = "version",
        Tokens = "tokens",
        Cost = "cost",
    }
}

/// Between the words of several.
const BETWEEN: &str = ".";

/// Returns the columns for those who have chosen none.
pub fn usual() -> Vec<RunColumn> {
    vec![RunColumn::Agent, RunColumn::Result, RunColumn::Trigger, RunColumn::Cost]
}

/// Returns columns as one word, which a cookie can have.
pub fn to_words(columns: &[RunColumn]) -> String {
    columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(BETWEEN)
}

/// Returns the columns that a word names, each once, in the order of the list; others are left out.
pub fn of_words(words: &str) -> Vec<RunColumn> {
    let is_named = |column: &RunColumn| words.split(BETWEEN).any(|word| word == column.as_str());
    RunColumn::ALL.iter().copied().filter(is_named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_written() {
        for columns in [usual(), Vec::new(), RunColumn::ALL.to_vec()] {
            assert_eq!(of_words(&to_words(&columns)), columns);
        }
        assert_eq!(of_words("cost.colour.;model.cost"), [RunColumn::Cost]);
    }
}
