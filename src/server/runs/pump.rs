//! Passes on what a model call writes: published 10 times a second, stored once a second.

use super::Runs;
use super::events::{OutputPiece, Progress};
use crate::server::execution::output::{LiveOutput, Written};
use crate::server::store::leases::Claim;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Time between two pieces.
const PACE: Duration = Duration::from_millis(100);
/// How long something may be written before it is stored, so that a reload or another server shows it.
const STORE_EVERY: Duration = Duration::from_secs(1);

/// How far an output has got somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    begun: u32,
    step: i32,
    length: usize,
}

impl Mark {
    /// Returns where the new text begins, and the text; `None` when there is none.
    fn advance(&mut self, written: &Written) -> Option<(usize, String)> {
        let from = if self.begun == written.begun { self.length } else { 0 };
        // When a call begins again, watchers must learn at once that what it wrote is void.
        let is_void = self.begun != written.begun && self.step == written.step && self.length > 0;
        let is_new = is_void || written.text.len() > from;
        *self = Self { begun: written.begun, step: written.step, length: written.text.len() };
        is_new.then(|| (from, written.text[from..].to_owned()))
    }
}

/// Passes an output on while its run is executed.
#[derive(Debug)]
pub struct Pump {
    output: LiveOutput,
    published: Mark,
    stored: Mark,
}

impl Pump {
    pub fn new(output: LiveOutput) -> Self {
        Self { output, published: Mark::default(), stored: Mark::default() }
    }

    /// Passes on what is written until it is dropped.
    pub async fn run(&mut self, runs: &Runs, claim: &Claim) {
        let output = self.output.clone();
        let mut store_at: Option<Instant> = None;
        loop {
            tokio::select! {
                () = output.grown() => {
                    sleep(PACE).await;
                    self.tell(runs, claim);
                    store_at.get_or_insert_with(|| Instant::now() + STORE_EVERY - 2 * PACE);
                }
                () = sleep_until(store_at.unwrap_or_else(Instant::now)), if store_at.is_some() => {
                    self.store(runs, claim).await;
                    store_at = None;
                }
            }
            // Output that is written without a pause must be stored all the same.
            if store_at.is_some_and(|at| at <= Instant::now()) {
                self.store(runs, claim).await;
                store_at = None;
            }
        }
    }

    /// Publishes what is new since the last time.
    pub fn tell(&mut self, runs: &Runs, claim: &Claim) {
        let output = self.output.clone();
        let new = output.read(|written| Some((self.published.advance(written)?, written.step, written.begun)));
        if let Some(((offset, text), step, begun)) = new {
            let whole = output;
            let piece = OutputPiece { run: claim.run, step, begun, offset, text, whole };
            runs.0.events.progress(Progress::Output(Arc::new(piece)));
        }
    }

    async fn store(&mut self, runs: &Runs, claim: &Claim) {
        let mut mark = self.stored;
        let new = self.output.read(|written| Some((mark.advance(written)?, written.step)));
        let Some(((start, text), step)) = new else { return };
        match runs.0.store.append_output(claim, step, start, &text).await {
            Ok(()) => self.stored = mark,
            // It comes again with what is written next, and whole when the step ends.
            Err(error) => tracing::warn!(run = %claim.run, %error, "storing output"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_passed_on() {
        let (output, mut mark) = (LiveOutput::default(), Mark::default());
        output.begin(1);
        output.push("All ");
        assert_eq!(mark.advance(&output.get()), Some((0, "All ".to_owned())));
        assert_eq!(mark.advance(&output.get()), None);
        output.push("quiet.");
        assert_eq!(mark.advance(&output.get()), Some((4, "quiet.".to_owned())));
    }

    #[test]
    fn a_repeated_call_voids_what_it_had_written() {
        let (output, mut mark) = (LiveOutput::default(), Mark::default());
        output.begin(1);
        output.push("All");
        mark.advance(&output.get());
        output.begin(1);
        assert_eq!(mark.advance(&output.get()), Some((0, String::new())));
        output.push("None");
        assert_eq!(mark.advance(&output.get()), Some((0, "None".to_owned())));
    }

    #[test]
    fn the_next_step_begins_at_the_beginning() {
        let (output, mut mark) = (LiveOutput::default(), Mark::default());
        output.begin(1);
        output.push("Let me see.");
        mark.advance(&output.get());
        output.begin(3);
        output.push("It is late.");
        assert_eq!(mark.advance(&output.get()), Some((0, "It is late.".to_owned())));
    }
}
