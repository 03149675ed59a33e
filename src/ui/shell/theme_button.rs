//! Switches between light, dark and what the system says. The choice is a cookie, so the server renders the next page in it.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn of_page() -> Self {
        match dom::theme().as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Returns first what the system is not, then what it is, then the system's own again.
    fn next(self, system_is_dark: bool) -> Self {
        match (self, system_is_dark) {
            (Self::System, true) | (Self::Dark, false) => Self::Light,
            (Self::System, false) | (Self::Light, true) => Self::Dark,
            (Self::Light, false) | (Self::Dark, true) => Self::System,
        }
    }
}

/// A click on it before the page is hydrated is done afterwards.
#[component]
pub fn ThemeButton() -> impl IntoView {
    // Only the browser knows what its system says.
    let now: RwSignal<Option<(Theme, Theme)>> = RwSignal::new(None);
    let look = move || {
        let theme = Theme::of_page();
        now.set(Some((theme, theme.next(dom::is_system_dark()))));
    };
    Effect::new(move |_| look());
    let switch = move |_| {
        let to = Theme::of_page().next(dom::is_system_dark());
        dom::set_theme(Some(to.word()).filter(|_| to != Theme::System));
        dom::set_cookie("theme", to.word());
        look();
    };
    let label = move || match now.get() {
        Some((theme, next)) => format!("Switch theme from {} to {}", theme.word(), next.word()),
        None => "Switch theme".to_owned(),
    };
    view! {
        <button
            class="btn btn--ghost btn--s btn--icon"
            type="button"
            aria-label=label
            title=label
            data-script=""
            on:click=switch
        >
            <Icon name="theme"/>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_clicks_lead_back_to_the_system_and_each_but_the_last_is_seen() {
        for (dark, expected) in [(false, [Theme::Dark, Theme::Light]), (true, [Theme::Light, Theme::Dark])] {
            let first = Theme::System.next(dark);
            let second = first.next(dark);
            assert_eq!(([first, second], second.next(dark)), (expected, Theme::System));
        }
    }
}
