//! Keeps account of one execution: which steps are open, what they have used, and what there is of the answer. It settles
//! the account also when the execution is cut in the middle of a call.

mod signals;

use super::super::model::{Finished, TokenUsage, ToolCall};
use super::super::pricing::Prices;
use crate::domain::budget::Spent;
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::run::{Usage, add_known, estimated_tokens};
use crate::domain::signal::Signals;
use crate::domain::step::payload::PREVIEW;
use crate::domain::time::Timestamp;
use crate::server::execution::offer::ToolOffer;
use crate::server::execution::{AnswerRecord, Outcome, Priced, Settled, StepEnding, Tried};
use parking_lot::{Mutex, MutexGuard};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Cheap to lock: nothing waits while it is.
pub(super) struct Ledger {
    model: String,
    prices: Prices,
    /// Prices are those of the day the run started.
    at: Timestamp,
    state: Mutex<State>,
    /// How many tokens the model takes at a time, if that is known; looked up once.
    window: OnceLock<Option<u64>>,
}

#[derive(Default)]
struct State {
    /// Usage of the steps that have ended.
    ended: Vec<Usage>,
    open: BTreeMap<i32, Open>,
    /// How steps have ended that may not have been written down yet.
    unwritten: BTreeMap<i32, StepEnding>,
    /// Text of the last model call.
    text: String,
    /// Text of a failed try of it: better than nothing, where nothing comes after it.
    void: String,
    /// Why the model stopped writing, the last time.
    finish: Option<Finish>,
    /// The tools that the model is offered, until they have gone with the end of a step.
    offer: Option<ToolOffer>,
    /// Of each tool, how many calls of it have ended, and how many of these failed.
    calls: BTreeMap<String, (u32, u32)>,
}

/// A step under way.
enum Open {
    Model(Box<Tally>),
    Tool,
}

/// A model call's text and tokens so far, failed tries included.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    prompt_chars: usize,
    /// Whether the model was asked in this try: before that no token is spent.
    asked: bool,
    text: String,
    /// Whether the model has begun to answer: from then on tokens are spent, reported or not.
    answered: bool,
    /// Characters it has written that are not shown.
    unseen: usize,
    reported: TokenUsage,
    answer: AnswerRecord,
    /// Tokens of tries that broke off.
    wasted: Option<TokenUsage>,
}

impl Ledger {
    pub(super) fn new(model: String, prices: Prices, at: Timestamp) -> Self {
        Self { model, prices, at, state: Mutex::default(), window: OnceLock::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn with_tally(&self, position: i32, change: impl FnOnce(&mut Tally)) {
        if let Some(Open::Model(tally)) = self.lock().open.get_mut(&position) {
            change(tally);
        }
    }

    /// Called when a model is asked, with this many characters.
    pub(super) fn open_model(&self, position: i32, prompt_chars: usize) {
        let tally = Tally { prompt_chars, ..Tally::default() };
        let mut state = self.lock();
        state.open.insert(position, Open::Model(Box::new(tally)));
        state.text.clear();
        state.void.clear();
        state.finish = None;
    }

    /// Called before the model is asked for the first time.
    pub(super) fn offer(&self, offer: Option<ToolOffer>) {
        self.lock().offer = offer;
    }

    /// Returns the tools that the model is offered, once.
    pub(super) fn take_offer(&self) -> Option<ToolOffer> {
        self.lock().offer.take()
    }

    pub(super) fn open_tool(&self, position: i32) {
        self.lock().open.insert(position, Open::Tool);
    }

    /// Called when a try begins.
    pub(super) fn ask(&self, position: i32) {
        self.with_tally(position, |tally| tally.asked = true);
    }

    pub(super) fn write(&self, position: i32, piece: &str) {
        self.with_tally(position, |tally| {
            tally.answered = true;
            tally.text.push_str(piece);
        });
        self.lock().text.push_str(piece);
    }

    pub(super) fn write_unseen(&self, position: i32, chars: usize) {
        self.with_tally(position, |tally| {
            tally.answered = true;
            tally.unseen += chars;
        });
    }

    /// Called when the model thinks to itself.
    pub(super) fn think(&self, position: i32, piece: &str) {
        self.write_unseen(position, piece.chars().count());
        self.with_tally(position, |tally| {
            let thought = tally.answer.reasoning.get_or_insert_default();
            // A little more than is kept, so that whoever keeps it sees that there was more.
            if thought.len() <= PREVIEW {
                thought.push_str(piece);
            }
        });
    }

    /// Called when the model has stopped writing.
    pub(super) fn finish(&self, position: i32, finished: &Finished) {
        self.with_tally(position, |tally| {
            tally.answer.finish = Some(finished.finish);
            tally.answer.calls = finished.calls.iter().map(ToolCall::record).collect();
            tally.answer.served_model.clone_from(&finished.served_model);
            tally.answer.echo = finished.echo.as_ref().and_then(|echo| serde_json::to_value(echo).ok());
        });
        self.lock().finish = Some(finished.finish);
    }

    /// Returns the record of an answer besides its text; its step stays open.
    pub(super) fn answer(&self, position: i32) -> AnswerRecord {
        match self.lock().open.get(&position) {
            Some(Open::Model(tally)) => tally.answer.clone(),
            _ => AnswerRecord::default(),
        }
    }

    pub(super) fn report(&self, position: i32, tokens: TokenUsage) {
        self.with_tally(position, |tally| {
            tally.answered = true;
            tally.reported = tokens;
        });
    }

    /// Called when a try has failed and is repeated: what it wrote is void, what it used is not.
    pub(super) fn fail_try(&self, position: i32) -> Tried {
        self.with_tally(position, Tally::fail_try);
        let mut state = self.lock();
        state.finish = None;
        let text = std::mem::take(&mut state.text);
        if !text.is_empty() {
            state.void = text;
        }
        let Some(Open::Model(tally)) = state.open.get(&position) else { return Tried::default() };
        let wasted = self.price(tally, true).0;
        let sent = estimated_tokens(tally.prompt_chars);
        Tried {
            step: Usage { prompt_tokens: add_known(wasted.prompt_tokens, Some(sent)), ..wasted },
            run: Usage::sum(state.ended.iter().chain([&wasted])),
        }
    }

    /// Returns the text of the last model call.
    pub(super) fn text(&self) -> String {
        self.lock().text.clone()
    }

    /// Returns a model call's usage so far, and the rates it was priced by; it stays open.
    pub(super) fn model_usage(&self, position: i32) -> (Usage, Option<serde_json::Value>) {
        match self.lock().open.get(&position) {
            Some(Open::Model(tally)) => self.price(tally, false),
            _ => (Usage::default(), None),
        }
    }

    /// Called when the step has ended and is yet to be written down. Returns the run's usage so far.
    pub(super) fn close(&self, ending: &StepEnding) -> Usage {
        let mut state = self.lock();
        if let Some(Open::Model(_)) = state.open.remove(&ending.position) {
            state.ended.push(ending.usage);
        }
        state.unwritten.insert(ending.position, ending.clone());
        Usage::sum(&state.ended)
    }

    /// Called when the end of the step is written down.
    pub(super) fn written(&self, position: i32) {
        self.lock().unwritten.remove(&position);
    }

    /// Returns the run's usage so far, an open call included.
    pub(super) fn spent(&self) -> Spent {
        let state = self.lock();
        let open = state.open.values().filter_map(|open| match open {
            Open::Model(tally) => Some(self.price(tally, false).0),
            Open::Tool => None,
        });
        Spent::of(&Usage::sum(open.chain(state.ended.iter().copied()).collect::<Vec<_>>().iter()))
    }

    /// Closes whatever is still open.
    pub(super) fn settle(&self, outcome: Outcome) -> Settled {
        let mut state = self.lock();
        if state.text.is_empty() {
            state.text = std::mem::take(&mut state.void);
        }
        let error = match &outcome {
            Outcome::Failed(failure) => Some(failure.error.clone()),
            Outcome::Success | Outcome::OverBudget(_) | Outcome::Cut => None,
        };
        let mut offer = state.offer.take();
        let open: Vec<StepEnding> = std::mem::take(&mut state.open)
            .into_iter()
            .map(|(position, open)| match open {
                Open::Model(tally) => {
                    let (usage, rates) = self.price(&tally, matches!(outcome, Outcome::Failed(_)));
                    let signals = self.signals_of(&tally);
                    let refused = match &outcome {
                        Outcome::OverBudget(failure) if !tally.asked => Some(failure.error.clone()),
                        _ => None,
                    };
                    let output = Some(tally.text).filter(|text| !text.is_empty());
                    let error = error.clone().or(refused);
                    let offer = offer.take();
                    StepEnding { position, usage, rates, output, error, answer: tally.answer, signals, offer }
                }
                Open::Tool => StepEnding { position, error: error.clone(), ..StepEnding::default() },
            })
            .collect();
        let ended =
            state.ended.iter().chain(open.iter().map(|step| &step.usage).filter(|usage| **usage != Usage::default()));
        let usage = Usage::sum(ended);
        let signals = Signals::of_tools(state.calls.values().copied());
        let open = std::mem::take(&mut state.unwritten).into_values().chain(open).collect();
        let text = std::mem::take(&mut state.text);
        Settled { outcome, text, usage: Some(usage), finish: state.finish, signals, open }
    }

    fn price(&self, tally: &Tally, has_failed: bool) -> (Usage, Option<serde_json::Value>) {
        let (tokens, usage_estimated) = tally.tokens(has_failed);
        if tokens == TokenUsage::default() {
            // Nobody was asked, or was refused before a word was written: providers charge nothing for that.
            return (Usage { total_cost: Some(NanoDollars(0)), ..Usage::default() }, None);
        }
        // The operator's own prices win over everything.
        let bill = tokens.billed.filter(|_| !self.prices.are_own(&self.model));
        let (total_cost, rates) = match (bill, self.prices.price(&self.model, tokens, self.at)) {
            // The provider's own bill needs no rates.
            (Some(bill), _) => (Some(bill), None),
            (None, Some(Priced { cost, rates })) => (Some(cost), Some(rates)),
            (None, None) => (None, None),
        };
        let usage = Usage {
            prompt_tokens: tokens.prompt,
            cached_tokens: tokens.cached,
            completion_tokens: tokens.completion,
            reasoning_tokens: tokens.reasoning,
            total_tokens: tokens.prompt.zip(tokens.completion).map(|(prompt, wrote)| prompt.saturating_add(wrote)),
            total_cost,
            usage_estimated,
            cost_billed: bill.is_some(),
        };
        (usage, rates)
    }
}

impl Tally {
    fn fail_try(&mut self) {
        // A call that was refused before a word was written costs nothing.
        let used = self.answered.then(|| self.this_try().0);
        self.wasted = match (self.wasted, used) {
            (Some(before), Some(now)) => Some(plus(before, now)),
            (before, now) => before.or(now),
        };
        self.text.clear();
        self.reported = TokenUsage::default();
        self.answer = AnswerRecord::default();
        (self.asked, self.answered, self.unseen) = (false, false, 0);
    }

    /// Returns the tokens spent, and whether any of them is estimated.
    fn tokens(&self, has_failed: bool) -> (TokenUsage, bool) {
        let is_spent = match has_failed {
            true => self.answered,
            false => self.asked,
        };
        let (tokens, estimated) = if is_spent { self.this_try() } else { (self.reported, false) };
        match self.wasted {
            Some(wasted) if is_spent => (plus(wasted, tokens), true),
            Some(wasted) => (wasted, true),
            None => (tokens, estimated),
        }
    }

    fn this_try(&self) -> (TokenUsage, bool) {
        let reported = self.reported;
        if reported.prompt.is_some() && reported.completion.is_some() {
            return (reported, false);
        }
        let tokens = TokenUsage {
            prompt: reported.prompt.or(Some(estimated_tokens(self.prompt_chars))),
            completion: reported.completion.or(Some(estimated_tokens(self.text.chars().count() + self.unseen))),
            ..reported
        };
        (tokens, true)
    }
}

fn plus(a: TokenUsage, b: TokenUsage) -> TokenUsage {
    TokenUsage {
        prompt: add_known(a.prompt, b.prompt),
        cached: add_known(a.cached, b.cached),
        cache_written: add_known(a.cache_written, b.cache_written),
        completion: add_known(a.completion, b.completion),
        reasoning: add_known(a.reasoning, b.reasoning),
        // Half a bill is none: the whole is then computed from rates.
        billed: a.billed.zip(b.billed).map(|(a, b)| NanoDollars(a.0.saturating_add(b.0))),
    }
}
