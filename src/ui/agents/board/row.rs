//! One agent in the dashboard: its row, and under it the history when it is open.

use crate::domain::agent::AgentRow as Row;
use crate::domain::duration::{format_count, format_ms};
use crate::domain::id::AgentId;
use crate::ui::agents::board::caret::{Caret, history_id};
use crate::ui::agents::board::history::{History, toggler};
use crate::ui::agents::board::strip::Strip;
use crate::ui::agents::next_run::NextRun;
use crate::ui::agents::run_now::RunNow;
use crate::ui::dom;
use crate::ui::kit::dash::Dash;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::menu::MenuButton;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::Ago;
use crate::ui::model::address::new_chat_href;
use crate::ui::model::order::needs_attention;
use crate::ui::model::search::Group;
use crate::ui::model::words::{Look, agent_look, percent, trigger_words};
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::hold::Holding;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// Columns of the table; the history spans them.
const COLUMNS: &str = "10";

/// Row and history. The explicit roles keep the table a table where narrow rows become grids.
#[component]
pub fn AgentRow(#[prop(into)] row: Signal<Row>) -> impl IntoView {
    let (state, holding) = (Dashboard::from_context(), Holding::from_context());
    let id = row.with_untracked(|row| row.id);
    let name = Signal::derive(move || row.read().name.clone());
    let open = Memo::new(move |_| state.open.get() == Some(id));
    let toggle = toggler(id);
    let on_row = move |event: MouseEvent| {
        if dom::is_meant_for_content(&event) {
            return;
        }
        match state.run_at(&event) {
            Some(run) => dom::leave_for(&format!("/runs/{run}")),
            None => toggle.run(()),
        }
    };
    let cells = Memo::new(move |_| row.read().strip.clone());
    let look = Signal::derive(move || look_of(&row.read()).0);
    let status = Signal::derive(move || look_of(&row.read()).1);
    // An error says more than a description.
    let failure = Memo::new(move |_| row.read().pulse.last_error.clone().filter(|_| needs_attention(&row.read())));
    let rate = Memo::new(move |_| row.read().pulse.success_rate.map(percent));
    let p95 = Memo::new(move |_| row.read().pulse.day.p95_ms.map(format_ms));
    let cost = Memo::new(move |_| row.read().pulse.day.cost_words());
    let held_back = Memo::new(move |_| match row.read().pulse.queued_count {
        0 => None,
        _ if !holding.is_on() => None,
        1 => Some("1 waits".to_owned()),
        waiting => Some(format!("{} wait", format_count(waiting))),
    });
    let next = Memo::new(move |_| (row.read().pulse.next_run_at, row.read().paused));
    view! {
        <tbody
            class="agent"
            class:is-open=move || open.get()
            hidden=move || !state.listed.read().has(id)
            role="rowgroup"
            data-agent=id.to_string()
        >
            <GroupHead first=id/>
            <tr class="agent__row" role="row" on:click=on_row>
                <td class="agent__caret" role="cell"><Caret agent=id name=name open=open toggle=toggle/></td>
                <th class="agent__name" role="rowheader" scope="row">
                    <a href=format!("/agents/{id}") dir="auto">{name}</a>
                    <p dir="auto" class:is-error=move || failure.read().is_some() title=move || failure.get()>
                        {move || failure.get().unwrap_or_else(|| row.read().description.clone())}
                    </p>
                </th>
                <td class="agent__status" role="cell">
                    <Status look=look text=status/>
                    {move || held_back.get().map(|words| view! { <small class="status-note">{words}</small> })}
                </td>
                <td class="agent__strip" role="cell"><Strip cells=cells/></td>
                <td class="agent__rate num" role="cell">{figure(rate, "no finished runs")}</td>
                <td class="agent__p95 num" role="cell">{figure(p95, "no finished runs")}</td>
                <td class="agent__cost num" role="cell">{figure(cost, "none known")}</td>
                <td class="agent__when agent__last" role="cell"><LastRun row=row/></td>
                <td class="agent__when agent__next" role="cell"><NextRun next=next/></td>
                <td class="agent__actions" role="cell">
                    <div>
                        <RunNow agent=id name=name class="btn btn--ghost btn--s"/>
                        <a
                            class="btn btn--ghost btn--s btn--icon"
                            href=new_chat_href(id)
                            aria-label=move || format!("Chat with {}", name.get())
                            title="Chat"
                        >
                            <Icon name="chat"/>
                        </a>
                        <MenuButton
                            menu=state.agent_menu
                            row=id
                            label=Signal::derive(move || format!("More actions for {}", name.get()))
                            class="btn--s"
                        />
                    </div>
                </td>
            </tr>
            <tr class="agent__history" id=history_id(id) role="row" hidden=move || !open.get()>
                <td colspan=COLUMNS role="cell">
                    {move || open.get().then(|| view! { <History agent=id name=name/> })}
                </td>
            </tr>
        </tbody>
    }
}

/// The line over the first agent of a group.
#[component]
fn GroupHead(first: AgentId) -> impl IntoView {
    let state = Dashboard::from_context();
    let group = Memo::new(move |_| state.listed.read().group_at(first).cloned());
    let shown = move |Group { tag, shown, .. }: Group| {
        view! {
            <tr class="agent__group" role="row">
                <th colspan=COLUMNS role="rowheader" scope="rowgroup" dir="auto">
                    {tag.unwrap_or_else(|| "No tag".to_owned())}
                    " "
                    <span class="muted">{format_count(shown as i64)}</span>
                </th>
            </tr>
        }
    };
    view! { {move || group.get().map(shown)} }
}

fn look_of(row: &Row) -> (Look, String) {
    agent_look(row.pulse.status, row.pulse.running_count, row.paused)
}

/// A figure, or a dash that says why there is none.
fn figure(figure: Memo<Option<String>>, missing: &'static str) -> impl IntoView {
    move || match figure.get() {
        Some(text) => text.into_any(),
        None => view! { <Dash label=missing/> }.into_any(),
    }
}

#[component]
fn LastRun(row: Signal<Row>) -> impl IntoView {
    let last = Memo::new(move |_| {
        let row = row.read();
        let run = row.pulse.last_run.as_ref()?;
        Some((run.started_at.unwrap_or(run.queued_at), run.trigger))
    });
    let shown = move || match last.get() {
        Some((at, trigger)) => view! { <Ago at=at/><small>{trigger_words(trigger).1}</small> }.into_any(),
        None => "Never".into_any(),
    };
    view! { {move || shown()} }
}
