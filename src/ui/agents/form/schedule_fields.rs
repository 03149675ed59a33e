//! The part of the agent form that says when the agent runs by itself.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Section;
use crate::domain::id::AgentId;
use crate::ui::agents::form::cost_preview::CostPreview;
use crate::ui::agents::form::field::{SettingField, ZONES};
use crate::ui::agents::form::schedule_preview::SchedulePreview;
use crate::ui::agents::form::section::FormSection;
use crate::ui::dom;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Whether it is held back, cron and zone, in words what that means and what it will cost, and what to do when runs meet or were
/// missed.
#[component]
pub fn ScheduleFields(form: AgentForm, agent: Option<AgentId>) -> impl IntoView {
    view! {
        <FormSection section=Section::Schedule>
            <SettingField form setting=Setting::Paused/>
            <div class="field-row" on:focusin=|_| dom::offer_time_zones(ZONES)>
                <SettingField form setting=Setting::Schedule/>
                <SettingField form setting=Setting::TimeZone/>
            </div>
            <datalist id=ZONES></datalist>
            <SchedulePreview form/>
            <CostPreview form agent/>
            <div class="field-row">
                <SettingField form setting=Setting::Overlap/>
                <SettingField form setting=Setting::CatchUp/>
            </div>
        </FormSection>
    }
}
