//! What an agent's values may be. Both halves ask these rules: the form for the fields that need attention, the doors
//! by way of garde.
//!
//! They are written out, not derived: what garde derives brings tables for printing numbers that every visitor would
//! have to load.

use super::agent::{AgentInput, MAX_INSTRUCTIONS};
use super::money::NanoDollars;
use super::schedule::{MAX_PREVIEW, MAX_SCHEDULE, MAX_TIME_ZONE, PreviewRequest};
use super::tool::MAX_PICKS;

/// A field, and the range that its value is out of.
pub type Fault = (&'static str, &'static str);

impl AgentInput {
    /// Every value that is out of its range.
    pub fn faults(&self) -> Vec<Fault> {
        let model = self.model.as_deref();
        let texts = [
            ("name", Some(self.name.as_str())),
            ("description", Some(self.description.as_str())),
            ("system_instructions", Some(self.system_instructions.as_str())),
            ("task_instructions", Some(self.task_instructions.as_str())),
            ("model", model),
            ("schedule", self.schedule.as_deref()),
            ("time_zone", Some(self.time_zone.as_str())),
        ];
        let rules = [
            ("name", (1..=100).contains(&length(&self.name)), "must be 1 to 100 characters long"),
            ("name", !self.name.trim().is_empty(), "must not be blank"),
            ("description", length(&self.description) <= 500, "must be at most 500 characters long"),
            ("system_instructions", self.system_instructions.len() <= MAX_INSTRUCTIONS, "must be at most 256 KiB long"),
            ("task_instructions", self.task_instructions.len() <= MAX_INSTRUCTIONS, "must be at most 256 KiB long"),
            ("model", model.is_none_or(|model| (3..=200).contains(&length(model))), "must be 3 to 200 characters long"),
            ("max_concurrent_runs", (1..=100).contains(&self.max_concurrent_runs), "must be 1 to 100"),
            ("timeout_s", (1..=86_400).contains(&self.timeout_s), "must be 1 to 86400"),
            ("schedule", self.schedule.as_deref().is_none_or(schedule_fits), TOO_LONG_SCHEDULE),
            ("time_zone", length(&self.time_zone) <= MAX_TIME_ZONE, TOO_LONG_TIME_ZONE),
            ("max_steps", (1..=200).contains(&self.max_steps), "must be 1 to 200"),
            ("tools", self.tools.len() <= MAX_PICKS, "must be at most 100"),
            ("run_budget_usd", self.run_budget_usd.is_none_or(is_budget), NO_BUDGET),
            ("month_budget_usd", self.month_budget_usd.is_none_or(is_budget), NO_BUDGET),
            ("run_budget_tokens", self.run_budget_tokens.is_none_or(is_token_budget), NO_TOKEN_BUDGET),
            ("month_budget_tokens", self.month_budget_tokens.is_none_or(is_token_budget), NO_TOKEN_BUDGET),
        ];
        let broken = rules.into_iter().filter(|(_, kept, _)| !kept).map(|(field, _, range)| (field, range));
        let nul = texts.into_iter().filter(|(_, text)| text.is_some_and(|text| text.contains('\0')));
        broken.chain(nul.map(|(field, _)| (field, NO_NUL))).collect()
    }
}

const NO_BUDGET: &str = "must be more than 0 and at most 1000000 dollars";
const NO_TOKEN_BUDGET: &str = "must be 1 to 1000000000000 tokens";

fn is_budget(limit: NanoDollars) -> bool {
    (1..=1_000_000_000_000_000).contains(&limit.0)
}

fn is_token_budget(limit: i64) -> bool {
    (1..=1_000_000_000_000).contains(&limit)
}

const TOO_LONG_SCHEDULE: &str = "must be at most 200 characters long";
const TOO_LONG_TIME_ZONE: &str = "must be at most 64 characters long";

fn schedule_fits(schedule: &str) -> bool {
    length(schedule) <= MAX_SCHEDULE
}

impl PreviewRequest {
    /// Every value that is out of its range.
    pub fn faults(&self) -> Vec<Fault> {
        let rules = [
            ("schedule", schedule_fits(&self.schedule), TOO_LONG_SCHEDULE),
            ("time_zone", length(&self.time_zone) <= MAX_TIME_ZONE, TOO_LONG_TIME_ZONE),
            ("count", (1..=MAX_PREVIEW).contains(&self.count), "must be 1 to 20"),
        ];
        rules.into_iter().filter(|(_, kept, _)| !kept).map(|(field, _, range)| (field, range)).collect()
    }
}

/// In characters.
fn length(text: &str) -> usize {
    text.chars().count()
}

/// PostgreSQL's text cannot hold NUL, and nobody means to type one.
const NO_NUL: &str = "must not contain the character NUL";

/// For garde's derived rules.
pub(super) fn no_nul(text: &str, (): &()) -> garde::Result {
    match text.contains('\0') {
        true => Err(garde::Error::new(NO_NUL)),
        false => Ok(()),
    }
}

impl garde::Validate for AgentInput {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        for (field, range) in self.faults() {
            report.append(parent().join(field), garde::Error::new(range));
        }
    }
}

impl garde::Validate for PreviewRequest {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        for (field, range) in self.faults() {
            report.append(parent().join(field), garde::Error::new(range));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use garde::Validate;

    fn fields(input: &AgentInput) -> Vec<&'static str> {
        input.faults().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn nul_is_refused_in_every_text() {
        let nul = || "a\0bc".to_owned();
        let input = AgentInput {
            description: nul(),
            system_instructions: nul(),
            task_instructions: nul(),
            model: Some(nul()),
            schedule: Some(nul()),
            time_zone: nul(),
            ..AgentInput::named(nul())
        };
        let report = input.validate().unwrap_err().to_string();
        assert_eq!(report.matches("NUL").count(), 7, "{report}");
    }

    #[test]
    fn limits_are_checked() {
        let mut input = AgentInput::named("  ");
        input.timeout_s = 0;
        input.max_concurrent_runs = 101;
        let report = input.validate().unwrap_err().to_string();
        for field in ["name", "timeout_s", "max_concurrent_runs"] {
            assert!(report.contains(field), "{report}");
        }
    }

    #[test]
    fn a_preview_shows_one_to_twenty_times() {
        let of = |count| PreviewRequest { count, ..PreviewRequest::of("@daily".into(), "UTC".into()) }.faults();
        assert_eq!((of(1), of(20)), (vec![], vec![]));
        assert_eq!((of(0), of(21)), (vec![("count", "must be 1 to 20")], vec![("count", "must be 1 to 20")]));
    }

    #[test]
    fn each_range_includes_its_ends() {
        let ends = |name: usize, description, instructions, model, runs, seconds| AgentInput {
            schedule: Some("*".repeat(name + 100)),
            time_zone: "z".repeat(if name > 100 { 65 } else { 64 }),
            description: "é".repeat(description),
            system_instructions: "x".repeat(instructions),
            task_instructions: "x".repeat(instructions),
            model: Some("é".repeat(model)),
            max_concurrent_runs: runs,
            timeout_s: seconds,
            ..AgentInput::named("é".repeat(name))
        };
        assert_eq!(fields(&ends(1, 0, 0, 3, 1, 1)), [""; 0]);
        assert_eq!(fields(&ends(100, 500, MAX_INSTRUCTIONS, 200, 100, 86_400)), [""; 0]);
        let all = [
            "name",
            "description",
            "system_instructions",
            "task_instructions",
            "model",
            "max_concurrent_runs",
            "timeout_s",
            "schedule",
            "time_zone",
        ];
        assert_eq!(fields(&ends(101, 501, MAX_INSTRUCTIONS + 1, 201, 101, 86_401)), all);
    }
}
