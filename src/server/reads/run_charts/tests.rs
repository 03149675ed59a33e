use super::tokens::tokens;
use super::waterfall::waterfall;
use crate::domain::failure::FailureKind;
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::{StepKind, StepTry};
use crate::domain::time::Timestamp;
use crate::samples;
use crate::server::charts::waterfall::{Bar, Fill, Row};
use crate::server::store::timed_steps::TimedStep;

/// The start of the sample runs.
const START: i64 = 10_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(START + ms)
}

fn step(position: i32, kind: StepKind, from: i64, to: Option<i64>) -> TimedStep {
    TimedStep {
        position,
        kind,
        name: "get_ticket".to_owned(),
        started_at: at(from),
        finished_at: to.map(at),
        duration_ms: to.map(|to| to - from),
        prompt_tokens: None,
        cached_tokens: None,
        completion_tokens: None,
        total_tokens: None,
        total_cost: None,
        usage_estimated: false,
        finish: None,
        tries: Vec::new(),
        has_failed: false,
    }
}

fn call(position: i32, used: Option<(i64, i64, i64)>, cost: Option<i64>) -> TimedStep {
    TimedStep {
        prompt_tokens: used.map(|(prompt, ..)| prompt),
        cached_tokens: used.map(|(_, cached, _)| cached),
        completion_tokens: used.map(|(.., output)| output),
        total_tokens: used.map(|(prompt, _, output)| prompt + output),
        total_cost: cost.map(NanoDollars),
        ..step(position, StepKind::ModelCall, 0, Some(1_000))
    }
}

fn rows(run: &AgentRun, steps: &[TimedStep], now: i64) -> Vec<Row> {
    waterfall(run, steps, at(now)).unwrap().rows
}

fn bars(row: &Row) -> Vec<(i64, i64, Fill)> {
    row.bars.iter().map(|Bar { from, to, fill }| (*from, *to, *fill)).collect()
}

#[test]
fn each_step_has_its_time_and_leads_to_its_record() {
    let steps = [
        step(1, StepKind::ModelCall, 0, Some(2_000)),
        step(2, StepKind::ToolCall, 2_100, Some(3_000)),
        step(3, StepKind::ModelCall, 3_000, Some(5_000)),
    ];
    let run = samples::run(1, RunStatus::Success);
    let rows = rows(&run, &steps, 60_000);
    assert_eq!(
        rows.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(),
        ["Model call 1", "get_ticket", "Model call 2"]
    );
    assert_eq!(rows.iter().map(|row| row.href.as_str()).collect::<Vec<_>>(), ["#step-1", "#step-2", "#step-3"]);
    assert_eq!(bars(&rows[1]), [(2_100, 3_000, Fill::Second)]);
    assert_eq!(rows[1].words, "from 2.1 s to 3.0 s");
    let drawn = waterfall(&run, &steps, at(60_000)).unwrap();
    assert_eq!(
        (drawn.took, drawn.about.as_str()),
        (5_000, "5.0 s, models 4.0 s, tools 900 ms, 1.0 s in the queue before")
    );
    assert!(waterfall(&samples::run(1, RunStatus::Queued), &[], at(0)).is_none());
}

#[test]
fn tries_and_the_pauses_between_them_are_drawn() {
    let tries = [(1_000, 2_000), (4_000, 3_000)];
    let tries = tries.map(|(ms, wait_ms)| StepTry { at: at(ms), error: "429".to_owned(), wait_ms }).to_vec();
    let mut call = TimedStep { tries, ..step(1, StepKind::ModelCall, 0, Some(9_000)) };
    let run = samples::run(1, RunStatus::Success);
    let drawn = &rows(&run, std::slice::from_ref(&call), 9_000)[0];
    let before = [(0, 1_000, Fill::Failed), (1_000, 3_000, Fill::Wait), (3_000, 4_000, Fill::Failed)];
    assert_eq!(bars(drawn)[..3], before);
    assert_eq!(bars(drawn)[3..], [(4_000, 7_000, Fill::Wait), (7_000, 9_000, Fill::Main)]);
    assert_eq!(drawn.note, "3 attempts");
    (call.finished_at, call.duration_ms) = (None, None);
    let drawn = &rows(&samples::run(1, RunStatus::Running), &[call], 5_000)[0];
    assert_eq!(bars(drawn)[3..], [(4_000, 5_000, Fill::Wait)], "nothing is under way during a pause");
    assert_eq!(drawn.note, "Retrying");
}

#[test]
fn durations_are_those_of_the_stopwatch_also_when_the_clock_is_set() {
    let set_forward = TimedStep { duration_ms: Some(2_000), ..step(1, StepKind::ModelCall, 0, Some(3_602_000)) };
    let set_back = TimedStep { duration_ms: Some(1_500), ..step(2, StepKind::ToolCall, 2_000, Some(100)) };
    let run = AgentRun { finished_at: Some(at(3_605_000)), ..samples::run(1, RunStatus::Success) };
    let drawn = waterfall(&run, &[set_forward, set_back], at(3_605_000)).unwrap();
    assert_eq!((drawn.rows[0].figures[0].as_str(), bars(&drawn.rows[0])), ("2.0 s", vec![(0, 2_000, Fill::Main)]));
    assert_eq!(
        (drawn.rows[1].figures[0].as_str(), bars(&drawn.rows[1])),
        ("1.5 s", vec![(2_000, 3_500, Fill::Second)])
    );
    assert_eq!(
        (drawn.took, drawn.about.as_str()),
        (5_000, "5.0 s, models 2.0 s, tools 1.5 s, 1.0 s in the queue before")
    );
}

#[test]
fn pauses_count_as_far_as_they_took_place() {
    let tried = StepTry { at: at(1_000), error: "429".to_owned(), wait_ms: 30_000 };
    let call = TimedStep { tries: vec![tried], ..step(1, StepKind::ModelCall, 0, Some(4_000)) };
    let drawn = waterfall(&samples::run(1, RunStatus::Cancelled), &[call], at(60_000)).unwrap();
    assert_eq!(drawn.about, "5.0 s, models 4.0 s, of which 3.0 s between attempts, 1.0 s in the queue before");
}

#[test]
fn a_run_that_was_put_off_was_not_in_the_queue_until_then() {
    let mut run = samples::run(1, RunStatus::Success);
    (run.queued_at, run.brief.not_before) = (Timestamp::from_ms(0), Some(at(-400)));
    let drawn = waterfall(&run, &[step(1, StepKind::ToolCall, 0, Some(5_000))], at(5_000)).unwrap();
    assert_eq!(drawn.about, "5.0 s, tools 5.0 s, 400 ms in the queue before");
}

#[test]
fn what_is_under_way_grows_until_now() {
    let steps = [step(1, StepKind::ModelCall, 0, None)];
    let run = samples::run(1, RunStatus::Running);
    for now in [2_000, 7_000] {
        let drawn = waterfall(&run, &steps, at(now)).unwrap();
        assert_eq!((drawn.took, bars(&drawn.rows[0])), (now, vec![(0, now, Fill::Open)]));
        assert_eq!(
            (drawn.rows[0].note.as_str(), drawn.rows[0].words.as_str()),
            ("Running", "from 0 ms, still running")
        );
    }
}

#[test]
fn a_step_that_was_ended_with_its_run_is_not_drawn_as_failed() {
    let cut = TimedStep { has_failed: true, ..step(1, StepKind::ToolCall, 0, Some(5_000)) };
    let failed = &rows(&samples::run(1, RunStatus::Failed), std::slice::from_ref(&cut), 5_000)[0];
    assert_eq!((failed.note.as_str(), bars(failed)[0].2, failed.icon), ("Failed", Fill::Failed, "failed"));
    let run = AgentRun { cancel_requested_at: Some(at(4_900)), ..samples::run(1, RunStatus::Cancelled) };
    let stopped = &rows(&run, std::slice::from_ref(&cut), 5_000)[0];
    assert_eq!((stopped.note.as_str(), bars(stopped)[0].2, stopped.has_failed), ("Stopped", Fill::Second, false));
    let late = AgentRun { failure_kind: Some(FailureKind::Timeout), ..samples::run(1, RunStatus::Failed) };
    let ended = &rows(&late, std::slice::from_ref(&cut), 5_000)[0];
    assert_eq!((ended.note.as_str(), ended.icon, ended.has_failed), ("Timed out", "tool", false), "as in its record");
    let before = TimedStep { finished_at: Some(at(4_000)), duration_ms: Some(4_000), ..cut };
    assert_eq!(rows(&late, &[before], 5_000)[0].note, "Failed", "by itself");
}

#[test]
fn a_cut_answer_says_so() {
    let cut = TimedStep { finish: Some(Finish::Length), ..step(1, StepKind::ModelCall, 0, Some(5_000)) };
    assert_eq!(rows(&samples::run(1, RunStatus::Success), &[cut], 5_000)[0].note, "Cut off");
}

#[test]
fn tokens_are_stacked_by_kind_with_the_cost_above() {
    let calls = [call(1, Some((2_000, 0, 200)), Some(9_000_000)), call(3, Some((3_000, 2_000, 100)), Some(4_000_000))];
    let chart = tokens(&calls).unwrap();
    let series: Vec<_> = chart.series.iter().map(|series| (series.name, series.values.clone())).collect();
    let expected = [
        ("Cached input", vec![Some(0), Some(2_000)]),
        ("Input", vec![Some(2_000), Some(1_000)]),
        ("Output", vec![Some(200), Some(100)]),
    ];
    assert_eq!(series, expected);
    assert_eq!(chart.summary, "2 model calls, 5,300 tokens, $0.013; the largest is call 2.");
    let html = chart.html();
    assert!(html.contains("class=\"line line--over\"") && html.contains("class=\"chart__y2\""), "{html}");
    let row = "<th scope=\"row\">Call 2</th><td class=\"num\">2,000</td><td class=\"num\">1,000</td><td class=\"num\">100</td>";
    assert!(html.contains(row) && html.contains("<th scope=\"col\">Call</th>"), "the table has it all: {html}");
}

#[test]
fn a_single_call_is_no_chart_and_an_unknown_cost_is_not_zero() {
    assert!(tokens(&[call(1, Some((1, 0, 1)), None)]).is_none());
    assert!(tokens(&[call(1, None, None), call(2, None, None)]).is_none());
    let chart = tokens(&[call(1, Some((10, 0, 1)), None), call(2, Some((10, 0, 1)), Some(5_000_000))]).unwrap();
    assert_eq!(chart.about, "22 tokens, cost not known of every call");
    assert_eq!(chart.series.len(), 2, "nothing was cached");
    assert!(chart.html().contains("Cost, right axis</th>") && chart.html().contains("not known"), "{}", chart.html());
}

#[test]
fn what_is_estimated_is_not_said_to_be_exact() {
    let estimated = TimedStep { usage_estimated: true, ..call(2, Some((1_000, 0, 100)), Some(5_000_000)) };
    let calls = [call(1, Some((10, 0, 1)), Some(5_000_000)), estimated];
    assert_eq!(tokens(&calls).unwrap().about, "about 1,111 tokens, $0.010, partly estimated");
    let rows = rows(&samples::run(1, RunStatus::Success), &calls, 5_000);
    assert_eq!([rows[0].figures[1].as_str(), rows[1].figures[1].as_str()], ["11", "~1,100"]);
}

#[test]
fn many_calls_have_their_values_in_the_table_alone() {
    let calls: Vec<_> = (1..=150).map(|position| call(position, Some((10, 0, 1)), Some(1))).collect();
    let html = tokens(&calls).unwrap().html();
    assert!(!html.contains("radio") && html.matches("<th scope=\"row\">").count() == 150);
}
