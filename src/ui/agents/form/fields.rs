//! All fields of the agent form, the same for creating an agent and for changing one.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Section;
use crate::domain::budget::Spent;
use crate::domain::id::AgentId;
use crate::domain::model::{ModelChoice, ModelChoices};
use crate::domain::tool::ToolCatalogue;
use crate::ui::agents::form::field::MODELS;
use crate::ui::agents::form::group_limit::GroupLimit;
use crate::ui::agents::form::notes::Notes;
use crate::ui::agents::form::schedule_fields::ScheduleFields;
use crate::ui::agents::form::section::SectionFields;
use crate::ui::agents::form::tool_fields::ToolFields;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Section by section. `spent` is what the agent has used this month, if there is one already.
#[component]
pub fn AgentFields(
    form: AgentForm,
    models: ModelChoices,
    tools: ToolCatalogue,
    #[prop(optional_no_strip)] spent: Option<Memo<Spent>>,
    /// The agent, if there is one already.
    #[prop(optional_no_strip)]
    agent: Option<AgentId>,
) -> impl IntoView {
    let choice = |model: &ModelChoice| view! { <option value=model.name.clone()>{model.note.clone()}</option> };
    let choices = models.choices.iter().map(choice).collect_view();
    let first = spent.is_none().then_some(Setting::Name);
    let notes = Notes::new(models, spent);
    view! {
        <SectionFields form section=Section::General notes beside=1 autofocus=first/>
        <datalist id=MODELS>{choices}</datalist>
        <SectionFields form section=Section::Instructions notes beside=1/>
        <ScheduleFields form agent/>
        <SectionFields
            form
            section=Section::Limits
            notes
            beside=2
            rest=move || view! { <GroupLimit group=form.value(Setting::Group)/> }
        />
        <SectionFields form section=Section::Budgets notes beside=2/>
        <ToolFields form tools/>
    }
}
