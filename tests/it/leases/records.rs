//! Records of an execution: written once however often they are reported, and with durations that no clock changes.

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::USAGE;
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::run::RunStatus;
use runboard::server::execution::StepEnding;
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;

on_both!(
    what_was_stored_without_being_confirmed_is_recognised,
    what_a_step_wrote_is_not_kept_beyond_its_end,
    a_clock_that_is_set_changes_no_duration,
);

/// When the confirmation of a COMMIT is lost, the same is written again.
async fn what_was_stored_without_being_confirmed_is_recognised(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    let other = Claim { owner: "b".to_owned(), ..claim.clone() };
    let (begun, first) = s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let (again, step) = s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    assert_eq!((again.run, step), (begun.run, first));
    assert!(s.store.mark_running(&other, &first_step()).await.unwrap().is_none());

    let second = s.store.begin_step(&claim, 2, &first_step()).await.unwrap().unwrap();
    assert_eq!(s.store.begin_step(&claim, 2, &first_step()).await.unwrap(), Some(second));
    assert_eq!(s.store.begin_step(&other, 2, &first_step()).await.unwrap(), None);
    let step_ending = StepEnding { position: 2, output: Some("seen".to_owned()), ..StepEnding::default() };
    let (_, ended) = s.store.end_step(&claim, &step_ending, &USAGE).await.unwrap().unwrap();
    let (_, again) = s.store.end_step(&claim, &step_ending, &USAGE).await.unwrap().unwrap();
    assert_eq!(again, ended);
    assert!(s.store.end_step(&other, &step_ending, &USAGE).await.unwrap().is_none());
    s.store.append_output(&claim, 1, 0, "one ").await.unwrap();
    s.store.append_output(&claim, 1, 4, "two").await.unwrap();
    s.store.append_output(&claim, 1, 4, "two three").await.unwrap();
    assert_eq!(s.store.kept_output(run).await.unwrap(), Some((1, "one two three".to_owned())));

    let (over, _) = s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    let (again, steps) = s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!((again.run.status, again.run), (RunStatus::Success, over.run));
    assert_eq!(steps, s.store.steps(&s.scope, run).await.unwrap());
    assert!(s.store.end_run(&other, &ending(Verdict::Success)).await.unwrap().is_none());
    let answers = s.store.transcript(&s.scope, run, |_| i64::MAX).await.unwrap();
    assert_eq!(answers.iter().filter(|message| message.run_id == Some(run)).count(), 1, "one answer: {answers:?}");
}

async fn what_a_step_wrote_is_not_kept_beyond_its_end(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("me", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.append_output(&claim, 1, 0, "Let me ").await.unwrap();
    s.store.append_output(&claim, 1, 7, "see.").await.unwrap();
    assert_eq!(s.store.kept_output(run).await.unwrap(), Some((1, "Let me see.".to_owned())));
    let first = StepEnding { position: 1, output: Some("Let me see.".to_owned()), ..StepEnding::default() };
    s.store.end_step(&claim, &first, &USAGE).await.unwrap().unwrap();
    s.store.append_output(&claim, 1, 7, "see.").await.unwrap();
    assert_eq!(s.store.kept_output(run).await.unwrap(), None);
    s.store.expire_all_leases().await.unwrap();
    let (_, steps) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
    assert_eq!(steps, [], "it was over");
    let steps = s.store.steps(&s.scope, run).await.unwrap();
    assert_eq!(steps[0].said.as_deref(), Some("Let me see."));
}

async fn a_clock_that_is_set_changes_no_duration(database: TestDatabase) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    for jump in [DAY_MS, -DAY_MS] {
        let s = Subject::on(database.clone()).await;
        let agent = s.agent(5).await;
        let run = s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.clock.advance(3_000);
        let first = StepEnding { position: 1, usage: USAGE, ..StepEnding::default() };
        s.store.end_step(&claim, &first, &USAGE).await.unwrap().unwrap();
        s.store.begin_step(&claim, 2, &first_step()).await.unwrap().unwrap();
        s.clock.jump(jump);
        s.clock.advance(4_000);
        let last = StepEnding { position: 2, usage: USAGE, ..StepEnding::default() };
        let ending = Ending { open: vec![last], ..ending(Verdict::Success) };
        let (change, _) = s.store.end_run(&claim, &ending).await.unwrap().unwrap();
        assert_eq!(change.run.duration_ms, Some(7_000), "{jump}");
        let steps: Vec<_> = s.store.steps(&s.scope, run).await.unwrap().iter().map(|step| step.duration_ms).collect();
        assert_eq!(steps, [Some(3_000), Some(4_000)], "{jump}");
    }
}
