//! The head of an agent's pages: where it belongs, how it stands, what can be done, and its other pages.

use crate::domain::id::AgentId;
use crate::ui::agents::run_now::RunNow;
use crate::ui::agents::stop_all::{StopAll, StopAllDialog};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::menu::{Command, Item, Menu, MenuButton};
use crate::ui::kit::status::Status;
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::words::agent_look;
use crate::ui::runs::start_dialog::StartDialog;
use crate::ui::state::actions::Actions;
use crate::ui::state::deletion::Deletion;
use crate::ui::state::menu::RowMenu;
use crate::ui::state::starting::{Started, Starting};
use leptos::prelude::*;

/// The pages of an agent that are tabs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Versions,
    Hooks,
    Settings,
}

/// Crumbs, name, status, buttons, tabs.
#[component]
pub fn AgentHead(view: Memo<AgentView>, current: Tab, deletion: Deletion) -> impl IntoView {
    let id = view.with_untracked(|view| view.agent.id);
    let name: Signal<String> = Memo::new(move |_| view.with(|view| view.agent.settings.name.clone())).into();
    let look = Memo::new(move |_| {
        view.with(|view| agent_look(view.agent.status, view.agent.running_count, view.agent.settings.paused))
    });
    let menu = RowMenu::new("agent-menu");
    let (starting, actions) = (Starting::of_page(), Actions::from_context());
    let started = Callback::new(move |Started { run, is_put_off }| {
        actions.say_started(run, name.get_untracked(), is_put_off);
    });
    starting.when_asked_for(id, None);
    let delete = Callback::new(move |()| deletion.ask(id, name.get_untracked()));
    let stop_all = StopAll::of_page(id, name);
    let duplicate = Callback::new(move |()| actions.duplicate_agent(id, name.get_untracked()));
    let export = Signal::derive(move || format!("/api/agents/{id}/export"));
    let items = vec![
        Item::new("Duplicate", "copy", Command::Do(duplicate)),
        Item::new("Export as TOML", "download", Command::Go(export)),
        Item::new("Stop all runs…", "stop", Command::Do(Callback::new(move |()| stop_all.ask()))),
        Item { danger: true, ..Item::new("Delete agent…", "trash", Command::Do(delete)) },
    ];
    let label = Signal::derive(move || format!("More actions for {}", name.get()));
    let page = |tab: Tab| (current == tab).then_some("page");
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol><li><a href="/">"Agents"</a></li><li aria-current="page"><bdi>{name}</bdi></li></ol>
        </nav>
        <div class="page__head">
            <h1 class="agent-name" dir="auto">{name}</h1>
            <Status
                look=Signal::derive(move || look.get().0)
                text=Signal::derive(move || look.get().1)
                pill=true
            />
            <div class="actions">
                <a class="btn" href=format!("/agents/{id}/chat")><Icon name="chat"/>"Chat"</a>
                // On the settings page it is a field: there it would cross with what is being typed.
                {(current != Tab::Settings).then(|| view! { <PauseButton view=view/> })}
                <RunWith starting=starting agent=id name=name/>
                <RunNow agent=id name=name class="btn btn--primary"/>
                <MenuButton menu=menu row=id label=label class=""/>
            </div>
        </div>
        <nav class="tabs" aria-label="Views of this agent">
            <a href=format!("/agents/{id}") aria-current=page(Tab::Overview)>"Overview"</a>
            <a href=format!("/agents/{id}/versions") aria-current=page(Tab::Versions)>"Versions"</a>
            <a href=format!("/agents/{id}/hooks") aria-current=page(Tab::Hooks)>"Hooks"</a>
            <a href=format!("/agents/{id}/settings") aria-current=page(Tab::Settings)>"Settings"</a>
        </nav>
        <Menu menu=menu label=label items=items/>
        <StopAllDialog stop_all=stop_all/>
        <StartDialog starting=starting done=started/>
    }
}

/// "Run with…": opens the dialog. Its label begins with the words people see (WCAG 2.5.3).
#[component]
fn RunWith(starting: Starting, agent: AgentId, name: Signal<String>) -> impl IntoView {
    view! {
        <button
            class="btn"
            type="button"
            aria-haspopup="dialog"
            aria-label=move || format!("Run with…: {}", name.get())
            aria-busy=move || starting.busy.get().then_some("true")
            data-script=""
            on:click=move |_| starting.ask(agent, None)
        >
            <Icon name="sliders"/>
            "Run with…"
        </button>
    }
}

/// "Pause schedule" or "Resume schedule"; nothing for an agent that has none to pause.
#[component]
fn PauseButton(view: Memo<AgentView>) -> impl IntoView {
    let actions = Actions::from_context();
    let paused = Memo::new(move |_| view.with(|view| view.agent.settings.paused));
    let shown =
        Memo::new(move |_| view.with(|view| view.agent.settings.paused || view.agent.settings.schedule.is_some()));
    let toggle = move |_| {
        let (id, name, paused) =
            view.with_untracked(|view| (view.agent.id, view.agent.settings.name.clone(), view.agent.settings.paused));
        actions.pause_agent(id, name, !paused);
    };
    let button = move || {
        view! {
            <button class="btn btn--pause" type="button" data-script="" on:click=toggle>
                <Icon name=Signal::derive(move || if paused.get() { "play" } else { "pause" })/>
                {move || if paused.get() { "Resume schedule" } else { "Pause schedule" }}
            </button>
        }
    };
    view! { {move || shown.get().then(button)} }
}
