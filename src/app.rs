//! The document around every page, and which page is in it.

use crate::api::pages::{PAGE_DATA, PageData};
use crate::ui::components::announcements::Announcements;
use crate::ui::components::banner::Banner;
use crate::ui::components::toasts::ToastList;
use crate::ui::components::topbar::TopBar;
use crate::ui::page::provide_page;
use crate::ui::pages::agent::AgentPage;
use crate::ui::pages::agent_settings::AgentSettingsPage;
use crate::ui::pages::chat::ChatPage;
use crate::ui::pages::dashboard::DashboardPage;
use crate::ui::pages::new_agent::NewAgentPage;
use crate::ui::pages::not_found::NotFoundPage;
use crate::ui::pages::run::RunPage;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Where the browser finds the compiled half: full paths such as `/pkg/1f2e/runboard.js`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetNames {
    pub js: String,
    /// The script that gets the chunks.
    pub loader: String,
    pub wasm: String,
    /// By the page's name, the chunks that it needs besides.
    pub chunks: BTreeMap<String, Vec<String>>,
    pub css: String,
}

/// The HTML document. Rendered by the server only.
///
/// The head is ours: it holds one inline script, the module that starts the browser's half, so that a strict
/// content policy needs to know one hash only. What the page was rendered from stands at its end, for the browser.
///
/// # Errors
/// The data cannot be written as JSON.
pub fn document(assets: &AssetNames, theme: Option<&'static str>, data: PageData) -> serde_json::Result<impl IntoView> {
    let AssetNames { js, loader, wasm, chunks, css } = assets.clone();
    let name = data.name();
    let preloaded = [&wasm].into_iter().chain(chunks.get(name).into_iter().flatten());
    // All that the page needs is asked for at once, and not only when what comes before it is there.
    let preloads: Vec<_> = preloaded
        .map(|wasm| view! { <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin=""/> })
        .collect();
    // Quoted as JSON, which is JavaScript; `<` cannot occur in a path of ours, but must never end the script.
    let safe = |json: String| json.replace('<', "\\u003c");
    let quoted = |path: &str| safe(serde_json::Value::from(path).to_string());
    let json = safe(data.to_json()?);
    // Set as a whole: a marker for hydration would be part of the title, which knows no comments.
    let title = format!("{} · Runboard", data.title()).replace('&', "&amp;").replace('<', "&lt;");
    // What works with script only is marked `data-script`. The last click on such a thing before there is script is
    // done once there is: nobody has to click twice. Nor type twice: the page is told at once of what was typed, before
    // it sets the fields to what it knows. By then all code is there, so nothing is typed in between.
    let start = format!(
        "let early;\
         const keep = e => {{ const b = e.target.closest('[data-script]'); if (b) {{ early = b; e.preventDefault(); }} }};\
         addEventListener('click', keep);\
         import({}).then(m => m.default({{module_or_path: {}}}).then(m.load)).then(hydrate => {{\
         const typed = [...document.querySelectorAll('input:not([type=hidden]), textarea')]\
         .filter(e => e.value != e.defaultValue);\
         hydrate(); removeEventListener('click', keep);\
         for (const e of typed) e.dispatchEvent(new Event('input', {{ bubbles: true }}));\
         setTimeout(() => early?.click()); }});",
        quoted(&js),
        quoted(&wasm)
    );
    Ok(view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=css/>
                <link rel="modulepreload" href=js/>
                <link rel="modulepreload" href=loader/>
                {preloads}
                <script type="module" inner_html=start></script>
                <title inner_html=title></title>
            </head>
            <body>
                <App home=matches!(data, PageData::Dashboard(_)) page=Box::new(move || whole(data))/>
                <script type="application/json" id=PAGE_DATA data-page=name inner_html=json></script>
            </body>
        </html>
    })
}

/// Makes a page's view, with what all pages share in the context.
pub type PageView = Box<dyn FnOnce() -> AnyView>;

/// Any page. Not for the browser, which loads each page's code on its own.
fn whole(data: PageData) -> AnyView {
    match data {
        PageData::Dashboard(data) => view! { <DashboardPage data=*data/> }.into_any(),
        PageData::NewAgent(models) => view! { <NewAgentPage models=models/> }.into_any(),
        PageData::Agent(data) => view! { <AgentPage data=*data/> }.into_any(),
        PageData::AgentSettings(data) => view! { <AgentSettingsPage data=*data/> }.into_any(),
        PageData::Run(data) => view! { <RunPage data=*data/> }.into_any(),
        PageData::Chat(data) => view! { <ChatPage data=*data/> }.into_any(),
        PageData::NotFound(what) => view! { <NotFoundPage what=what/> }.into_any(),
    }
}

/// A page with what stands around it, the same on both sides.
#[component]
pub fn App(home: bool, page: PageView) -> impl IntoView {
    provide_page();
    let page = page();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <TopBar home=home/>
        <Banner/>
        {page}
        <ToastList/>
        <Announcements/>
    }
}
