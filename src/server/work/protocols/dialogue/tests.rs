use super::super::super::model::Arguments;
use super::*;
use serde_json::json;

fn user(text: &str) -> ChatTurn {
    ChatTurn::User(text.to_owned())
}

fn assistant(text: &str, calls: Vec<ToolCall>) -> ChatTurn {
    ChatTurn::Assistant { text: text.to_owned(), calls, echo: None }
}

#[test]
fn instructions_stand_apart_and_blank_turns_are_left_out() {
    let system = |text: &str| ChatTurn::System(text.to_owned());
    let turns =
        [system("Be brief."), system(" "), user(" \n"), user("Hello"), assistant("", vec![]), system("Be kind.")];
    let dialogue = Dialogue::new(&turns);
    assert_eq!(dialogue.instructions, "Be brief.\n\nBe kind.");
    assert_eq!(dialogue.entries, [Entry::Said("Hello")]);
}

#[test]
fn instructions_alone_are_said_by_the_user() {
    let turns = [ChatTurn::System("Report.".to_owned())];
    let dialogue = Dialogue::new(&turns);
    assert_eq!((dialogue.instructions.as_str(), &dialogue.entries[..]), ("", &[Entry::Said("Report.")][..]));
    assert_eq!(Dialogue::new(&[]), Dialogue::default());
}

#[test]
fn the_user_always_begins() {
    let call = ToolCall { id: "a".to_owned(), name: "clock".to_owned(), arguments: Arguments::Read(json!({})) };
    let turns = [assistant("", vec![call]), user("And?")];
    let dialogue = Dialogue::new(&turns);
    assert!(matches!(dialogue.entries[..], [Entry::Said(LEFT_OUT), Entry::Model(_), Entry::Said("And?")]));
}

#[test]
fn ids_and_names_fit_every_provider_and_stay_distinct() {
    for fine in ["call_a-1", &"x".repeat(64)] {
        assert_eq!((&*portable_id(fine), &*portable_name(fine)), (fine, fine));
    }
    let odd = ["functions.clock:0", "functions.clock:1", "", "ü", &"x".repeat(65)];
    let ids: std::collections::BTreeSet<String> = odd.iter().map(|id| portable_id(id).into_owned()).collect();
    assert_eq!(ids.len(), odd.len());
    assert!(ids.iter().all(|id| id.len() <= 64 && id.bytes().all(is_portable)), "{ids:?}");
    assert_eq!(portable_name("functions.clock"), "functions_clock");
    assert_eq!(portable_name("wörld clock"), "w_rld_clock");
    assert_eq!(portable_name(""), "unnamed");
    assert_eq!(portable_name(&"é".repeat(70)), "_".repeat(64));
}
