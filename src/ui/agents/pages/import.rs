//! The page on which agents are imported from a file: shown first, then carried out.

use crate::api::many::{import_agents, preview_import};
use crate::domain::agent::import::{ImportReport, MAX_FILE};
use crate::domain::views::page::ImportData;
use crate::error::AppError;
use crate::ui::agents::import::file_field::FileField;
use crate::ui::agents::import::report::Report;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::{Failure, Notice, Tone};
use crate::ui::model::import::{is_wrong, summary};
use crate::ui::state::page::Hydrated;
use crate::ui::state::request_keys::RequestKeys;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Id of what came of the file.
const OUTCOME: &str = "outcome";

/// `/agents/import`.
pub fn show(_: ImportData) -> AnyView {
    view! {
        <main class="page page--form" id="main" tabindex="-1">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol><li><a href="/">"Agents"</a></li><li aria-current="page">"Import"</li></ol>
            </nav>
            <div class="page__head">
                <h1>"Import agents"</h1>
                <div class="actions">
                    <a class="btn" href="/api/agents/export"><Icon name="download"/>"Export all agents"</a>
                </div>
            </div>
            <Import/>
        </main>
    }
    .into_any()
}

/// The file, and what it would do or has done.
#[component]
fn Import() -> impl IntoView {
    let (hydrated, keys) = (Hydrated::from_context(), RequestKeys::from_context());
    let (file, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let report: RwSignal<Option<ImportReport>> = RwSignal::new(None);
    let refused: RwSignal<Option<AppError>> = RwSignal::new(None);
    let take = move |answer: Result<ImportReport, AppError>| {
        // The page may have gone.
        _ = busy.try_set(false);
        match answer {
            Ok(new) => _ = report.try_set(Some(new)),
            Err(error) => _ = refused.try_set(Some(error)),
        }
        request_animation_frame(|| dom::focus_id(OUTCOME));
    };
    let ask = move || {
        let is_idle = !busy.get_untracked();
        if is_idle {
            busy.set(true);
            refused.set(None);
        }
        is_idle
    };
    let preview = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if ask() {
            report.set(None);
            spawn_local(async move { take(preview_import(file.get_untracked()).await) });
        }
    };
    let apply = Callback::new(move |()| {
        let shown = report.with_untracked(|report| report.as_ref().map(|report| report.fingerprint.clone()));
        if let Some(fingerprint) = shown
            && ask()
        {
            spawn_local(async move {
                let request = format!("import {fingerprint}");
                let answer = import_agents(file.get_untracked(), fingerprint, keys.of(&request)).await;
                keys.answered(&request, &answer);
                take(answer);
            });
        }
    });
    let changed = Callback::new(move |text| {
        file.set(text);
        report.set(None);
        refused.set(None);
    });
    let too_long = move || file.read().len() > MAX_FILE;
    view! {
        <form on:submit=preview>
            <noscript><p class="notice">"Importing here needs JavaScript. In a shell: "<code>"runboard apply agents.toml"</code></p></noscript>
            <FileField text=file change=changed/>
            <div class="savebar">
                <p class="muted">"Nothing is changed before you have seen what. Agents that are not in the file are left alone."</p>
                <button
                    class="btn btn--primary push"
                    type="submit"
                    disabled=move || !hydrated.get() || file.read().trim().is_empty() || too_long()
                    aria-busy=move || (busy.get() && report.read().is_none()).then_some("true")
                >
                    "Show changes"
                </button>
            </div>
        </form>
        <div class="import-outcome" id=OUTCOME tabindex="-1" aria-live="polite">
            {move || too_long().then(|| view! {
                <Notice tone=Tone::Danger><p>"A file may be 2 MiB at most. Import it in parts."</p></Notice>
            })}
            {move || refused.get().map(|error| view! {
                <Failure title="Nothing was imported." reason=error.to_string()/>
            })}
            {move || report.get().map(|report| {
                let tone = if is_wrong(&report) { Tone::Danger } else { Tone::Plain };
                let words = summary(&report);
                view! {
                    <Notice tone=tone><p>{words}</p></Notice>
                    <Report report=report apply=apply busy=busy/>
                }
            })}
        </div>
    }
}
