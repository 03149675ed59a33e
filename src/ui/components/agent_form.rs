//! The form for a new agent.

use super::field::{Control, Field};
use super::icon::Icon;
use crate::api::agents::create_agent;
use crate::domain::model::ModelChoices;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::form::{AgentForm, Field as Name};
use crate::ui::page::Hydrated;
use crate::ui::state::accordion::Accordion;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

const SUMMARY: &str = "errors";
const MODELS: &str = "models";

/// Checks on leaving a field and on submit, with the server's own rules; leads to the new agent.
#[component]
pub fn NewAgentForm(models: Resource<Result<ModelChoices, AppError>>) -> impl IntoView {
    let (form, hydrated) = (AgentForm::new(), Hydrated::from_context());
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        refused.set(None);
        let Some(input) = form.submit() else {
            request_animation_frame(|| dom::focus_id(SUMMARY));
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = create_agent(input).await;
            _ = busy.try_set(false);
            match answer {
                Ok(id) => navigate(&Accordion { open: Some(id), all: false }.href(), Default::default()),
                Err(error) => {
                    _ = refused.try_set(Some(error.to_string()));
                    request_animation_frame(|| dom::focus_id(SUMMARY));
                }
            }
        });
    };
    let default_model = move || match models.get() {
        Some(Ok(models)) => format!("Left empty: {}.", models.default),
        _ => "Left empty: the server's default.".to_owned(),
    };
    let choices = move || {
        let choices = models.get().and_then(Result::ok).map(|models| models.choices).unwrap_or_default();
        choices.into_iter().map(|model| view! { <option value=model.name>{model.note}</option> }).collect_view()
    };
    view! {
        <ErrorSummary form=form refused=refused/>
        <form novalidate on:submit=submit>
            <section class="section" aria-labelledby="general-h">
                <header><h2 id="general-h">"General"</h2><p>"How people recognise this agent."</p></header>
                <div class="section__body">
                    <Field form name=Name::Name control=Control::Line required=true help=|| "1 to 100 characters."/>
                    <Field form name=Name::Description control=Control::Line help=|| "At most 500 characters."/>
                    <Suspense>
                        <Field
                            form
                            name=Name::Model
                            control=Control::Suggested(MODELS)
                            help=move || view! { "Provider and model, such as "<code>"openai/gpt-5-mini"</code>". "{default_model} }
                        />
                        <datalist id=MODELS>{choices}</datalist>
                    </Suspense>
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
            <div class="savebar">
                <noscript><p>"Making an agent needs JavaScript, or the REST API."</p></noscript>
                <a class="btn btn--ghost push" href="/">"Cancel"</a>
                <button
                    class="btn btn--primary"
                    type="submit"
                    disabled=move || !hydrated.get()
                    aria-busy=move || busy.get().then_some("true")
                >
                    "Create agent"
                </button>
            </div>
        </form>
    }
}

/// Takes the focus when a submit did not work; its links lead to the fields.
#[component]
fn ErrorSummary(form: AgentForm, refused: RwSignal<Option<String>>) -> impl IntoView {
    move || {
        let fields = form.submitted_errors();
        let title = match fields.len() {
            0 => refused.get().map(|_| "The agent could not be created.".to_owned())?,
            1 => "One field needs attention.".to_owned(),
            n => format!("{n} fields need attention."),
        };
        let mut first = true;
        let links = fields.into_iter().map(|name| {
            let comma = (!std::mem::take(&mut first)).then_some(", ");
            // A plain jump would scroll but leave the focus.
            let go = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                dom::focus_id(name.id());
            };
            view! { {comma}<a href=format!("#{}", name.id()) rel="external" on:click=go>{name.label()}</a> }
        });
        let links = links.collect_view();
        Some(view! {
            <div class="notice notice--danger" role="alert" tabindex="-1" id=SUMMARY>
                <Icon name="failed"/>
                <div class="notice__text"><p><strong>{title}</strong></p><p>{links}{refused.get()}</p></div>
            </div>
        })
    }
}
