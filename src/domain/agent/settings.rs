//! The settings that a person gives an agent: a list with the type and the default of each, and a table with its name
//! and its bounds. Rules, form, REST bodies, what pages show, what two versions differ in and the README's table all
//! come from these two; nothing else names every setting. Knows no agent, no signals and no database.

mod changes;
mod json;
mod kind;
mod row;
mod rules;
mod templates;

pub use self::changes::Change;
pub use self::kind::Kind;
pub use self::row::Section;
pub use self::rules::Fault;

use self::kind::access;
use self::row::Row;
use super::MAX_NAME;
use crate::domain::group::MAX_GROUP;
use crate::domain::money::NanoDollars;
use crate::domain::retention::{MAX_DAYS, MAX_RUNS};
use crate::domain::schedule::{DEFAULT_TIME_ZONE, MAX_SCHEDULE, MAX_TIME_ZONE, Overlap};
use crate::domain::tool::{BuiltInTool, ToolPick};
use crate::domain::wire::FromWire;
use serde::{Deserialize, Serialize};

/// The list, in the order of the form. `with_agent_settings!(then)` hands it to the macro `then`. Each setting has a name
/// in code, and one that it has on the wire, as a column and as a control.
#[macro_export]
macro_rules! with_agent_settings {
    ($then:ident) => {
        $then! {
            Name name: String = String::new();
            Description description: String = String::new();
            /// Words that group it with others.
            Tags tags: Vec<String> = Vec::new();
            /// `provider/model`. Empty is the default of the server; an agent that is stored has one.
            Model model: String = String::new();
            System system_instructions: String = String::new();
            Task task_instructions: String = String::new();
            /// Whether names between double braces in the instructions stand for what a run is given.
            Templates templates: bool = true;
            /// Whether its schedule is held back.
            Paused paused: bool = false;
            /// When it runs by itself: cron with 5 fields, or 6 with seconds first, or a nickname such as `@daily`.
            Schedule schedule: Option<String> = None;
            /// IANA name of the zone that the schedule is read in.
            TimeZone time_zone: String = DEFAULT_TIME_ZONE.to_owned();
            Overlap overlap: Overlap = Overlap::Queue;
            /// Whether due times that were missed are made up for, by one run.
            CatchUp catch_up: bool = false;
            /// Seconds after which a run is cut off as failed/timeout.
            TimeLimit timeout_s: i32 = 600;
            /// Runs that may execute at the same time.
            Concurrency max_concurrent_runs: i32 = 5;
            /// The agents that share a limit of concurrent runs with it name the same.
            Group concurrency_group: Option<String> = None;
            /// Model and tool calls after which a run without an answer is given up.
            Steps max_steps: i32 = 25;
            /// Tokens that a model may write in one call, its reasoning included; none leaves it to the provider.
            OutputTokens max_output_tokens: Option<i64> = None;
            /// Days that its runs are kept; none leaves it to the server, 0 is for good.
            KeepDays retention_days: Option<i64> = None;
            /// How many of its newest runs are kept; none leaves it to the server, 0 is all.
            KeepRuns retention_runs: Option<i64> = None;
            /// Days that the inputs and outputs of its runs' steps are kept; none leaves it to the server, 0 is for good.
            KeepPayloads retention_payload_days: Option<i64> = None;
            /// US dollars that one run may cost.
            RunCost run_budget_usd: Option<NanoDollars> = None;
            /// Tokens that one run may use.
            RunTokens run_budget_tokens: Option<i64> = None;
            /// US dollars that the runs of one calendar month (UTC) may cost together.
            MonthCost month_budget_usd: Option<NanoDollars> = None;
            /// Tokens that the runs of one calendar month (UTC) may use together.
            MonthTokens month_budget_tokens: Option<i64> = None;
            /// Tools that its models may call.
            Tools tools: Vec<ToolPick> = vec![ToolPick::BuiltIn(BuiltInTool::CurrentTime)];
        }
    };
}

/// The table: a row for each setting, in the same order.
static TABLE: [Row; Setting::ALL.len()] = [
    Row {
        label: "Name",
        help: "How people recognise the agent.",
        section: Section::General,
        kind: Kind::Line { at: access!(name), what: "a name", min: 1, max: MAX_NAME, optional: false },
    },
    Row {
        label: "Description",
        help: "What it is for, in a sentence.",
        section: Section::General,
        kind: Kind::Line { at: access!(description), what: "a description", min: 0, max: 500, optional: false },
    },
    Row {
        label: "Tags",
        help: "Group agents, such as `support, eu`.",
        section: Section::General,
        kind: Kind::Tags { at: access!(tags) },
    },
    Row {
        label: "Model",
        help: "Provider and model, such as `openai/gpt-5-mini`.",
        section: Section::General,
        kind: Kind::Line { at: access!(model), what: "provider/model", min: 3, max: 200, optional: true },
    },
    Row {
        label: "System instructions",
        help: "Who the agent is and how it works.",
        section: Section::Instructions,
        kind: Kind::Text { at: access!(system_instructions), what: "instructions", rows: "7" },
    },
    Row {
        label: "Task instructions",
        help: "Sent at the start of each run.",
        section: Section::Instructions,
        kind: Kind::Text { at: access!(task_instructions), what: "instructions", rows: "4" },
    },
    Row {
        label: "Templates",
        help: "`{{input}}` and variables such as `{{customer}}` stand for what a run is given. If off, braces stay as they are.",
        section: Section::Instructions,
        kind: Kind::Switch { at: access!(templates) },
    },
    Row {
        label: "Paused",
        help: "Scheduled runs are paused. You can still run it by hand, from a chat or through the API.",
        section: Section::Schedule,
        kind: Kind::Switch { at: access!(paused) },
    },
    Row {
        label: "Cron expression",
        help: "Cron, such as `*/15 8-19 * * 1-5` or `@daily`.",
        section: Section::Schedule,
        kind: Kind::OptionalLine { at: access!(schedule), what: "an expression", max: MAX_SCHEDULE },
    },
    Row {
        label: "Time zone",
        help: "Time zone of the schedule.",
        section: Section::Schedule,
        kind: Kind::Line {
            at: access!(time_zone),
            what: "the name of a time zone, such as Europe/Berlin,",
            min: 1,
            max: MAX_TIME_ZONE,
            optional: false,
        },
    },
    Row {
        label: "If a run is still active",
        help: "At most one run is queued.",
        section: Section::Schedule,
        kind: Kind::Choice { at: access!(overlap), words: &[("queue", "Queue the next"), ("skip", "Skip the next")] },
    },
    Row {
        label: "Catch up on missed times",
        help: "After downtime, run once for all missed times. Otherwise they are recorded as skipped.",
        section: Section::Schedule,
        kind: Kind::Switch { at: access!(catch_up) },
    },
    Row {
        label: "Time limit",
        help: "Up to 86,400 (24 hours).",
        section: Section::Limits,
        kind: Kind::Seconds { at: access!(timeout_s), max: 86_400 },
    },
    Row {
        label: "Max concurrent runs",
        help: "1 to 100. Further runs are queued.",
        section: Section::Limits,
        kind: Kind::Number { at: access!(max_concurrent_runs), max: 100 },
    },
    Row {
        label: "Concurrency group",
        help: "Agents of one group share a limit, such as `gpu`.",
        section: Section::Limits,
        kind: Kind::OptionalLine { at: access!(concurrency_group), what: "a group", max: MAX_GROUP },
    },
    Row {
        label: "Max steps per run",
        help: "1 to 200 model and tool calls.",
        section: Section::Limits,
        kind: Kind::Number { at: access!(max_steps), max: 200 },
    },
    Row {
        label: "Max output tokens",
        help: "For each model call, reasoning included. If empty: the provider's default.",
        section: Section::Limits,
        kind: Kind::Tokens { at: access!(max_output_tokens), max: 1_000_000, none: "Provider's default" },
    },
    Row {
        label: "Keep runs",
        help: "Days, or 0 for good. If empty: as the server is set up.",
        section: Section::Limits,
        kind: Kind::Kept { at: access!(retention_days), unit: "days", max: MAX_DAYS },
    },
    Row {
        label: "Keep newest",
        help: "Older ones are removed; 0 keeps all. If empty: as the server is set up.",
        section: Section::Limits,
        kind: Kind::Kept { at: access!(retention_runs), unit: "runs", max: MAX_RUNS },
    },
    Row {
        label: "Keep inputs and outputs",
        help: "Of the steps of runs: days, or 0 for good. If empty: as the server is set up.",
        section: Section::Limits,
        kind: Kind::Kept { at: access!(retention_payload_days), unit: "days", max: MAX_DAYS },
    },
    Row {
        label: "Max cost per run",
        help: "e.g. 0.50",
        section: Section::Budgets,
        kind: Kind::Dollars { at: access!(run_budget_usd) },
    },
    Row {
        label: "Max tokens per run",
        help: "Input and output combined.",
        section: Section::Budgets,
        kind: Kind::Tokens { at: access!(run_budget_tokens), max: MAX_BUDGET_TOKENS, none: "No limit" },
    },
    Row {
        label: "Max cost per month",
        help: "e.g. 25.00",
        section: Section::Budgets,
        kind: Kind::Dollars { at: access!(month_budget_usd) },
    },
    Row {
        label: "Max tokens per month",
        help: "Input and output combined.",
        section: Section::Budgets,
        kind: Kind::Tokens { at: access!(month_budget_tokens), max: MAX_BUDGET_TOKENS, none: "No limit" },
    },
    Row { label: "Tools", help: "", section: Section::Tools, kind: Kind::Tools { at: access!(tools) } },
];

const MAX_BUDGET_TOKENS: i64 = 1_000_000_000_000;

macro_rules! declare {
    ($($(#[$doc:meta])* $setting:ident $name:ident: $type:ty = $default:expr;)*) => {
        /// The settings that a person gives an agent. Their bounds are in the table.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromWire)]
        pub struct AgentSettings {
            $($(#[$doc])* pub $name: $type,)*
        }

        impl Default for AgentSettings {
            /// Gives every setting its default; a name is still to be set.
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        /// One of the settings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Setting {
            $($(#[$doc])* $setting,)*
        }

        impl Setting {
            /// Every setting, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$setting,)*];

            /// Returns its name on the wire, as a column and as a control.
            pub fn name(self) -> &'static str {
                const NAMES: &[&str] = &[$(stringify!($name),)*];
                NAMES[self as usize]
            }
        }
    };
}

with_agent_settings!(declare);

#[cfg(test)]
mod tests;
