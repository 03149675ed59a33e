//! The dashboard's state: the reducers, the stores that show them, and the topics that feed them.

use super::address::Address;
use super::announcer::Announcer;
use super::board::{Board, newly_finished};
use super::clock::Clock;
use super::history::History;
use super::live::Live;
use super::menu::RowMenu;
use super::search::Listed;
use super::seq::{Origin, Outcome};
use super::stores::{BoardRows, BoardRowsStoreFields, HistoryRows, HistoryRowsStoreFields};
use super::tip::Tip;
use crate::domain::agent::{RECENT_RUNS, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{ServerMessage, Topic};
use crate::domain::summary::Summary;
use crate::ui::words::ended;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_query_map;
use reactive_stores::Store;

/// What the dashboard's components share.
#[derive(Clone, Copy)]
pub struct Dashboard {
    pub rows: Store<BoardRows>,
    pub history: Store<HistoryRows>,
    pub summary: RwSignal<Option<Summary>>,
    /// What is shown, as the address says.
    pub address: Memo<Address>,
    /// Parts of it, so that nobody follows what does not concern them. They belong to the page: what is read in the
    /// open row while it closes must outlive the row.
    pub open: Memo<Option<AgentId>>,
    pub all: Memo<bool>,
    pub search: Memo<String>,
    /// Which agents the table shows.
    pub listed: Memo<Listed>,
    /// Runs of the open row, at most 20.
    pub run_count: Memo<usize>,
    /// Whether the rows are known.
    pub loaded: RwSignal<bool>,
    /// Whose runs `history` holds.
    pub history_of: RwSignal<Option<AgentId>>,
    pub agent_menu: RowMenu<AgentId>,
    pub run_menu: RowMenu<RunId>,
    /// The bar under the pointer.
    pub tip: RwSignal<Option<Tip>>,
    /// The run whose row has the focus.
    pub focused_run: RwSignal<Option<RunId>>,
    board: StoredValue<Board>,
    runs: StoredValue<Option<History>>,
    clock: Clock,
}

impl Dashboard {
    /// State of the page at the current address, fed by the live connection.
    pub fn of_page() -> Self {
        let query = use_query_map();
        let address = Memo::new(move |_| query.with(|query| Address::from_query(|key| query.get_str(key))));
        let history = Store::new(HistoryRows::default());
        let rows = Store::new(BoardRows::default());
        let listed = Memo::new(move |_| {
            let address = address.read();
            Listed::of(&rows.rows().read(), &address.search, address.open, address.every)
        });
        let state = Self {
            rows,
            history,
            summary: RwSignal::new(None),
            address,
            open: Memo::new(move |_| address.read().open),
            all: Memo::new(move |_| address.read().all),
            search: Memo::new(move |_| address.read().search.clone()),
            listed,
            run_count: Memo::new(move |_| history.runs().read().len().min(RECENT_RUNS)),
            loaded: RwSignal::new(false),
            history_of: RwSignal::new(None),
            agent_menu: RowMenu::new("agent-menu"),
            run_menu: RowMenu::new("run-menu"),
            tip: RwSignal::new(None),
            focused_run: RwSignal::new(None),
            board: StoredValue::new(Board::default()),
            runs: StoredValue::new(None),
            clock: Clock::from_context(),
        };
        let (live, announcer) = (Live::from_context(), Announcer::from_context());
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
        state
    }

    /// The run that somebody is at, with the focus or in its menu: its row stays where it is; tracked.
    pub fn kept_run(self) -> Option<RunId> {
        self.run_menu.open_for().or(self.focused_run.get())
    }

    /// The state of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Takes in a message about the list of agents.
    pub fn accept_board(self, message: &ServerMessage, origin: Origin) -> Outcome {
        if let ServerMessage::AgentsState { server_now, .. } = message {
            self.clock.seed_with(*server_now);
        }
        let applied = self.board.try_update_value(|board| {
            let outcome = board.apply(message, origin);
            (outcome, (outcome == Outcome::Applied).then(|| board.rows.clone()))
        });
        let Some((outcome, rows)) = applied else { return Outcome::Ignored };
        if let Some(rows) = rows {
            self.rows.rows().patch(rows);
            self.loaded.set(true);
        }
        outcome
    }

    /// Takes in the figures of the last 24 hours, unless newer ones are known.
    pub fn accept_summary(self, message: &ServerMessage) -> Outcome {
        let ServerMessage::SummaryState { server_now, data, .. } = message else { return Outcome::Ignored };
        self.clock.seed_with(*server_now);
        let known = self.summary.with_untracked(|known| known.as_ref().map(|known| known.at));
        if known > Some(data.at) {
            return Outcome::Ignored;
        }
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
        let applied = self.runs.try_update_value(|runs| {
            if runs.as_ref().is_none_or(|history| history.agent != open) {
                *runs = Some(History::of(open));
            }
            let history = runs.as_mut()?;
            history.kept = kept;
            let outcome = history.apply(message, origin);
            Some((outcome, (outcome == Outcome::Applied).then(|| history.runs.clone())))
        });
        let Some(Some((outcome, runs))) = applied else { return Outcome::Ignored };
        if let Some(runs) = runs {
            self.history.runs().patch(runs);
            self.history_of.set(Some(open));
        }
        outcome
    }

    /// Forgets the runs of a row that was closed: what comes next is read afresh.
    pub fn forget_history(self) {
        _ = self.history_of.try_set(None);
        _ = self.runs.try_update_value(Option::take);
    }

    fn announce(self, message: &ServerMessage, announcer: Announcer) {
        let ServerMessage::AgentDelta { data, .. } = message else { return };
        let sentences = self.board.with_value(|board| {
            let row = board.rows.iter().find(|row| row.id == data.id)?;
            let say = |cell: &StripCell| format!("{}: {}", row.name, ended(cell));
            Some(newly_finished(&row.strip, &data.cells).map(say).collect::<Vec<_>>())
        });
        sentences.into_iter().flatten().for_each(|sentence| announcer.say(sentence));
    }
}

/// Changes the address as a step of the browser's history, without scrolling.
pub fn step() -> NavigateOptions {
    NavigateOptions { scroll: false, ..Default::default() }
}

/// Changes the address in the present step of the browser's history, without scrolling.
pub fn in_place() -> NavigateOptions {
    NavigateOptions { replace: true, ..step() }
}
