//! Runs as CSV (RFC 4180), which spreadsheets read.

use crate::domain::views::runs::ListedRun;
use serde_json::Value;

pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";
pub const DISPOSITION: &str = "attachment; filename=\"runs.csv\"";

/// Columns of the CSV, each with the place of its value in a run's JSON (RFC 6901).
const COLUMNS: [(&str, &str); 47] = [
    ("id", "/id"),
    ("agent_id", "/agent_id"),
    ("agent_name", "/agent_name"),
    ("thread_id", "/thread_id"),
    ("status", "/status"),
    ("trigger", "/trigger"),
    ("chat", "/chat"),
    ("priority", "/priority"),
    ("queued_at", "/queued_at"),
    ("started_at", "/started_at"),
    ("finished_at", "/finished_at"),
    ("duration_ms", "/duration_ms"),
    ("model", "/model"),
    ("agent_version", "/agent_version"),
    ("prompt_tokens", "/prompt_tokens"),
    ("cached_tokens", "/cached_tokens"),
    ("completion_tokens", "/completion_tokens"),
    ("reasoning_tokens", "/reasoning_tokens"),
    ("total_tokens", "/total_tokens"),
    ("total_cost_usd", "/total_cost_usd"),
    ("usage_estimated", "/usage_estimated"),
    ("cost_billed", "/cost_billed"),
    ("error", "/error"),
    ("failure_kind", "/failure_kind"),
    ("failure_cause", "/failure_cause"),
    ("failure_detail", "/failure_detail"),
    ("skip_reason", "/skip_reason"),
    ("scheduled_for", "/scheduled_for"),
    ("retry_of", "/retry_of"),
    ("attempt", "/attempt"),
    ("looping", "/looping"),
    ("finish", "/finish"),
    ("failed_calls", "/failed_calls"),
    ("input_preview", "/input_preview"),
    ("answer_preview", "/answer_preview"),
    ("tags", "/tags"),
    ("metadata", "/metadata"),
    ("trigger_note", "/trigger_note"),
    ("hook_id", "/hook/id"),
    ("hook_name", "/hook/name"),
    ("root_run_id", "/root_run_id"),
    ("not_before", "/not_before"),
    ("model_overridden", "/model_overridden"),
    ("run_budget_usd", "/run_budget_usd"),
    ("run_budget_tokens", "/run_budget_tokens"),
    ("signals", "/signals"),
    ("served_model", "/served_model"),
];

/// Returns the first line, which has the names of the columns.
pub fn head() -> String {
    format!("{}\r\n", COLUMNS.map(|(name, _)| name).join(","))
}

/// Returns a line for each of these runs.
pub fn lines(runs: &[ListedRun]) -> serde_json::Result<String> {
    let line = |run: &ListedRun| -> serde_json::Result<String> {
        let run = serde_json::to_value(run)?;
        let cells = COLUMNS.map(|(_, place)| cell(run.pointer(place)));
        Ok(format!("{}\r\n", cells.join(",")))
    };
    runs.iter().map(line).collect()
}

/// Returns a value as a cell (RFC 4180). A text that a spreadsheet would read as a formula has an apostrophe before it.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => harmless(text),
        Some(Value::Array(tags)) => harmless(&tags.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        Some(Value::Object(members)) if members.is_empty() => return String::new(),
        Some(other) => other.to_string(),
    };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn harmless(text: &str) -> String {
    let sign = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hook::RunHook;
    use crate::domain::id::HookId;
    use crate::domain::run::{AgentRun, RunStatus};
    use crate::samples::run;
    use serde_json::json;

    #[test]
    fn a_cell_is_no_formula_and_one_cell() {
        for (value, written) in [
            (json!(null), ""),
            (json!(-1.5), "-1.5"),
            (json!("plain"), "plain"),
            (json!("a, \"b\""), "\"a, \"\"b\"\"\""),
            (json!("=HYPERLINK(1)"), "'=HYPERLINK(1)"),
            (json!("@sum,1"), "\"'@sum,1\""),
            (json!("\n=1"), "\"'\n=1\""),
            (json!(["eu", "p2"]), "\"eu,p2\""),
            (json!(["=eu"]), "'=eu"),
            (json!({ "order": 17 }), "\"{\"\"order\"\":17}\""),
            (json!({}), ""),
        ] {
            assert_eq!(cell(Some(&value)), written);
        }
    }

    #[test]
    fn each_column_is_a_field_of_a_run() {
        let mut run: AgentRun = run(1, RunStatus::Success);
        run.brief.hook = Some(RunHook { id: HookId(5), name: "Tickets".into() });
        let json = serde_json::to_value(ListedRun { run, agent_name: "Alpha".into(), found: None }).unwrap();
        for (name, place) in COLUMNS {
            assert!(json.pointer(place).is_some(), "{name}");
        }
    }
}
