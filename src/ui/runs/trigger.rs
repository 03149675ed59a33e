//! The door a run came through, with marks for retries, chat turns, webhooks and priorities.

use crate::domain::priority::Priority;
use crate::domain::run::AgentRun;
use crate::ui::kit::icon::Icon;
use crate::ui::model::words::{priority_words, trigger_words};
use leptos::prelude::*;

/// Trigger of a run; it never changes in the life of a run, so neither does this.
#[component]
pub fn TriggerMarks(run: AgentRun) -> impl IntoView {
    let (icon, word) = trigger_words(run.trigger);
    let retry = run.retry_of.map(|id| {
        view! { <span class="trigger trigger--mark" title=format!("Retry of #{id}")><Icon name="retry"/><span>"Retry"</span></span> }
    });
    let chat =
        run.chat.then(|| view! { <span class="trigger trigger--mark"><Icon name="chat"/><span>"Chat"</span></span> });
    let hook = run.brief.hook.map(|hook| {
        view! { <span class="trigger trigger--mark trigger--hook"><Icon name="api"/><span>"via hook "<bdi>{hook.name}</bdi></span></span> }
    });
    let priority = run.brief.priority;
    let urgency = (priority != Priority::Normal).then(|| {
        view! { <span class="trigger trigger--mark" title="Priority">{priority_words(priority)}</span> }
    });
    view! { <span class="trigger"><Icon name=icon/>{word}</span>{retry}{chat}{hook}{urgency} }
}
