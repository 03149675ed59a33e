//! Which agents a search finds. Pure.

use crate::domain::agent::AgentRow;

/// Whether every word of the search is in the agent's name, description or model, in any case.
pub fn is_found(row: &AgentRow, search: &str) -> bool {
    let is_in = |text: &str, word: &str| text.to_lowercase().contains(word);
    search
        .to_lowercase()
        .split_whitespace()
        .all(|word| is_in(&row.name, word) || is_in(&row.description, word) || is_in(&row.model, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::samples::row;

    #[test]
    fn every_word_has_to_be_somewhere() {
        let row = AgentRow { description: "Labels new tickets".into(), ..row(1, "Support triage") };
        for found in ["", "  ", "TRIAGE", "tri lab", "support demo/"] {
            assert!(is_found(&row, found), "{found:?}");
        }
        for lost in ["invoice", "triage invoice", "x"] {
            assert!(!is_found(&row, lost), "{lost:?}");
        }
    }
}
