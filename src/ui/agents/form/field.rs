//! A field of the agent form: the control of a setting's kind, bound to the form's values.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Kind;
use crate::ui::agents::form::model_field::ModelField;
use crate::ui::kit::field::{Control, Field};
use crate::ui::kit::tick::Tick;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Id of the list of models that are suggested.
pub const MODELS: &str = "models";
/// Id of the list of concurrency groups that are suggested.
pub const GROUPS: &str = "groups";
/// Id of the list of time zones that are suggested.
pub const ZONES: &str = "time-zones";

/// Label, control and help of a setting. A mistake in it is shown after it was left or submitted.
#[component]
pub fn SettingField(
    form: AgentForm,
    setting: Setting,
    /// Said after the help.
    #[prop(optional_no_strip)]
    note: Option<ViewFn>,
    /// Whether it has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let (value, help) = (form.value(setting), setting.help());
    let control = match setting.kind() {
        Kind::Switch { .. } => {
            let described = move || {
                let note = note.as_ref().map(|note| view! { " "{note.run()} });
                view! { {with_code(help)}{note} }
            };
            let tick = view! {
                <Tick
                    id=setting.name()
                    label=setting.label()
                    help=described
                    on=Signal::derive(move || value.read().as_str() == "true")
                    change=Callback::new(move |on: bool| form.change(setting, on.to_string()))
                    switch=setting == Setting::Paused
                />
            };
            return view! { <div class="field">{tick}</div> }.into_any();
        }
        Kind::Line { .. } if setting == Setting::Model => {
            let help = move || {
                let note = note.as_ref().map(|note| view! { " "{note.run()} });
                view! { {with_code(help)}{note} }
            };
            return view! { <ModelField form=form help=help/> }.into_any();
        }
        Kind::Line { .. } if setting == Setting::TimeZone => Control::Suggested(ZONES),
        Kind::Line { .. } => Control::Line,
        Kind::Tags { .. } => Control::Line,
        Kind::OptionalLine { .. } => match setting {
            Setting::Group => Control::Suggested(GROUPS),
            _ => Control::Code,
        },
        Kind::Text { rows, .. } => Control::Text(rows),
        Kind::Number { .. } => Control::Number(None),
        Kind::Seconds { .. } => Control::Number(Some("seconds")),
        Kind::Tokens { .. } => Control::Number(Some("tokens")),
        Kind::Kept { unit, .. } => Control::Number(Some(unit)),
        Kind::Dollars { .. } => Control::Dollars,
        Kind::Choice { words, .. } => Control::Choice(words),
        // They have a section of their own.
        Kind::Tools { .. } => return ().into_any(),
    };
    view! {
        <Field
            id=setting.name()
            label=setting.label()
            control=control
            value=value
            error=Memo::new(move |_| form.shown_error(setting))
            change=Callback::new(move |value| form.change(setting, value))
            leave=Callback::new(move |()| form.touch(setting))
            help=move || {
                let note = note.as_ref().map(|note| view! { " "{note.run()} });
                view! { {with_code(help)}{note} }
            }
            required=setting.is_required()
            autofocus=autofocus
        />
    }
    .into_any()
}

/// A text in which what stands between backticks is code.
fn with_code(text: &'static str) -> impl IntoView {
    let part = |(place, part): (usize, &'static str)| match place % 2 {
        1 => view! { <code>{part}</code> }.into_any(),
        _ => part.into_any(),
    };
    text.split('`').enumerate().map(part).collect_view()
}
