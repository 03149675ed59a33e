//! The server's clock as the page knows it: a second hand for runs under way, a slower one for "3 min ago".
//!
//! Rendering reads these signals and nothing else, so both sides show the same. The browser's own clock is read in
//! timers and handlers only, and corrected by what the server says.

use super::ticking::Ticking;
use crate::domain::id::RunId;
use crate::domain::time::Timestamp;
use chrono::Utc;
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use std::time::Duration;

/// The page's one clock.
#[derive(Clone, Copy)]
pub struct Clock {
    second: RwSignal<Option<Timestamp>>,
    half_minute: RwSignal<Option<Timestamp>>,
    /// Server minus browser, in milliseconds.
    offset: StoredValue<Option<i64>>,
    ticking: RwSignal<Ticking>,
    visible: RwSignal<bool>,
}

impl Clock {
    /// A clock that has not been set.
    pub fn new() -> Self {
        Self {
            second: RwSignal::new(None),
            half_minute: RwSignal::new(None),
            offset: StoredValue::new(None),
            ticking: RwSignal::new(Ticking::default()),
            visible: RwSignal::new(true),
        }
    }

    /// The clock of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// The time of the first snapshot, for the first rendering. Later ones change nothing: both sides have to agree.
    pub fn seed_with(self, server_now: Timestamp) {
        if self.second.get_untracked().is_none() {
            self.second.set(Some(server_now));
            self.half_minute.set(Some(server_now));
        }
    }

    /// Corrects the offset by what the server has just said.
    pub fn sync(self, server_now: Timestamp) {
        self.offset.set_value(Some(server_now.ms() - browser_ms()));
        self.seed_with(server_now);
    }

    /// The server's time now. Not for rendering.
    pub fn now(self) -> Option<Timestamp> {
        let offset = self.offset.try_get_value()??;
        Some(Timestamp::from_ms(browser_ms() + offset))
    }

    /// A number that differs between pages.
    pub fn seed(self) -> u64 {
        browser_ms().unsigned_abs()
    }

    /// Moves every second while a run under way is seen; tracked.
    pub fn second(self) -> Option<Timestamp> {
        self.second.get()
    }

    /// Moves every half minute; tracked.
    pub fn half_minute(self) -> Option<Timestamp> {
        self.half_minute.get()
    }

    /// Moves the second hand to `at`.
    pub fn set_second(self, at: Timestamp) {
        self.second.set(Some(at));
    }

    /// Keeps the second hand moving for as long as the caller lives and `run` names a run. In the browser only.
    pub fn tick_for(self, run: impl Fn() -> Option<RunId> + Send + Sync + 'static) {
        let run = Memo::new(move |_| run());
        Effect::new(move |_| {
            let Some(run) = run.get() else { return };
            self.ticking.update(|ticking| ticking.enter(run));
            on_cleanup(move || _ = self.ticking.try_update(|ticking| ticking.leave(run)));
        });
    }

    /// Starts the hands, once the page is hydrated.
    pub fn start(self) {
        Effect::new(move |_| {
            if let (None, Some(seeded)) = (self.offset.get_value(), self.second.get_untracked()) {
                self.sync(seeded);
            }
            self.visible.set(!document().hidden());
            let listener = window_event_listener_untyped("visibilitychange", move |_| {
                self.visible.set(!document().hidden());
            });
            on_cleanup(move || listener.remove());
        });
        let moves = Memo::new(move |_| self.is_ticking());
        run_while(moves, Duration::from_secs(1), move || _ = self.now().map(|now| self.set_second(now)));
        let seen = Memo::new(move |_| self.visible.get());
        run_while(seen, Duration::from_secs(30), move || _ = self.now().map(|now| self.half_minute.set(Some(now))));
    }

    /// Whether the second hand moves; tracked.
    pub fn is_ticking(self) -> bool {
        self.ticking.with(|ticking| ticking.moves(self.visible.get()))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// The browser's own clock, in milliseconds.
#[expect(
    clippy::disallowed_methods,
    reason = "the browser has no other clock; it is read here only, and never to render"
)]
fn browser_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// Calls `tick` at once and at every interval while the condition holds.
fn run_while(condition: Memo<bool>, every: Duration, tick: impl Fn() + Copy + Send + Sync + 'static) {
    Effect::new(move |_| {
        if condition.get() {
            tick();
            if let Ok(timer) = set_interval_with_handle(tick, every) {
                on_cleanup(move || timer.clear());
            }
        }
    });
}
