//! The agents of a page of which some are selected, and what came of a change of these.

use crate::api::agents::agents_snapshot;
use crate::api::many::edit_agents;
use crate::domain::agent::AgentRow;
use crate::domain::agent::edit::{AgentEdit, EditedAgent};
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::error::AppError;
use crate::ui::model::address::Address;
use crate::ui::model::board::Board;
use crate::ui::model::search::Listed;
use crate::ui::model::seq::Origin;
use crate::ui::state::request_keys::RequestKeys;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// State of the page.
#[derive(Clone, Copy)]
pub struct Selection {
    /// The agents of the page, in its order.
    pub rows: RwSignal<Vec<AgentRow>>,
    pub chosen: RwSignal<Vec<AgentId>>,
    /// Results of the last change, agent by agent.
    pub results: RwSignal<Vec<EditedAgent>>,
    /// Why the last change could not be made to any.
    pub refused: RwSignal<Option<AppError>>,
    pub busy: RwSignal<bool>,
    address: StoredValue<Address>,
    keys: RequestKeys,
}

impl Selection {
    /// Creates the state of a page of the agents that an address of the dashboard shows; none is selected.
    pub fn of_page(address: Address, agents: &ServerMessage) -> Self {
        Self {
            rows: RwSignal::new(listed(&address, agents)),
            chosen: RwSignal::new(Vec::new()),
            results: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
            address: StoredValue::new(address),
            keys: RequestKeys::from_context(),
        }
    }

    /// Whether an agent is selected; tracked.
    pub fn has(self, id: AgentId) -> bool {
        self.chosen.read().contains(&id)
    }

    /// Returns how many are selected; tracked.
    pub fn count(self) -> usize {
        self.chosen.read().len()
    }

    /// Selects an agent, or no longer.
    pub fn choose(self, id: AgentId, on: bool) {
        self.chosen.update(|chosen| {
            chosen.retain(|other| *other != id);
            if on {
                chosen.push(id);
            }
        });
    }

    /// Selects every agent of the page, or none.
    pub fn choose_all(self, on: bool) {
        let all = self.rows.with_untracked(|rows| rows.iter().map(|row| row.id).collect());
        self.chosen.set(if on { all } else { Vec::new() });
    }

    /// Returns what came of the last change for an agent; tracked.
    pub fn result(self, id: AgentId) -> Option<EditedAgent> {
        self.results.with(|results| results.iter().find(|result| result.id == id).cloned())
    }

    /// Changes those that are selected, then calls `done`.
    pub fn edit(self, edit: AgentEdit, done: Callback<()>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let ids = self.chosen.get_untracked();
        spawn_local(async move {
            let request = format!("edit {ids:?} {edit:?}");
            let answer = edit_agents(ids, edit, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            match answer {
                Ok(results) => {
                    _ = self.results.try_set(results);
                    self.refresh().await;
                }
                Err(error) => _ = self.refused.try_set(Some(error)),
            }
            // The page may have gone.
            _ = self.busy.try_set(false);
            _ = done.try_run(());
        });
    }

    /// Reads the agents again. Where that does not work, what came of the change is on the page all the same.
    async fn refresh(self) {
        let Some(query) = self.address.try_with_value(Address::query) else { return };
        if let (Ok(agents), Some(address)) = (agents_snapshot(query).await, self.address.try_get_value()) {
            // Those that fit the address no longer stay, or what came of it could not be seen.
            let mut rows = listed(&address, &agents);
            _ = self.rows.try_update(|shown| {
                let is_new = |row: &AgentRow| rows.iter().all(|other| other.id != row.id);
                let gone: Vec<AgentRow> = shown.iter().filter(|row| is_new(row)).cloned().collect();
                rows.extend(gone);
                *shown = rows;
            });
        }
    }
}

/// Returns the agents that an address of the dashboard shows, in its order.
fn listed(address: &Address, agents: &ServerMessage) -> Vec<AgentRow> {
    let mut board = Board::default();
    board.apply(agents, Origin::Response);
    board.arrange(address.sort, None);
    let listed = match &board.page {
        Some(page) => Listed::of_page(&board.rows, page.found),
        None => Listed::of(&board.rows, &Address { every: true, ..address.clone() }),
    };
    board.rows.into_iter().filter(|row| listed.has(row.id)).collect()
}
