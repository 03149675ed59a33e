//! `/runs/compare?a=7&b=last_good`: what differs first, then the steps side by side, then the answers.

use crate::domain::views::comparison::RunComparison;
use crate::domain::views::page::CompareData;
use crate::error::{AppError, ErrorKind};
use crate::ui::dom;
use crate::ui::kit::notice::{LoadError, Notice, Tone};
use crate::ui::model::comparison::LAST_GOOD;
use crate::ui::model::runs_page::RUNS;
use crate::ui::runs::compare::answers::Answers;
use crate::ui::runs::compare::facts::Differences;
use crate::ui::runs::compare::form::CompareForm;
use crate::ui::runs::compare::settings::SettingsCompared;
use crate::ui::runs::compare::steps::StepPairs;
use crate::ui::runs::compare::versus::Versus;
use crate::ui::state::clock::Clock;
use leptos::prelude::*;

/// Built once: two runs that are over do not change.
pub fn show(CompareData { a, b, compared }: CompareData) -> AnyView {
    let is_good = b == LAST_GOOD;
    let content = match compared {
        Ok(compared) => shown(compared, is_good),
        Err(error) => failed(error, a, b),
    };
    view! { <main class="page" id="main" tabindex="-1">{content}</main> }.into_any()
}

fn shown(compared: RunComparison, is_good: bool) -> AnyView {
    Clock::from_context().seed_with(compared.server_now);
    let (a, b) = (compared.a.run.id, compared.b.run.id);
    let title = if is_good { "Compare with the last good run".to_owned() } else { format!("Compare #{a} with #{b}") };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li><a href=RUNS>"Runs"</a></li>
                <li><a class="mono" href=format!("/runs/{a}")>{format!("#{a}")}</a></li>
                <li aria-current="page">"Compare"</li>
            </ol>
        </nav>
        <div class="page__head"><h1>{title}</h1></div>
        <Versus a=compared.a.clone() b=compared.b.clone() is_good=is_good/>
        <Differences compared=compared.clone()/>
        <SettingsCompared settings=compared.settings.clone()/>
        <StepPairs compared=compared.clone()/>
        <Answers compared=compared/>
        <CompareForm a=a.to_string() b=if is_good { LAST_GOOD.to_owned() } else { b.to_string() }/>
    }
    .into_any()
}

/// What the address lacks is the reader's to say; the rest may go by itself.
fn failed(error: AppError, a: String, b: String) -> AnyView {
    let is_askers = matches!(error.kind, ErrorKind::Malformed | ErrorKind::NotFound);
    let says = match is_askers {
        true => view! {
            <Notice tone=Tone::Warning>
                <p><strong>"These runs cannot be compared."</strong></p>
                <p dir="auto">{error.detail}</p>
            </Notice>
        }
        .into_any(),
        false => {
            let again = Callback::new(|()| dom::leave_for(""));
            view! { <LoadError what="The comparison" error=error retry=again/> }.into_any()
        }
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol><li><a href=RUNS>"Runs"</a></li><li aria-current="page">"Compare"</li></ol>
        </nav>
        <div class="page__head"><h1>"Compare runs"</h1></div>
        {says}
        <CompareForm a=a b=b/>
    }
    .into_any()
}
