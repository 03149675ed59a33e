//! What the agent form makes of what is typed, and of what the server says.

use super::*;
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::tool::ToolPick;
use conflict::Theirs;

fn picks(texts: &[&str]) -> Vec<ToolPick> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn with_owner(test: impl FnOnce()) {
    let owner = Owner::new();
    owner.with(test);
}

#[test]
fn refused_fields_are_named_in_the_order_of_the_form() {
    let mut input = AgentInput::named(" ");
    input.model = Some("x".into());
    input.description = "d".repeat(501);
    input.timeout_s = 0;
    input.max_concurrent_runs = 101;
    let expected = [Field::Name, Field::Description, Field::Model, Field::TimeLimit, Field::Concurrency];
    assert_eq!(invalid(&input), expected);
    assert_eq!(invalid(&AgentInput::named("Triage")), []);
}

#[test]
fn an_agent_from_before_texts_were_tidied_is_unchanged_in_its_form() {
    with_owner(|| {
        let agent = AgentInput {
            description: "Reads\tand\nwrites".into(),
            system_instructions: "One\r\ntwo".into(),
            ..AgentInput::named("Nightly\nreport")
        };
        let form = AgentForm::of_all(agent.clone());
        assert_eq!(form.value(Field::Name).get_untracked(), "Nightly report");
        // As a browser hands them back: an input has no line breaks, a textarea has one kind.
        form.change(Field::Name, "Nightly report".into());
        form.change(Field::System, "One\ntwo".into());
        assert_eq!(form.changed(), []);
        assert_eq!(form.theirs(agent.clone()), []);
        assert_eq!(form.submit(), Some(agent.tidied()));
    });
}

#[test]
fn every_field_stands_at_its_own_place() {
    for (place, field) in Field::ALL.into_iter().enumerate() {
        assert_eq!(field as usize, place);
    }
}

#[test]
fn a_form_gives_back_what_it_was_made_of() {
    with_owner(|| {
        let agent = AgentInput {
            paused: true,
            timeout_s: 90,
            model: Some("demo/quick".into()),
            schedule: Some("@daily".into()),
            time_zone: "Europe/Berlin".into(),
            overlap: Overlap::Skip,
            catch_up: true,
            max_concurrent_runs: 7,
            max_steps: 12,
            tools: picks(&["http_request", "mcp:files", "mcp:mail/send"]),
            run_budget_usd: Some(NanoDollars(1)),
            run_budget_tokens: Some(1_000),
            month_budget_usd: Some(NanoDollars(250_000_000_000)),
            month_budget_tokens: Some(2_000_000),
            version: Some(4),
            description: "D".into(),
            system_instructions: "\n S ".into(),
            task_instructions: "T".into(),
            ..AgentInput::named("A")
        };
        assert_eq!(AgentForm::of_all(agent.clone()).submit(), Some(agent));
    });
}

#[test]
fn what_is_no_number_is_an_error_of_its_field() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput::named("A"));
        form.change(Field::TimeLimit, "ten".into());
        assert_eq!(form.shown_error(Field::TimeLimit), None, "not while it is typed");
        form.touch(Field::TimeLimit);
        assert_eq!(form.shown_error(Field::TimeLimit).as_deref(), Some("Enter 1 to 86,400 seconds."));
        assert_eq!(form.submit(), None);
        assert_eq!(form.submitted_errors(), [Field::TimeLimit]);
    });
}

#[test]
fn a_refusal_stands_at_the_field_it_names_until_that_is_changed() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput::named("A"));
        form.refuse(&AppError::invalid_field("model", "unknown provider \"x\""));
        assert_eq!(form.shown_error(Field::Model).as_deref(), Some("unknown provider \"x\""));
        assert_eq!((form.submitted_errors(), form.refusal()), (vec![Field::Model], None));
        form.change(Field::Name, "B".into());
        assert!(form.shown_error(Field::Model).is_some());
        form.change(Field::Model, "demo/quick".into());
        assert_eq!(form.shown_error(Field::Model), None);
    });
}

#[test]
fn what_the_server_says_of_several_fields_is_counted_with_what_the_rules_refuse() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput { timeout_s: 0, ..AgentInput::named("A") });
        let both = vec![("schedule", "this date never occurs".into()), ("time_zone", "no such zone".into())];
        let told = form.heed(Err(AppError::invalid_fields(both)));
        assert_eq!((told, form.submitted_errors()), (Ok(None), vec![]), "nothing is counted before a submit");
        assert_eq!(form.shown_error(Field::TimeZone).as_deref(), Some("no such zone"));
        assert_eq!(form.submit(), None);
        assert_eq!(form.submitted_errors(), [Field::Schedule, Field::TimeZone, Field::TimeLimit]);
        form.change(Field::TimeLimit, "5".into());
        form.change(Field::TimeZone, "UTC".into());
        assert_eq!((form.submit(), form.submitted_errors()), (None, vec![Field::Schedule]));
        form.change(Field::Schedule, "@daily".into());
        assert!(form.submit().is_some());
        let busy = AppError::busy("Try again.");
        assert_eq!(form.heed(Err(busy.clone())), Err(busy), "it is about no field");
    });
}

#[test]
fn a_refusal_that_another_field_may_have_mended_is_no_reason_not_to_ask_again() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput { run_budget_usd: Some(NanoDollars(1)), ..AgentInput::named("A") });
        form.refuse(&AppError::invalid_field("run_budget_usd", "the price of a/b is not known"));
        assert_eq!(form.submitted_errors(), [Field::RunCost]);
        form.change(Field::Model, "demo/quick".into());
        assert!(form.submit().is_some());
    });
}

#[test]
fn a_refusal_of_the_whole_is_told_apart() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput::named("A"));
        form.refuse(&AppError::busy("The database is busy: try again."));
        assert_eq!(form.refusal().as_deref(), Some("The database is busy: try again."));
        assert_eq!(form.submitted_errors(), []);
    });
}

#[test]
fn an_empty_budget_is_none_and_what_is_no_amount_is_refused() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput { month_budget_tokens: Some(5), ..AgentInput::named("A") });
        form.change(Field::MonthTokens, " ".into());
        form.change(Field::RunTokens, "100,000".into());
        let input = form.submit().unwrap();
        assert_eq!((input.month_budget_tokens, input.run_budget_tokens), (None, Some(100_000)));
        form.change(Field::RunCost, "a lot".into());
        form.change(Field::MonthCost, "0".into());
        assert_eq!(form.submit(), None);
        assert_eq!(form.submitted_errors(), [Field::RunCost, Field::MonthCost]);
    });
}

#[test]
fn what_was_typed_is_a_change_until_it_is_what_it_was() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput::named("A"));
        form.change(Field::Name, "B".into());
        form.change(Field::Steps, "9".into());
        assert_eq!(form.changed(), [Field::Name, Field::Steps]);
        form.change(Field::Name, "A".into());
        assert_eq!(form.changed(), [Field::Steps]);
        form.discard();
        assert_eq!((form.changed(), form.value(Field::Steps).get_untracked()), (vec![], "25".to_owned()));
    });
}

#[test]
fn what_is_typed_while_it_is_saved_is_a_change_again() {
    with_owner(|| {
        let form = AgentForm::of_all(AgentInput { version: Some(1), ..AgentInput::named("A") });
        form.change(Field::Name, " B ".into());
        form.change(Field::Description, "Sent".into());
        let sent = form.texts();
        let input = form.submit().unwrap();
        form.change(Field::Description, "Sent, and more".into());
        form.saved(&sent, input);
        assert_eq!(form.changed(), [Field::Description]);
        assert_eq!(form.value(Field::Name).get_untracked(), "B", "as it was saved");
        assert_eq!(form.submit().unwrap().version, Some(2));
    });
}

/// What two people make of the same agent: they have changed its description and time limit, we its description and
/// steps.
fn two_at_once(test: impl FnOnce(AgentForm, AgentInput)) {
    with_owner(|| {
        let before = AgentInput { version: Some(1), ..AgentInput::named("A") };
        let form = AgentForm::of_all(before.clone());
        form.change(Field::Description, "Ours".into());
        form.change(Field::Steps, "9".into());
        let theirs =
            AgentInput { description: "Theirs".into(), timeout_s: 90, paused: true, version: Some(3), ..before };
        test(form, theirs);
    });
}

#[test]
fn what_others_have_changed_is_told_field_by_field() {
    two_at_once(|form, theirs| {
        let told = |field, text: &str, both| Theirs { field, text: text.into(), both };
        let expected = [
            told(Field::Description, "Theirs", true),
            told(Field::Paused, "true", false),
            told(Field::TimeLimit, "90", false),
        ];
        assert_eq!(form.theirs(theirs), expected);
        assert_eq!(form.value(Field::Description).get_untracked(), "Ours", "nothing typed is lost");
    });
}

#[test]
fn keeping_ours_takes_over_what_is_theirs_alone() {
    two_at_once(|form, theirs| {
        form.rebase(theirs.clone());
        assert_eq!(form.changed(), [Field::Description, Field::Steps]);
        let both = AgentInput { description: "Ours".into(), max_steps: 9, ..theirs };
        assert_eq!(form.submit(), Some(both));
    });
}

#[test]
fn taking_theirs_leaves_nothing_of_ours() {
    two_at_once(|form, theirs| {
        form.reset(theirs.clone());
        assert_eq!((form.changed(), form.submit()), (vec![], Some(theirs)));
    });
}

#[test]
fn what_a_new_agent_is_not_asked_for_stays_as_it_is() {
    with_owner(|| {
        let agent = AgentInput { max_steps: 9, tools: picks(&["mcp:files"]), paused: true, ..AgentInput::named("A") };
        let form = AgentForm::of(agent.clone());
        form.change(Field::TimeLimit, "5".into());
        assert_eq!(form.submit(), Some(AgentInput { timeout_s: 5, ..agent }));
    });
}
