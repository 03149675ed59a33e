//! `/api/runs/export`: all runs that a filter has, as CSV or as one JSON object a line. They are read and sent some at a time, so a
//! million of them cost as little memory as a page.

use crate::domain::run_filter::{RunFilter, Within};
use crate::domain::views::runs::ListedRun;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use crate::server::store::run_list::RunsFrom;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::Value;

/// Runs that are read at a time.
const SOME: u64 = 500;

/// Columns of the CSV, each with the place of its value in a run's JSON (RFC 6901).
const COLUMNS: [(&str, &str); 40] = [
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
];

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"runs.csv\"",
            Self::Ndjson => "attachment; filename=\"runs.ndjson\"",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => format!("{}\r\n", COLUMNS.map(|(name, _)| name).join(",")),
            Self::Ndjson => String::new(),
        }
    }

    fn lines(self, runs: &[ListedRun]) -> serde_json::Result<String> {
        let mut lines = String::new();
        for run in runs {
            match self {
                Self::Ndjson => lines.push_str(&format!("{}\n", serde_json::to_string(run)?)),
                Self::Csv => {
                    let run = serde_json::to_value(run)?;
                    let cells = COLUMNS.map(|(_, place)| cell(run.pointer(place)));
                    lines.push_str(&format!("{}\r\n", cells.join(",")));
                }
            }
        }
        Ok(lines)
    }
}

/// `GET /api/runs/export?format=csv&status=failed…`: newest first, those that are there when it begins. Where something goes wrong
/// on the way, the connection breaks off, so that a part does not pass for the whole.
pub async fn export(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let (format, mut filter) = read(&query.unwrap_or_default())?;
    if let (from @ Some(_), to) = filter.within.bounds(state.store.now()) {
        // The time that ends now is that of the beginning.
        filter.within = Within::Range { from, to };
    }
    let runs = stream::try_unfold(Some(RunsFrom::Newest), move |from| {
        let (store, filter) = (state.store.clone(), filter.clone());
        async move {
            let Some(from) = from else { return Ok(None) };
            let page = store.listed_runs(&scope, &filter, from, SOME).await?;
            let older = page.runs.last().filter(|_| page.has_older).map(|last| RunsFrom::Below(last.run.id.0));
            let lines = format.lines(&page.runs).map_err(|_| AppError::internal())?;
            Ok::<_, AppError>(Some((Bytes::from(lines), older)))
        }
    });
    let head = stream::iter([Ok(Bytes::from(format.head()))]);
    let headers = [(header::CONTENT_TYPE, format.media_type()), (header::CONTENT_DISPOSITION, format.file_name())];
    Ok((headers, Body::from_stream(head.chain(runs))).into_response())
}

fn read(query: &str) -> Result<(Format, RunFilter), AppError> {
    let (mut format, mut filters) = (None, Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (&*name, &*value) {
            ("format", "csv") => format = Some(Format::Csv),
            ("format", "ndjson") => format = Some(Format::Ndjson),
            ("format", other) => return Err(AppError::invalid(format!("format: {other:?} is not csv or ndjson."))),
            _ => filters.push((name, value)),
        }
    }
    let format = format.ok_or_else(|| AppError::invalid("format: is needed, csv or ndjson."))?;
    let filter = RunFilter::from_pairs(filters.iter().map(|(name, value)| (&**name, &**value)))?;
    Ok((format, filter))
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
        let hook = Some(crate::domain::hook::RunHook { id: crate::domain::id::HookId(5), name: "Tickets".into() });
        let mut run: AgentRun = run(1, RunStatus::Success);
        run.brief.hook = hook;
        let json = serde_json::to_value(ListedRun { run, agent_name: "Alpha".into() }).unwrap();
        for (name, place) in COLUMNS {
            assert!(json.pointer(place).is_some(), "{name}");
        }
    }

    #[test]
    fn the_form_has_to_be_named() {
        assert_eq!(read("format=csv&status=failed").unwrap().0, Format::Csv);
        for (query, named) in
            [("", "format: is needed"), ("format=pdf", "format: \"pdf\""), ("format=csv&limit=5", "limit: ")]
        {
            assert!(read(query).unwrap_err().detail.contains(named), "{query}");
        }
    }
}
