//! A status: icon and word, always both.

use crate::ui::kit::icon::Icon;
use crate::ui::model::words::Look;
use leptos::prelude::*;

/// A status in a row or, as a pill, in a headline.
#[component]
pub fn Status(
    #[prop(into)] look: Signal<Look>,
    /// Text that says more than the plain word: "Running (2)".
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    #[prop(optional)] pill: bool,
) -> impl IntoView {
    let class = move || {
        let pill = if pill { " status--pill" } else { "" };
        format!("status status--{}{pill}", look.read().class)
    };
    let icon = Signal::derive(move || look.read().icon);
    let word = move || text.map_or_else(|| look.read().word.to_owned(), |text| text.get());
    view! { <span class=move || class()><Icon name=icon/>{move || word()}</span> }
}
