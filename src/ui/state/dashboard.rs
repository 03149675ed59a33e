//! The dashboard's state: the reducers, the rows that show them, and the topics that feed them.

use crate::api::agents::agent_snapshot;
use crate::domain::agent::listing::{AgentCounts, Page};
use crate::domain::agent::{AgentRow, RECENT_RUNS, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{ServerMessage, Topic};
use crate::domain::run::{AgentRun, RunStatus, Trigger};
use crate::domain::summary::Summary;
use crate::error::AppError;
use crate::ui::model::address::Address;
use crate::ui::model::board::{Board, newly_finished};
use crate::ui::model::history::{Around, History};
use crate::ui::model::search::Listed;
use crate::ui::model::seq::{Origin, Outcome};
use crate::ui::model::words::ended;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::Live;
use crate::ui::state::menu::RowMenu;
use crate::ui::state::reader::Reader;
use crate::ui::state::rows::Rows;
use crate::ui::state::tip::Tip;
use leptos::prelude::*;
use std::time::Duration;

/// State shared by the dashboard's components.
#[derive(Clone, Copy)]
pub struct Dashboard {
    pub rows: Rows<AgentId, AgentRow>,
    pub history: Rows<RunId, AgentRun>,
    pub summary: RwSignal<Option<Summary>>,
    /// State of the dashboard, as its address says; changed by `go` alone.
    pub address: RwSignal<Address>,
    /// Parts of it, so that nobody follows what does not concern them. They belong to the page: what is read in the
    /// open row while it closes must outlive the row.
    pub open: Memo<Option<AgentId>>,
    pub all: Memo<bool>,
    pub search: Memo<String>,
    /// How the table is, whatever is open in it.
    pub table: Memo<Address>,
    /// Which agents the table shows.
    pub listed: Memo<Listed>,
    /// Runs of the open row, at most 20.
    pub run_count: Memo<usize>,
    /// Which page of the agents the table shows; `None` where it has them all.
    pub page: Memo<Option<Page>>,
    /// How many agents there are and how they stand, as the server counts them.
    pub counts: RwSignal<AgentCounts>,
    /// Whether another page has been asked for.
    pub reading: RwSignal<bool>,
    /// Whether the rows are known.
    pub loaded: RwSignal<bool>,
    /// The agent whose runs `history` holds.
    pub history_of: RwSignal<Option<AgentId>>,
    pub agent_menu: RowMenu<AgentId>,
    pub run_menu: RowMenu<RunId>,
    /// The bar under the pointer.
    pub tip: RwSignal<Option<Tip>>,
    /// The run whose row has the focus.
    pub focused_run: RwSignal<Option<RunId>>,
    /// Whether somebody is at the table.
    pub reader: Reader,
    board: RwSignal<Board>,
    runs: RwSignal<Option<History>>,
    clock: Clock,
    live: Live,
    /// Counts the pages that were asked for.
    pub(super) turn: StoredValue<u32>,
}

impl Dashboard {
    /// Creates the state of the page at an address with this query, fed by the live connection.
    pub fn of_page(query: &str) -> Self {
        let address = RwSignal::new(Address::from_query(query));
        let board = RwSignal::new(Board::default());
        let runs: RwSignal<Option<History>> = RwSignal::new(None);
        let listed = Memo::new(move |_| match &*board.read() {
            Board { rows, page: Some(page), .. } => Listed::of_page(rows, page.found),
            Board { rows, .. } => Listed::of(rows, &address.read()),
        });
        let (live, announcer) = (Live::from_context(), Announcer::from_context());
        let run_count = move |runs: &Option<History>| runs.as_ref().map_or(0, |history| history.runs.len());
        let state = Self {
            rows: Rows::by(|row: &AgentRow| row.id),
            history: Rows::by(|run: &AgentRun| run.id),
            summary: RwSignal::new(None),
            address,
            open: Memo::new(move |_| address.read().open),
            all: Memo::new(move |_| address.read().all),
            search: Memo::new(move |_| address.read().search.clone()),
            table: Memo::new(move |_| address.get().table()),
            listed,
            run_count: Memo::new(move |_| runs.with(run_count).min(RECENT_RUNS)),
            page: Memo::new(move |_| board.read().page.clone()),
            counts: RwSignal::new(AgentCounts::default()),
            reading: RwSignal::new(false),
            loaded: RwSignal::new(false),
            history_of: RwSignal::new(None),
            agent_menu: RowMenu::new("agent-menu"),
            run_menu: RowMenu::new("run-menu"),
            tip: RwSignal::new(None),
            focused_run: RwSignal::new(None),
            reader: Reader::nowhere(),
            board,
            runs,
            clock: Clock::from_context(),
            live,
            turn: StoredValue::new(0),
        };
        live.watch(
            || Some(Topic::Agents),
            move |message| {
                state.announce(message, announcer);
                state.accept_board(message, Origin::Live)
            },
        );
        live.watch(|| Some(Topic::Summary), move |message| state.accept_summary(message));
        let open = move || state.open.get().map(Topic::Agent);
        live.watch(open, move |message| state.accept_run(message, Origin::Live));
        state.follow_address();
        state.keep_in_order();
        state.follow_pages();
        state.show_open();
        state
    }

    /// Whether rows stay where they are, whatever happens to them: one is open, or somebody is at them; tracked.
    pub(super) fn is_held(self) -> bool {
        self.open.read().is_some() || self.agent_menu.open_for().is_some() || self.reader.is_here()
    }

    /// Orders the rows when another order is asked for, and when nobody is at them any more.
    fn keep_in_order(self) {
        Effect::new(move |before: Option<Address>| {
            let (table, held) = (self.table.get(), self.is_held());
            if !held || before.as_ref() != Some(&table) {
                let moved = self.board.try_maybe_update(|board| {
                    let moved = board.arrange(table.sort, None);
                    (moved, moved)
                });
                if moved == Some(true) {
                    self.board.with_untracked(|board| self.rows.show(&board.rows));
                }
            }
            table
        });
    }

    /// Returns the run that somebody is at, with the focus or in its menu: its row stays where it is; tracked.
    pub fn kept_run(self) -> Option<RunId> {
        self.run_menu.open_for().or(self.focused_run.get())
    }

    /// Returns a reader of what a row of the open history is to know of the others; tracked.
    pub fn around(self) -> Callback<RunId, Around> {
        Callback::new(move |run| self.runs.with(|runs| runs.as_ref().map(|runs| runs.around(run))).unwrap_or_default())
    }

    /// Returns the state of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Looks at all agents; tracked.
    pub fn with_agents<T>(self, look: impl FnOnce(&[AgentRow]) -> T) -> T {
        look(&self.board.read().rows)
    }

    /// Whether the table shows a page of the agents; tracked.
    pub fn is_paged(self) -> bool {
        self.page.read().is_some()
    }

    /// Returns how many agents there are; tracked.
    pub fn agent_count(self) -> usize {
        if self.is_paged() { self.counts.read().all as usize } else { self.with_agents(<[_]>::len) }
    }

    /// Looks at one run of the open agent, if it is known; tracked.
    pub fn run(self, id: RunId) -> Option<AgentRun> {
        self.runs.with(|history| history.as_ref()?.runs.iter().find(|run| run.id == id).cloned())
    }

    /// Takes in a message about the list of agents.
    pub fn accept_board(self, message: &ServerMessage, origin: Origin) -> Outcome {
        if let ServerMessage::AgentsState { server_now, .. } = message {
            self.clock.seed_with(*server_now);
        }
        let sort = self.address.with_untracked(|address| address.sort);
        let is_held = untrack(|| self.is_held());
        let outcome = self.board.try_maybe_update(|board| {
            let held = (is_held && !board.rows.is_empty()).then(|| board.order());
            let outcome = board.apply(message, origin);
            board.arrange(sort, held.as_deref());
            (outcome == Outcome::Applied, outcome)
        });
        if outcome == Some(Outcome::Applied) {
            self.board.with_untracked(|board| self.rows.show(&board.rows));
            self.loaded.set(true);
            self.follow_rows(message, origin);
        }
        outcome.unwrap_or(Outcome::Ignored)
    }

    /// Asks for what concerns the rows that are shown, and for the page again where one of them is gone.
    fn follow_rows(self, message: &ServerMessage, origin: Origin) {
        let ServerMessage::AgentsState { data, page, .. } = message else { return };
        if let Some(page) = page {
            put(self.counts, page.counts);
        }
        let only = self.board.with_untracked(|board| board.page.is_some().then(|| board.order()));
        let is_gone = |id: &AgentId| !data.iter().any(|row| row.id == *id);
        if origin == Origin::Live && only.iter().flatten().any(is_gone) {
            self.read_page(Duration::ZERO, |_| {});
        }
        self.live.show_only(only);
    }

    /// Takes in the figures of the last 24 hours, unless newer ones are known.
    pub fn accept_summary(self, message: &ServerMessage) -> Outcome {
        let ServerMessage::SummaryState { server_now, data, .. } = message else { return Outcome::Ignored };
        self.clock.seed_with(*server_now);
        let known = self.summary.with_untracked(|known| known.as_ref().map(|known| known.at));
        if known > Some(data.at) {
            return Outcome::Ignored;
        }
        put(self.counts, data.agents);
        self.summary.set(Some(data.as_ref().clone()));
        Outcome::Applied
    }

    /// Takes in a message about the open agent's runs.
    pub fn accept_run(self, message: &ServerMessage, origin: Origin) -> Outcome {
        let Some(open) = self.open.get_untracked() else { return Outcome::Ignored };
        let kept = untrack(|| self.kept_run());
        if let ServerMessage::AgentState { server_now, .. } = message {
            self.clock.seed_with(*server_now);
        }
        let outcome = self.runs.try_maybe_update(|runs| {
            let history = match runs {
                Some(history) if history.agent == open => history,
                _ => runs.insert(History::of(open)),
            };
            history.kept = kept;
            let outcome = history.apply(message, origin);
            (outcome == Outcome::Applied, outcome)
        });
        if outcome == Some(Outcome::Applied) {
            self.runs.with_untracked(|runs| runs.iter().for_each(|history| self.history.show(&history.runs)));
            self.history_of.set(Some(open));
        }
        outcome.unwrap_or(Outcome::Ignored)
    }

    /// Asks the server for the runs of the agent whose row is open.
    ///
    /// # Errors
    /// Those of the server function.
    pub async fn read_history(self, agent: AgentId) -> Result<(), AppError> {
        let message = agent_snapshot(agent).await?;
        self.accept_run(&message, Origin::Response);
        Ok(())
    }

    /// Forgets the runs of a row that was closed: what comes next is read afresh.
    pub fn forget_history(self) {
        _ = self.history_of.try_set(None);
        _ = self.runs.try_set(None);
    }

    fn announce(self, message: &ServerMessage, announcer: Announcer) {
        let ServerMessage::AgentDelta { data, .. } = message else { return };
        let sentences = self.board.with_untracked(|board| {
            let row = board.rows.iter().find(|row| row.id == data.id)?;
            let say = |cell: &StripCell| format!("{}: {}", row.name, ended(cell));
            let last = data.pulse.last_run.as_ref();
            let by_schedule = |id: RunId| last.is_some_and(|last| last.id == id && last.trigger == Trigger::Schedule);
            // A success by schedule, every few seconds for ever, is no news.
            let is_news = |cell: &&StripCell| cell.status != RunStatus::Success || !by_schedule(cell.run_id);
            Some(newly_finished(&row.strip, &data.cells).filter(is_news).map(say).collect::<Vec<_>>())
        });
        sentences.into_iter().flatten().for_each(|sentence| announcer.say(sentence));
    }
}

fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    signal.maybe_update(|known| {
        let is_new = *known != value;
        *known = value;
        is_new
    });
}
