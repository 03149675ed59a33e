//! The menu of what concerns everything, at the end of the top bar.

use crate::ui::kit::menu::{Command, Item, Menu, MenuButton};
use crate::ui::state::hold::Holding;
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;

/// Its button, and the menu.
#[component]
pub fn PageMenu() -> impl IntoView {
    let holding = Holding::from_context();
    let menu = RowMenu::new("page-menu");
    let pick =
        move |on: &'static str, off: &'static str| Signal::derive(move || if holding.is_on() { on } else { off });
    let hold = Item {
        label: pick("Release the hold…", "Hold everything…"),
        icon: pick("play", "hold"),
        ..Item::new("", "", Command::Do(Callback::new(move |()| holding.ask())))
    };
    view! {
        <MenuButton menu=menu row=() label="More" class="btn--s"/>
        <Menu menu=menu label="More" items=vec![hold]/>
    }
}
