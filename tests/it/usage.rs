//! Tests that a run's usage is the sum of its steps', however it ends.

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::USAGE;
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::money::NanoDollars;
use runboard::domain::run::{AgentRun, Usage};
use runboard::domain::step::{RunStep, StepKind, StepTry};
use runboard::domain::time::Timestamp;
use runboard::server::execution::{NewStep, StepEnding, Tried};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;
use sea_orm::{ConnectionTrait, Database};

on_both!(steps_sum_to_their_run_however_it_ends);

/// An event of a run after its first model call has begun.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// The first call ends, at this cost.
    FirstEnds(Option<i64>),
    /// A tool is called, and ends or not.
    Tool { ends: bool },
    /// Another model call begins.
    Second,
    /// A try of the model call under way fails, having used this many tokens.
    TryFails { sent: i64, wrote: i64 },
    /// The model call under way writes, and that is stored.
    Writes(&'static str),
    /// A stop is asked.
    Stop,
    /// It ends with a full report.
    Reported,
    /// The execution was dropped: it reports nothing but what it has written.
    Dropped(&'static str),
    /// Its server goes away, and another one finds it.
    ServerLost,
}

use Happens::*;

/// Tokens that a call is estimated to be sent when it begins.
const FIRST_SENT: i64 = 3;

const RUNS: [&[Happens]; 18] = [
    &[Reported],
    &[Stop, Reported],
    &[Dropped("")],
    &[Dropped("so far, so good")],
    &[Stop, Dropped("so far")],
    &[ServerLost],
    &[Writes("All quiet on"), ServerLost],
    &[Stop, Writes("All"), ServerLost],
    &[FirstEnds(Some(7)), Tool { ends: false }, ServerLost],
    &[FirstEnds(None), Tool { ends: false }, ServerLost],
    &[FirstEnds(Some(7)), Tool { ends: true }, Second, ServerLost],
    &[FirstEnds(Some(7)), Tool { ends: true }, Second, Writes("The time is"), ServerLost],
    &[TryFails { sent: 40, wrote: 5 }, ServerLost],
    &[Writes("Void by then"), TryFails { sent: 40, wrote: 5 }, ServerLost],
    &[TryFails { sent: 40, wrote: 5 }, Writes("Once more"), ServerLost],
    &[FirstEnds(Some(7)), Tool { ends: true }, Second, TryFails { sent: 40, wrote: 5 }, Dropped("Once more")],
    &[FirstEnds(Some(7)), Tool { ends: false }, Dropped("")],
    &[FirstEnds(Some(7)), Tool { ends: true }, Second, Stop, Dropped("The time is")],
];

fn sum(steps: &[RunStep]) -> Usage {
    Usage::sum(steps.iter().filter(|step| step.kind == StepKind::ModelCall).map(|step| &step.usage))
}

async fn happen(s: &Subject, claim: &Claim, position: &mut i32, happens: Happens) {
    let tool = NewStep {
        kind: StepKind::ToolCall,
        name: "clock".into(),
        input: "{}".into(),
        prompt_tokens: None,
        call_id: None,
    };
    match happens {
        FirstEnds(cost) => {
            let usage = Usage { total_cost: cost.map(NanoDollars), ..USAGE };
            let ending = StepEnding { position: 1, usage, ..StepEnding::default() };
            s.store.end_step(claim, &ending, &usage).await.unwrap().unwrap();
        }
        Tool { ends } => {
            *position += 1;
            s.store.begin_step(claim, *position, &tool).await.unwrap().unwrap();
            if ends {
                let so_far = s.store.run(&s.scope, claim.run).await.unwrap().usage;
                let ending = StepEnding { position: *position, output: Some("noon".into()), ..StepEnding::default() };
                s.store.end_step(claim, &ending, &so_far).await.unwrap().unwrap();
            }
        }
        Second => {
            *position += 1;
            s.store.begin_step(claim, *position, &first_step()).await.unwrap().unwrap();
        }
        TryFails { sent, wrote } => {
            let before = s.store.run(&s.scope, claim.run).await.unwrap().usage;
            let used = Usage { prompt_tokens: Some(sent), completion_tokens: Some(wrote), ..Usage::default() };
            let step = Usage { prompt_tokens: Some(sent + FIRST_SENT), ..used };
            let tried = Tried { step, run: Usage::sum([&before, &used]) };
            let tries = [StepTry { at: Timestamp::from_ms(0), error: "it broke off".into(), wait_ms: 500 }];
            let (change, step) = s.store.write_tries(claim, *position, &tries, &tried).await.unwrap().unwrap();
            // The month's budget, which looks at the runs under way, knows of it at once.
            assert_eq!(change.run.usage, tried.run);
            assert_eq!((step.tries.len(), step.usage.prompt_tokens), (1, Some(sent + FIRST_SENT)));
        }
        Writes(text) => s.store.append_output(claim, *position, 0, text).await.unwrap(),
        Stop => drop(s.store.request_stop(&s.scope, claim.run).await.unwrap()),
        Reported => drop(s.store.end_run(claim, &ending(Verdict::Success)).await.unwrap().unwrap()),
        Dropped(text) => {
            let verdict = Verdict::Failed(Failure::new(FailureCause::TimeLimit, "too slow"));
            let ending = Ending { text: text.into(), usage: None, open: vec![], ..ending(verdict) };
            s.store.end_run(claim, &ending).await.unwrap().unwrap();
        }
        ServerLost => {
            let raw = Database::connect(&s.database.url).await.unwrap();
            raw.execute_unprepared("UPDATE agent_runs SET lease_until = 0 WHERE status = 'running'").await.unwrap();
            raw.close().await.unwrap();
            s.store.interrupt_expired(claim.agent, claim.run).await.unwrap().unwrap();
        }
    }
}

async fn steps_sum_to_their_run_however_it_ends(database: TestDatabase) {
    let s = Subject::on(database).await;
    for story in RUNS {
        let agent = s.agent(1).await;
        let run = s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        assert_eq!(claim.run, run);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        let mut position = 1;
        for happens in story {
            happen(&s, &claim, &mut position, *happens).await;
        }
        let run: AgentRun = s.store.run(&s.scope, run).await.unwrap();
        let steps = s.store.steps(&s.scope, run.id).await.unwrap();
        assert!(
            run.status.is_terminal() && steps.iter().all(|step| step.finished_at.is_some()),
            "{story:?}: {steps:?}"
        );
        assert_eq!(run.usage, sum(&steps), "{story:?}");
        assert!(run.usage.total_tokens.is_some_and(|tokens| tokens >= 3), "{story:?}: {:?}", run.usage);
        let is_reported = story.iter().any(|happens| matches!(happens, Reported));
        let open_call = !is_reported && !story.iter().any(|happens| matches!(happens, Tool { ends: false }));
        assert_eq!(run.usage.usage_estimated, open_call, "{story:?}");
        assert!(!open_call || run.usage.total_cost.is_none(), "{story:?}: what an open call has cost is not known");
        // Output of a failed try is void.
        let tried = story.iter().position(|happens| matches!(happens, TryFails { .. })).unwrap_or_default();
        if let Some(written) = story[tried..].iter().find_map(|happens| match happens {
            Writes(text) | Dropped(text) if !text.is_empty() => Some(*text),
            _ => None,
        }) {
            let last = steps.iter().rfind(|step| step.kind == StepKind::ModelCall).unwrap();
            assert_eq!(last.said.as_deref(), Some(written), "{story:?}");
            let wasted = story.iter().find_map(|happens| match happens {
                TryFails { sent, wrote } => Some((*sent, *wrote)),
                _ => None,
            });
            let (sent, wrote) = wasted.unwrap_or_default();
            assert_eq!(last.usage.completion_tokens, Some(wrote + written.len().div_ceil(4) as i64), "{story:?}");
            assert_eq!(last.usage.prompt_tokens, Some(sent + FIRST_SENT), "{story:?}");
        } else if let [.., TryFails { wrote, .. }, ServerLost] = story {
            assert_eq!(run.usage.completion_tokens, Some(*wrote), "{story:?}");
            assert_eq!(steps[0].said.as_deref().unwrap_or_default(), "", "{story:?}");
        }
    }
}
