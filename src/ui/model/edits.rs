//! Words of a change of several agents. Pure.

use crate::domain::agent::Setting;
use crate::domain::agent::edit::{EditResult, EditedAgent};
use crate::error::{AppError, FieldError};

/// Says what came of it as a whole: `3 changed, 1 unchanged, 1 not changed: see why in its row.`
pub fn summary(results: &[EditedAgent]) -> String {
    let count = |result| results.iter().filter(|one| one.result == result).count();
    let (changed, unchanged, failed) =
        (count(EditResult::Changed), count(EditResult::Unchanged), count(EditResult::Failed));
    let mut words = vec![format!("{changed} changed")];
    words.extend((unchanged > 0).then(|| format!("{unchanged} were so already")));
    words.extend(match failed {
        0 => None,
        1 => Some("1 could not be changed: its row says why".to_owned()),
        count => Some(format!("{count} could not be changed: their rows say why")),
    });
    format!("{}.", words.join(", "))
}

/// Says what came of it for one agent.
pub fn result_words(result: &EditedAgent) -> String {
    match (result.result, &result.error) {
        (EditResult::Changed, _) => "Changed".to_owned(),
        (EditResult::Unchanged, _) => "Unchanged".to_owned(),
        (EditResult::Failed, error) => error.as_ref().map(reason).unwrap_or_default(),
    }
}

/// Returns an error in the words of the form: settings by their labels.
fn reason(error: &AppError) -> String {
    let line = |error: &FieldError| match Setting::named(error.field()) {
        Some(setting) => format!("{}: {}", setting.label(), error.detail),
        None => error.detail.clone(),
    };
    match error.errors.is_empty() {
        true => error.to_string(),
        false => error.errors.iter().map(line).collect::<Vec<_>>().join(" "),
    }
}

/// Returns the tags that somebody has typed with commas between.
pub fn typed_tags(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentId;

    #[test]
    fn what_came_of_it_is_said_as_a_whole_and_for_each() {
        let one = |result| EditedAgent {
            id: AgentId(1),
            name: None,
            result,
            version: None,
            error: (result == EditResult::Failed).then(|| AppError::not_found("There is no agent #1.")),
        };
        let [changed, unchanged, failed] = [EditResult::Changed, EditResult::Unchanged, EditResult::Failed].map(one);
        let all = [changed.clone(), changed.clone(), unchanged, failed.clone()];
        assert_eq!(summary(&all), "2 changed, 1 were so already, 1 could not be changed: its row says why.");
        assert_eq!(summary(&all[..1]), "1 changed.");
        let dear = AppError::invalid_field("run_budget_usd", "the price is not known.");
        let dear = EditedAgent { error: Some(dear), ..failed.clone() };
        assert_eq!(result_words(&dear), "Max cost per run: the price is not known.");
        assert_eq!((result_words(&changed), result_words(&failed)), ("Changed".into(), "There is no agent #1.".into()));
    }

    #[test]
    fn tags_have_commas_between() {
        assert_eq!(typed_tags(" eu, new ,,"), ["eu", "new"]);
        assert_eq!(typed_tags(" , "), [""; 0]);
    }
}
