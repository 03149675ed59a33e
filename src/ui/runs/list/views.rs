//! The menu of saved views. Its links need no script; saving and changing do.

use crate::domain::saved_view::SavedView;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::model::runs_page::view_href;
use crate::ui::runs::list::view_dialog::ViewDialog;
use crate::ui::state::saved_views::ViewList;
use leptos::prelude::*;

/// Id of the menu.
const MENU: &str = "saved-views";

/// Button, menu and dialog.
#[component]
pub fn SavedViews(
    views: Vec<SavedView>,
    /// The filter of the page.
    query: String,
) -> impl IntoView {
    let list = ViewList::of_page(views, query);
    let edit = move |view: Option<SavedView>| {
        dom::hide_popover(MENU);
        list.edit(view);
    };
    let entries = move || match list.views.get() {
        views if views.is_empty() => {
            view! { <p class="menu__note">"Save a filter under a name to come back to it."</p> }.into_any()
        }
        views => {
            let entries = views.into_iter().map(|view| entry(list, view, edit)).collect_view();
            view! { <ul class="saved-views">{entries}</ul> }.into_any()
        }
    };
    view! {
        <button class="btn" type="button" popovertarget=MENU aria-haspopup="dialog">
            "Views"<Icon name="chevron-down"/>
        </button>
        <div class="menu menu--fields" id=MENU popover role="dialog" aria-label="Saved views">
            {move || entries()}
            <div class="menu__foot" data-script="">
                <button class="btn btn--primary btn--s" type="button" on:click=move |_| edit(None)>"Save this view…"</button>
            </div>
        </div>
        <ViewDialog list=list/>
    }
}

fn entry(
    list: ViewList,
    view: SavedView,
    edit: impl Fn(Option<SavedView>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let current = list.query.with_value(|query| *query == view.query).then_some("page");
    let mark = view.is_default.then(|| view! { <span class="menu__note">"default"</span> });
    let (href, name, label) = (view_href(&view.query), view.name.clone(), format!("Edit {}", view.name));
    let view = StoredValue::new(view);
    view! {
        <li>
            <a href=href aria-current=current><bdi>{name}</bdi>{mark}</a>
            <button
                class="btn btn--ghost btn--s btn--icon"
                type="button"
                data-script=""
                aria-label=label
                aria-haspopup="dialog"
                on:click=move |_| edit(Some(view.get_value()))
            >
                <Icon name="edit"/>
            </button>
        </li>
    }
}
