//! A page of runs over all agents: its rows, kept as they are now, and what has come since that would be on it.

use crate::api::runs::{read_runs, read_runs_news};
use crate::domain::id::RunId;
use crate::domain::live::{RunsPulse, ServerMessage, Topic};
use crate::domain::run::AgentRun;
use crate::domain::views::runs::{ListedRun, RunsNews, RunsView};
use crate::error::AppError;
use crate::ui::model::runs_page::RunsAddress;
use crate::ui::model::seq::Outcome;
use crate::ui::state::actions::Reload;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::Live;
use crate::ui::state::menu::RowMenu;
use crate::ui::state::part::Part;
use crate::ui::state::rows::Rows;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// News that comes within this time is read together.
const PAUSE: Duration = Duration::from_millis(100);

/// Where the pages beside this one are; `None` where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    pub newer: Option<String>,
    pub older: Option<String>,
}

/// State shared by the parts of the page.
#[derive(Clone, Copy)]
pub struct RunList {
    pub address: StoredValue<RunsAddress>,
    /// They stay where they are, also once the filter would no longer have them.
    pub rows: Rows<RunId, ListedRun>,
    pub edges: RwSignal<Edges>,
    /// How many others the filter has by now, on the first page.
    pub new: RwSignal<i64>,
    pub menu: RowMenu<RunId>,
    /// Whether the new ones are being read, and why they could not be.
    pub busy: RwSignal<bool>,
    pub failed: RwSignal<Option<AppError>>,
    news: StoredValue<Option<Part>>,
    clock: Clock,
}

impl RunList {
    /// Creates the state of the page being rendered from what it came with; returns with it how the reading of news stands.
    pub fn of_page(address: RunsAddress, view: &RunsView) -> (Self, Part) {
        let list = Self {
            address: StoredValue::new(address),
            rows: Rows::by(|listed: &ListedRun| listed.run.id),
            edges: RwSignal::default(),
            new: RwSignal::new(0),
            menu: RowMenu::new("run-menu"),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            news: StoredValue::new(None),
            clock: Clock::from_context(),
        };
        list.accept(view);
        let part = Part::new(Ok(()), move || list.read_news());
        list.news.set_value(Some(part));
        provide_context(Reload(Callback::new(move |()| part.read())));
        Live::from_context().watch(
            || Some(Topic::Runs),
            move |message| {
                if let ServerMessage::RunsState { data, .. } = message
                    && list.concerns(data)
                {
                    part.read_soon(PAUSE);
                }
                Outcome::Applied
            },
        );
        (list, part)
    }

    /// Returns a run of the page as it is now; tracked.
    pub fn run(self, id: RunId) -> Option<AgentRun> {
        self.rows.list().into_iter().find(|(known, _)| *known == id).map(|(_, listed)| listed.get().run)
    }

    /// Shows the newest runs, in the place of those that are shown.
    pub fn show_new(self) {
        self.busy.set(true);
        let query = self.address.with_value(|address| address.at(None).query());
        spawn_local(async move {
            let answer = read_runs(query).await;
            if self.busy.try_set(false).is_some() {
                // The page has gone.
                return;
            }
            match answer {
                Ok(view) => {
                    self.failed.set(None);
                    self.new.set(0);
                    self.accept(&view);
                    // News that was read meanwhile is of the runs that were shown before.
                    self.news.get_value().into_iter().for_each(|news| news.read_soon(PAUSE));
                }
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    fn accept(self, view: &RunsView) {
        self.clock.seed_with(view.server_now);
        self.edges.set(Edges { newer: view.prev_cursor.clone(), older: view.next_cursor.clone() });
        self.rows.show(&view.runs);
    }

    fn ids(self) -> Vec<RunId> {
        untrack(|| self.rows.list()).into_iter().map(|(id, _)| id).collect()
    }

    /// Whether the page begins with the newest run that the filter has.
    pub fn is_first(self) -> bool {
        self.edges.with_untracked(|edges| edges.newer.is_none())
    }

    /// Whether news is about what is shown. On the first page any run may be one that belongs there.
    fn concerns(self, news: &RunsPulse) -> bool {
        let Some(changed) = &news.changed else { return true };
        self.is_first() || self.ids().iter().any(|id| changed.contains(id))
    }

    async fn read_news(self) -> Result<(), AppError> {
        let ids = self.ids();
        // From the last run of a page that is full; of one that is not, from the first there ever was.
        let is_full = self.edges.with_untracked(|edges| edges.older.is_some());
        let last = ids.last().filter(|_| is_full).copied().unwrap_or(RunId(0));
        let above = self.is_first().then_some(last);
        let query = self.address.with_value(|address| address.filter.to_query());
        let shown = ids.iter().map(RunId::to_string).collect::<Vec<_>>().join(",");
        let RunsNews { runs, new } = read_runs_news(query, shown, above).await?;
        // Others may be shown by now, and then these are asked for in their turn.
        if self.rows.is_there() && self.ids() == ids {
            self.rows.show(&runs);
            _ = self.new.try_set(new);
        }
        Ok(())
    }
}
