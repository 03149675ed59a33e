//! Runs as traces, in the JSON of OTLP: each line is an `ExportTraceServiceRequest`, complete in itself, as the receiver
//! `otlpjsonfile` of the OpenTelemetry collector reads it. Names are those of OpenTelemetry's conventions for generative AI (0.1.0);
//! what they have no name for begins with `runboard.`.
//!
//! A run is one trace: a span for the run, and below it one for each call of a model or a tool. A span is exported once, with its end,
//! so a run has none until it is over. A run that ended before it began, because it was skipped or stopped, is a span without length
//! at its end: whoever counts runs by their status counts it too. How ids are made says `ids`.

mod ids;
mod spans;
mod wire;

use self::wire::{Request, Span};
use crate::domain::id::RunId;
use crate::domain::views::runs::ListedRun;
use crate::server::store::traced_steps::TracedStep;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashMap;

pub const MEDIA_TYPE: &str = "application/x-ndjson";
pub const DISPOSITION: &str = "attachment; filename=\"runs.otlp.jsonl\"";

/// Bytes of spans on a line, unless one alone is longer: the receiver cuts lines at 1 MiB.
const MOST: usize = 256 * 1024;

/// Returns those of some runs that are over and so have spans.
pub fn over(runs: &[ListedRun]) -> impl Iterator<Item = &ListedRun> {
    runs.iter().filter(|listed| listed.run.status.is_terminal())
}

/// Returns the spans of these runs, whose steps are beside them, on as few lines as they take. Without spans there is no line.
pub fn lines(runs: &[ListedRun], steps: &HashMap<RunId, Vec<TracedStep>>) -> serde_json::Result<String> {
    let mut lines = Lines::default();
    for listed in over(runs) {
        let steps = steps.get(&listed.run.id).map_or(&[][..], Vec::as_slice);
        for span in spans::of_run(listed, steps) {
            lines.push(&span)?;
        }
    }
    lines.end_line()?;
    Ok(lines.text)
}

/// Lines that are being written.
#[derive(Default)]
struct Lines {
    text: String,
    /// Spans of the next line, written already.
    spans: Vec<Box<RawValue>>,
    /// Bytes of these.
    bytes: usize,
}

impl Lines {
    fn push(&mut self, span: &Span) -> serde_json::Result<()> {
        let span = to_raw_value(span)?;
        if self.bytes + span.get().len() > MOST {
            self.end_line()?;
        }
        self.bytes += span.get().len();
        self.spans.push(span);
        Ok(())
    }

    fn end_line(&mut self) -> serde_json::Result<()> {
        if !self.spans.is_empty() {
            self.text.push_str(&serde_json::to_string(&Request::of(&self.spans))?);
            self.text.push('\n');
            self.spans.clear();
            self.bytes = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
