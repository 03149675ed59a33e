//! What the agent form makes of what is typed, and of what the server says.

use super::*;
use crate::domain::schedule::Overlap;

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
            ..AgentInput::named("A")
        };
        assert_eq!(AgentForm::of(agent.clone()).submit(), Some(agent));
    });
}

#[test]
fn what_is_no_number_is_an_error_of_its_field() {
    with_owner(|| {
        let form = AgentForm::of(AgentInput::named("A"));
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
        let form = AgentForm::of(AgentInput::named("A"));
        form.refuse(&AppError::Invalid("model: unknown provider \"x\"".into()));
        assert_eq!(form.shown_error(Field::Model).as_deref(), Some("unknown provider \"x\""));
        assert_eq!((form.submitted_errors(), form.refusal()), (vec![Field::Model], None));
        form.change(Field::Name, "B".into());
        assert!(form.shown_error(Field::Model).is_some());
        form.change(Field::Model, "demo/quick".into());
        assert_eq!(form.shown_error(Field::Model), None);
    });
}

#[test]
fn a_refusal_of_the_whole_is_told_apart() {
    with_owner(|| {
        let form = AgentForm::of(AgentInput::named("A"));
        form.refuse(&AppError::Busy("The database is busy: try again.".into()));
        assert_eq!(form.refusal().as_deref(), Some("The database is busy: try again."));
        assert_eq!(form.submitted_errors(), []);
    });
}
