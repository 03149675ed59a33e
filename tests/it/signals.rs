//! What is out of the ordinary about runs: found when they end, shown while they go on, and found again by filter.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::subject::{Subject, ending, first_step};
use reqwest::Method;
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::finish::Finish;
use runboard::domain::id::AgentId;
use runboard::domain::money::NanoDollars;
use runboard::domain::run::{AgentRun, RunStatus, Usage};
use runboard::domain::run_filter::RunFilter;
use runboard::domain::signal::{Signal, Signals};
use runboard::server::execution::{AnswerRecord, StepEnding};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;
use runboard::server::store::run_list::RunsFrom;
use runboard::server::work::demo::DemoPace;
use serde_json::json;

on_both!(
    an_end_says_what_was_out_of_the_ordinary,
    what_is_far_from_usual_is_a_signal,
    a_model_that_was_exchanged_is_a_signal,
    what_shows_while_a_run_goes_on_stays_with_it,
    runs_that_ended_before_there_were_signals_have_those_that_their_rows_say,
    runs_are_found_and_exported_by_their_signals,
    a_loop_shows_live_and_is_found_afterwards,
);

fn set(signals: &[Signal]) -> Signals {
    signals.iter().fold(Signals::default(), |all, signal| all.with(*signal, true))
}

async fn begun(s: &Subject, agent: AgentId) -> Claim {
    s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    claim
}

/// Executes a run that ends like this after so many milliseconds; returns it as it was published, which is as it is stored.
async fn run_for(s: &Subject, agent: AgentId, ms: i64, end: Ending) -> AgentRun {
    let claim = begun(s, agent).await;
    s.clock.advance(ms);
    let (change, _) = s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!(s.store.run(&s.scope, claim.run).await.unwrap(), change.run);
    change.run
}

fn failed(cause: FailureCause) -> Ending {
    Ending { text: String::new(), ..ending(Verdict::Failed(Failure::new(cause, "no"))) }
}

/// Returns a success whose last answer came of this model.
fn served(model: &str) -> Ending {
    let mut end = ending(Verdict::Success);
    end.open[0].answer = AnswerRecord { served_model: Some(model.to_owned()), ..AnswerRecord::default() };
    end
}

fn costs(cost: Option<i64>) -> Ending {
    let usage = Usage { total_tokens: Some(7), total_cost: cost.map(NanoDollars), ..Usage::default() };
    Ending { usage: Some(usage), ..ending(Verdict::Success) }
}

async fn an_end_says_what_was_out_of_the_ordinary(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let success = || ending(Verdict::Success);
    let blank = Ending { text: " \n".to_owned(), ..success() };
    let failing = Ending { signals: set(&[Signal::FailingTool]), ..success() };
    let mut cut = Ending { finish: Some(Finish::Length), ..success() };
    cut.open[0].signals = set(&[Signal::Cut, Signal::ContextFull]);
    for (end, signals) in [
        (success(), set(&[])),
        (blank, set(&[Signal::EmptyAnswer])),
        (failing, set(&[Signal::FailingTool])),
        (cut, set(&[Signal::Cut, Signal::ContextFull])),
        (failed(FailureCause::EmptyAnswer), set(&[Signal::EmptyAnswer])),
        (failed(FailureCause::OutputLimit), set(&[Signal::EmptyAnswer, Signal::Cut])),
        (failed(FailureCause::Declined), set(&[Signal::Refused])),
        (failed(FailureCause::ContextFull), set(&[Signal::ContextFull])),
        (failed(FailureCause::ProviderStatus), set(&[])),
    ] {
        let run = run_for(&s, agent, 10, end).await;
        assert_eq!(run.signals, signals, "{:?}, {:?}", run.status, run.failure_cause);
    }
}

async fn what_is_far_from_usual_is_a_signal(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    assert_eq!(run_for(&s, agent, 60_000, costs(Some(900))).await.signals, set(&[]), "nothing is usual yet");
    for _ in 0..4 {
        assert_eq!(run_for(&s, agent, 1_000, costs(Some(100))).await.signals, set(&[]));
    }
    for (ms, end, signals) in [
        (2_900, costs(Some(299)), set(&[])),
        (3_000, costs(None), set(&[Signal::Slow])),
        (1_000, costs(Some(300)), set(&[Signal::Expensive])),
        (9_000, Ending { usage: costs(None).usage, ..failed(FailureCause::TimeLimit) }, set(&[Signal::Slow])),
    ] {
        let run = run_for(&s, agent, ms, end).await;
        assert_eq!(run.signals, signals, "{ms} ms, {:?}", run.usage.total_cost);
    }
    let other = s.agent(5).await;
    assert_eq!(run_for(&s, other, 9_000, costs(Some(900))).await.signals, set(&[]), "usual is of the agent's own");
}

async fn a_model_that_was_exchanged_is_a_signal(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let first = run_for(&s, agent, 10, served("quick-0926")).await;
    assert_eq!((first.served_model.as_deref(), first.signals), (Some("quick-0926"), set(&[])));
    assert_eq!(run_for(&s, agent, 10, served("quick-0926")).await.signals, set(&[]));
    // Neither a run that does not know it nor one that failed is compared with.
    run_for(&s, agent, 10, ending(Verdict::Success)).await;
    let mut refused = failed(FailureCause::Declined);
    refused.open[0].answer.served_model = Some("quick-0001".to_owned());
    assert_eq!(run_for(&s, agent, 10, refused).await.signals, set(&[Signal::Refused, Signal::OtherModel]));
    assert_eq!(run_for(&s, agent, 10, served("quick-0926")).await.signals, set(&[]));
    assert_eq!(run_for(&s, agent, 10, served("quick-1126")).await.signals, set(&[Signal::OtherModel]));
    assert_eq!(run_for(&s, agent, 10, served("quick-1126")).await.signals, set(&[]), "as before");
    assert_eq!(
        run_for(&s, agent, 10, served("quick-0926")).await.signals,
        set(&[]),
        "a name for two is no news each time"
    );
    assert_eq!(run_for(&s, s.agent(5).await, 10, served("quick-0001")).await.signals, set(&[]), "another agent's");
}

async fn what_shows_while_a_run_goes_on_stays_with_it(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let claim = begun(&s, agent).await;
    let cut = StepEnding { position: 1, signals: set(&[Signal::Cut]), ..StepEnding::default() };
    let (change, _) = s.store.end_step(&claim, &cut, &Usage::default()).await.unwrap().unwrap();
    assert_eq!((change.run.status, change.run.signals), (RunStatus::Running, set(&[Signal::Cut])));
    let looping = s.store.mark_looping(&claim, true).await.unwrap().unwrap();
    assert_eq!(looping.run.signals, set(&[Signal::Cut, Signal::Looping]));
    let over = s.store.mark_looping(&claim, false).await.unwrap().unwrap();
    assert_eq!((over.run.looping, over.run.signals), (false, set(&[Signal::Cut, Signal::Looping])), "it has been");
    let end = Ending { open: Vec::new(), ..ending(Verdict::Success) };
    let (change, _) = s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!(change.run.signals, set(&[Signal::Cut, Signal::Looping]));
    // Also where its server went away.
    let claim = begun(&s, agent).await;
    s.store.mark_looping(&claim, true).await.unwrap().unwrap();
    s.store.expire_all_leases().await.unwrap();
    let (change, _) = s.store.interrupt_expired(agent, claim.run).await.unwrap().unwrap();
    assert_eq!((change.run.status, change.run.signals), (RunStatus::Failed, set(&[Signal::Looping])));
}

async fn runs_that_ended_before_there_were_signals_have_those_that_their_rows_say(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let mut runs = Vec::new();
    let finished = |finish| Ending { finish: Some(finish), ..ending(Verdict::Success) };
    for (end, signals) in [
        (finished(Finish::Stop), set(&[])),
        (finished(Finish::Length), set(&[Signal::Cut])),
        (finished(Finish::Context), set(&[Signal::ContextFull])),
        (failed(FailureCause::Loop), set(&[Signal::Looping])),
        (failed(FailureCause::OutputLimit), set(&[Signal::EmptyAnswer, Signal::Cut])),
        (failed(FailureCause::Filtered), set(&[Signal::Refused])),
        (failed(FailureCause::TimeLimit), set(&[])),
    ] {
        runs.push((run_for(&s, agent, 10, end).await.id, signals));
    }
    s.store.migrate_down(Some(crate::migrations::since("signal_runs"))).await.unwrap();
    s.store.migrate().await.unwrap();
    for (run, signals) in runs {
        let run = s.store.run(&s.scope, run).await.unwrap();
        assert_eq!(run.signals, signals, "{:?}, {:?}", run.finish, run.failure_cause);
    }
}

async fn runs_are_found_and_exported_by_their_signals(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let with = |signals: &[Signal]| Ending { signals: set(signals), ..ending(Verdict::Success) };
    let mut ids = Vec::new();
    for end in
        [with(&[]), with(&[Signal::Cut]), with(&[Signal::Cut, Signal::FailingTool]), failed(FailureCause::Declined)]
    {
        ids.push(run_for(&s, agent, 10, end).await.id.0);
    }
    for (query, expected) in [
        ("signal=cut", vec![2, 1]),
        ("signal=failing_tool,refused", vec![3, 2]),
        ("signal=!cut", vec![3, 0]),
        ("signal=!cut,refused", vec![0]),
        ("signal=cut&status=failed", vec![]),
        ("signal=refused&status=failed", vec![3]),
        ("signal=looping", vec![]),
    ] {
        let filter = RunFilter::from_query(query).unwrap();
        let page = s.store.listed_runs(&s.scope, &filter, RunsFrom::Newest, 50).await.unwrap();
        let found: Vec<_> = page.runs.iter().map(|listed| listed.run.id.0).collect();
        assert_eq!(found, expected.into_iter().map(|at: usize| ids[at]).collect::<Vec<_>>(), "{query}");
        let totals = s.store.run_totals(&s.scope, &filter).await.unwrap();
        assert_eq!(totals.runs as usize, found.len(), "{query}");
    }
}

async fn a_loop_shows_live_and_is_found_afterwards(database: TestDatabase) {
    let pace = DemoPace { slow: std::time::Duration::from_secs(3), ..DemoPace::INSTANT };
    let app = TestApp::at_work(database, pace).await;
    let agent = app.agent("loop").await;
    let mut socket = crate::support::socket::Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    let run = app.task(agent).await;
    loop {
        let update = socket.hear_next("run_update").await;
        let data = &update["data"];
        if data["signals"] == json!(["looping"]) {
            assert_eq!(data["status"], "running", "as soon as it shows");
            break;
        }
        assert_ne!(data["status"], "failed", "it was over before it showed");
    }
    let run = app.run_is(run, "failed").await;
    assert_eq!((&run["signals"], &run["served_model"]), (&json!(["looping"]), &json!("loop")));
    app.task_is(app.agent("quick").await, "success").await;
    let (_, found) = app.get("/api/runs?signal=looping").await;
    assert_eq!((found["data"].as_array().unwrap().len(), &found["data"][0]["id"]), (1, &run["id"]));
    assert_eq!(found["applied_filters"], json!({ "signal": "looping" }));
    let (_, others) = app.get("/api/runs?signal=!looping").await;
    assert!(others["data"].as_array().unwrap().iter().all(|other| other["signals"] == json!([])), "{others}");
    let text = async |path: &str| app.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
    let csv = text("/api/runs/export?format=csv&signal=looping").await;
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines.len() == 2 && lines[0].ends_with(",signals,served_model"), "{csv}");
    assert!(lines[1].ends_with(",looping,loop"), "{csv}");
    let page = eventually("the page shows it", async || {
        let page = text(&format!("/runs/{}", run["id"])).await;
        page.contains("Stuck in a loop").then_some(page)
    });
    assert!(!page.await.contains("What to try"), "the cause has its own advice");
    let list = text("/runs?signal=looping").await;
    assert!(list.contains("Remove the filter Signal") && list.contains("looping"), "{list}");
}
