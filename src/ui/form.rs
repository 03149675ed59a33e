//! The agent form's values and what is wrong with them. The rules are `AgentInput`'s own, the same as the server's.

use crate::domain::agent::AgentInput;
use crate::domain::schedule::Overlap;
use crate::error::AppError;
use leptos::prelude::*;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Description,
    Model,
    System,
    Task,
    Schedule,
    TimeZone,
    Overlap,
    CatchUp,
    TimeLimit,
    Concurrency,
}

const FIELDS: usize = Field::ALL.len();

impl Field {
    /// In the order of the form.
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::Description,
        Self::Model,
        Self::System,
        Self::Task,
        Self::Schedule,
        Self::TimeZone,
        Self::Overlap,
        Self::CatchUp,
        Self::TimeLimit,
        Self::Concurrency,
    ];

    /// Id of the control, and the name of the value.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Model => "model",
            Self::System => "system_instructions",
            Self::Task => "task_instructions",
            Self::Schedule => "schedule",
            Self::TimeZone => "time_zone",
            Self::Overlap => "overlap",
            Self::CatchUp => "catch_up",
            Self::TimeLimit => "timeout_s",
            Self::Concurrency => "max_concurrent_runs",
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
            Self::Schedule => "Cron expression",
            Self::TimeZone => "Time zone",
            Self::Overlap => "While a run is still going",
            Self::CatchUp => "Catch up on missed times",
            Self::TimeLimit => "Time limit",
            Self::Concurrency => "Runs at once",
        }
    }

    /// What to do about it when it is wrong.
    fn advice(self) -> &'static str {
        match self {
            Self::Name => "Enter a name of 1 to 100 characters.",
            Self::Description => "Keep the description to 500 characters.",
            Self::Model => "Enter provider/model in 3 to 200 characters, or leave it empty.",
            Self::System | Self::Task => "Keep the instructions to 256 KiB.",
            Self::Schedule => "Keep the expression to 200 characters.",
            Self::TimeZone => "Enter the name of a time zone, such as Europe/Berlin.",
            Self::Overlap | Self::CatchUp => "Choose one of what is offered.",
            Self::TimeLimit => "Enter 1 to 86,400 seconds.",
            Self::Concurrency => "Enter 1 to 100.",
        }
    }
}

/// The fields that the rules refuse.
pub fn invalid(input: &AgentInput) -> Vec<Field> {
    let faults = input.faults();
    let is_refused = |field: &Field| faults.iter().any(|(name, _)| *name == field.id());
    Field::ALL.into_iter().filter(is_refused).collect()
}

/// The field that the server's answer names, if it names one, and what it says: `model: unknown provider "x"`.
pub fn refused_field(error: &AppError) -> (Option<Field>, String) {
    let text = error.to_string();
    let named = text.split_once(": ").and_then(|(name, says)| {
        let field = Field::ALL.into_iter().find(|field| field.id() == name)?;
        Some((field, says.to_owned()))
    });
    match named {
        Some((field, says)) => (Some(field), says),
        None => (None, text),
    }
}

/// Values, and which fields have been left or submitted: only those show errors.
#[derive(Clone, Copy)]
pub struct AgentForm {
    values: [RwSignal<String>; FIELDS],
    touched: RwSignal<[bool; FIELDS]>,
    submitted: RwSignal<bool>,
    errors: Memo<Vec<Field>>,
    /// What the server would not take; until that field is changed.
    refused: RwSignal<Option<(Option<Field>, String)>>,
    /// The agent as it was when the form was opened: what has no field stays as it is.
    kept: StoredValue<AgentInput>,
}

impl AgentForm {
    /// As the agent is now.
    pub fn of(agent: AgentInput) -> Self {
        let kept = StoredValue::new(agent.clone());
        let values = texts(agent).map(RwSignal::new);
        let errors = Memo::new(move |_| invalid(&input(&values, kept.get_value())));
        let (touched, submitted, refused) = (RwSignal::default(), RwSignal::new(false), RwSignal::new(None));
        Self { values, touched, submitted, errors, refused, kept }
    }

    /// Forgets what has been typed: a new agent's form again.
    pub fn clear(self) {
        for (value, text) in self.values.iter().zip(texts(AgentInput::named(""))) {
            value.set(text);
        }
        self.forgive();
    }

    /// Says nothing more about what is wrong until a field is left or submitted again.
    pub fn forgive(self) {
        self.touched.set(Default::default());
        self.submitted.set(false);
        self.refused.set(None);
    }

    /// The value of a field.
    pub fn value(self, field: Field) -> RwSignal<String> {
        self.values[field as usize]
    }

    /// Sets what has been typed.
    pub fn change(self, field: Field, value: String) {
        self.value(field).set(value);
        if self.refused.with_untracked(|refused| matches!(refused, Some((of, _)) if of.is_none_or(|of| of == field))) {
            self.refused.set(None);
        }
    }

    /// The field has been left.
    pub fn touch(self, field: Field) {
        self.touched.update(|touched| touched[field as usize] = true);
    }

    /// What to say about a field; tracked.
    pub fn shown_error(self, field: Field) -> Option<String> {
        if let Some((Some(of), says)) = &*self.refused.read()
            && *of == field
        {
            return Some(says.clone());
        }
        let shown = self.submitted.get() || self.touched.read()[field as usize];
        (shown && self.errors.read().contains(&field)).then(|| field.advice().to_owned())
    }

    /// What the summary lists; tracked.
    pub fn submitted_errors(self) -> Vec<Field> {
        let mut fields = if self.submitted.get() { self.errors.get() } else { Vec::new() };
        let refused = self.refused.with(|refused| refused.as_ref().and_then(|(field, _)| *field));
        fields.extend(refused.filter(|field| !fields.contains(field)));
        fields
    }

    /// What the server would not take and is about no single field; tracked.
    pub fn refusal(self) -> Option<String> {
        self.refused.with(|refused| refused.as_ref().filter(|(field, _)| field.is_none()).map(|(_, says)| says.clone()))
    }

    /// The server did not take it. The form may have gone meanwhile.
    pub fn refuse(self, error: &AppError) {
        _ = self.refused.try_set(Some(refused_field(error)));
    }

    /// The input to send, unless something is wrong with it.
    pub fn submit(self) -> Option<AgentInput> {
        self.submitted.set(true);
        self.refused.set(None);
        self.errors.with_untracked(Vec::is_empty).then(|| untrack(|| input(&self.values, self.kept.get_value())))
    }
}

/// What the fields hold for an agent, each at its place.
fn texts(agent: AgentInput) -> [String; FIELDS] {
    [
        agent.name,
        agent.description,
        agent.model.unwrap_or_default(),
        agent.system_instructions,
        agent.task_instructions,
        agent.schedule.unwrap_or_default(),
        agent.time_zone,
        agent.overlap.to_string(),
        agent.catch_up.to_string(),
        agent.timeout_s.to_string(),
        agent.max_concurrent_runs.to_string(),
    ]
}

/// Tracked. What is not a number becomes one that the rules refuse.
fn input(values: &[RwSignal<String>; FIELDS], kept: AgentInput) -> AgentInput {
    let value = |field: Field| values[field as usize].get();
    let number = |field| value(field).trim().parse().unwrap_or(0);
    let model = value(Field::Model).trim().to_owned();
    AgentInput {
        name: value(Field::Name).trim().to_owned(),
        description: value(Field::Description),
        system_instructions: value(Field::System),
        task_instructions: value(Field::Task),
        model: (!model.is_empty()).then_some(model),
        schedule: Some(value(Field::Schedule).trim().to_owned()).filter(|schedule| !schedule.is_empty()),
        time_zone: value(Field::TimeZone).trim().to_owned(),
        overlap: Overlap::parse(&value(Field::Overlap)).unwrap_or_default(),
        catch_up: value(Field::CatchUp) == "true",
        max_concurrent_runs: number(Field::Concurrency),
        timeout_s: number(Field::TimeLimit),
        ..kept
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
