//! The document around every page, and which page is in it.

use crate::api::pages::{PAGE_DATA, PageData};
use crate::ui::components::announcements::Announcements;
use crate::ui::components::banner::Banner;
use crate::ui::components::toasts::ToastList;
use crate::ui::components::topbar::TopBar;
use crate::ui::page::provide_page;
use crate::ui::pages::dashboard::DashboardPage;
use crate::ui::pages::new_agent::NewAgentPage;
use crate::ui::pages::not_found::NotFoundPage;
use crate::ui::pages::run::RunPage;
use leptos::prelude::*;

/// Where the browser finds the compiled half: full paths such as `/pkg/runboard.1f2e.js`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetNames {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

/// The HTML document. Rendered by the server only.
///
/// The head is ours: it holds one inline script, the module that starts the browser's half, so that a strict
/// content policy needs to know one hash only. What the page was rendered from stands at its end, for the browser.
///
/// # Errors
/// The data cannot be written as JSON.
pub fn document(assets: AssetNames, theme: Option<&'static str>, data: PageData) -> serde_json::Result<impl IntoView> {
    let AssetNames { js, wasm, css } = assets;
    // Quoted as JSON, which is JavaScript; `<` cannot occur in a path of ours, but must never end the script.
    let safe = |json: String| json.replace('<', "\\u003c");
    let quoted = |path: &str| safe(serde_json::Value::from(path).to_string());
    let json = safe(serde_json::to_string(&data)?);
    // Set as a whole: a marker for hydration would be part of the title, which knows no comments.
    let title = format!("{} · Runboard", data.title()).replace('&', "&amp;").replace('<', "&lt;");
    // What works with script only is marked `data-script`. The last click on such a thing before there is script is
    // done once there is: nobody has to click twice. Nor type twice: the page is told at once
    // of what was typed, before it sets the fields to what it knows.
    let start = format!(
        "let early;\
         const keep = e => {{ const b = e.target.closest('[data-script]'); if (b) {{ early = b; e.preventDefault(); }} }};\
         addEventListener('click', keep);\
         import({}).then(m => m.default({{module_or_path: {}}}).then(() => {{\
         const typed = [...document.querySelectorAll('input:not([type=hidden]), textarea')]\
         .filter(e => e.value != e.defaultValue);\
         m.hydrate(); removeEventListener('click', keep);\
         for (const e of typed) e.dispatchEvent(new Event('input', {{ bubbles: true }}));\
         setTimeout(() => early?.click()); }}));",
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
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
                <script type="module" inner_html=start></script>
                <title inner_html=title></title>
            </head>
            <body>
                <App data=data/>
                <script type="application/json" id=PAGE_DATA inner_html=json></script>
            </body>
        </html>
    })
}

/// A page with what stands around it, the same on both sides.
#[component]
pub fn App(data: PageData) -> impl IntoView {
    provide_page();
    let home = matches!(data, PageData::Dashboard(_));
    let page = match data {
        PageData::Dashboard(data) => view! { <DashboardPage data=*data/> }.into_any(),
        PageData::NewAgent(models) => view! { <NewAgentPage models=models/> }.into_any(),
        PageData::Run(data) => view! { <RunPage data=*data/> }.into_any(),
        PageData::NotFound(what) => view! { <NotFoundPage what=what/> }.into_any(),
    };
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <TopBar home=home/>
        <Banner/>
        {page}
        <ToastList/>
        <Announcements/>
    }
}
