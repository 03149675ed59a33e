//! The agent form's values and what is wrong with them. The rules are `AgentInput`'s own, the same as the server's.

use crate::domain::agent::AgentInput;
use leptos::prelude::*;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Description,
    Model,
    System,
    Task,
}

impl Field {
    /// In the order of the form.
    pub const ALL: [Self; 5] = [Self::Name, Self::Description, Self::Model, Self::System, Self::Task];

    /// Id of the control, and the name of the value.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Model => "model",
            Self::System => "system_instructions",
            Self::Task => "task_instructions",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Description => "Description",
            Self::Model => "Model",
            Self::System => "System instructions",
            Self::Task => "Task instructions",
        }
    }

    /// What to do about it when it is wrong.
    fn advice(self) -> &'static str {
        match self {
            Self::Name => "Enter a name of 1 to 100 characters.",
            Self::Description => "Keep the description to 500 characters.",
            Self::Model => "Enter provider/model in 3 to 200 characters, or leave it empty.",
            Self::System | Self::Task => "Keep the instructions to 256 KiB.",
        }
    }
}

/// The fields that the rules refuse.
pub fn invalid(input: &AgentInput) -> Vec<Field> {
    let faults = input.faults();
    let is_refused = |field: &Field| faults.iter().any(|(name, _)| *name == field.id());
    Field::ALL.into_iter().filter(is_refused).collect()
}

/// Values, and which fields have been left or submitted: only those show errors.
#[derive(Clone, Copy)]
pub struct AgentForm {
    values: [RwSignal<String>; Field::ALL.len()],
    touched: RwSignal<[bool; Field::ALL.len()]>,
    submitted: RwSignal<bool>,
    errors: Memo<Vec<Field>>,
}

impl AgentForm {
    /// Empty.
    pub fn new() -> Self {
        let values: [RwSignal<String>; Field::ALL.len()] = std::array::from_fn(|_| RwSignal::new(String::new()));
        let errors = Memo::new(move |_| invalid(&input(&values)));
        Self { values, touched: RwSignal::default(), submitted: RwSignal::new(false), errors }
    }

    /// The value of a field.
    pub fn value(self, field: Field) -> RwSignal<String> {
        self.values[field as usize]
    }

    /// The field has been left.
    pub fn touch(self, field: Field) {
        self.touched.update(|touched| touched[field as usize] = true);
    }

    /// What to say about a field; tracked.
    pub fn shown_error(self, field: Field) -> Option<&'static str> {
        let shown = self.submitted.get() || self.touched.read()[field as usize];
        (shown && self.errors.read().contains(&field)).then(|| field.advice())
    }

    /// What the summary lists; tracked.
    pub fn submitted_errors(self) -> Vec<Field> {
        if self.submitted.get() { self.errors.get() } else { Vec::new() }
    }

    /// The input to send, unless something is wrong with it.
    pub fn submit(self) -> Option<AgentInput> {
        self.submitted.set(true);
        self.errors.with_untracked(Vec::is_empty).then(|| untrack(|| input(&self.values)))
    }
}

impl Default for AgentForm {
    fn default() -> Self {
        Self::new()
    }
}

/// Tracked.
fn input(values: &[RwSignal<String>; Field::ALL.len()]) -> AgentInput {
    let value = |field: Field| values[field as usize].get();
    let model = value(Field::Model).trim().to_owned();
    AgentInput {
        description: value(Field::Description),
        system_instructions: value(Field::System),
        task_instructions: value(Field::Task),
        model: (!model.is_empty()).then_some(model),
        ..AgentInput::named(value(Field::Name).trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_fields_are_named_in_the_order_of_the_form() {
        let mut input = AgentInput::named(" ");
        input.model = Some("x".into());
        input.description = "d".repeat(501);
        assert_eq!(invalid(&input), [Field::Name, Field::Description, Field::Model]);
        assert_eq!(invalid(&AgentInput::named("Triage")), []);
    }

    #[test]
    fn every_field_stands_at_its_own_place() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, place);
        }
    }
}
