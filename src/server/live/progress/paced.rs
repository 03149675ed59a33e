//! Pace of a running answer for those who watch it: how often it is sent, and what of it. Its last block is made and
//! sent again each time, so the longer that gets the longer is the pause after it.

use crate::domain::live::OutputDelta;
use crate::server::markdown::Growing;
use crate::server::runs::events::OutputPiece;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Bytes of HTML that are sent of one run in a second, as long as there is more to send than the engine reports at
/// once.
const PACE: u32 = 64 * 1024;

/// One run's output.
#[derive(Default)]
pub struct Paced {
    /// The newest piece, and where what has not been sent begins.
    waiting: Option<(Arc<OutputPiece>, usize)>,
    /// Which output the rest is of: its step, and which beginning.
    of: (i32, u32),
    growing: Growing,
    /// When the next may be sent.
    next: Option<Instant>,
}

impl Paced {
    /// Takes in the next piece.
    pub fn take(&mut self, piece: Arc<OutputPiece>) {
        let offset = match &self.waiting {
            Some((waiting, offset)) if is_same(waiting, &piece) => (*offset).min(piece.offset),
            _ => piece.offset,
        };
        if self.of != (piece.step, piece.begun) {
            self.of = (piece.step, piece.begun);
            self.growing = Growing::default();
        }
        self.waiting = Some((piece, offset));
    }

    /// Returns when what waits may be sent; `None` when nothing does.
    pub fn due(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|_| self.next.unwrap_or_else(Instant::now))
    }

    /// Returns what has been written since the last time. `None` if the output has started over meanwhile: what was
    /// waiting is void, or stands in the record of its step.
    pub fn delta(&mut self) -> Option<OutputDelta> {
        let (piece, offset) = self.waiting.take()?;
        let end = piece.offset + piece.text.len();
        let (text, tail) = piece.whole.read(|written| {
            let whole = Some(written.text.as_str()).filter(|_| (written.step, written.begun) == self.of)?;
            Some((whole.get(offset..end)?.to_owned(), whole.get(self.growing.begins().min(end)..end)?.to_owned()))
        })?;
        // If it started over within the same beginning there is nothing: what was known is not shorter.
        let tail = self.growing.read(&tail);
        let sent: usize = tail.blocks.iter().map(String::len).sum();
        let pause = Duration::from_secs(1) * u32::try_from(sent).unwrap_or(u32::MAX) / PACE;
        self.next = Some(Instant::now() + pause);
        Some(OutputDelta {
            step: piece.step,
            offset: offset as i64,
            text,
            kept_blocks: tail.kept as i64,
            blocks: tail.blocks,
        })
    }
}

fn is_same(one: &OutputPiece, other: &OutputPiece) -> bool {
    (one.step, one.begun) == (other.step, other.begun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::RunId;
    use crate::server::execution::output::LiveOutput;

    /// Returns an output that has grown by this.
    fn grown(whole: &LiveOutput, text: &str) -> Arc<OutputPiece> {
        let offset = whole.get().text.len();
        whole.push(text);
        let written = whole.get();
        let (step, begun) = (written.step, written.begun);
        Arc::new(OutputPiece { run: RunId(1), step, begun, offset, text: text.to_owned(), whole: whole.clone() })
    }

    #[tokio::test]
    async fn pieces_that_wait_are_sent_as_one() {
        let (whole, mut paced) = (LiveOutput::default(), Paced::default());
        whole.begin(1);
        paced.take(grown(&whole, "One\n\n"));
        paced.take(grown(&whole, "two"));
        let delta = paced.delta().unwrap();
        assert_eq!((delta.offset, delta.text.as_str(), delta.kept_blocks), (0, "One\n\ntwo", 0));
        assert_eq!(delta.blocks, ["<p dir=\"auto\">One</p>\n", "<p dir=\"auto\">two</p>\n"]);
        assert_eq!((paced.delta(), paced.due()), (None, None));
        paced.take(grown(&whole, "\n\nthree"));
        let delta = paced.delta().unwrap();
        assert_eq!((delta.offset, delta.text.as_str(), delta.kept_blocks), (8, "\n\nthree", 0));
        assert_eq!(delta.blocks.len(), 3);
    }

    #[tokio::test]
    async fn an_output_that_begins_anew_is_sent_from_its_beginning() {
        let (whole, mut paced) = (LiveOutput::default(), Paced::default());
        whole.begin(1);
        paced.take(grown(&whole, "void\n\nvoid\n\nvoid"));
        paced.delta().unwrap();
        let late = grown(&whole, " void");
        whole.begin(1);
        paced.take(late);
        assert_eq!(paced.delta(), None);
        paced.take(grown(&whole, "new"));
        let delta = paced.delta().unwrap();
        assert_eq!((delta.offset, delta.kept_blocks, delta.blocks.len()), (0, 0, 1));
    }

    #[tokio::test]
    async fn the_longer_the_last_block_the_longer_the_pause() {
        let (whole, mut paced) = (LiveOutput::default(), Paced::default());
        whole.begin(1);
        let pause = |paced: &mut Paced, text: &str| {
            paced.take(grown(&whole, text));
            paced.delta().unwrap();
            paced.next.unwrap() - Instant::now()
        };
        assert!(pause(&mut paced, "short") < Duration::from_millis(10));
        assert!(pause(&mut paced, &"long ".repeat(100_000)) > Duration::from_secs(5));
        // A block that is over is not sent again.
        pause(&mut paced, "\n\nshort\n\nshort");
        assert!(pause(&mut paced, " again") < Duration::from_millis(10));
    }
}
