//! Decisions about the connection: when to try, when to ask whether it is still there, when to give it up, and what may
//! be said about it meanwhile. Pure: it knows no socket, no timer and no clock; `socket` acts on what it decides.
//!
//! A connection may be dead without saying so, and the page may have slept without noticing. So silence after a ping
//! counts as the end, and whatever happens is first compared with when something should have happened at the latest:
//! far too late means that the page was asleep, and that its connection has to prove itself at once.

pub mod terms;

use crate::ui::model::live::backoff::delay_ms;
use crate::ui::model::server_time::Reading;
use terms::{Connection, Event, Next, Now, Standing, Todo};

const PING_EVERY: i64 = 15_000;
/// How long the response to a ping may take, in milliseconds.
const ANSWER_WITHIN: i64 = 10_000;
/// How long it may take where there is reason to doubt, in milliseconds.
const HASTY_WITHIN: i64 = 3_000;
/// How long an attempt to connect may take.
const OPEN_WITHIN: i64 = 10_000;
/// A short drop is nobody's business. Time spent waiting for a response counts; a moment for the next attempt remains.
const PATIENCE: i64 = 5_000;
const MOMENT: i64 = 2_000;
/// Something happens at least this often, so that sleep is noticed.
const LOOK_EVERY: i64 = 5_000;
/// Delay, in milliseconds, from which on an event shows that the page was asleep.
const LATE: i64 = 5_000;
/// Attempts that failed in a row before the page calls itself offline.
const OFFLINE_AFTER: u32 = 4;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Opening {
        since: Reading,
    },
    Open {
        /// Something has come through it.
        proven: bool,
        check: Option<Check>,
        ping_at: i64,
    },
    Waiting {
        until: i64,
    },
}

/// A ping that waits for its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Check {
    ping: u64,
    since: i64,
    /// Only its own response will do: anything else may have waited in the browser while the page slept.
    hasty: bool,
}

impl Check {
    fn until(self) -> i64 {
        self.since + if self.hasty { HASTY_WITHIN } else { ANSWER_WITHIN }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Down {
    known: Reading,
    said_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Armed {
    at: Reading,
    due: i64,
}

/// The connection's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    phase: Phase,
    /// Attempts that failed in a row.
    failed: u32,
    /// When the connection last proved to be there; before that, when the page began.
    heard: Reading,
    down: Option<Down>,
    armed: Option<Armed>,
    /// The last ping's number, and when it went.
    pinged: (u64, Reading),
}

impl Link {
    /// Takes in what happens.
    pub fn handle(&mut self, event: Event, now: Now) -> Todo {
        let (at, mut todo) = (now.at, Todo::default());
        if self.has_slept(at) {
            self.armed = None;
            self.wake(at, &mut todo);
        }
        match event {
            Event::Started => {
                self.heard = at;
                self.open(at, &mut todo);
            }
            Event::Opened => {
                self.phase = Phase::Open { proven: false, check: None, ping_at: at.steady + PING_EVERY };
                todo.subscribe = true;
                self.ping(false, at, &mut todo);
            }
            Event::Heard => self.on_heard(at),
            Event::Answered(ping) => self.on_answered(ping, at),
            Event::Closed => self.on_closed(now, &mut todo),
            Event::Timer => self.armed = None,
            Event::Doubt => self.doubt(at, &mut todo),
            Event::Wake => self.wake(at, &mut todo),
        }
        self.expire(now, &mut todo);
        todo.timer = self.arm(at);
        todo
    }

    /// Returns what may be said now.
    pub fn standing(&self, now: Now) -> Standing {
        let connection = match (self.phase, self.down) {
            (_, Some(_)) if self.failed >= OFFLINE_AFTER || !now.online => Connection::Offline,
            (_, Some(_)) => Connection::Retrying,
            (Phase::Open { proven: true, .. }, None) => Connection::Live,
            (_, None) => Connection::None,
        };
        let next = match self.phase {
            _ if self.down.is_none() => Next::Nothing,
            Phase::Waiting { until } => Next::In(seconds_left(until, now.at)),
            _ => Next::Trying,
        };
        let stale = self.down.is_some_and(|down| now.at.steady >= down.said_at);
        Standing { connection, next, stale, known: self.down.map(|down| down.known) }
    }

    /// Returns when the ping of this number was sent, if it was the last.
    pub fn sent(&self, ping: u64) -> Option<Reading> {
        Some(self.pinged.1).filter(|_| self.pinged.0 == ping)
    }

    fn has_slept(&self, at: Reading) -> bool {
        self.armed.is_some_and(|armed| at.wall - armed.at.wall - (armed.due - armed.at.steady).max(0) > LATE)
    }

    fn on_heard(&mut self, at: Reading) {
        match &mut self.phase {
            Phase::Open { check: Some(Check { hasty: true, .. }), .. } => {}
            Phase::Open { proven, check, .. } => {
                (*proven, *check) = (true, None);
                self.heard = at;
                self.failed = 0;
                self.down = None;
            }
            // The last words of a socket that was given up.
            _ => {}
        }
    }

    fn on_answered(&mut self, ping: u64, at: Reading) {
        if let Phase::Open { check, .. } = &mut self.phase
            && check.is_some_and(|check| check.ping == ping)
        {
            *check = None;
            self.on_heard(at);
        }
    }

    fn on_closed(&mut self, now: Now, todo: &mut Todo) {
        let known = match self.phase {
            // Nobody waits for the end of a socket that was given up.
            Phase::Idle | Phase::Waiting { .. } => return,
            // It may have ended while the page slept.
            Phase::Open { check: Some(Check { hasty: true, .. }), .. } | Phase::Opening { .. } => self.heard,
            Phase::Open { .. } => now.at,
        };
        self.lose(known, 0, now.at, todo);
        self.wait(now);
    }

    /// Asks a connection that looks alive for proof, soon.
    fn doubt(&mut self, at: Reading, todo: &mut Todo) {
        // Asked already; if that was long ago, `expire` decides.
        let asked = matches!(self.phase, Phase::Open { check: Some(Check { hasty: true, .. }), .. });
        if matches!(self.phase, Phase::Open { .. }) && !asked {
            self.ping(true, at, todo);
        }
    }

    fn wake(&mut self, at: Reading, todo: &mut Todo) {
        match self.phase {
            Phase::Idle => {}
            Phase::Open { .. } => self.doubt(at, todo),
            // One that has just begun is as good as another.
            Phase::Opening { since } if at.wall - since.wall < HASTY_WITHIN => self.failed = 0,
            Phase::Opening { .. } | Phase::Waiting { .. } => {
                self.failed = 0;
                self.open(at, todo);
            }
        }
    }

    /// Does what is due.
    fn expire(&mut self, now: Now, todo: &mut Todo) {
        let at = now.at;
        match self.phase {
            Phase::Opening { since } if at.steady >= since.steady + OPEN_WITHIN => {
                self.lose(self.heard, OPEN_WITHIN, at, todo);
                todo.close = true;
                self.wait(now);
            }
            Phase::Open { proven, check: Some(check), .. } if at.steady >= check.until() => {
                self.lose(self.heard, at.steady - check.since, at, todo);
                if proven {
                    self.open(at, todo);
                } else {
                    todo.close = true;
                    self.wait(now);
                }
            }
            Phase::Open { check: None, ping_at, .. } if at.steady >= ping_at => self.ping(false, at, todo),
            Phase::Waiting { until } if at.steady >= until => self.open(at, todo),
            _ => {}
        }
    }

    fn open(&mut self, at: Reading, todo: &mut Todo) {
        self.phase = Phase::Opening { since: at };
        todo.open = true;
    }

    fn ping(&mut self, hasty: bool, at: Reading, todo: &mut Todo) {
        if let Phase::Open { check, ping_at, .. } = &mut self.phase {
            self.pinged = (self.pinged.0 + 1, at);
            todo.ping = Some(self.pinged.0);
            *check = Some(Check { ping: self.pinged.0, since: at.steady, hasty });
            *ping_at = at.steady + PING_EVERY;
        }
    }

    fn lose(&mut self, known: Reading, waited: i64, at: Reading, todo: &mut Todo) {
        let said_at = at.steady + (PATIENCE - waited).max(MOMENT);
        self.down.get_or_insert(Down { known, said_at });
        todo.ping = None;
    }

    fn wait(&mut self, now: Now) {
        let delay = i64::try_from(delay_ms(self.failed, now.chance)).unwrap_or(i64::MAX);
        self.failed = self.failed.saturating_add(1);
        self.phase = Phase::Waiting { until: now.at.steady.saturating_add(delay) };
    }

    /// Returns how long until something is due, where that is sooner than what was asked for.
    fn arm(&mut self, at: Reading) -> Option<i64> {
        let said = self.down.map(|down| down.said_at).filter(|said| *said > at.steady);
        let phase = match self.phase {
            Phase::Idle => return None,
            Phase::Opening { since } => since.steady + OPEN_WITHIN,
            Phase::Open { check, ping_at, .. } => check.map_or(ping_at, Check::until),
            // Every second, for the count.
            Phase::Waiting { until } => until - (seconds_left(until, at) - 1) * 1_000,
        };
        let due = said.unwrap_or(i64::MAX).min(phase).min(at.steady + LOOK_EVERY);
        if self.armed.is_some_and(|armed| armed.due <= due) {
            return None;
        }
        self.armed = Some(Armed { at, due });
        Some((due - at.steady).max(0))
    }
}

/// Returns whole seconds, counted so that the last one shown is 1.
fn seconds_left(until: i64, at: Reading) -> i64 {
    ((until - at.steady + 999) / 1_000).max(1)
}

#[cfg(test)]
mod tests;
