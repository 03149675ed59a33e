//! Tests of the agent form with what is typed, and with what the server says.

use super::*;
use crate::domain::agent::settings::Change;
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::tool::ToolPick;
use crate::error::FieldError;
use conflict::Theirs;

fn picks(texts: &[&str]) -> Vec<ToolPick> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn of(settings: AgentSettings) -> AgentForm {
    AgentForm::of(settings, 1)
}

fn with_owner(test: impl FnOnce()) {
    let owner = Owner::new();
    owner.with(test);
}

#[test]
fn an_agent_from_before_texts_were_tidied_is_unchanged_in_its_form() {
    with_owner(|| {
        let agent = AgentSettings {
            description: "Reads\tand\nwrites".into(),
            system_instructions: "One\r\ntwo".into(),
            ..AgentSettings::named("Nightly\nreport")
        };
        let form = of(agent.clone());
        assert_eq!(form.value(Setting::Name).get_untracked(), "Nightly report");
        // As a browser hands them back: an input has no line breaks, a textarea has one kind.
        form.change(Setting::Name, "Nightly report".into());
        form.change(Setting::System, "One\ntwo".into());
        assert_eq!(form.changed(), []);
        assert_eq!(form.theirs(&agent), []);
        assert_eq!(form.submit(), Some(agent.tidied()));
    });
}

#[test]
fn a_form_gives_back_what_it_was_made_of() {
    with_owner(|| {
        let agent = AgentSettings {
            paused: true,
            timeout_s: 90,
            model: "demo/quick".into(),
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
            description: "D".into(),
            system_instructions: "\n S ".into(),
            task_instructions: "T".into(),
            ..AgentSettings::named("A")
        };
        assert_eq!(of(agent.clone()).submit(), Some(agent));
    });
}

#[test]
fn what_is_no_number_is_an_error_of_its_field() {
    with_owner(|| {
        let form = of(AgentSettings::named("A"));
        form.change(Setting::TimeLimit, "ten".into());
        assert_eq!(form.shown_error(Setting::TimeLimit), None, "not while it is typed");
        form.touch(Setting::TimeLimit);
        assert_eq!(form.shown_error(Setting::TimeLimit).as_deref(), Some("Enter 1 to 86,400 seconds."));
        assert_eq!(form.submit(), None);
        assert_eq!(form.submitted_errors(), [Setting::TimeLimit]);
    });
}

#[test]
fn a_refusal_stands_at_the_field_it_names_until_that_is_changed() {
    with_owner(|| {
        let form = of(AgentSettings::named("A"));
        form.refuse(&AppError::invalid_field("model", "unknown provider \"x\""));
        assert_eq!(form.shown_error(Setting::Model).as_deref(), Some("unknown provider \"x\""));
        assert_eq!((form.submitted_errors(), form.refusal()), (vec![Setting::Model], None));
        form.change(Setting::Name, "B".into());
        assert!(form.shown_error(Setting::Model).is_some());
        form.change(Setting::Model, "demo/quick".into());
        assert_eq!(form.shown_error(Setting::Model), None);
    });
}

#[test]
fn what_the_server_says_of_several_fields_is_counted_with_what_the_rules_refuse() {
    with_owner(|| {
        let form = of(AgentSettings { timeout_s: 0, ..AgentSettings::named("A") });
        let both =
            vec![FieldError::of("schedule", "this date never occurs"), FieldError::of("time_zone", "no such zone")];
        let other = form.show_preview_errors(Err(AppError::invalid_fields(both)));
        assert_eq!((other, form.submitted_errors()), (Ok(None), vec![]), "nothing is counted before a submit");
        assert_eq!(form.shown_error(Setting::TimeZone).as_deref(), Some("no such zone"));
        assert_eq!(form.submit(), None);
        assert_eq!(form.submitted_errors(), [Setting::Schedule, Setting::TimeZone, Setting::TimeLimit]);
        form.change(Setting::TimeLimit, "5".into());
        form.change(Setting::TimeZone, "UTC".into());
        assert_eq!((form.submit(), form.submitted_errors()), (None, vec![Setting::Schedule]));
        form.change(Setting::Schedule, "@daily".into());
        assert!(form.submit().is_some());
        let busy = AppError::busy("Try again.");
        assert_eq!(form.show_preview_errors(Err(busy.clone())), Err(busy), "it is about no field");
    });
}

#[test]
fn a_refusal_that_another_field_may_have_mended_is_no_reason_not_to_ask_again() {
    with_owner(|| {
        let form = of(AgentSettings { run_budget_usd: Some(NanoDollars(1)), ..AgentSettings::named("A") });
        form.refuse(&AppError::invalid_field("run_budget_usd", "the price of a/b is not known"));
        assert_eq!(form.submitted_errors(), [Setting::RunCost]);
        form.change(Setting::Model, "demo/quick".into());
        assert!(form.submit().is_some());
    });
}

#[test]
fn a_refusal_of_the_whole_is_told_apart() {
    with_owner(|| {
        let form = of(AgentSettings::named("A"));
        form.refuse(&AppError::busy("The database is busy: try again."));
        assert_eq!(form.refusal().as_deref(), Some("The database is busy: try again."));
        assert_eq!(form.submitted_errors(), []);
    });
}

#[test]
fn an_empty_budget_is_none_and_what_is_no_amount_is_refused() {
    with_owner(|| {
        let form = of(AgentSettings { month_budget_tokens: Some(5), ..AgentSettings::named("A") });
        form.change(Setting::MonthTokens, " ".into());
        form.change(Setting::RunTokens, "100,000".into());
        let input = form.submit().unwrap();
        assert_eq!((input.month_budget_tokens, input.run_budget_tokens), (None, Some(100_000)));
        form.change(Setting::RunCost, "a lot".into());
        form.change(Setting::MonthCost, "0".into());
        assert_eq!(form.submit(), None);
        assert_eq!(form.submitted_errors(), [Setting::RunCost, Setting::MonthCost]);
    });
}

#[test]
fn what_was_typed_is_a_change_until_it_is_what_it_was() {
    with_owner(|| {
        let form = of(AgentSettings::named("A"));
        form.change(Setting::Name, "B".into());
        form.change(Setting::Steps, "9".into());
        assert_eq!(form.changed(), [Setting::Name, Setting::Steps]);
        form.change(Setting::Name, "A".into());
        assert_eq!(form.changed(), [Setting::Steps]);
        form.discard();
        assert_eq!((form.changed(), form.value(Setting::Steps).get_untracked()), (vec![], "25".to_owned()));
    });
}

#[test]
fn what_is_typed_while_it_is_saved_is_a_change_again() {
    with_owner(|| {
        let form = of(AgentSettings::named("A"));
        form.change(Setting::Name, " B ".into());
        form.change(Setting::Description, "Sent".into());
        let sent = form.texts();
        let input = form.submit().unwrap();
        form.change(Setting::Description, "Sent, and more".into());
        form.saved(&sent, input, 2);
        assert_eq!(form.changed(), [Setting::Description]);
        assert_eq!(form.value(Setting::Name).get_untracked(), "B", "as it was saved");
        assert_eq!((form.submit().is_some(), form.version()), (true, 2));
    });
}

/// Its version is the server's to say: what changed nothing made none.
#[test]
fn what_was_saved_without_a_change_leaves_the_version() {
    with_owner(|| {
        let form = of(AgentSettings::named("A"));
        form.change(Setting::Name, "A ".into());
        let sent = form.texts();
        let input = form.submit().unwrap();
        form.saved(&sent, input, 1);
        assert_eq!((form.changed(), form.version()), (vec![], 1));
    });
}

/// Runs a test on two people's edits of the same agent: they have changed its description and time limit, we its
/// description and steps.
fn two_at_once(test: impl FnOnce(AgentForm, AgentSettings)) {
    with_owner(|| {
        let before = AgentSettings::named("A");
        let form = of(before.clone());
        form.change(Setting::Description, "Ours".into());
        form.change(Setting::Steps, "9".into());
        let theirs = AgentSettings { description: "Theirs".into(), timeout_s: 90, paused: true, ..before };
        test(form, theirs);
    });
}

#[test]
fn what_others_have_changed_is_told_field_by_field() {
    two_at_once(|form, theirs| {
        let told = |setting, before: &str, after: &str, both| Theirs {
            change: Change { setting, before: before.into(), after: after.into() },
            both,
        };
        let expected = [
            told(Setting::Description, "None", "Theirs", true),
            told(Setting::Paused, "Off", "On", false),
            told(Setting::TimeLimit, "10 min", "90 s", false),
        ];
        assert_eq!(form.theirs(&theirs), expected);
        assert_eq!(form.value(Setting::Description).get_untracked(), "Ours", "nothing typed is lost");
    });
}

#[test]
fn keeping_ours_takes_over_what_is_theirs_alone() {
    two_at_once(|form, theirs| {
        form.rebase(theirs.clone(), 3);
        assert_eq!(form.changed(), [Setting::Description, Setting::Steps]);
        let both = AgentSettings { description: "Ours".into(), max_steps: 9, ..theirs };
        assert_eq!(form.submit(), Some(both));
    });
}

#[test]
fn taking_theirs_leaves_nothing_of_ours() {
    two_at_once(|form, theirs| {
        form.reset(theirs.clone(), 3);
        assert_eq!((form.changed(), form.submit()), (vec![], Some(theirs)));
    });
}
