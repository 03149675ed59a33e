//! The menu of the agents in the table.

use crate::domain::agent::AgentRow;
use crate::domain::id::AgentId;
use crate::ui::kit::menu::{Command, Item, Menu};
use crate::ui::model::address::{new_chat_href, start_href};
use crate::ui::state::actions::Actions;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::deletion::Deletion;
use leptos::prelude::*;

/// Run with…, which leads to its page, Edit, which leads to its settings, Chat, Duplicate, Pause or Resume for its schedule,
/// Delete.
#[component]
pub fn AgentMenu(deletion: Deletion) -> impl IntoView {
    let state = Dashboard::from_context();
    let (menu, actions) = (state.agent_menu, Actions::from_context());
    let row = Memo::new(move |_| {
        let id = menu.target()?;
        state.with_agents(|rows| rows.iter().find(|row| row.id == id).map(essentials))
    });
    let there = Memo::new(move |_| row.read().is_some());
    let paused = move || row.read().as_ref().is_some_and(|row| row.paused);
    let with_row = move |act: fn(Actions, Deletion, Essentials)| {
        Callback::new(move |()| {
            if let Some(row) = row.get_untracked() {
                act(actions, deletion, row);
            }
        })
    };
    let settings = Signal::derive(move || menu.target().map(|id| format!("/agents/{id}/settings")).unwrap_or_default());
    let pause = with_row(|actions, _, row| actions.pause_agent(row.id, row.name, !row.paused));
    let duplicate = with_row(|actions, _, row| actions.duplicate_agent(row.id, row.name));
    let delete = with_row(|_, deletion, row| deletion.ask(row.id, row.name));
    let chat = Signal::derive(move || menu.target().map(new_chat_href).unwrap_or_default());
    let with = Signal::derive(move || menu.target().map(start_href).unwrap_or_default());
    let items = vec![
        Item::new("Run with…", "sliders", Command::Go(with)),
        Item::new("Edit", "edit", Command::Go(settings)),
        Item::new("Chat", "chat", Command::Go(chat)),
        Item { enabled: there.into(), ..Item::new("Duplicate", "copy", Command::Do(duplicate)) },
        Item {
            label: Signal::derive(move || if paused() { "Resume schedule" } else { "Pause schedule" }),
            icon: Signal::derive(move || if paused() { "play" } else { "pause" }),
            enabled: Signal::derive(move || row.read().as_ref().is_some_and(|row| row.paused || row.is_scheduled)),
            ..Item::new("Pause schedule", "pause", Command::Do(pause))
        },
        Item { enabled: there.into(), danger: true, ..Item::new("Delete agent…", "trash", Command::Do(delete)) },
    ];
    let label = Signal::derive(move || match &*row.read() {
        Some(row) => format!("More actions for {}", row.name),
        None => "More actions".to_owned(),
    });
    view! { <Menu menu=menu label=label items=items/> }
}

/// The part of a row that the menu needs; the rest changes too often.
#[derive(Clone, PartialEq)]
struct Essentials {
    id: AgentId,
    name: String,
    paused: bool,
    /// Whether it is due some time; never while it is paused.
    is_scheduled: bool,
}

fn essentials(row: &AgentRow) -> Essentials {
    let AgentRow { id, name, paused, pulse, .. } = row;
    Essentials { id: *id, name: name.clone(), paused: *paused, is_scheduled: pulse.next_run_at.is_some() }
}
