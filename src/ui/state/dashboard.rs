//! The dashboard's state: the reducers, the stores that show them, and the topics that feed them.

use super::accordion::Accordion;
use super::announcer::Announcer;
use super::board::{Board, newly_finished};
use super::clock::Clock;
use super::history::History;
use super::live::Live;
use super::seq::{Origin, Outcome};
use super::stores::{BoardRows, BoardRowsStoreFields, HistoryRows, HistoryRowsStoreFields};
use crate::domain::agent::StripCell;
use crate::domain::id::AgentId;
use crate::domain::live::{ServerMessage, Topic};
use crate::ui::words::ended;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use reactive_stores::Store;

/// What the dashboard's components share.
#[derive(Clone, Copy)]
pub struct Dashboard {
    pub rows: Store<BoardRows>,
    pub history: Store<HistoryRows>,
    /// Which row is open, as the address says.
    pub accordion: Memo<Accordion>,
    /// Whether all runs of the open row are asked for, and how many there are. They belong to the page: what is read
    /// in the open row while it closes must outlive the row.
    pub all: Memo<bool>,
    pub run_count: Memo<usize>,
    /// Whether the rows are known.
    pub loaded: RwSignal<bool>,
    /// Whose runs `history` holds.
    pub history_of: RwSignal<Option<AgentId>>,
    board: StoredValue<Board>,
    runs: StoredValue<Option<History>>,
    clock: Clock,
}

impl Dashboard {
    /// State of the page at the current address, fed by the live connection.
    pub fn of_page() -> Self {
        let query = use_query_map();
        let accordion =
            Memo::new(move |_| query.with(|query| Accordion::from_query(query.get_str("agent"), query.get_str("all"))));
        let history = Store::new(HistoryRows::default());
        let state = Self {
            rows: Store::new(BoardRows::default()),
            history,
            accordion,
            all: Memo::new(move |_| accordion.get().all),
            run_count: Memo::new(move |_| history.runs().read().len()),
            loaded: RwSignal::new(false),
            history_of: RwSignal::new(None),
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
        let open = move || accordion.get().open.map(Topic::Agent);
        live.watch(open, move |message| state.accept_run(message, Origin::Live));
        state
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

    /// Takes in a message about the open agent's runs.
    pub fn accept_run(self, message: &ServerMessage, origin: Origin) -> Outcome {
        let Some(open) = self.accordion.get_untracked().open else { return Outcome::Ignored };
        if let ServerMessage::AgentState { server_now, .. } = message {
            self.clock.seed_with(*server_now);
        }
        let applied = self.runs.try_update_value(|runs| {
            if runs.as_ref().is_none_or(|history| history.agent != open) {
                *runs = Some(History::of(open));
            }
            let history = runs.as_mut()?;
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
