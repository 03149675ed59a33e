//! The part of the agent form in which its tools are picked.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Section;
use crate::domain::tool::{ToolCatalogue, ToolPick};
use crate::ui::agents::form::section::FormSection;
use crate::ui::agents::form::tool_rows::ToolGroup;
use crate::ui::kit::icon::Icon;
use crate::ui::model::tools::groups;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// The built-in tools, then each server with its tools, then picks that are there no more.
#[component]
pub fn ToolFields(form: AgentForm, tools: ToolCatalogue) -> impl IntoView {
    let value = form.value(Setting::Tools);
    // Tools that were ticked when the form was filled stay in the list when unticked, so that they can be ticked again.
    let kept = Memo::new(move |_| {
        let (before, now) = (form.before(Setting::Tools), value.read());
        let mut picks: Vec<ToolPick> = before.lines().filter_map(|pick| pick.parse().ok()).collect();
        for pick in now.lines().filter_map(|pick| pick.parse().ok()) {
            if !picks.contains(&pick) {
                picks.push(pick);
            }
        }
        picks
    });
    let groups = Memo::new(move |_| groups(&tools, &kept.read()));
    let error = Memo::new(move |_| form.shown_error(Setting::Tools));
    let all = move || groups.get().into_iter().map(|group| view! { <ToolGroup form group/> }).collect_view();
    view! {
        <FormSection section=Section::Tools>
            <div class="tool-groups" id=Setting::Tools.name() tabindex="-1">
                {move || error.get().map(|text| view! {
                    <p class="field__error"><Icon name="error"/><span dir="auto">{text}</span></p>
                })}
                {move || all()}
            </div>
        </FormSection>
    }
}
