//! The webhooks of one agent.

use crate::domain::views::page::AgentHooksData;
use crate::ui::agents::frame::framed;
use crate::ui::agents::head::{AgentHead, Tab};
use crate::ui::agents::hooks::address::FreshAddress;
use crate::ui::agents::hooks::confirm::ConfirmDialog;
use crate::ui::agents::hooks::deliveries::Deliveries;
use crate::ui::agents::hooks::dialog::HookDialog;
use crate::ui::agents::hooks::list::HookList;
use crate::ui::kit::notice::LoadError;
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::hooks::HooksAddress;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::deletion::Deletion;
use crate::ui::state::hooks::Hooks;
use leptos::prelude::*;

/// `/agents/{id}/hooks`.
pub fn show(data: AgentHooksData) -> AnyView {
    let AgentHooksData { id, detail, hook, outcome, below, hooks } = data;
    framed(id, detail, move |watch, first, deletion| {
        let hooks = Hooks::of_page(id, HooksAddress { hook, outcome, below }, hooks.clone());
        view! { <Webhooks watch=watch first=first hooks=hooks deletion=deletion/> }.into_any()
    })
}

/// Built once; what changes is read where it is shown.
#[component]
fn Webhooks(watch: AgentWatch, first: AgentView, hooks: Hooks, deletion: Deletion) -> impl IntoView {
    let view = Memo::new(move |_| watch.view.get().unwrap_or_else(|| first.clone()));
    hooks.follow(Memo::new(move |_| view.with(|view| view.agent.last_run.as_ref().map(|run| run.id))));
    let failed = Memo::new(move |_| hooks.view.with(|view| view.as_ref().err().cloned()));
    let again = Callback::new(move |()| hooks.read());
    view! {
        <AgentHead view=view current=Tab::Hooks deletion=deletion/>
        <FreshAddress hooks=hooks/>
        {move || match failed.get() {
            Some(error) => view! { <LoadError what="The webhooks" error=error retry=again/> }.into_any(),
            None => view! { <HookList hooks=hooks/><Deliveries hooks=hooks/> }.into_any(),
        }}
        <HookDialog hooks=hooks/>
        <ConfirmDialog hooks=hooks/>
    }
}
