//! The document around every page, and the route table.

use crate::ui::components::announcements::Announcements;
use crate::ui::components::banner::Banner;
use crate::ui::components::toasts::ToastList;
use crate::ui::components::topbar::TopBar;
use crate::ui::page::provide_page;
use crate::ui::pages::dashboard::DashboardPage;
use crate::ui::pages::new_agent::NewAgentPage;
use crate::ui::pages::not_found::NotFoundPage;
use crate::ui::pages::run::RunPage;
use crate::ui::request::chosen_theme;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

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
/// content policy needs to know one hash only.
pub fn shell(assets: AssetNames) -> impl IntoView {
    let AssetNames { js, wasm, css } = assets;
    // Quoted as JSON, which is JavaScript; `<` cannot occur in a path of ours, but must never end the script.
    let quoted = |path: &str| serde_json::Value::from(path).to_string().replace('<', "\\u003c");
    // What works with script only is marked `data-script`. The last click on such a thing before there is script is
    // done once there is: nobody has to click twice. Nor type twice: fields that hydration has emptied get back what
    // was typed into them.
    let start = format!(
        "let early;\
         const keep = e => {{ const b = e.target.closest('[data-script]'); if (b) {{ early = b; e.preventDefault(); }} }};\
         addEventListener('click', keep);\
         import({}).then(m => m.default({{module_or_path: {}}}).then(() => {{\
         const typed = [...document.querySelectorAll('input:not([type=hidden]), textarea')].map(e => [e, e.value]);\
         m.hydrate(); removeEventListener('click', keep); setTimeout(() => {{\
         for (const [e, v] of typed) if (v != e.defaultValue && v != e.value) {{\
         e.value = v; e.dispatchEvent(new Event('input', {{ bubbles: true }})); }}\
         early?.click(); }}); }}));",
        quoted(&js),
        quoted(&wasm)
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=chosen_theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=css/>
                <link rel="modulepreload" href=js/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
                <script type="module" inner_html=start></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The whole application, the same on both sides.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_page();
    view! {
        <Title formatter=|title: String| format!("{title} · Runboard")/>
        <Router>
            // The router would take the link for a page of its own; the browser moves the focus along.
            <a class="skip" href="#main" rel="external">"Skip to content"</a>
            <TopBar/>
            <Banner/>
            <FlatRoutes fallback=NotFoundPage>
                <Route path=path!("/") view=DashboardPage ssr=SsrMode::Async/>
                <Route path=path!("/agents/new") view=NewAgentPage ssr=SsrMode::Async/>
                <Route path=path!("/runs/:id") view=RunPage ssr=SsrMode::Async/>
            </FlatRoutes>
            <ToastList/>
            <Announcements/>
        </Router>
    }
}
