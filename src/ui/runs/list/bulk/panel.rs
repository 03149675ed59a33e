//! How an action on many runs gets on: counts, a bar, and the first runs that it could not be carried out on.

use crate::domain::bulk::BulkJob;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::model::bulk::{heading, progress};
use crate::ui::runs::list::bulk::results::{Items, Results};
use crate::ui::state::bulk::{Bulk, PANEL};
use leptos::prelude::*;

/// Nothing while no action is shown.
#[component]
pub fn BulkPanel(bulk: Bulk) -> impl IntoView {
    let is_some = Memo::new(move |_| bulk.view.read().is_some());
    let title = Memo::new(move |_| read(bulk, heading));
    let panel = move || is_some.get().then(|| view! { <Panel bulk=bulk title=title/> });
    view! {
        // When it begins and when it is finished; not each second.
        <p class="visually-hidden" role="status">{move || title.get()}</p>
        {move || panel()}
    }
}

/// Returns something of the action that is shown.
fn read<T: Default>(bulk: Bulk, of: impl Fn(&BulkJob) -> T) -> T {
    bulk.view.with(|view| view.as_ref().map(|view| of(&view.job)).unwrap_or_default())
}

#[component]
fn Panel(bulk: Bulk, title: Memo<String>) -> impl IntoView {
    let words = Memo::new(move |_| read(bulk, progress));
    let bar = Memo::new(move |_| read(bulk, |job| (job.total - job.left, job.total)));
    let failed = Memo::new(move |_| read(bulk, |job| job.failed));
    let failures =
        Memo::new(move |_| bulk.view.with(|view| view.as_ref().map(|view| view.failures.clone()).unwrap_or_default()));
    let unread = move || {
        let error = bulk.unread.get()?;
        Some(view! { <p role="alert"><Icon name="error"/>" "{error.to_string()}</p> })
    };
    let is_running =
        Memo::new(move |_| bulk.view.with(|view| view.as_ref().is_some_and(|view| view.job.finished_at.is_none())));
    let cancel = move || {
        is_running.get().then(|| {
            view! {
                <button class="btn btn--s" type="button" data-script="" aria-busy=move || bulk.cancelling.get().then_some("true") on:click=move |_| bulk.cancel()>
                    "Cancel"
                </button>
            }
        })
    };
    let close = move |_| {
        bulk.close();
        // The button goes.
        dom::focus_id("runs");
    };
    let could_not = move || {
        (failed.get() > 0).then(|| {
            view! {
                <h3>"Could not be carried out"</h3>
                <Items items=failures.get()/>
            }
        })
    };
    view! {
        <section class="panel bulk" id=PANEL tabindex="-1" aria-labelledby="bulk-title">
            <div class="panel__head">
                <h2 id="bulk-title">{move || title.get()}</h2>
                <div class="actions">
                    {move || cancel()}
                    <button class="btn btn--ghost btn--s btn--icon" type="button" data-script="" aria-label="Close; what is under way goes on" on:click=close>
                        <Icon name="close"/>
                    </button>
                </div>
            </div>
            <div class="panel__body stack">
                <progress aria-labelledby="bulk-title" value=move || bar.get().0.to_string() max=move || bar.get().1.max(1).to_string()></progress>
                <p class="num">{move || words.get()}</p>
                {move || unread()}
                {move || could_not()}
                <Results bulk=bulk/>
            </div>
        </section>
    }
}
