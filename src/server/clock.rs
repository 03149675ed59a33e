//! The clock of the server, injected so that tests decide what time it is. The only place that reads the system's.

use crate::domain::time::Timestamp;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// A source of the time.
pub trait Clock: Send + Sync + 'static {
    /// Returns the present instant. It jumps when somebody sets the clock.
    fn now(&self) -> Timestamp;

    /// Milliseconds since some moment of this process. It never jumps, so durations are differences of it.
    fn elapsed_ms(&self) -> i64;
}

/// A clock that everybody shares.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The moment from which [`SystemClock`] counts.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
        let now = chrono::Utc::now();
        Timestamp::from_ms(now.timestamp_millis())
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    elapsed: AtomicI64,
}

impl ManualClock {
    /// Stands at `ms` milliseconds since the epoch.
    pub fn at(ms: i64) -> Arc<Self> {
        Arc::new(Self { now: AtomicI64::new(ms), elapsed: AtomicI64::new(0) })
    }

    /// Moves on by `ms` milliseconds, as time passes.
    pub fn advance(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
        self.elapsed.fetch_add(ms, Ordering::SeqCst);
    }

    /// Sets the clock ahead by `ms` milliseconds, or back; no time passes.
    pub fn jump(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.now.load(Ordering::SeqCst))
    }

    fn elapsed_ms(&self) -> i64 {
        self.elapsed.load(Ordering::SeqCst)
    }
}
