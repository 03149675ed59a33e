//! The part of the agent form that says when the agent runs by itself.

use super::field::{Control, Field};
use super::schedule_preview::SchedulePreview;
use crate::ui::dom;
use crate::ui::form::{AgentForm, Field as Name};
use leptos::prelude::*;

const ZONES: &str = "time-zones";
const OVERLAP: &[(&str, &str)] = &[("queue", "Let the next one wait"), ("skip", "Skip the next one")];

/// Cron, zone, what to do when runs meet and when they were missed; and in words what that means.
#[component]
pub fn ScheduleFields(form: AgentForm) -> impl IntoView {
    let catch_up = form.value(Name::CatchUp);
    let toggle = move |_| {
        let other = catch_up.get_untracked() != "true";
        form.change(Name::CatchUp, other.to_string());
    };
    view! {
        <section class="section" aria-labelledby="schedule-h">
            <header>
                <h2 id="schedule-h">"Schedule"</h2>
                <p>"When the agent runs by itself. It can always be run by hand or through the API."</p>
            </header>
            <div class="section__body">
                <div class="field-row" on:focusin=|_| dom::offer_time_zones(ZONES)>
                    <Field
                        form
                        name=Name::Schedule
                        control=Control::Code
                        help=|| view! { "Cron, such as "<code>"*/15 8-19 * * 1-5"</code>" or "<code>"@daily"</code>"." }
                    />
                    <Field
                        form
                        name=Name::TimeZone
                        control=Control::Suggested(ZONES)
                        required=true
                        help=|| "Whose clock the schedule goes by."
                    />
                </div>
                <datalist id=ZONES></datalist>
                <SchedulePreview form/>
                <div class="field-row">
                    <Field form name=Name::Overlap control=Control::Choice(OVERLAP) required=true help=|| "At most one run waits."/>
                    <div class="field">
                        <label class="check">
                            <input
                                type="checkbox"
                                name=Name::CatchUp.id()
                                prop:checked=move || catch_up.read().as_str() == "true"
                                on:change=toggle
                            />
                            <span>
                                {Name::CatchUp.label()}
                                <small>"Run once for all that came due while no server was up. Otherwise it is noted as skipped."</small>
                            </span>
                        </label>
                    </div>
                </div>
            </div>
        </section>
    }
}
