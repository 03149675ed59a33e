//! Tests of the words and figures of the page that compares two runs.

use super::*;
use crate::domain::views::comparison::{Delta, Figures};

fn part(text: &str, changed: bool) -> DiffPart {
    DiffPart { text: text.to_owned(), changed }
}

fn step(number: i64, offset_ms: i64, duration_ms: i64, error: Option<&str>) -> PairedStep {
    PairedStep {
        position: number,
        number,
        offset_ms,
        figures: Figures { duration_ms: Some(duration_ms), ..Figures::default() },
        error: error.map(str::to_owned),
    }
}

fn pair(kind: StepKind, a: Option<PairedStep>, b: Option<PairedStep>, differs: Option<StepDifference>) -> StepPair {
    StepPair { kind, name: "fetch".into(), a, b, delta: Delta::default(), differs }
}

#[test]
fn an_address_names_two_runs() {
    let read = CompareAddress::from_query("a=%237&b=last_good&c=1");
    assert_eq!((read.a.as_str(), read.b.as_str()), ("7", "last_good"));
    assert_eq!(CompareAddress::from_query(""), CompareAddress::default());
    assert_eq!(CompareAddress::from_query(&format!("a={}", "1".repeat(99))).a.len(), LONGEST);
    assert_eq!(good_href(RunId(7)), "/runs/compare?a=7&b=last_good");
    assert_eq!(compare_href(RunId(7), RunId(5)), "/runs/compare?a=7&b=5");
}

#[test]
fn two_texts_are_shown_as_one() {
    let diff = WordDiff {
        b: vec![part("Deliveries are ", false), part("late", true), part(" now", false)],
        a: vec![
            part("Deliveries ", false),
            part("surely ", true),
            part("are ", false),
            part("on time", true),
            part(" now", false),
        ],
        ..WordDiff::default()
    };
    let shown: String = merged(&diff)
        .into_iter()
        .map(|piece| match piece {
            Piece::Same(text) => text,
            Piece::Gone(text) => format!("[-{text}-]"),
            Piece::New(text) => format!("[+{text}+]"),
        })
        .collect();
    assert_eq!(shown, "Deliveries [+surely +]are [-late-][+on time+] now");
    assert_eq!(merged(&WordDiff::default()), []);
}

#[test]
fn a_figure_says_by_how_much_it_differs() {
    assert_eq!(time_change(Some(3_700), Some(1_300)), Change { text: "+3.7 s".into(), class: "delta delta--worse" });
    assert_eq!(time_change(Some(-3_100), Some(9_700)).class, "delta delta--better");
    assert_eq!(time_change(Some(1_100), Some(60_000)).class, "delta", "a second of a minute is no news");
    assert_eq!((token_change(Some(-198)).text.as_str(), token_change(Some(0)).text.as_str()), ("−198", "="));
    assert_eq!(cost_change(Some(CostChange(-3_000_000))).text, "−$0.0030");
    assert_eq!(cost_change(None).text, "");
}

#[test]
fn a_call_is_named_by_its_number_in_both_runs() {
    let words = |kind, a: Option<i64>, b: Option<i64>| {
        let numbered = |number: i64| step(number, 0, 1, None);
        call_words(&pair(kind, a.map(numbered), b.map(numbered), None))
    };
    assert_eq!(words(StepKind::ModelCall, Some(1), Some(1)), "Model call 1");
    assert_eq!(words(StepKind::ModelCall, Some(4), Some(3)), "Model call 3, here 4");
    assert_eq!(words(StepKind::ToolCall, Some(1), None), "fetch");
    assert_eq!(words(StepKind::ToolCall, Some(2), Some(1)), "fetch, here 2");
    assert_eq!(words(StepKind::ToolCall, None, Some(2)), "fetch 2");
}

#[test]
fn where_the_runs_part_is_said_in_a_sentence() {
    let (a, b) = (RunId(7), RunId(5));
    let (now, then) = (step(1, 0, 5_000, Some("timed out")), step(1, 0, 1_300, None));
    let broke = pair(StepKind::ToolCall, Some(now.clone()), Some(then), Some(StepDifference::Status));
    assert_eq!(fork_words(&broke, a, b), "succeeded in 1.3 s in #5, and failed after 5.0 s in #7.");
    assert_eq!(pair_note(&broke, a, b).unwrap(), "Failed in #7");
    let alone = pair(StepKind::ToolCall, Some(now), None, Some(StepDifference::OnlyA));
    assert_eq!(fork_words(&alone, a, b), "was made in #7 and not in #5.");
    assert_eq!(pair_note(&alone, a, b).unwrap(), "Only in #7");
}

#[test]
fn a_bar_can_always_be_seen_and_stays_within_the_plot() {
    assert_eq!(bar(&step(1, 0, 5_000, None), 10_000), (0, 500));
    assert_eq!(bar(&step(1, 10_000, 0, None), 10_000), (996, 4));
    assert_eq!(bar(&step(1, 99_000, 99_000, None), 10_000), (996, 4));
    assert_eq!(bar(&step(1, 2, 0, None), 1_000_000), (0, 4));
}
