//! Histories of runs: whatever can happen to them, in any order, on the test's own clock.

use super::rows;
use crate::support::database::TestDatabase;
use crate::support::stage::USAGE;
use crate::support::subject::{Subject, first_step};
use proptest::prelude::*;
use runboard::domain::agent::version::AgentVersion;
use runboard::domain::agent::{AgentSettings, DayFigures};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::{AgentId, RunId};
use runboard::domain::money::NanoDollars;
use runboard::domain::request::RunRequest;
use runboard::domain::run::{Trigger, Usage};
use runboard::domain::summary::HOUR_MS;
use runboard::domain::time::Timestamp;
use runboard::server::execution::StepEnding;
use runboard::server::store::due::{Decision, Facts};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;
use runboard::server::store::transit::Skip;
use runboard::server::store::versions::{Saving, VersionsFrom};
use runboard::server::store::which::Which;
use sea_orm::{Database, DatabaseConnection};

const DAY_MS: i64 = 24 * HOUR_MS;

/// Something that happens; `arg` decides the rest.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    pub kind: u8,
    pub arg: u32,
}

pub fn op() -> impl Strategy<Value = Op> {
    (0..20_u8, any::<u32>()).prop_map(|(kind, arg)| Op { kind, arg })
}

/// A history as far as it has gone.
pub struct History {
    pub s: Subject,
    pub raw: DatabaseConnection,
    pub agents: Vec<AgentId>,
    /// Claims of runs that are under way, and how many steps each has begun.
    pub running: Vec<(Claim, i32)>,
}

/// Skips every due time, and makes the agent due again in an hour and a bit.
fn skip(facts: &Facts, _: Timestamp) -> Decision {
    let skip = Skip { reason: runboard::domain::run::SkipReason::Overlap, says: None };
    Decision { next: Some(Timestamp::from_ms(facts.due.ms() + HOUR_MS + 60_000)), skip: Some(skip), fault: None }
}

impl History {
    /// Begins shortly before an edge: of nothing, an hour, a day, a month.
    pub async fn on(database: TestDatabase, edge: usize) -> Self {
        let s = Subject::on(database).await;
        let raw = Database::connect(&s.database.url).await.unwrap();
        let now = s.store.now().ms();
        let next = |step: i64| (now / step + 1) * step;
        // 1 December 2026.
        let edge = [now, next(HOUR_MS), next(DAY_MS), 1_796_083_200_000][edge];
        s.clock.advance((edge - now - 5_000).max(0));
        let mut history = Self { s, raw, agents: Vec::new(), running: Vec::new() };
        for nr in 0..3 {
            history.new_agent(nr).await;
        }
        history
    }

    async fn new_agent(&mut self, nr: u32) {
        let settings = AgentSettings {
            model: if nr.is_multiple_of(2) { "demo/quick".into() } else { "demo/slow".into() },
            max_concurrent_runs: 9,
            // One is soon out of tokens, another comes due again and again.
            month_budget_tokens: (nr % 3 == 1).then_some(40),
            schedule: (nr % 3 == 2).then(|| "0 * * * *".to_owned()),
            ..AgentSettings::named("Test")
        };
        self.agents.push(self.s.store.create_agent(&self.s.scope, &settings, None).await.unwrap());
    }

    pub async fn go(&mut self, ops: &[Op]) {
        for op in ops {
            self.step(*op).await;
        }
    }

    async fn step(&mut self, Op { kind, arg }: Op) {
        let Subject { store, clock, scope, .. } = &self.s;
        let pick = arg as usize / 16;
        let agent = self.agents[pick % self.agents.len()];
        match kind {
            0..4 => {
                let trigger = [Trigger::Api, Trigger::Manual][pick % 2];
                store.create_task_run_with(scope, agent, trigger, &RunRequest::default()).await.unwrap();
            }
            4..7 => {
                for claim in store.claim_runs("a", 1 + arg % 3, &[]).await.unwrap() {
                    store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
                    self.running.push((claim, 1));
                }
            }
            7..10 => self.end(pick, arg).await,
            10 => self.end_step(pick).await,
            11 => self.lose(pick).await,
            12 => drop(store.request_stop(scope, RunId(1 + pick as i64 % 60)).await),
            13 => drop(store.stop_agent_runs(scope, agent).await.unwrap()),
            14 => drop(store.create_retry(scope, RunId(1 + pick as i64 % 60), Trigger::Manual, None).await),
            15 => drop(store.fire_due(10, skip).await.unwrap()),
            16 => {
                let turn = store.create_chat_turn(scope, agent, None, "Well?", Trigger::Manual).await.unwrap();
                if arg % 2 == 0 {
                    store.delete_thread(scope, turn.run.thread_id).await.unwrap();
                }
            }
            19 => self.save(agent, arg).await,
            17 => clock.advance([1, 4_999, 40_000, HOUR_MS, 5 * HOUR_MS + 1, 23 * HOUR_MS][arg as usize % 6]),
            // Not often: with an agent goes all it had.
            _ if arg % 4 == 0 => self.replace(pick, arg).await,
            _ => clock.advance(i64::from(arg % 100_000)),
        }
    }

    /// Makes a version of an agent, or none where it has these settings already.
    async fn save(&self, agent: AgentId, arg: u32) {
        let Subject { store, scope, .. } = &self.s;
        let (present, _) = store.agent(scope, agent).await.unwrap();
        let settings = AgentSettings { max_steps: 1 + (arg % 3) as i32, ..present.settings };
        store.replace_agent(scope, agent, &settings, &Saving::default()).await.unwrap();
    }

    /// Executes a run of an agent of its own from beginning to end.
    pub async fn end_one(&mut self) {
        if self.agents.is_empty() {
            self.new_agent(0).await;
        }
        let store = &self.s.store;
        store.create_task_run_with(&self.s.scope, self.agents[0], Trigger::Api, &RunRequest::default()).await.unwrap();
        let claim = store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        store.end_run(&claim, &ending(Verdict::Success, 1, Some(USAGE))).await.unwrap().unwrap();
    }

    async fn end(&mut self, pick: usize, arg: u32) {
        if self.running.is_empty() {
            return;
        }
        let (claim, steps) = self.running.swap_remove(pick % self.running.len());
        use FailureCause::*;
        let failed = |cause| Verdict::Failed(Failure::new(cause, "no"));
        let verdict = match arg % 8 {
            0..3 => Verdict::Success,
            3 => Verdict::Cancelled,
            kind => failed([Other, TimeLimit, Interrupted, RunBudget][kind as usize % 4]),
        };
        let usage = match arg / 8 % 4 {
            0 => Some(USAGE),
            1 => Some(Usage { total_cost: Some(NanoDollars(0)), ..USAGE }),
            2 => Some(Usage { total_cost: None, ..USAGE }),
            // Nobody has reported: what its steps have used counts.
            _ => None,
        };
        self.s.store.end_run(&claim, &ending(verdict, steps, usage)).await.unwrap();
    }

    /// Ends a step whose cost is known and begins another.
    async fn end_step(&mut self, pick: usize) {
        let count = self.running.len();
        let Some((claim, steps)) = self.running.get_mut(pick % count.max(1)) else { return };
        let end = StepEnding { position: *steps, usage: USAGE, ..StepEnding::default() };
        if self.s.store.end_step(claim, &end, &USAGE).await.unwrap().is_some() {
            *steps += 1;
            self.s.store.begin_step(claim, *steps, &first_step()).await.unwrap().unwrap();
        }
    }

    /// Its server goes away.
    async fn lose(&mut self, pick: usize) {
        if self.running.is_empty() {
            return;
        }
        let (claim, _) = self.running.swap_remove(pick % self.running.len());
        self.s.store.expire_all_leases().await.unwrap();
        self.s.store.interrupt_expired(claim.agent, claim.run).await.unwrap();
    }

    async fn replace(&mut self, pick: usize, nr: u32) {
        let agent = self.agents.swap_remove(pick % self.agents.len());
        self.s.store.delete_agent(agent).await.unwrap();
        self.running.retain(|(claim, _)| claim.agent != agent);
        self.new_agent(nr).await;
    }

    /// Compares roll-ups and all figures with the rows.
    pub async fn is_summed_up(&self) {
        let Subject { store, scope, .. } = &self.s;
        let rows = rows::read(&self.raw).await;
        assert_eq!(rows::rolled_up(&self.raw).await, rows::by_hour(&rows));
        let now = self.s.store.now().ms();
        let summary = store.summary(scope).await.unwrap();
        let day = rows::last_day(&rows, now);
        let count = |is: &dyn Fn(&rows::Row) -> bool| day.iter().filter(|row| is(row)).count() as i64;
        let sum = |of: &dyn Fn(&rows::Row) -> i64| day.iter().map(|row| of(row)).sum::<i64>();
        let under_way = rows.iter().filter(|row| row.status == "running").count() as i64;
        assert_eq!(summary.runs, under_way + count(&|row| row.started_at.is_some()));
        assert_eq!(summary.succeeded, count(&|row| row.status == "success"));
        assert_eq!(summary.failed, count(&|row| row.status == "failed"));
        assert_eq!(summary.timed_out, count(&|row| row.failure_kind.as_deref() == Some("timeout")));
        assert_eq!(summary.tokens, sum(&|row| row.total_tokens.unwrap_or(0)));
        assert_eq!(summary.cached_tokens, sum(&|row| row.cached_tokens.unwrap_or(0)));
        assert_eq!(summary.cost.0, sum(&rows::Row::cost));
        assert_eq!(summary.priced, count(&|row| row.total_cost.is_some()));
        assert_eq!(summary.unpriced, count(&|row| row.total_cost.is_none() && row.started_at.is_some()));
        let took: Vec<_> = day.iter().filter_map(|row| row.took()).collect();
        let average = (!took.is_empty()).then(|| took.iter().sum::<i64>() / took.len() as i64);
        assert_eq!(summary.duration.map(|took| took.average_ms), average);
        for percent in [50, 95] {
            let read = summary.duration.map(|took| if percent == 50 { took.p50_ms } else { took.p95_ms });
            let exact = rows::percentile(&day, percent);
            assert!(rows::is_near(read, exact), "{read:?} for {exact:?}");
        }
        let bar = |hour: i64| {
            let of =
                |row: &&rows::Row| row.finished_at.is_some_and(|at| at / HOUR_MS == hour) && row.started_at.is_some();
            rows.iter().filter(of).count() as i64
        };
        let hours: Vec<_> = summary.hours.iter().map(|hour| hour.runs).collect();
        let mut expected: Vec<_> = (0..24).map(|place| bar(now / HOUR_MS - 23 + place)).collect();
        *expected.last_mut().unwrap() += under_way;
        assert_eq!(hours, expected);
        for agent in &self.agents {
            self.agent_is_summed_up(*agent, &rows).await;
        }
    }

    async fn agent_is_summed_up(&self, agent: AgentId, rows: &[rows::Row]) {
        let Subject { store, scope, .. } = &self.s;
        let now = self.s.store.now().ms();
        let own: Vec<_> = rows.iter().filter(|row| row.agent_id == agent.0).cloned().collect();
        let day = rows::last_day(&own, now);
        let count = |status: &str| day.iter().filter(|row| row.status == status).count() as f64;
        let (succeeded, failed) = (count("success"), count("failed"));
        let rate = (succeeded + failed > 0.0).then(|| succeeded / (succeeded + failed));
        let shown = store.agent_rows(scope, Which::These(&[agent])).await.unwrap().remove(0);
        assert_eq!(shown.pulse.success_rate, rate);
        let (whole, _) = store.agent(scope, agent).await.unwrap();
        assert_eq!((whole.success_rate, whole.day), (rate, shown.pulse.day));
        let DayFigures { p95_ms, cost, unpriced } = whole.day;
        assert!(rows::is_near(p95_ms, rows::percentile(&day, 95)), "{p95_ms:?}");
        assert_eq!(cost.map_or(0, |cost| cost.0), day.iter().map(|row| row.cost()).sum::<i64>());
        assert_eq!(
            cost.is_some(),
            day.iter().any(|row| row.total_cost.is_some() || row.cost() > 0),
            "known, if any is"
        );
        let is_unpriced = |row: &&&rows::Row| row.total_cost.is_none() && row.started_at.is_some();
        assert_eq!(unpriced, day.iter().filter(is_unpriced).count() as i64);
        let versions = store.versions(scope, agent, VersionsFrom::Newest, 200).await.unwrap().versions;
        assert_eq!(versions.iter().map(|version| version.number).next(), Some(whole.version));
        for AgentVersion { number, figures, .. } in versions {
            let of: Vec<_> = own.iter().filter(|row| row.agent_version == Some(number)).collect();
            let over: Vec<_> = of.into_iter().filter(|row| row.finished_at.is_some()).collect();
            let count = |status: &str| over.iter().filter(|row| row.status == status).count() as f64;
            let (succeeded, failed) = (count("success"), count("failed"));
            let rate = (succeeded + failed > 0.0).then(|| succeeded / (succeeded + failed));
            assert_eq!(figures.runs, over.iter().filter(|row| row.started_at.is_some()).count() as i64);
            assert_eq!(figures.success_rate, rate);
            assert!(rows::is_near(figures.p50_ms, rows::percentile(&over, 50)), "{figures:?}");
            assert_eq!(figures.cost.map_or(0, |cost| cost.0), over.iter().map(|row| row.cost()).sum::<i64>());
        }
        let counts = store.run_counts(scope, agent).await.unwrap();
        for (status, counted) in counts {
            assert_eq!(counted, own.iter().filter(|row| row.status == status.as_str()).count() as i64, "{status}");
        }
        let month = chrono::DateTime::from_timestamp_millis(now).unwrap().format("%Y-%m").to_string();
        let is_of_month = |row: &&rows::Row| match row.finished_at {
            Some(at) => chrono::DateTime::from_timestamp_millis(at).unwrap().format("%Y-%m").to_string() == month,
            None => row.status == "running",
        };
        let month: Vec<_> = own.iter().filter(is_of_month).collect();
        let spent = store.spent_this_month(agent, None).await.unwrap();
        assert_eq!(spent.tokens, month.iter().map(|row| row.total_tokens.unwrap_or(0)).sum::<i64>());
        assert_eq!(spent.cost.0, month.iter().map(|row| row.cost()).sum::<i64>());
    }
}

/// Returns an end of a run whose last step is the one at `position`.
fn ending(verdict: Verdict, position: i32, usage: Option<Usage>) -> Ending {
    let open = StepEnding { position, usage: usage.unwrap_or_default(), ..StepEnding::default() };
    Ending {
        verdict,
        text: "done".to_owned(),
        usage,
        finish: None,
        signals: Default::default(),
        open: if usage.is_some() { vec![open] } else { Vec::new() },
        ended: None,
        acknowledged_at: None,
    }
}
