//! The sections of the agent form: what each is called and about, and its fields.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Section;
use crate::ui::agents::form::field::SettingField;
use crate::ui::agents::form::notes::Notes;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Title and explanation beside what is in it.
#[component]
pub fn FormSection(section: Section, children: Children) -> impl IntoView {
    let (id, title, about) = words(section);
    view! {
        <section class="section" aria-labelledby=id>
            <header><h2 id=id>{title}</h2><p>{about}</p></header>
            <div class="section__body">{children()}</div>
        </section>
    }
}

/// Its fields in the order of the table, `beside` of them in a row.
#[component]
pub fn SectionFields(
    form: AgentForm,
    section: Section,
    notes: Notes,
    beside: usize,
    /// The field that has the focus when it appears.
    #[prop(optional_no_strip)]
    autofocus: Option<Setting>,
    /// Stands after the fields.
    #[prop(optional, into)]
    rest: Option<ViewFn>,
) -> impl IntoView {
    let settings: Vec<Setting> = section.settings().collect();
    let field = move |setting: &Setting| {
        let (setting, note) = (*setting, notes.of(form, *setting));
        view! { <SettingField form setting note autofocus=autofocus == Some(setting)/> }
    };
    let row = move |row: &[Setting]| match row {
        [one] => field(one).into_any(),
        row => view! { <div class="field-row">{row.iter().map(field).collect_view()}</div> }.into_any(),
    };
    view! { <FormSection section>{settings.chunks(beside).map(row).collect_view()}{rest.map(|rest| rest.run())}</FormSection> }
}

fn words(section: Section) -> (&'static str, &'static str, &'static str) {
    match section {
        Section::General => ("general-h", "General", "How people recognise this agent, and which model answers."),
        Section::Instructions => {
            ("instructions-h", "Instructions", "What the agent always knows, and what each run is asked to do.")
        }
        Section::Schedule => (
            "schedule-h",
            "Schedule",
            "When the agent runs by itself. It can always be run by hand or through the API.",
        ),
        Section::Limits => ("limits-h", "Limits", "A run that reaches its time limit is stopped and marked Timed out."),
        Section::Budgets => (
            "budgets-h",
            "Budgets",
            "A run that exceeds a budget is stopped; once the month's is used up, no run starts. If empty: no limit.",
        ),
        Section::Tools => ("tools-h", "Tools", "The agent can call only what is ticked."),
    }
}
