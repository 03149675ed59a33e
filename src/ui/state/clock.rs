//! The server's clock as the page knows it: a second hand for runs under way, and two for ages, of which the slow one does
//! for whatever is more than a minute away.
//!  Rendering reads these signals and nothing else, so both sides show the same. The browser's own clocks are read in
//! timers and handlers only, and corrected by what the server says. It knows no connection: the connection pauses it.

use crate::domain::id::RunId;
use crate::domain::time::Timestamp;
use crate::ui::model::server_time::{Reading, ServerTime};
use crate::ui::model::ticking::Ticking;
use chrono::Utc;
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use std::time::Duration;

/// The hands are moved at once, rather than at their next tick, where they were this wrong.
const WRONG_MS: i64 = 1_500;

const HALF_MINUTE_MS: i64 = 30_000;
/// Distance below which a time is followed by the second: a minute, and the half by which the slow hand may lag.
const NEAR_MS: i64 = 90_000;

/// The page's one clock.
#[derive(Clone, Copy)]
pub struct Clock {
    second: RwSignal<Option<Timestamp>>,
    half_minute: RwSignal<Option<Timestamp>>,
    /// Moves every second while the page is seen, also while the second hand rests: ages go on.
    fine: RwSignal<Option<Timestamp>>,
    time: StoredValue<Option<ServerTime>>,
    ticking: RwSignal<Ticking>,
    visible: RwSignal<bool>,
    /// Nobody knows whether the runs under way still are.
    resting: RwSignal<bool>,
}

impl Clock {
    /// Creates a clock that has not been set.
    pub fn new() -> Self {
        Self {
            second: RwSignal::new(None),
            half_minute: RwSignal::new(None),
            fine: RwSignal::new(None),
            time: StoredValue::new(None),
            ticking: RwSignal::new(Ticking::default()),
            visible: RwSignal::new(true),
            resting: RwSignal::new(false),
        }
    }

    /// Returns the clock of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Takes the time of the first snapshot, for the first rendering. Later ones change nothing: both sides have to
    /// agree.
    pub fn seed_with(self, server_now: Timestamp) {
        if self.second.get_untracked().is_none() {
            self.second.set(Some(server_now));
            self.half_minute.set(Some(server_now));
            self.fine.set(Some(server_now));
        }
    }

    /// Takes in the server's time, sent in response to a ping of this moment.
    pub fn correct(self, server_now: Timestamp, asked: Reading) {
        let now = reading();
        let Some(time) = ServerTime::answered(server_now, asked, now) else { return };
        let error = self.at(now).map_or(0, |shown| (shown.ms() - time.at(now).ms()).abs());
        self.time.set_value(Some(time));
        self.seed_with(server_now);
        if error > WRONG_MS {
            self.half_minute.set(self.now());
            self.fine.set(self.now());
            if untrack(|| self.is_ticking()) {
                self.second.set(self.now());
            }
        }
    }

    /// Returns the server's time now. Not for rendering.
    pub fn now(self) -> Option<Timestamp> {
        self.at(reading())
    }

    /// Returns the server's time at a reading.
    pub fn at(self, reading: Reading) -> Option<Timestamp> {
        self.time.try_get_value()?.map(|time| time.at(reading))
    }

    /// Takes a leap of the browser's clock for sleep: the server cannot be asked.
    pub fn count_sleep(self) {
        self.time.update_value(|time| *time = time.map(|time| time.count_sleep(reading())));
    }

    /// Stops the second hand at what was last known to be right, or lets it go on.
    pub fn rest(self, rest: bool, known_until: Option<Timestamp>) {
        if rest != self.resting.get_untracked() {
            self.resting.set(rest);
            if let (true, Some(at)) = (rest, known_until) {
                self.second.set(Some(at));
            }
        }
    }

    /// Moves every second while a run under way is seen; tracked.
    pub fn second(self) -> Option<Timestamp> {
        self.second.get()
    }

    /// Moves every half minute; tracked.
    pub fn half_minute(self) -> Option<Timestamp> {
        self.half_minute.get()
    }

    /// Milliseconds from `at` until now, negative for what is to come. Exact to the second within about a minute of now and
    /// to half a minute beyond, so that only what is near follows the fast hand; tracked.
    pub fn ms_since(self, at: Timestamp) -> Option<i64> {
        // Not `Timestamp::ms_since`, which knows no time to come.
        let coarse = self.half_minute.get()?.ms() - at.ms();
        match coarse.abs() < NEAR_MS {
            true => Some(self.fine.get()?.ms() - at.ms()),
            false => Some(coarse),
        }
    }

    /// Moves the hands for ages, and with them the second hand, so that what they say goes together.
    fn strike(self) {
        let Some(now) = self.now() else { return };
        self.fine.set(Some(now));
        if self.half_minute.get_untracked().is_none_or(|shown| (now.ms() - shown.ms()).abs() >= HALF_MINUTE_MS) {
            self.half_minute.set(Some(now));
        }
        if untrack(|| self.is_ticking()) {
            self.second.set(Some(now));
        }
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
            if let (None, Some(seeded)) = (self.time.get_value(), self.second.get_untracked()) {
                self.time.set_value(Some(ServerTime::received(seeded, reading())));
            }
            self.visible.set(!document().hidden());
            let listener = window_event_listener_untyped("visibilitychange", move |_| {
                self.visible.set(!document().hidden());
            });
            on_cleanup(move || listener.remove());
        });
        let moves = Memo::new(move |_| self.is_ticking());
        Effect::new(move |_| {
            if moves.get() {
                self.strike();
            }
        });
        let seen = Memo::new(move |_| self.visible.get());
        run_while(seen, Duration::from_secs(1), move || self.strike());
    }

    /// Whether the second hand moves; tracked.
    pub fn is_ticking(self) -> bool {
        self.ticking.with(|ticking| ticking.moves(self.visible.get(), self.resting.get()))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads the browser's own clocks. In the browser only.
#[expect(
    clippy::disallowed_methods,
    reason = "the browser has no other clock; it is read here only, and never to render"
)]
pub fn reading() -> Reading {
    let wall = Utc::now().timestamp_millis();
    // Every browser has it; without it, the wall clock has to do.
    let steady = window().performance().map_or(wall, |performance| performance.now() as i64);
    Reading { wall, steady }
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

#[cfg(test)]
mod tests;
