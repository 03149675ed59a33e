//! `/api/runs/export`: all runs that a filter has, as CSV, as one JSON object a line, or as traces. They are read and sent some at a
//! time, so a million of them cost as little memory as a page.

mod csv;
mod ndjson;
mod otlp;

use crate::domain::id::RunId;
use crate::domain::run_filter::{RunFilter, Within};
use crate::domain::views::runs::ListedRun;
use crate::error::AppError;
use crate::server::aside;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use crate::server::store::Store;
use crate::server::store::run_list::RunsFrom;
use crate::server::store::scope::Scope;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
    Otlp,
}

impl Format {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "ndjson" => Some(Self::Ndjson),
            "otlp" => Some(Self::Otlp),
            _ => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => csv::MEDIA_TYPE,
            Self::Ndjson => ndjson::MEDIA_TYPE,
            Self::Otlp => otlp::MEDIA_TYPE,
        }
    }

    fn disposition(self) -> &'static str {
        match self {
            Self::Csv => csv::DISPOSITION,
            Self::Ndjson => ndjson::DISPOSITION,
            Self::Otlp => otlp::DISPOSITION,
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => csv::head(),
            Self::Ndjson | Self::Otlp => String::new(),
        }
    }

    /// Returns how many runs are read at a time: fewer where their steps are, of which a run may have 200.
    fn at_a_time(self) -> u64 {
        match self {
            Self::Csv | Self::Ndjson => 500,
            Self::Otlp => 50,
        }
    }

    /// Returns the lines of some runs, with whatever else of them the form has.
    async fn lines(self, store: &Store, scope: &Scope, runs: Vec<ListedRun>) -> Result<String, AppError> {
        let lines = match self {
            Self::Csv => csv::lines(&runs),
            Self::Ndjson => ndjson::lines(&runs),
            Self::Otlp => {
                let over: Vec<RunId> = otlp::over(&runs).map(|listed| listed.run.id).collect();
                let steps = store.traced_steps(scope, &over).await?;
                aside::run(move || otlp::lines(&runs, &steps)).await
            }
        };
        lines.map_err(|_| AppError::internal())
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
    state.store.require_searched(&scope, &filter).await?;
    if let (from @ Some(_), to) = filter.within.bounds(state.store.now()) {
        // The time that ends now is that of the beginning.
        filter.within = Within::Range { from, to };
    }
    let runs = stream::try_unfold(Some(RunsFrom::Newest), move |from| {
        let (store, filter) = (state.store.clone(), filter.clone());
        async move {
            let Some(from) = from else { return Ok(None) };
            let page = store.listed_runs(&scope, &filter, from, format.at_a_time()).await?;
            let older = page.runs.last().filter(|_| page.has_older).map(|last| RunsFrom::Below(last.run.id.0));
            let lines = format.lines(&store, &scope, page.runs).await?;
            Ok::<_, AppError>(Some((Bytes::from(lines), older)))
        }
    });
    let head = stream::iter([Ok(Bytes::from(format.head()))]);
    let headers = [(header::CONTENT_TYPE, format.media_type()), (header::CONTENT_DISPOSITION, format.disposition())];
    Ok((headers, Body::from_stream(head.chain(runs))).into_response())
}

fn read(query: &str) -> Result<(Format, RunFilter), AppError> {
    let (mut format, mut filters) = (None, Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "format" => {
                let refuse = || AppError::invalid_field("format", format!("{value:?} is not csv, ndjson or otlp."));
                format = Some(Format::parse(&value).ok_or_else(refuse)?);
            }
            _ => filters.push((name, value)),
        }
    }
    let format = format.ok_or_else(|| AppError::invalid_field("format", "is needed, csv, ndjson or otlp."))?;
    let filter = RunFilter::from_pairs(filters.iter().map(|(name, value)| (&**name, &**value)))?;
    Ok((format, filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_has_to_be_named() {
        for (query, format) in [
            ("format=csv&status=failed", Format::Csv),
            ("format=ndjson", Format::Ndjson),
            ("status=failed&format=otlp", Format::Otlp),
        ] {
            assert_eq!(read(query).unwrap().0, format);
        }
        for (query, named) in [
            ("", "format: is needed, csv, ndjson or otlp."),
            ("format=pdf", "format: \"pdf\" is not csv, ndjson or otlp."),
            ("format=csv&limit=5", "limit: "),
        ] {
            assert!(read(query).unwrap_err().detail.contains(named), "{query}");
        }
    }
}
