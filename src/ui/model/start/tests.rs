//! Tests of the dialog that starts a run: preview, expected cost, past inputs, metadata.

use super::*;
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::request::Variables;
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;

fn shown(task: &str, is_template: bool, rest: &str) -> String {
    let value = |name: &str| (name == "who").then_some("Ada");
    let mark = |piece: Piece| match piece {
        Piece::Text(text) => text,
        Piece::Value(value) => format!("<{value}>"),
    };
    pieces(task, is_template, value, rest).into_iter().map(mark).collect()
}

#[test]
fn the_task_is_shown_with_its_values() {
    assert_eq!(shown("Ask {{who}} since {{when}}.", true, ""), "Ask <Ada> since <when>.");
    assert_eq!(shown("Ask {{who}}.", false, ""), "Ask {{who}}.");
    assert_eq!(shown("Ask {{ | }}", true, ""), "Ask {{ | }}", "the form was saved with templates off meanwhile");
}

#[test]
fn an_input_without_a_place_comes_last() {
    assert_eq!(shown("Triage.", true, "It is late."), "Triage.\n\n<It is late.>");
    assert_eq!(shown("", true, "It is late."), "<It is late.>");
    assert_eq!(shown("Triage.", true, " \n"), "Triage.");
}

#[test]
fn a_long_task_and_a_long_value_are_cut() {
    assert_eq!(shown(&"é".repeat(2_001), true, "x"), format!("{}…", "é".repeat(2_000)));
    let long = "x".repeat(81);
    let value = pieces("{{who}}", true, |_| Some(&long), "");
    assert_eq!(value, [Piece::Value(format!("{}…", "x".repeat(80)))]);
}

#[test]
fn the_cost_is_that_of_the_agent_s_own_model() {
    let normal = |cost: Option<i64>| Some(Normal { runs: 20, duration_ms: 1, cost: cost.map(NanoDollars) });
    let known = cost_words(normal(Some(40_000_000)), true);
    assert_eq!(known, (Some("≈ $0.040".to_owned()), "from the last 20 runs".to_owned()));
    let unknown = [cost_words(normal(None), true), cost_words(None, true), cost_words(normal(Some(1)), false)];
    assert!(unknown.iter().all(|(amount, says)| amount.is_none() && says.contains("not known")));
}

#[test]
fn a_past_input_is_known_by_its_words_or_its_variables() {
    let past = |input: Option<&str>| PastInput {
        run_id: RunId(1),
        input_preview: input.map(str::to_owned),
        variables: Variables::from([("a".into(), "1".into()), ("b".into(), "2".into())]),
        tags: vec![],
        status: RunStatus::Success,
        queued_at: Timestamp::EPOCH,
        total_cost: None,
    };
    assert_eq!(past_words(&past(Some(" It is late.\nVery. "))), "It is late.\nVery.");
    assert_eq!((past_words(&past(None)), past_words(&past(Some(" ")))), ("a: 1, b: 2".into(), "a: 1, b: 2".into()));
    assert_eq!(first_line(Some("\n  One \nTwo")), Some("One"));
    assert_eq!((first_line(Some(" ")), first_line(None)), (None, None));
}

#[test]
fn metadata_goes_through_its_field() {
    let metadata = Metadata::from([
        ("by".into(), Scalar::Text("desk: two".into())),
        ("count".into(), Scalar::Number(7.into())),
        ("vip".into(), Scalar::Flag(true)),
    ]);
    let text = metadata_text(&metadata);
    assert_eq!(text, "by: desk: two\ncount: 7\nvip: true");
    let odd = [
        ("build:id", "x"),
        ("note", "a\nb: c"),
        ("return", "a\rb: c"),
        ("seven", "7"),
        ("said", "\"so\""),
        (" a", " "),
        ("\"b\"", ""),
    ];
    let odd: Metadata = odd.map(|(name, text)| (name.into(), Scalar::Text(text.into()))).into();
    assert_eq!(read_metadata(&metadata_text(&odd)), Ok(odd), "each is read again as it was");
    assert_eq!(read_metadata(&format!("\n {text} \n\n")), Ok(metadata));
    assert_eq!(
        read_metadata("a: [1]\nb: \"7\"\nc: \"x\" or y"),
        Ok([("a", "[1]"), ("b", "7"), ("c", "\"x\" or y")]
            .map(|(name, text)| (name.into(), Scalar::Text(text.into())))
            .into())
    );
    assert_eq!(read_metadata("by: x\nno name"), Err("no name".to_owned()));
    assert_eq!(read_metadata(""), Ok(Metadata::new()));
    for odd in ["12345678901234567890123", "123e45", "1.10"] {
        let kept = Scalar::Text(odd.to_owned());
        assert_eq!(
            read_metadata(&format!("build: {odd}")),
            Ok([("build".to_owned(), kept)].into()),
            "it stays as it is"
        );
    }
}

#[test]
fn a_refusal_names_fields_as_people_know_them() {
    let of = |place: &str| FieldError::of(place, "must be less");
    let error = AppError::invalid_fields(vec![of("run_budget_usd"), of("variables/since"), of("tags/1"), of("odd")]);
    let words = "Max cost: must be less; since: must be less; Tags: must be less; odd: must be less";
    assert_eq!(refusal_words(&error), words);
    assert_eq!(refusal_words(&AppError::conflict("It is being deleted.")), "It is being deleted.");
}
