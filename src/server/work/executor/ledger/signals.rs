//! What an execution shows by itself that is out of the ordinary.

use super::{Ledger, Open, Tally};
use crate::domain::run::add_known;
use crate::domain::signal::Signals;

impl Ledger {
    /// Called when a call of a tool that was made has ended.
    pub(in super::super) fn called(&self, tool: &str, has_failed: bool) {
        let mut state = self.lock();
        let (calls, failed) = state.calls.entry(tool.to_owned()).or_default();
        *calls += 1;
        *failed += u32::from(has_failed);
    }

    /// Returns what a model call shows that is out of the ordinary; it stays open.
    pub(in super::super) fn signals(&self, position: i32) -> Signals {
        match self.lock().open.get(&position) {
            Some(Open::Model(tally)) => self.signals_of(tally),
            _ => Signals::default(),
        }
    }

    /// Returns the same of a call that was taken out of those that are open.
    pub(super) fn signals_of(&self, tally: &Tally) -> Signals {
        if !tally.answered {
            return Signals::default();
        }
        // Of the last try alone: those that failed did not fill its context.
        let tokens = tally.this_try().0;
        let tokens = add_known(tokens.prompt, tokens.completion);
        let window = *self.window.get_or_init(|| self.prices.context_window(&self.model));
        Signals::of_call(tally.answer.finish, tokens, window)
    }
}
