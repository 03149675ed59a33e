//! The document around every page, and which page is in it.

use crate::domain::hold::HoldStatus;
use crate::domain::views::assets::AssetNames;
use crate::domain::views::page::{HOLD_DATA, HOME, PAGE_DATA, PageData};
use crate::ui::shell::announcements::Announcements;
use crate::ui::shell::banner::Banner;
use crate::ui::shell::hold_banner::HoldBanner;
use crate::ui::shell::hold_dialogs::HoldDialogs;
use crate::ui::shell::toasts::ToastList;
use crate::ui::shell::topbar::TopBar;
use crate::ui::state::lazy::{LazyView, LazyViews};
use crate::ui::state::page::provide_page;
use leptos::html;
use leptos::prelude::*;
use std::future::ready;

/// The one script that stands in a page itself. It is the same in every page: what differs is in its attributes, so that
/// a content policy can name its hash.
pub const START: &str = include_str!("app/start.js");

/// For whatever shows a link to a page.
const DESCRIPTION: &str = "Runs AI agents and shows every run live.";

/// Renders the HTML document; called by the server only.
///
/// The head is ours: it names no code but to the script in it, so that a browser without script fetches none. The data
/// it was rendered from stands at its end, for the browser.
///
/// # Errors
/// The data cannot be written as JSON.
pub fn document(
    assets: &AssetNames,
    theme: Option<&'static str>,
    hold: HoldStatus,
    data: PageData,
) -> serde_json::Result<impl IntoView> {
    let AssetNames { js, wasm, chunks, css, pages_css } = assets.clone();
    let name = data.name();
    let css = if name == HOME { css } else { pages_css.unwrap_or(css) };
    let chunks = chunks.get(name).map(|chunks| chunks.join(" ")).unwrap_or_default();
    // `<` must never end the script.
    let json = data.to_json()?.replace('<', "\\u003c");
    let hold_json = serde_json::to_string(&hold)?.replace('<', "\\u003c");
    // Set as a whole: a marker for hydration would be part of the title, which knows no comments.
    let title = format!("{} · Runboard", data.title()).replace('&', "&amp;").replace('<', "&lt;");
    Ok(view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content=DESCRIPTION/>
                {open_graph("og:site_name", "Runboard".to_owned())}
                {open_graph("og:type", "website".to_owned())}
                {open_graph("og:title", data.title())}
                {open_graph("og:description", DESCRIPTION.to_owned())}
                // Before the style sheet: a script waits for those that stand before it.
                <script data-program=js data-wasm=wasm data-chunks=chunks inner_html=START></script>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=css/>
                <title inner_html=title></title>
            </head>
            <body>
                <App name=name.to_owned() hold=hold page=Box::new(move || whole(data)) lazy=lazy_views()/>
                <script type="application/json" id=HOLD_DATA inner_html=hold_json></script>
                <script type="application/json" id=PAGE_DATA data-page=name inner_html=json></script>
            </body>
        </html>
    })
}

/// A property of the page as a link's preview shows it (<https://ogp.me>).
fn open_graph(property: &'static str, content: String) -> impl IntoView {
    html::meta().attr("property", property).content(content)
}

/// Makes a page's view, with what all pages share in the context.
pub type PageView = Box<dyn FnOnce() -> AnyView>;

macro_rules! declare {
    (
        home $home:ident $Home:ident($home_data:path) = $show_home:path;
        $($name:ident $Name:ident($data:path) = $show:path;)*
    ) => {
        /// Shows any page. Not for the browser, which loads each page's code on its own.
        fn whole(data: PageData) -> AnyView {
            match data {
                PageData::$Home(data) => $show_home(*data),
                $(PageData::$Name(data) => $show(*data),)*
            }
        }
    };
}

crate::with_pages!(declare);

macro_rules! declare_lazy {
    ($($chunk:ident $name:ident($input:path) = $show:path, on $($page:ident),+;)*) => {
        /// Returns the views that are opened later as parts of the same program: the server's, which opens none, and a test's.
        pub fn lazy_views() -> LazyViews {
            LazyViews { $($name: || Box::pin(ready(Ok($show as LazyView<$input>))),)* }
        }
    };
}

crate::with_lazy_views!(declare_lazy);

/// A page with what stands around it, the same on both sides.
#[component]
pub fn App(name: String, hold: HoldStatus, page: PageView, lazy: LazyViews) -> impl IntoView {
    provide_page(hold, lazy);
    let page = page();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <TopBar page=name/>
        <Banner/>
        <HoldBanner/>
        {page}
        <HoldDialogs/>
        <ToastList/>
        <Announcements/>
    }
}
