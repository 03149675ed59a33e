use super::super::tests::question;
use super::*;
use serde_json::json;

fn call(maker: &mut CallMaker, given: Option<&str>) -> ToolCall {
    maker.call(given, Some("clock"), Arguments::Read(json!({}))).unwrap()
}

#[test]
fn an_id_is_kept_if_it_is_one_and_made_up_if_not() {
    let mut maker = CallMaker::new(&question());
    let long = "x".repeat(MAX_CALL_ID + 1);
    let given = [Some("a"), None, Some("a"), Some(" "), Some(&*long), Some("r00002003"), Some("b")];
    let ids: Vec<String> = given.iter().map(|given| call(&mut maker, *given).id).collect();
    assert_eq!(ids, ["a", "r00002000", "r00002001", "r00002002", "r00002003", "r00002004", "b"]);
}

#[test]
fn ids_of_one_answer_are_not_those_of_the_next() {
    let mut later = question();
    later.turns.extend(question().turns);
    assert_ne!(call(&mut CallMaker::new(&question()), None).id, call(&mut CallMaker::new(&later), None).id);
}

#[test]
fn arguments_are_an_object_or_a_text_with_one() {
    for value in [json!({"q": 1}), json!("{\"q\": 1}")] {
        assert_eq!(arguments(&value), Arguments::Read(json!({"q": 1})));
    }
    for none in [json!(null), json!(""), json!({})] {
        assert_eq!(arguments(&none), Arguments::Read(json!({})));
    }
    assert!(matches!(arguments(&json!("{\"q\"")), Arguments::Unreadable { .. }));
}

#[test]
fn there_is_an_end_to_calls_and_to_arguments() {
    let make = |maker: &mut CallMaker, arguments: &str| maker.call(None, None, Arguments::Read(json!(arguments)));
    let mut many = CallMaker::new(&question());
    (0..MAX_CALLS).for_each(|_| drop(call(&mut many, None)));
    assert!(make(&mut many, "").unwrap_err().message.contains("more than 128 tools"));
    let mut long = CallMaker::new(&question());
    assert_eq!(make(&mut long, &"x".repeat(MAX_ARGUMENTS)), Err(too_long()));
    let mut together = CallMaker::new(&question());
    let made = (0..5).map(|_| make(&mut together, &"x".repeat(MAX_ARGUMENTS - 2)).is_ok());
    assert_eq!(made.collect::<Vec<_>>(), [true, true, true, true, false]);
    let mut arguments = "x".repeat(MAX_ARGUMENTS);
    assert_eq!(push_arguments(&mut arguments, "x"), Err(too_long()));
    assert_eq!(push_arguments(&mut arguments, ""), Ok(()));
    let named = CallMaker::new(&question()).call(None, Some(&"é".repeat(200)), Arguments::Read(json!({}))).unwrap();
    assert_eq!(named.name.chars().count(), MAX_TOOL_NAME);
}
