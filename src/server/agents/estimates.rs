//! What an agent's schedule is likely to cost a month, before it is saved: what a run usually costs, as often as the schedule comes
//! due. An estimate in words, which says what it was made of; where that is too little, it says so.

use super::Agents;
use crate::domain::duration::format_count;
use crate::domain::id::AgentId;
use crate::domain::model::ModelRates;
use crate::domain::money::NanoDollars;
use crate::domain::run_filter::{Choice, Period};
use crate::domain::summary::HOUR_MS;
use crate::domain::time::Timestamp;
use crate::error::AppError;
use crate::server::aside;
use crate::server::schedule::Schedule;
use crate::server::store::rollups::grouped::Wanted;
use crate::server::store::rollups::spans::Spans;
use crate::server::store::scope::Scope;
use chrono_tz::Tz;
use std::iter::successors;

/// Days of the month that is estimated.
const DAYS: i64 = 30;
/// Due times that are looked for; of a schedule with more the rest is taken to be like these.
const DUE_TIMES: i64 = 45_000;
/// Tokens that prices are for.
const PRICED_TOKENS: i128 = 1_000_000;

/// Settings that somebody is about to save.
pub struct Intended<'a> {
    pub model: &'a str,
    pub schedule: &'a str,
    pub time_zone: &'a str,
    /// What the month may cost.
    pub budget: Option<NanoDollars>,
}

impl Agents {
    /// Returns a sentence or two; `None` without a schedule that can be read, or a model. Without an `id` it is for an agent
    /// that is not there yet.
    ///
    /// # Errors
    /// No such agent; those of the database.
    pub async fn estimate(
        &self,
        scope: &Scope,
        id: Option<AgentId>,
        intended: Intended<'_>,
    ) -> Result<Option<String>, AppError> {
        let Ok(schedule) = Schedule::parse(intended.schedule, intended.time_zone) else { return Ok(None) };
        let Ok(rates) = self.check_model(intended.model) else { return Ok(None) };
        let per_run = match id {
            Some(id) => self.per_run(scope, id, intended.model, rates).await?,
            None => None,
        };
        if per_run.is_none() && rates.is_none() {
            return Ok(Some("What it will cost is not known: the price of this model is not.".to_owned()));
        }
        let now = self.store.now();
        let times = aside::run(move || due_times(&schedule, now)).await;
        Ok(Some(match per_run {
            Some((cost, source)) => words(cost, source, times, intended.budget),
            None => later(times, intended.budget),
        }))
    }

    /// Returns what a run of the agent is likely to cost with this model, and what says so; `None` where nothing does yet.
    async fn per_run(
        &self,
        scope: &Scope,
        id: AgentId,
        model: &str,
        rates: Option<ModelRates>,
    ) -> Result<Option<(NanoDollars, &'static str)>, AppError> {
        let (agent, _) = self.store.agent(scope, id).await?;
        if model.trim() == agent.settings.model {
            let cost = agent.normal.and_then(|normal| normal.cost);
            return Ok(cost.map(|cost| (cost, "the median of its latest successful runs")));
        }
        let Some(rates) = rates else { return Ok(None) };
        let tokens = self.tokens(scope, id).await?;
        Ok(tokens.map(|tokens| (tokens.cost(rates), "by the tokens of its runs in the last 30 days")))
    }

    /// Returns what the agent's runs of the last 30 days have used; `None` where none has.
    async fn tokens(&self, scope: &Scope, id: AgentId) -> Result<Option<Tokens>, AppError> {
        let end = self.store.now().ms() / HOUR_MS + 1;
        let hours = ((end - Period::Month.ms() / HOUR_MS).max(0), end);
        let Some(spans) = Spans::cut(hours, None, Tz::UTC, 1) else { return Ok(None) };
        let wanted = Wanted { by: None, spans, agents: Some(Choice::of([id])) };
        let total = self.store.grouped(scope, &wanted).await?.and_then(|grouped| grouped.total);
        let tokens = total.map(|total| Tokens {
            runs: total.figures.runs,
            prompt: total.figures.prompt_tokens,
            completion: total.figures.completion_tokens,
        });
        Ok(tokens.filter(|tokens| tokens.runs > 0 && tokens.prompt > 0))
    }
}

/// Tokens of some runs.
#[derive(Clone, Copy)]
struct Tokens {
    runs: i64,
    prompt: i64,
    completion: i64,
}

impl Tokens {
    /// Returns what one of the runs would cost at these prices.
    fn cost(self, rates: ModelRates) -> NanoDollars {
        let of = |tokens: i64, rate: NanoDollars| i128::from(tokens) * i128::from(rate.0);
        let all = of(self.prompt, rates.input) + of(self.completion, rates.output);
        let one = all / PRICED_TOKENS / i128::from(self.runs.max(1));
        NanoDollars(i64::try_from(one).unwrap_or(i64::MAX))
    }
}

/// Returns how often a schedule comes due in 30 days.
fn due_times(schedule: &Schedule, now: Timestamp) -> i64 {
    let end = now.ms() + DAYS * 24 * HOUR_MS;
    let times = successors(schedule.next_after(now), |at| schedule.next_after(*at));
    let (mut count, mut last) = (0, now.ms());
    for at in times.take_while(|at| at.ms() <= end).take(DUE_TIMES as usize) {
        count += 1;
        last = at.ms();
    }
    match count < DUE_TIMES {
        true => count,
        false => count.saturating_mul(end - now.ms()) / (last - now.ms()).max(1),
    }
}

fn runs_words(times: i64) -> String {
    if times == 1 { "1 run".to_owned() } else { format!("{} runs", format_count(times)) }
}

/// How often it will run, while nothing says what a run costs.
fn later(times: i64, budget: Option<NanoDollars>) -> String {
    let runs = runs_words(times);
    let each = budget.filter(|_| times > 1).map(|budget| {
        format!(" The month's budget of {budget} is {} for each of them.", NanoDollars(budget.0 / times))
    });
    let each = each.unwrap_or_default();
    format!("{runs} in {DAYS} days. What they will cost is known after 3 successful runs whose cost is known.{each}")
}

fn words(per_run: NanoDollars, source: &str, times: i64, budget: Option<NanoDollars>) -> String {
    let month = NanoDollars(per_run.0.saturating_mul(times));
    let runs = runs_words(times);
    let cost = format!("About {month} a month: {runs} in {DAYS} days at {per_run} each, {source}.");
    match budget {
        None => cost,
        Some(budget) if month <= budget => format!("{cost} That is within the month's budget of {budget}."),
        Some(budget) => {
            let days = i128::from(budget.0) * i128::from(DAYS) / i128::from(month.0.max(1));
            let after = match days {
                0 => "within its first day".to_owned(),
                1 => "after about 1 day".to_owned(),
                days => format!("after about {days} days"),
            };
            format!("{cost} The month's budget of {budget} would end {after}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(cron: &str) -> i64 {
        let now = Timestamp::parse("2026-11-28T09:00:00Z").unwrap();
        due_times(&Schedule::parse(cron, "UTC").unwrap(), now)
    }

    #[test]
    fn due_times_are_counted_and_very_many_are_foretold() {
        assert_eq!([due("0 9 * * *"), due("0 * * * *"), due("0 0 29 2 *")], [30, 720, 0]);
        assert_eq!(due("* * * * *"), 43_200);
        assert_eq!(due("* * * * * *"), 2_592_000);
    }

    #[test]
    fn a_budget_that_would_not_last_says_when_it_ends() {
        let dollars = |amount: i64| NanoDollars(amount * 1_000_000_000);
        let said = |times, budget| words(dollars(1), "as before", times, budget);
        assert_eq!(said(30, None), "About $30.00 a month: 30 runs in 30 days at $1.00 each, as before.");
        assert!(said(30, Some(dollars(30))).ends_with("That is within the month's budget of $30.00."));
        assert!(said(60, Some(dollars(30))).ends_with("The month's budget of $30.00 would end after about 15 days."));
        assert!(said(60_000, Some(dollars(30))).ends_with("would end within its first day."));
        assert!(said(1, None).contains(": 1 run in 30 days"));
    }

    #[test]
    fn what_is_not_known_yet_says_when_and_what_the_budget_leaves() {
        let budget = NanoDollars(30_000_000_000);
        let known = "What they will cost is known after 3 successful runs whose cost is known.";
        assert_eq!(later(720, None), format!("720 runs in 30 days. {known}"));
        assert_eq!(
            later(60, Some(budget)),
            format!("60 runs in 30 days. {known} The month's budget of $30.00 is $0.500 for each of them.")
        );
        assert!(later(1, Some(budget)).ends_with(known) && later(0, Some(budget)).ends_with(known));
    }

    #[test]
    fn another_model_is_reckoned_by_tokens() {
        let tokens = Tokens { runs: 4, prompt: 4_000_000, completion: 400_000 };
        let rates = ModelRates { input: NanoDollars(2_000_000_000), output: NanoDollars(10_000_000_000) };
        assert_eq!(tokens.cost(rates), NanoDollars(3_000_000_000));
    }
}
