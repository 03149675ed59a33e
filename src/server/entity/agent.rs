//! Table `agents`. The columns of an agent's settings have their names, so that rows and settings are made of each other by
//! the list of them.

use super::values::Json;
use crate::domain::agent::AgentSettings;
use crate::domain::budget::Budgets;
use crate::domain::id::{AgentId, OwnerId, RunId};
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::task::Instructions;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolPick;
use sea_orm::Set;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AgentId,
    pub owner_id: OwnerId,
    pub name: String,
    pub description: String,
    pub tags: Json<Vec<String>>,
    pub system_instructions: String,
    pub task_instructions: String,
    /// Whether names between double braces in the instructions stand for what a run is given.
    pub templates: bool,
    pub model: String,
    pub paused: bool,
    pub max_concurrent_runs: i32,
    pub concurrency_group: Option<String>,
    pub timeout_s: i32,
    pub schedule: Option<String>,
    pub time_zone: String,
    pub overlap: Overlap,
    pub catch_up: bool,
    /// When the schedule comes due next; null without one and while paused.
    pub next_due_at: Option<Timestamp>,
    pub live_seq: i64,
    pub max_steps: i32,
    pub max_output_tokens: Option<i64>,
    pub tools: Json<Vec<ToolPick>>,
    pub retention_days: Option<i64>,
    pub retention_runs: Option<i64>,
    pub retention_payload_days: Option<i64>,
    #[sea_orm(column_name = "run_budget_cost")]
    pub run_budget_usd: Option<NanoDollars>,
    pub run_budget_tokens: Option<i64>,
    #[sea_orm(column_name = "month_budget_cost")]
    pub month_budget_usd: Option<NanoDollars>,
    pub month_budget_tokens: Option<i64>,
    /// The number of its present version, which grows whenever somebody changes the settings.
    pub version: i64,
    pub deleting_at: Option<Timestamp>,
    /// The text in which words are looked for; see [`search_key`].
    pub search_key: String,
    /// The run that ended last; skipped ones have not begun, so they are none.
    pub last_ended: Option<RunId>,
    /// Whether that one failed.
    pub last_failed: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Returns its instructions as a run of now gets them.
    pub fn instructions(&self) -> Instructions<'_> {
        Instructions { system: &self.system_instructions, task: &self.task_instructions, templates: self.templates }
    }

    /// Returns its budgets of a month, which are never those of an earlier version.
    pub fn month_budgets(&self) -> Budgets {
        Budgets::of_month(self.month_budget_usd, self.month_budget_tokens)
    }
}

/// Returns the text in which words are looked for and by which names are ordered: name, description, model and tags in lower
/// case, each on a line of its own.
fn search_key(name: &str, description: &str, model: &str, tags: &[String]) -> String {
    [name, description, model, &tags.join(" ")].map(|text| text.replace('\n', " ").to_lowercase()).join("\n")
}

macro_rules! columns {
    ($($(#[$doc:meta])* $setting:ident $name:ident: $type:ty = $default:expr;)*) => {
        impl From<Model> for AgentSettings {
            fn from(row: Model) -> Self {
                Self { $($name: row.$name.into(),)* }
            }
        }

        impl From<AgentSettings> for ActiveModel {
            /// Returns the columns that a person sets, and what is made of them; no others.
            fn from(settings: AgentSettings) -> Self {
                let search_key = Set(search_key(&settings.name, &settings.description, &settings.model, &settings.tags));
                Self { $($name: Set(settings.$name.into()),)* search_key, ..Default::default() }
            }
        }
    };
}

crate::with_agent_settings!(columns);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_in_one_text_in_lower_case() {
        let tags = ["Billing".to_owned(), "EU".to_owned()];
        let key = search_key("Über A", "Reads\nmail", "demo/Quick", &tags);
        assert_eq!(key, "über a\nreads mail\ndemo/quick\nbilling eu");
    }
}
