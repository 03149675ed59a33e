//! The figures of the last 24 hours and the counts of what goes with an agent, on SQLite and on PostgreSQL.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::agent::AgentContents;
use runboard::domain::agent::listing::Listing;
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::AgentId;
use runboard::domain::money::NanoDollars;
use runboard::domain::run::Usage;
use runboard::domain::summary::{Durations, HOUR_MS, Hour};
use runboard::server::store::endings::{Ending, Verdict};

on_both!(
    a_database_without_runs_has_no_rates_and_no_durations,
    runs_count_from_their_end_and_those_under_way_in_the_present_hour,
    the_day_before_is_that_of_whole_hours_and_knows_no_cost_that_is_not_whole,
    percentiles_are_near_durations_that_occurred,
    an_unknown_price_is_counted_apart_from_zero,
    what_goes_with_an_agent_is_counted,
);

/// Executes a queued run for `ms` milliseconds of the subject's clock.
async fn run_for(s: &Subject, agent: AgentId, ms: i64, end: Ending) {
    s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.clock.advance(ms);
    s.store.end_run(&claim, &end).await.unwrap().unwrap();
}

fn failure(cause: FailureCause) -> Ending {
    ending(Verdict::Failed(Failure::new(cause, "no")))
}

async fn a_database_without_runs_has_no_rates_and_no_durations(database: TestDatabase) {
    let s = Subject::on(database).await;
    let summary = s.store.summary(&s.scope).await.unwrap();
    assert_eq!((summary.runs, summary.success_rate(), summary.duration), (0, None, None));
    assert_eq!((summary.tokens, summary.prompt_tokens, summary.cost), (0, 0, NanoDollars(0)));
    assert_eq!(summary.hours, [Hour::default(); 24]);
}

async fn runs_count_from_their_end_and_those_under_way_in_the_present_hour(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    run_for(&s, agent, 1_000, ending(Verdict::Success)).await;
    // Begun 25 hours ago, ended an hour ago.
    run_for(&s, agent, 24 * HOUR_MS, ending(Verdict::Success)).await;
    s.clock.advance(HOUR_MS);
    run_for(&s, agent, 1_000, ending(Verdict::Success)).await;
    run_for(&s, agent, 2_000, failure(FailureCause::Other)).await;
    run_for(&s, agent, 3_000, failure(FailureCause::TimeLimit)).await;
    run_for(&s, agent, 3_000, ending(Verdict::Cancelled)).await;
    s.queue(agent).await;
    let summary = s.store.summary(&s.scope).await.unwrap();
    assert_eq!((summary.runs, summary.succeeded, summary.failed, summary.timed_out), (5, 2, 2, 1));
    assert_eq!(summary.success_rate(), Some(0.5));
    assert_eq!((summary.tokens, summary.prompt_tokens, summary.cached_tokens), (75, 50, 20));
    assert_eq!(
        summary.hours.iter().map(|hour| (hour.runs, hour.failed)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
        (5, 2)
    );
    assert_eq!(summary.hours.last(), Some(&Hour { runs: 4, failed: 2 }), "the hour under way is the last");
    assert_eq!(summary.hours[22], Hour { runs: 1, failed: 0 }, "a long run counts in the hour in which it ended");
    s.clock.advance(2 * HOUR_MS);
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let summary = s.store.summary(&s.scope).await.unwrap();
    assert_eq!((summary.hours[21], summary.hours[23]), (Hour { runs: 4, failed: 2 }, Hour { runs: 1, failed: 0 }));
    assert_eq!(summary.runs, 6, "with the one under way");
    // To the millisecond: the window begins within an hour.
    s.clock.advance(21 * HOUR_MS - 9_001);
    assert_eq!(s.store.summary(&s.scope).await.unwrap().runs, 6);
    s.clock.advance(1);
    assert_eq!(s.store.summary(&s.scope).await.unwrap().runs, 5, "a day after the long run ended");
}

async fn the_day_before_is_that_of_whole_hours_and_knows_no_cost_that_is_not_whole(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    run_for(&s, agent, 1_000, ending(Verdict::Success)).await;
    run_for(&s, agent, 1_000, failure(FailureCause::Other)).await;
    s.clock.advance(23 * HOUR_MS);
    assert_eq!(s.store.summary(&s.scope).await.unwrap().before, None, "they are of the last 24 hours");
    s.clock.advance(7 * HOUR_MS);
    run_for(&s, agent, 9_000, ending(Verdict::Success)).await;
    let before = s.store.summary(&s.scope).await.unwrap().before.unwrap();
    assert_eq!((before.runs, before.success_rate), (2, Some(0.5)));
    assert!(before.p95_ms.is_some_and(|ms| (984..=1_016).contains(&ms)), "{before:?}");
    let board = s.store.board(&s.scope, &Listing::default(), None, None).await.unwrap();
    assert_eq!(board.summary.before, Some(before));
    s.clock.advance(23 * HOUR_MS);
    let before = s.store.summary(&s.scope).await.unwrap().before;
    assert_eq!(before, None, "nothing ran in it");

    // A model without a price.
    let unpriced =
        Ending { usage: Some(Usage { total_tokens: Some(9), ..Usage::default() }), ..ending(Verdict::Success) };
    run_for(&s, agent, 1_000, unpriced).await;
    s.clock.advance(30 * HOUR_MS);
    let before = s.store.summary(&s.scope).await.unwrap().before.unwrap();
    assert_eq!((before.runs, before.cost), (1, None));
}

async fn percentiles_are_near_durations_that_occurred(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    run_for(&s, agent, 700, ending(Verdict::Success)).await;
    let one = s.store.summary(&s.scope).await.unwrap().duration;
    assert_eq!(one, Some(Durations { average_ms: 700, p50_ms: 696, p95_ms: 696 }));
    for ms in (1..20).map(|n| n * 1_000) {
        run_for(&s, agent, ms, ending(Verdict::Success)).await;
    }
    run_for(&s, agent, 500_000, ending(Verdict::Cancelled)).await;
    let many = s.store.summary(&s.scope).await.unwrap().duration;
    let Durations { average_ms, p50_ms, p95_ms } = many.unwrap();
    assert_eq!(average_ms, 9_535, "exact");
    for (read, exact) in [(p50_ms, 9_000_i64), (p95_ms, 18_000)] {
        assert!((read - exact).abs() * 64 <= exact, "{read} for {exact}");
    }
}

async fn an_unknown_price_is_counted_apart_from_zero(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let free = Usage { total_cost: Some(NanoDollars(0)), ..ending(Verdict::Success).usage.unwrap() };
    let unknown = Usage { total_cost: None, ..free };
    run_for(&s, agent, 1, ending(Verdict::Success)).await;
    run_for(&s, agent, 1, Ending { usage: Some(free), ..ending(Verdict::Success) }).await;
    run_for(&s, agent, 1, Ending { usage: Some(unknown), ..ending(Verdict::Success) }).await;
    // Stopped before it began: it made no calls.
    let queued = s.queue(agent).await;
    s.store.request_stop(&s.scope, queued).await.unwrap();
    let summary = s.store.summary(&s.scope).await.unwrap();
    // Of the third the cost of one step is known, though not that of the whole.
    assert_eq!((summary.cost, summary.priced, summary.unpriced), (NanoDollars(3_000), 2, 1));
}

async fn what_goes_with_an_agent_is_counted(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    run_for(&s, agent, 1, ending(Verdict::Success)).await;
    s.queue(agent).await;
    s.queue(other).await;
    s.store.create_thread(&s.scope, agent, "A chat").await.unwrap();
    let contents = s.store.agent_contents(&s.scope, agent).await.unwrap();
    assert_eq!(contents, AgentContents { runs: 2, active: 1, chats: 1 });
    assert!(s.store.agent_contents(&s.scope, AgentId(999)).await.is_err());
}
