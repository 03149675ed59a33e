//! Pages of agents: another one is read when the address asks for it, and the same one again when there may be others on it.
//! The address and the reader decide; the server knows which agents they are.

use crate::api::agents::agents_snapshot;
use crate::domain::agent::listing::AgentCounts;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::model::address::Address;
use crate::ui::model::seq::Origin;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::navigation::AGENTS_HEADING;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long after a letter the server is asked: others may follow.
const TYPING: Duration = Duration::from_millis(200);

impl Dashboard {
    /// Reads pages as they are asked for, for as long as the page lives.
    pub(super) fn follow_pages(self) {
        let toasts = Toasts::from_context();
        Effect::new(move |before: Option<Address>| {
            let (table, open) = (self.table.get(), self.open.get());
            let is_there = |id| untrack(|| self.with_agents(|rows| rows.iter().any(|row| row.id == id)));
            if let Some(before) = before
                && untrack(|| self.is_paged())
                && (before != table || !open.is_none_or(is_there))
            {
                let pause = if before.search == table.search { Duration::ZERO } else { TYPING };
                let turned = before.edge != table.edge;
                self.read_page(pause, move |outcome| match outcome {
                    Ok(()) if turned => dom::scroll_up_to(AGENTS_HEADING),
                    Ok(()) => {}
                    Err(error) => toasts.error("Could not load the agents", error),
                });
            }
            table
        });
        // Others have come, gone, or begun to need attention. Nobody who is at the table has rows changed under their hands.
        Effect::new(move |_| {
            let (counts, held) = (self.counts.get(), self.is_held());
            let only = self.table.with_untracked(|table| table.only);
            let decisive = |counts: &AgentCounts| (counts.all, counts.attention, only.map(|only| counts.of(only)));
            let read = self.page.with_untracked(|page| page.as_ref().map(|page| decisive(&page.counts)));
            if !held && read.is_some_and(|read| read != decisive(&counts)) {
                self.read_page(Duration::ZERO, |_| {});
            }
        });
    }

    /// Asks the server for the page of the address, after a pause. A response that is overtaken is dropped.
    pub(super) fn read_page(self, pause: Duration, then: impl Fn(Result<(), AppError>) + 'static) {
        let turn = self.turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        let is_overtaken = move || self.turn.try_get_value() != turn;
        self.reading.set(true);
        let ask = move || {
            if is_overtaken() {
                return;
            }
            let query = self.address.with_untracked(Address::query);
            spawn_local(async move {
                let answer = agents_snapshot(query).await;
                if is_overtaken() {
                    return;
                }
                let answer = answer.map(|message| _ = self.accept_board(&message, Origin::Response));
                self.reading.set(false);
                then(answer);
            });
        };
        set_timeout(ask, pause);
    }
}
