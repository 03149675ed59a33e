//! A native modal dialog. Esc closes it, and the focus returns to where it was.

use leptos::html;
use leptos::prelude::*;

/// Shows its content while `open`; closing it in any way sets `open` to false. The element with the attribute
/// `autofocus` gets the focus.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// Id of the title: one dialog of its kind on a page.
    id: &'static str,
    /// Whether it has room for a form.
    #[prop(optional)]
    wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let element: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        match (open.get(), element.open()) {
            // It fails only for a dialog that is open or not on the page.
            (true, false) => _ = element.show_modal(),
            (false, true) => element.close(),
            _ => {}
        }
    });
    // The browser reports it a moment later; the dialog may have been opened again meanwhile.
    let closed = move |_| {
        if element.get_untracked().is_none_or(|element| !element.open()) {
            open.set(false);
        }
    };
    let children = StoredValue::new(children);
    view! {
        <dialog class="dialog" class:dialog--wide=wide aria-labelledby=id node_ref=element on:close=closed>
            {move || open.get().then(|| view! {
                <div class="dialog__head"><h2 id=id dir="auto">{title}</h2></div>
                {children.with_value(|children| children())}
            })}
        </dialog>
    }
}
