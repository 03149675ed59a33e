//! The part of the agent form that says when the agent runs by itself.

use crate::ui::agents::form::field::{AgentField, AgentTick};
use crate::ui::agents::form::schedule_preview::SchedulePreview;
use crate::ui::dom;
use crate::ui::kit::field::Control;
use crate::ui::model::form::field::Field as Name;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

const ZONES: &str = "time-zones";
const MISSED: &str = "After downtime, run once for all missed times. Otherwise they are recorded as skipped.";
const OVERLAP: &[(&str, &str)] = &[("queue", "Queue the next"), ("skip", "Skip the next")];

/// Cron, zone, what to do when runs meet and when they were missed; and in words what that means.
#[component]
pub fn ScheduleFields(
    form: AgentForm,
    /// Whether to ask if it is held back; a new agent's is not.
    #[prop(optional)]
    pausable: bool,
) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="schedule-h">
            <header>
                <h2 id="schedule-h">"Schedule"</h2>
                <p>"When the agent runs by itself. It can always be run by hand or through the API."</p>
            </header>
            <div class="section__body">
                {pausable.then(|| view! {
                    <AgentTick
                        form
                        name=Name::Paused
                        switch=true
                        help="Scheduled runs are paused. You can still run it by hand, from a chat or through the API."
                    />
                })}
                <div class="field-row" on:focusin=|_| dom::offer_time_zones(ZONES)>
                    <AgentField
                        form
                        name=Name::Schedule
                        control=Control::Code
                        help=|| view! { "Cron, such as "<code>"*/15 8-19 * * 1-5"</code>" or "<code>"@daily"</code>"." }
                    />
                    <AgentField
                        form
                        name=Name::TimeZone
                        control=Control::Suggested(ZONES)
                        required=true
                        help=|| "Time zone of the schedule."
                    />
                </div>
                <datalist id=ZONES></datalist>
                <SchedulePreview form/>
                <div class="field-row">
                    <AgentField
                        form
                        name=Name::Overlap
                        control=Control::Choice(OVERLAP)
                        required=true
                        help=|| "At most one run is queued."
                    />
                    <div class="field">
                        <AgentTick
                            form
                            name=Name::CatchUp
                            help=MISSED
                        />
                    </div>
                </div>
            </div>
        </section>
    }
}
