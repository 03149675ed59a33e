//! The few things that have to be done to the page by hand. For handlers and Effects: there is no page on the server.

use crate::domain::id::RunId;
use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::js_sys::{Array, Function, Reflect, global};
use web_sys::{Element, Event, EventTarget, HtmlDocument, HtmlElement, MouseEvent};

/// Moves the focus to the element of this id.
pub fn focus_id(id: &str) {
    focus(document().get_element_by_id(id));
}

/// Moves the focus to the element, if there is one.
pub fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It fails for an element that cannot take the focus; the focus then stays where it is.
        _ = element.focus();
    }
}

/// Moves the focus to the first child that matches of the element of this id.
pub fn focus_in(id: &str, child: &str) {
    focus(document().query_selector(&format!("#{id} > {child}")).ok().flatten());
}

/// Moves the focus to the element of this id where nothing has it.
pub fn focus_if_lost(id: &str) {
    if document().active_element().is_none_or(|focused| focused.tag_name() == "BODY") {
        focus_id(id);
    }
}

/// Whether there is an element that matches.
pub fn is_there(selector: &str) -> bool {
    document().query_selector(selector).is_ok_and(|found| found.is_some())
}

/// Scrolls a page that stands at its top until the first element that matches is in view.
pub fn scroll_to(selector: &str) {
    let is_at_top = window().scroll_y().is_ok_and(|y| y < 1.0);
    if let Some(element) = document().query_selector(selector).ok().flatten().filter(|_| is_at_top) {
        let bottom = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        if element.get_bounding_client_rect().bottom() > bottom {
            element.scroll_into_view();
        }
    }
}

/// Scrolls to the element of this id, where its beginning is out of view above.
pub fn scroll_up_to(id: &str) {
    let above = |element: &Element| element.get_bounding_client_rect().top() < 0.0;
    if let Some(element) = document().get_element_by_id(id).filter(above) {
        element.scroll_into_view();
    }
}

/// Opens the `<details>` of this id and scrolls to it; nothing where it is open.
pub fn open_details(id: &str) {
    if let Some(details) = document().get_element_by_id(id).filter(|details| !details.has_attribute("open")) {
        // It fails for a name that is none.
        _ = details.set_attribute("open", "");
        details.scroll_into_view();
    }
}

/// Scrolls a list so far that its option of this id is in view. The page stays.
pub fn scroll_within(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let Some(list) = element.closest("[role=listbox]").ok().flatten() else { return };
    let (inner, outer) = (element.get_bounding_client_rect(), list.get_bounding_client_rect());
    let (above, below) = (outer.top() - inner.top(), inner.bottom() - outer.bottom());
    let by = if above > 0.0 { -above } else { below.max(0.0) };
    list.set_scroll_top(list.scroll_top() + by.round() as i32);
}

/// Whether a click is meant for here: with a modifier or another button it is meant for another tab or window.
pub fn is_plain(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// Closes the popover of this id; a popover that is closed stays so.
pub fn hide_popover(id: &str) {
    if let Some(popover) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        _ = popover.hide_popover();
    }
}

/// Whether the popover of this id is open.
pub fn is_popover_open(id: &str) -> bool {
    document().get_element_by_id(id).is_some_and(|element| element.matches(":popover-open").unwrap_or(false))
}

/// Whether a key goes into a field.
pub fn is_typing(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches("input, textarea, select, [contenteditable], dialog *").unwrap_or(false))
}

/// Whether a click on a row was meant for something in it, or was the end of selecting text.
pub fn is_meant_for_content(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on_control = target.is_some_and(|target| {
        target.closest("a, button, input, label, summary, [popover]").is_ok_and(|control| control.is_some())
    });
    let selecting = window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    on_control || selecting
}

/// Returns the run in whose row something is.
pub fn run_at(target: Option<EventTarget>) -> Option<RunId> {
    let target = target?.dyn_into::<Element>().ok()?;
    target.closest("[data-run]").ok()??.get_attribute("data-run")?.parse().ok()
}

/// Returns the address of the link that something is in.
pub fn link_at(target: Option<EventTarget>) -> Option<String> {
    target?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??.get_attribute("href")
}

/// Changes the address without leaving the page, as a new step of the browser's history or in the present one.
pub fn set_address(href: &str, new_step: bool) {
    let Ok(history) = window().history() else { return };
    // Refused when it happens too often; the page then shows what its address does not say.
    _ = match new_step {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(href)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(href)),
    };
}

/// Returns the query of the page's address, without the question mark.
pub fn query() -> String {
    let search = window().location().search().unwrap_or_default();
    search.strip_prefix('?').unwrap_or_default().to_owned()
}

/// Returns the part of the page's address that names a place on it, with the `#`; empty without one.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Leaves for another page.
pub fn leave_for(href: &str) {
    // It fails for what is no address.
    _ = window().location().assign(href);
}

/// Fills an empty `<datalist>` with the time zones that the browser knows.
pub fn offer_time_zones(list: &str) {
    let Some(list) = document().get_element_by_id(list).filter(|list| list.first_element_child().is_none()) else {
        return;
    };
    for zone in time_zones().iter().flat_map(Array::iter) {
        if let (Ok(option), Some(zone)) = (document().create_element("option"), zone.as_string()) {
            _ = option.set_attribute("value", &zone);
            _ = list.append_child(&option);
        }
    }
}

/// `Intl.supportedValuesOf("timeZone")`; nothing in browsers that do not know the function.
fn time_zones() -> Option<Array> {
    let intl = Reflect::get(&global(), &"Intl".into()).ok()?;
    let list: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
    list.call1(&intl, &"timeZone".into()).ok()?.dyn_into().ok()
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        _ = root.set_attribute(name, value);
    }
}

/// Returns the page's own theme; `None` for the system's.
pub fn theme() -> Option<String> {
    document().document_element()?.get_attribute("data-theme")
}

/// Gives the page a theme of its own, or the system's.
pub fn set_theme(theme: Option<&str>) {
    match (theme, document().document_element()) {
        (Some(theme), _) => set_root_attribute("data-theme", theme),
        (None, Some(root)) => _ = root.remove_attribute("data-theme"),
        (None, None) => {}
    }
}

/// Whether the page is as narrow as on a phone (style: `width < 40rem`).
pub fn is_narrow() -> bool {
    window().match_media("(width < 40rem)").ok().flatten().is_some_and(|query| query.matches())
}

/// Writes to the clipboard; false where the page has none.
pub fn copy(text: &str) -> bool {
    write_text(text).is_some()
}

/// Returns the promise of a text on the clipboard; `None` where the page has none.
fn write_text(text: &str) -> Option<JsValue> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into().ok()?;
    write.call1(&clipboard, &text.into()).ok()
}

/// Writes to the clipboard, and calls `then` with whether the browser has let the page do so.
pub fn copy_then(text: &str, then: impl FnOnce(bool) + 'static) {
    let then = Rc::new(Cell::new(Some(then)));
    let end = |is_copied| {
        let then = then.clone();
        move || _ = then.take().map(|then| then(is_copied))
    };
    let write = || -> Option<()> {
        let promise = write_text(text)?;
        let on: Function = Reflect::get(&promise, &"then".into()).ok()?.dyn_into().ok()?;
        on.call2(&promise, &Closure::once_into_js(end(true)), &Closure::once_into_js(end(false))).ok().map(drop)
    };
    if write().is_none() {
        end(false)();
    }
}

/// Selects all that the element of this id holds.
pub fn select(id: &str) {
    if let (Some(element), Ok(Some(selection))) = (document().get_element_by_id(id), window().get_selection()) {
        // It fails for what is not on the page.
        _ = selection.select_all_children(&element);
    }
}

/// Reads the first of the files that somebody has chosen in a field, as text, and calls `then` with it. The field forgets
/// them, so that the same file can be chosen again once it has changed.
pub fn read_file(event: &Event, then: impl FnOnce(String) + 'static) {
    let read = || -> Option<()> {
        let field = event.target()?;
        let file = Reflect::get_u32(&Reflect::get(&field, &"files".into()).ok()?, 0).ok()?;
        let text: Function = Reflect::get(&file, &"text".into()).ok()?.dyn_into().ok()?;
        let promise = text.call0(&file).ok()?;
        let on: Function = Reflect::get(&promise, &"then".into()).ok()?.dyn_into().ok()?;
        let take = Closure::once_into_js(move |text: JsValue| then(text.as_string().unwrap_or_default()));
        on.call1(&promise, &take).ok()?;
        Reflect::set(&field, &"value".into(), &"".into()).ok().map(drop)
    };
    // No file was chosen.
    _ = read();
}

/// Whether the system's theme is dark.
pub fn is_system_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

/// Sets a cookie for this site that lasts a year.
pub fn set_cookie(name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    // Refused where cookies are switched off; the choice then lasts as long as the page.
    _ = document().unchecked_into::<HtmlDocument>().set_cookie(&cookie);
}

/// Calls `act` at an event that only the document receives, for as long as the caller lives.
pub fn on_document(event: &'static str, act: impl Fn() + 'static) {
    let act = StoredValue::new_local(Closure::<dyn Fn()>::new(act));
    let each = move |change: fn(&web_sys::Document, &str, &web_sys::js_sys::Function)| {
        act.with_value(|act| change(&document(), event, act.as_ref().unchecked_ref()));
    };
    each(|document, event, act| _ = document.add_event_listener_with_callback(event, act));
    // The stored closure is dropped after this.
    on_cleanup(move || each(|document, event, act| _ = document.remove_event_listener_with_callback(event, act)));
}
