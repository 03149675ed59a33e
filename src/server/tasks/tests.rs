//! Tests that watched tasks go on after panics and failures, and that readiness knows of them.

use super::*;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Notify;

/// Everything a hundred times as fast, or more.
const FAST: Pace = Pace {
    backoff: Backoff { first: Duration::from_millis(40), longest: Duration::from_millis(80) },
    settled: Duration::from_secs(60),
    stuck: Duration::from_millis(200),
};
const PERIOD: Duration = Duration::from_millis(5);

fn tasks() -> Tasks {
    Tasks::at(FAST, CancellationToken::new())
}

async fn until(what: &str, is_true: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_true() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_task_that_panics_is_reported_and_begins_again() {
    let (tasks, begun) = (tasks(), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&begun);
    tasks.keep("fragile", move || {
        let which = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            match which {
                0 => panic!("a fault of the test"),
                _ => std::future::pending().await,
            }
        }
    });
    until("it is down", || !tasks.failing().is_empty()).await;
    let report = tasks.report().remove(0);
    assert_eq!((report.name.as_str(), report.last_panic.as_deref()), ("fragile", Some("a fault of the test")));
    until("it is up again", || tasks.failing().is_empty()).await;
    assert_eq!((begun.load(Ordering::SeqCst), tasks.report()[0].restarts), (2, 1));
}

#[tokio::test]
async fn a_first_round_need_not_wait_for_a_long_period() {
    let (tasks, at_once, later) = (tasks(), Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let count = |rounds: &Arc<AtomicU32>| {
        let rounds = Arc::clone(rounds);
        move || {
            rounds.fetch_add(1, Ordering::SeqCst);
            async { Ok::<(), String>(()) }
        }
    };
    let hour = Duration::from_secs(60 * 60);
    tasks.now_and_every("at once", hour, count(&at_once));
    tasks.every("later", hour, count(&later));
    until("it has begun a round", || at_once.load(Ordering::SeqCst) > 0).await;
    assert_eq!((at_once.load(Ordering::SeqCst), later.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn pauses_grow_while_panics_go_on() {
    let (tasks, begun) = (tasks(), Arc::new(Mutex::new(Vec::new())));
    let times = Arc::clone(&begun);
    tasks.keep("hopeless", move || {
        times.lock().push(Instant::now());
        async { panic!("again") }
    });
    until("it has begun four times", || begun.lock().len() >= 4).await;
    let times = begun.lock().clone();
    assert!(times[1] - times[0] >= FAST.backoff.first && times[2] - times[1] >= FAST.backoff.longest);
    assert!(times[3] - times[2] >= FAST.backoff.longest);
}

#[tokio::test]
async fn rounds_go_on_after_one_has_failed() {
    let (tasks, gate) = (tasks(), Arc::new(Notify::new()));
    let (rounds, held) = (AtomicU32::new(0), Arc::clone(&gate));
    tasks.every("sweeper", PERIOD, move || {
        let (which, held) = (rounds.fetch_add(1, Ordering::SeqCst), Arc::clone(&held));
        async move {
            match which {
                0 => Err("the broom is broken"),
                _ => {
                    held.notified().await;
                    Ok(())
                }
            }
        }
    });
    let last_error = || tasks.report()[0].last_error.clone();
    until("it has failed", || last_error().is_some()).await;
    assert_eq!(last_error().as_deref(), Some("the broom is broken"));
    gate.notify_one();
    until("the next one has not", || last_error().is_none()).await;
    assert!(tasks.report()[0].last_round_s.is_some());
}

#[tokio::test]
async fn a_round_without_end_is_stuck() {
    let (tasks, gate) = (tasks(), Arc::new(Notify::new()));
    let held = Arc::clone(&gate);
    tasks.every("sweeper", PERIOD, move || {
        let held = Arc::clone(&held);
        async move {
            held.notified().await;
            Ok::<_, String>(())
        }
    });
    until("it is stuck", || tasks.failing().first().is_some_and(|task| task.state == TaskState::Stuck)).await;
    gate.notify_one();
    until("it goes on", || tasks.failing().is_empty()).await;
}

#[tokio::test]
async fn tasks_end_with_the_server() {
    let closing = CancellationToken::new();
    let tasks = Tasks::at(FAST, closing.clone());
    tasks.every("sweeper", PERIOD, || async { Ok::<_, String>(()) });
    tasks.keep("hopeless", || async { panic!("again") });
    closing.cancel();
    until("both have ended", || tasks.report().is_empty()).await;
}
