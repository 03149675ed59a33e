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

/// Between the words of a choice: a cookie can have it.
const BETWEEN: &str = ".";

/// Returns the columns for those who have chosen none.
pub fn usual() -> Vec<RunColumn> {
    vec![RunColumn::Agent, RunColumn::Result, RunColumn::Trigger, RunColumn::Cost]
}

/// Returns the words of columns.
pub fn words(columns: &[RunColumn]) -> Vec<&'static str> {
    columns.iter().map(|column| column.as_str()).collect()
}

/// Returns a choice as it is kept.
pub fn to_choice(columns: &[RunColumn]) -> String {
    words(columns).join(BETWEEN)
}

/// Returns the columns of a choice, each once, in the order of the list; words that name none are left out.
pub fn of_choice(choice: &str) -> Vec<RunColumn> {
    let is_named = |column: &RunColumn| choice.split(BETWEEN).any(|word| word == column.as_str());
    RunColumn::ALL.iter().copied().filter(is_named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_written() {
        for columns in [usual(), Vec::new(), RunColumn::ALL.to_vec()] {
            assert_eq!(of_choice(&to_choice(&columns)), columns);
        }
        assert_eq!(of_choice("cost.colour.;model.cost"), [RunColumn::Cost]);
    }
}
