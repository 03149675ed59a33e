//! What a person sets on an agent.

use super::Agent;
use crate::domain::budget::Budgets;
use crate::domain::money::NanoDollars;
use crate::domain::schedule::{DEFAULT_TIME_ZONE, Overlap};
use crate::domain::text;
use crate::domain::tool::{BuiltInTool, ToolPick};
use serde::{Deserialize, Serialize};

/// The fields a person sets. Used to create an agent, where all but `name` have defaults, and to replace one.
/// What they may be is in [`rules`](super::rules).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentInput {
    /// 1 to 100 characters, not only blanks.
    pub name: String,
    /// At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// At most 256 KiB.
    #[serde(default)]
    pub system_instructions: String,
    /// At most 256 KiB.
    #[serde(default)]
    pub task_instructions: String,
    /// `provider/model`; left out, the first configured provider's default.
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub paused: bool,
    /// 1 to 100; default 5.
    #[serde(default = "AgentInput::default_max_concurrent_runs")]
    pub max_concurrent_runs: i32,
    /// 1 to 86 400 seconds; default 600.
    #[serde(default = "AgentInput::default_timeout_s")]
    pub timeout_s: i32,
    /// Cron with 5 fields, or 6 with seconds first, or one of @hourly @daily @weekly @monthly @yearly. At most 200
    /// characters; left out or empty, it runs only when asked to.
    #[serde(default)]
    pub schedule: Option<String>,
    /// IANA name, at most 64 characters; default UTC.
    #[serde(default = "AgentInput::default_time_zone")]
    pub time_zone: String,
    /// Default `queue`.
    #[serde(default)]
    pub overlap: Overlap,
    #[serde(default)]
    pub catch_up: bool,
    /// 1 to 200 model and tool calls; default 25.
    #[serde(default = "AgentInput::default_max_steps")]
    pub max_steps: i32,
    /// At most 100; default `current_time`.
    #[serde(default = "AgentInput::default_tools")]
    pub tools: Vec<ToolPick>,
    /// What one run may cost at most, in US dollars.
    #[serde(default)]
    pub run_budget_usd: Option<NanoDollars>,
    /// How many tokens one run may use at most.
    #[serde(default)]
    pub run_budget_tokens: Option<i64>,
    /// What the runs begun in one calendar month (UTC) may cost together, in US dollars.
    #[serde(default)]
    pub month_budget_usd: Option<NanoDollars>,
    /// How many tokens the runs begun in one calendar month (UTC) may use together.
    #[serde(default)]
    pub month_budget_tokens: Option<i64>,
    /// The agent's `version` that this was made from: refused with 409 if somebody has changed the agent since. Left
    /// out, it replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl AgentInput {
    /// An agent with this name and every default.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            system_instructions: String::new(),
            task_instructions: String::new(),
            model: None,
            paused: false,
            max_concurrent_runs: Self::default_max_concurrent_runs(),
            timeout_s: Self::default_timeout_s(),
            schedule: None,
            time_zone: Self::default_time_zone(),
            overlap: Overlap::default(),
            catch_up: false,
            max_steps: Self::default_max_steps(),
            tools: Self::default_tools(),
            run_budget_usd: None,
            run_budget_tokens: None,
            month_budget_usd: None,
            month_budget_tokens: None,
            version: None,
        }
    }

    /// The limits on what its runs may use.
    pub fn budgets(&self) -> Budgets {
        Budgets {
            run_cost: self.run_budget_usd,
            run_tokens: self.run_budget_tokens,
            month_cost: self.month_budget_usd,
            month_tokens: self.month_budget_tokens,
        }
    }

    /// The same with its texts as they are kept: what is one line in a form is one line, and lines end alike.
    #[must_use]
    pub fn tidied(self) -> Self {
        Self {
            name: text::one_line(&self.name),
            description: text::one_line(&self.description),
            system_instructions: text::lines(&self.system_instructions),
            task_instructions: text::lines(&self.task_instructions),
            model: self.model.as_deref().map(text::one_line),
            schedule: self.schedule.as_deref().map(text::one_line),
            time_zone: text::one_line(&self.time_zone),
            ..self
        }
    }

    /// The schedule as it is kept: without blanks around it, and none where nothing is left.
    pub fn kept_schedule(&self) -> Option<&str> {
        self.schedule.as_deref().map(str::trim).filter(|schedule| !schedule.is_empty())
    }

    fn default_max_concurrent_runs() -> i32 {
        5
    }

    fn default_timeout_s() -> i32 {
        600
    }

    fn default_tools() -> Vec<ToolPick> {
        vec![ToolPick::BuiltIn(BuiltInTool::CurrentTime)]
    }

    fn default_max_steps() -> i32 {
        25
    }

    fn default_time_zone() -> String {
        DEFAULT_TIME_ZONE.to_owned()
    }
}

impl From<Agent> for AgentInput {
    /// What a person would type to get this agent.
    fn from(agent: Agent) -> Self {
        Self {
            name: agent.name,
            description: agent.description,
            system_instructions: agent.system_instructions,
            task_instructions: agent.task_instructions,
            model: Some(agent.model),
            paused: agent.paused,
            max_concurrent_runs: agent.max_concurrent_runs,
            timeout_s: agent.timeout_s,
            schedule: agent.schedule,
            time_zone: agent.time_zone,
            overlap: agent.overlap,
            catch_up: agent.catch_up,
            max_steps: agent.max_steps,
            tools: agent.tools,
            run_budget_usd: agent.budgets.run_cost,
            run_budget_tokens: agent.budgets.run_tokens,
            month_budget_usd: agent.budgets.month_cost,
            month_budget_tokens: agent.budgets.month_tokens,
            version: Some(agent.version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_is_required() {
        let input: AgentInput = serde_json::from_str(r#"{"name":"Triage"}"#).unwrap();
        assert_eq!(input, AgentInput::named("Triage"));
        assert!(input.faults().is_empty());
    }

    #[test]
    fn a_name_is_one_line() {
        let typed = AgentInput {
            description: "Reads\nand\twrites".into(),
            system_instructions: "One\r\ntwo\r".into(),
            schedule: Some("@daily\n".into()),
            ..AgentInput::named(" Nightly\r\nreport\t")
        };
        let kept = typed.tidied();
        assert_eq!((kept.name.as_str(), kept.description.as_str()), ("Nightly report", "Reads and writes"));
        assert_eq!((kept.system_instructions.as_str(), kept.schedule.as_deref()), ("One\ntwo\n", Some("@daily")));
        assert_eq!(kept.clone().tidied(), kept);
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let error = serde_json::from_str::<AgentInput>(r#"{"name":"Triage","modle":"x"}"#).unwrap_err();
        assert!(error.to_string().contains("unknown field `modle`"), "{error}");
    }
}
