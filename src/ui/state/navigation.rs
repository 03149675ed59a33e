//! Moving about on the dashboard: the address is changed without leaving the page, and what is shown follows.

use crate::ui::dom;
use crate::ui::model::address::Address;
use crate::ui::state::dashboard::Dashboard;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// Id of the heading of the table of agents, where the focus goes when what had it has gone.
pub const AGENTS_HEADING: &str = "agents-h";

/// Entry that a change of the address makes in the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One can go back to what was shown before.
    New,
    /// The present step goes on.
    Same,
}

impl Dashboard {
    /// Shows what this address says; where it is shown already, that is no step.
    pub fn go(self, to: Address, step: Step) {
        if self.address.with_untracked(|now| *now == to) {
            return;
        }
        dom::set_address(&to.href(), step == Step::New);
        self.address.set(to);
    }

    /// Changes what is shown from what it is now.
    pub fn go_on(self, change: impl FnOnce(Address) -> Address, step: Step) {
        self.go(change(self.address.get_untracked()), step);
    }

    /// Follows a click on a link to another state of this page without leaving it.
    pub fn follow_link(self, event: &MouseEvent) {
        if event.default_prevented() || !dom::is_plain(event) {
            return;
        }
        if let Some(to) = dom::link_at(event.target()).as_deref().and_then(Address::from_href) {
            event.prevent_default();
            self.go(to, Step::New);
            // The link may have gone with what it was about.
            request_animation_frame(|| dom::focus_if_lost(AGENTS_HEADING));
        }
    }

    /// Brings the row that the page was opened with into view. A page that was scrolled already is left where it is: the
    /// reader has gone on, or has come back to it.
    pub(super) fn show_open(self) {
        Effect::new(move |_| {
            if let Some(open) = self.open.get_untracked() {
                request_animation_frame(move || dom::scroll_to(&format!("[data-agent='{open}']")));
            }
        });
    }

    /// Follows the browser's back and forward.
    pub(super) fn follow_address(self) {
        let follow = move || {
            let now = Address::from_query(&dom::query());
            self.address.maybe_update(|shown| std::mem::replace(shown, now.clone()) != now);
        };
        Effect::new(move |_| {
            // Who went back before the page was hydrated changed the address and nothing else.
            follow();
            let listener = window_event_listener_untyped("popstate", move |_| follow());
            on_cleanup(move || listener.remove());
        });
    }
}
