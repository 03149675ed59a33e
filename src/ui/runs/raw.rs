//! The page of one run as JSON: to be read, copied and saved. As it was when the page came.

use crate::domain::views::page::RunRawData;
use crate::domain::views::run::RunRaw;
use crate::ui::dom;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::{LoadError, Notice, Tone};
use crate::ui::kit::status::Status;
use crate::ui::model::json_marks::marked;
use crate::ui::model::size::format_bytes;
use crate::ui::model::words::run_look;
use crate::ui::runs::tabs::tabs;
use leptos::prelude::*;

/// Id of the element with the JSON.
const JSON: &str = "run-json";

/// `/runs/{id}/raw`.
pub fn show(RunRawData { id, raw }: RunRawData) -> AnyView {
    let content = match raw {
        Ok(raw) => view! { <Raw raw=raw/> }.into_any(),
        Err(error) => {
            let again = Callback::new(|()| dom::leave_for(""));
            view! { <h1>{format!("Run #{id}")}</h1><LoadError what="The run" error=error retry=again/> }.into_any()
        }
    };
    view! { <main class="page" id="main" tabindex="-1">{content}</main> }.into_any()
}

#[component]
fn Raw(raw: RunRaw) -> impl IntoView {
    let RunRaw { agent_name, run, json, bytes } = raw;
    let (id, file) = (run.id, format!("/api/runs/{}/raw", run.id));
    let is_whole = i64::try_from(json.len()).is_ok_and(|shown| shown == bytes);
    let copy = is_whole.then(|| {
        let text = Signal::stored(json.clone());
        view! { <CopyButton label="Copy" text=text source=JSON/> }
    });
    let cut = (!is_whole).then(|| {
        view! {
            <Notice tone=Tone::Plain flush=true>
                <p>{format!("Only the beginning is shown: it is {} in all. The download has it whole.", format_bytes(bytes))}</p>
            </Notice>
        }
    });
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li><a href="/">"Agents"</a></li>
                <li><a href=format!("/agents/{}", run.agent_id)><bdi>{agent_name.clone()}</bdi></a></li>
                <li class="mono" aria-current="page">{format!("#{id}")}</li>
            </ol>
        </nav>
        <div class="page__head headline">
            <h1 class="visually-hidden">{format!("Run #{id} of {agent_name} as JSON")}</h1>
            <Status look=Signal::stored(run_look(&run)) pill=true/>
            <p class="headline__main"><span class="soft"><bdi>{agent_name}</bdi>{format!(" #{id}")}</span></p>
        </div>
        {tabs(id, true)}
        <section class="panel" aria-label="Raw JSON">
            <div class="panel__head">
                <p class="mono">{format!("GET {file}")}</p>
                <div class="actions">
                    {copy}
                    <a class="btn btn--s" href=file download=""><Icon name="download"/>"Download"</a>
                </div>
            </div>
            {cut}
            <pre
                class="code code--flush"
                id=JSON
                dir="auto"
                tabindex="0"
                role="region"
                aria-label="The run as JSON"
                inner_html=marked(&json)
            ></pre>
        </section>
    }
}
