//! What every agent form asks for: who the agent is, what it is told, and its first limits.

use crate::domain::model::{ModelChoice, ModelChoices};
use crate::ui::agents::form::field::AgentField;
use crate::ui::agents::form::limit_fields::RunLimits;
use crate::ui::agents::form::schedule_fields::ScheduleFields;
use crate::ui::kit::field::Control;
use crate::ui::model::form::field::Field as Name;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

const MODELS: &str = "models";

/// What a new agent is asked for; the rest has defaults and is on its settings page.
#[component]
pub fn AgentFields(form: AgentForm, models: ModelChoices) -> impl IntoView {
    view! {
        <GeneralFields form models autofocus=true/>
        <InstructionFields form/>
        <ScheduleFields form/>
        <section class="section" aria-labelledby="limits-h">
            <header>
                <h2 id="limits-h">"Limits"</h2>
                <p>"A run that reaches its time limit is stopped and marked Timed out."</p>
            </header>
            <div class="section__body"><RunLimits form/></div>
        </section>
    }
}

/// Name, description, model.
#[component]
pub fn GeneralFields(
    form: AgentForm,
    models: ModelChoices,
    /// Whether the name has the focus when the form appears.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let default_model = format!("If empty: {}", models.default);
    let choice = |model: ModelChoice| view! { <option value=model.name>{model.note}</option> };
    let choices = models.choices.into_iter().map(choice).collect_view();
    view! {
        <section class="section" aria-labelledby="general-h">
            <header><h2 id="general-h">"General"</h2><p>"How people recognise this agent."</p></header>
            <div class="section__body">
                <AgentField
                    form
                    name=Name::Name
                    control=Control::Line
                    required=true
                    autofocus=autofocus
                    help=|| "1 to 100 characters."
                />
                <AgentField form name=Name::Description control=Control::Line help=|| "At most 500 characters."/>
                <AgentField
                    form
                    name=Name::Model
                    control=Control::Suggested(MODELS)
                    help=move || {
                        let default_model = default_model.clone();
                        view! { "Provider and model, such as "<code>"openai/gpt-5-mini"</code>". "{default_model} }
                    }
                />
                <datalist id=MODELS>{choices}</datalist>
            </div>
        </section>
    }
}

/// System and task instructions.
#[component]
pub fn InstructionFields(form: AgentForm) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="instructions-h">
            <header>
                <h2 id="instructions-h">"Instructions"</h2>
                <p>"What the agent always knows, and what each run is asked to do."</p>
            </header>
            <div class="section__body">
                <AgentField form name=Name::System control=Control::Text("7") help=|| "Who the agent is and how it works."/>
                <AgentField form name=Name::Task control=Control::Text("4") help=|| "Sent at the start of each run."/>
            </div>
        </section>
    }
}
