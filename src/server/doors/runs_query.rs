//! The query by which runs over all agents are asked for: the same names for the page and for programs.

use super::rest::list::{Cursor, PageParams};
use crate::domain::run_filter::RunFilter;
use crate::domain::views::runs::RunsView;
use crate::error::AppError;
use crate::server::reads::run_pages::ReadRuns;
use crate::server::state::AppState;
use crate::server::store::run_list::{RunPage, RunsFrom};
use crate::server::store::scope::Scope;

/// A page of runs, as it is asked for.
#[derive(Clone, Debug)]
pub struct RunsQuery {
    pub filter: RunFilter,
    pub from: RunsFrom,
    pub limit: u64,
    /// Whether totals are wanted too.
    pub totals: bool,
}

impl RunsQuery {
    /// Reads the query of an address, without its question mark.
    ///
    /// # Errors
    /// `Invalid`, and names what is unknown, there twice or wrong.
    pub fn read(query: &str) -> Result<Self, AppError> {
        let (mut limit, mut cursor, mut totals, mut filters) = (None, None, false, Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "limit" => limit = Some(value.into_owned()),
                "cursor" => cursor = Some(value.into_owned()),
                "include" if value == "totals" => totals = true,
                "include" => return Err(AppError::invalid_field("include", format!("{value:?} is not totals."))),
                _ => filters.push((name, value)),
            }
        }
        let params = PageParams::of(limit, cursor);
        let from = match params.cursor()? {
            None => RunsFrom::Newest,
            Some(Cursor::Below(id)) => RunsFrom::Below(id),
            Some(Cursor::Above(id)) => RunsFrom::Above(id),
        };
        let filter = RunFilter::from_pairs(filters.iter().map(|(name, value)| (&**name, &**value)))?;
        Ok(Self { filter, from, limit: params.limit()?, totals })
    }

    /// Returns where the next page begins and the page before ends.
    pub fn cursors(page: &RunPage) -> (Option<Cursor>, Option<Cursor>) {
        let next = page.runs.last().filter(|_| page.has_older).map(|last| Cursor::Below(last.run.id.0));
        let prev = page.runs.first().filter(|_| page.has_newer).map(|first| Cursor::Above(first.run.id.0));
        (next, prev)
    }

    /// Reads what it asks for, as the page shows it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn view(&self, state: &AppState, scope: &Scope) -> Result<RunsView, AppError> {
        let Self { filter, from, limit, totals } = self;
        let read = state.snapshots.run_page(scope, filter, *from, *limit, *totals).await?;
        let (next, prev) = Self::cursors(&read.page);
        let (next_cursor, prev_cursor) = (next.map(Cursor::text), prev.map(Cursor::text));
        let ReadRuns { server_now, page, totals, agents, has_more_agents, unsearched } = read;
        let runs = page.runs;
        Ok(RunsView { server_now, runs, next_cursor, prev_cursor, totals, agents, has_more_agents, unsearched })
    }
}
