//! The fields of the agent form, in groups.

use super::field::{Control, Field};
use super::schedule_fields::ScheduleFields;
use crate::domain::model::{ModelChoice, ModelChoices};
use crate::ui::form::{AgentForm, Field as Name};
use leptos::prelude::*;

const MODELS: &str = "models";

/// The same on the page and in dialogs.
#[component]
pub fn AgentFields(form: AgentForm, models: ModelChoices) -> impl IntoView {
    let default_model = format!("Left empty: {}.", models.default);
    let choice = |model: ModelChoice| view! { <option value=model.name>{model.note}</option> };
    let choices = models.choices.into_iter().map(choice).collect_view();
    view! {
        <section class="section" aria-labelledby="general-h">
            <header><h2 id="general-h">"General"</h2><p>"How people recognise this agent."</p></header>
            <div class="section__body">
                <Field form name=Name::Name control=Control::Line required=true help=|| "1 to 100 characters."/>
                <Field form name=Name::Description control=Control::Line help=|| "At most 500 characters."/>
                <Field
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
        <section class="section" aria-labelledby="instructions-h">
            <header>
                <h2 id="instructions-h">"Instructions"</h2>
                <p>"What the agent always knows, and what each run is asked to do."</p>
            </header>
            <div class="section__body">
                <Field form name=Name::System control=Control::Text("7") help=|| "Who the agent is and how it works."/>
                <Field form name=Name::Task control=Control::Text("4") help=|| "Sent at the start of each run."/>
            </div>
        </section>
        <ScheduleFields form/>
        <section class="section" aria-labelledby="limits-h">
            <header>
                <h2 id="limits-h">"Limits"</h2>
                <p>"A run that reaches its time limit is ended and marked Timed out."</p>
            </header>
            <div class="section__body">
                <div class="field-row">
                    <Field
                        form
                        name=Name::TimeLimit
                        control=Control::Number(Some("seconds"))
                        required=true
                        help=|| "1 to 86,400: up to a day."
                    />
                    <Field
                        form
                        name=Name::Concurrency
                        control=Control::Number(None)
                        required=true
                        help=|| "1 to 100. Others wait in the queue."
                    />
                </div>
            </div>
        </section>
    }
}
