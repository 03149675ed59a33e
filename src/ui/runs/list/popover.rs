//! A button that opens some fields of the form: a native popover, which needs no script.

use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// Button and popover. Its fields are sent with the form around it.
#[component]
pub fn FieldPopover(
    id: &'static str,
    label: &'static str,
    /// How many of its filters are in force.
    count: usize,
    children: Children,
) -> impl IntoView {
    let count = (count > 0).then(|| view! { <span class="count">{count}</span> });
    view! {
        <button class="btn" type="button" popovertarget=id aria-haspopup="dialog">
            {label}{count}<Icon name="chevron-down"/>
        </button>
        <div class="menu menu--start menu--fields" id=id popover role="dialog" aria-label=label>
            {children()}
            <div class="menu__foot"><button class="btn btn--primary btn--s" type="submit">"Apply"</button></div>
        </div>
    }
}

/// One of several boxes.
#[component]
pub fn ChoiceBox(name: &'static str, value: String, checked: bool, children: Children) -> impl IntoView {
    view! { <label><input type="checkbox" name=name value=value checked=checked/>{children()}</label> }
}
