//! The form that narrows the list. It is sent as a whole and becomes the page's address; nothing of it needs script.

use crate::domain::run::{RunStatus, Trigger};
use crate::domain::run_filter::form::FORM;
use crate::domain::views::runs::AgentName;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::model::runs_page::{RUNS, RunsAddress};
use crate::ui::model::words::{status_look, trigger_words};
use crate::ui::runs::list::more::MoreFilters;
use crate::ui::runs::list::popover::{ChoiceBox, FieldPopover};
use crate::ui::runs::list::times::TimeFields;
use leptos::prelude::*;

/// Search, status, agent, trigger, time, and the rest behind one button.
#[component]
pub fn Filters(
    address: RunsAddress,
    agents: Vec<AgentName>,
    /// Whether there are agents that are not among these.
    more: bool,
) -> impl IntoView {
    let filter = address.filter;
    let limit = address.limit.map(|limit| view! { <input type="hidden" name="limit" value=limit/> });
    let statuses = RunStatus::ALL.iter().map(|status| {
        let checked = filter.status.as_ref().is_some_and(|choice| choice.has(status));
        let look = Signal::stored(status_look(*status, None));
        view! { <ChoiceBox name="status" value=status.to_string() checked=checked><Status look=look/></ChoiceBox> }
    });
    let statuses = statuses.collect_view();
    let triggers = Trigger::ALL.iter().map(|trigger| {
        let checked = filter.trigger.as_ref().is_some_and(|choice| choice.has(trigger));
        let (icon, word) = trigger_words(*trigger);
        view! {
            <ChoiceBox name="trigger" value=trigger.to_string() checked=checked>
                <span class="trigger"><Icon name=icon/>{word}</span>
            </ChoiceBox>
        }
    });
    let triggers = triggers.collect_view();
    let chosen = |choice: usize, is_set: bool| if is_set { choice } else { 0 };
    let agent_count = filter.agent.as_ref().map_or(0, |choice| choice.values.len());
    let agents = agents.into_iter().map(|AgentName { id, name }| {
        let checked = filter.agent.as_ref().is_some_and(|choice| choice.has(&id));
        view! { <ChoiceBox name="agent" value=id.to_string() checked=checked><bdi>{name}</bdi></ChoiceBox> }
    });
    let agents = agents.collect_view();
    let others = more.then(|| {
        view! { <p class="menu__note">"More agents than fit here: search by tag, or begin on an agent's page."</p> }
    });
    view! {
        <form class="filters" role="search" method="get" action=RUNS aria-label="Filter runs">
            <input type="hidden" name=FORM value="1"/>
            {limit}
            <div class="affix filters__search">
                <Icon name="search"/>
                <input
                    class="input"
                    type="search"
                    name="q"
                    dir="auto"
                    value=filter.q.clone()
                    placeholder="Search #id, input, error, answer, tools"
                    aria-label="Search the id, and the words of input, error, answers and tools"
                    autocomplete="off"
                />
            </div>
            <FieldPopover id="f-status" label="Status" count=chosen(1, filter.status.is_some())>
                <fieldset class="menu__choices"><legend class="visually-hidden">"Status"</legend>{statuses}</fieldset>
            </FieldPopover>
            <FieldPopover id="f-time" label="Time" count=chosen(1, filter.within != Default::default())>
                <TimeFields within=filter.within/>
            </FieldPopover>
            <FieldPopover id="f-trigger" label="Trigger" count=chosen(1, filter.trigger.is_some())>
                <fieldset class="menu__choices"><legend class="visually-hidden">"Trigger"</legend>{triggers}</fieldset>
            </FieldPopover>
            <FieldPopover id="f-agent" label="Agent" count=agent_count>
                <fieldset class="menu__choices"><legend class="visually-hidden">"Agent"</legend>{agents}</fieldset>
                {others}
            </FieldPopover>
            <MoreFilters filter=filter.clone()/>
            // Without script, Enter in the search has to find a button that is there.
            <button class="btn" type="submit">"Search"</button>
        </form>
    }
}
