//! Searching what is on the page: texts that stand in one block are one, however they are marked up. Places are marked by the
//! browser's own highlights, which change nothing of the page; a browser without them selects the present place. Asked for by
//! name, like all that this program knows no types of.

use crate::ui::model::finding::places;
use leptos::prelude::{document, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::{Array, Function, Object, Reflect, global};
use web_sys::{Element, Node};

/// Where texts are searched.
const SEARCHED: &str = "#transcript .turn__body";
/// Texts of which the page has the beginning only.
const PARTS: &str = "#transcript .turn__body [data-part]";
/// Those of which it can show no more.
const FIXED: &str = "#transcript .turn__body [data-part=fixed]";
/// Texts within that stand below once more, whole, and are not shown everywhere.
const REPEATED: &str = ".tool__args";
/// Elements that a text does not reach out of.
const BLOCKS: &str = "p, li, pre, td, th, dt, dd, div, summary, h1, h2, h3, h4, h5, h6, blockquote, .code-head";
/// Elements that scroll by themselves.
const SCROLLED: &str = ".code";
/// `NodeFilter.SHOW_TEXT`.
const TEXTS: i32 = 4;
/// Names of the highlights, for the style.
const FOUND: &str = "found";
const PRESENT: &str = "found-here";

/// Calls a method by its name; `None` where there is none, or it fails.
fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &name.into()).ok()?.dyn_into().ok()?;
    method.apply(object, &arguments.iter().collect::<Array>()).ok()
}

fn all(selector: &str) -> Vec<JsValue> {
    let found = call(&document(), "querySelectorAll", &[selector.into()]);
    found.map(|found| Array::from(&found).to_vec()).unwrap_or_default()
}

/// Returns how many texts the page has only in part, and of how many of them it can show no more.
pub fn parts() -> (usize, usize) {
    (all(PARTS).len(), all(FIXED).len())
}

/// The texts of the transcript, one after the other.
#[derive(Default)]
struct Texts {
    text: String,
    /// UTF-16 units of it.
    len: usize,
    /// Where each begins, in UTF-16 units.
    nodes: Vec<(usize, Node)>,
}

impl Texts {
    fn read() -> Self {
        let mut texts = Self::default();
        let mut block: Option<Element> = None;
        for root in all(SEARCHED) {
            let Some(walker) = call(&document(), "createTreeWalker", &[root, TEXTS.into()]) else { continue };
            while let Some(Ok(node)) = call(&walker, "nextNode", &[]).map(JsCast::dyn_into::<Node>) {
                let parent = node.parent_element();
                if parent.as_ref().is_some_and(|parent| matches!(parent.closest(REPEATED), Ok(Some(_)))) {
                    continue;
                }
                let around = parent.and_then(|parent| parent.closest(BLOCKS).ok().flatten());
                if around != block {
                    // Nobody types a line's end into the field.
                    texts.text.push('\n');
                    texts.len += 1;
                    block = around;
                }
                let text = node.node_value().unwrap_or_default();
                texts.nodes.push((texts.len, node));
                texts.len += text.encode_utf16().count();
                texts.text.push_str(&text);
            }
        }
        texts
    }

    /// Sets the beginning or the end of a range; an end belongs to the text before it.
    fn set(&self, range: &JsValue, method: &str, at: usize, is_end: bool) -> Option<JsValue> {
        let reach = at - usize::from(is_end);
        let index = self.nodes.partition_point(|(begin, _)| *begin <= reach).checked_sub(1)?;
        let (begin, node) = self.nodes.get(index)?;
        call(range, method, &[node.into(), u32::try_from(at - begin).ok()?.into()])
    }
}

/// Returns the places of a text on the page, each as a `Range`.
pub fn search(wanted: &str) -> Vec<JsValue> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let texts = Texts::read();
    let range = |(from, to): (usize, usize)| {
        let range = call(&document(), "createRange", &[])?;
        texts.set(&range, "setStart", from, false)?;
        texts.set(&range, "setEnd", to, true)?;
        Some(range)
    };
    places(&texts.text, wanted).into_iter().filter_map(range).collect()
}

/// Marks all places, and the present one more than the others.
pub fn mark(ranges: &[JsValue], at: usize) {
    marks_are_gone();
    let present = ranges.get(at);
    if highlight(FOUND, ranges).is_none() || highlight(PRESENT, present.map_or(&[], std::slice::from_ref)).is_none() {
        let selection = call(&document(), "getSelection", &[]);
        if let (Some(selection), Some(range)) = (selection, present) {
            call(&selection, "removeAllRanges", &[]);
            call(&selection, "addRange", std::slice::from_ref(range));
        }
    }
}

/// Takes all marks away.
pub fn marks_are_gone() {
    if let Some(all) = highlights() {
        for name in [FOUND, PRESENT] {
            call(&all, "delete", &[name.into()]);
        }
    }
}

/// `CSS.highlights`; `None` in browsers that do not know them.
fn highlights() -> Option<JsValue> {
    let css = Reflect::get(&global(), &"CSS".into()).ok()?;
    Reflect::get(&css, &"highlights".into()).ok().filter(|all| !all.is_undefined())
}

fn highlight(name: &str, ranges: &[JsValue]) -> Option<JsValue> {
    let make: Function = Reflect::get(&global(), &"Highlight".into()).ok()?.dyn_into().ok()?;
    let made = Reflect::construct(&make, &ranges.iter().collect::<Array>()).ok()?;
    call(&highlights()?, "set", &[name.into(), made])
}

/// Opens whatever a place is folded away in, and scrolls to it: within a long text that scrolls by itself, and then the page.
pub fn reveal(range: &JsValue) {
    let node = Reflect::get(range, &"startContainer".into()).ok().and_then(|node| node.dyn_into::<Node>().ok());
    let Some(element) = node.and_then(|node| node.parent_element()) else { return };
    while let Ok(Some(folded)) = element.closest("details:not([open])") {
        if folded.set_attribute("open", "").is_err() {
            break;
        }
    }
    let middle = Object::new();
    _ = Reflect::set(&middle, &"block".into(), &"center".into());
    // What is around it, first: until it is in view its turn may not be laid out.
    call(&element, "scrollIntoView", &[middle.into()]);
    if let (Ok(Some(text)), Some(top)) = (element.closest(SCROLLED), top_of(range)) {
        let middle = text.get_bounding_client_rect().top() + f64::from(text.client_height()) / 2.0;
        text.set_scroll_top(text.scroll_top() + (top - middle).round() as i32);
    }
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    if let Some(top) = top_of(range) {
        window().scroll_by_with_x_and_y(0.0, top - height / 2.0);
    }
}

/// Returns how far below the window's upper edge a place is now, in pixels.
fn top_of(range: &JsValue) -> Option<f64> {
    let place = call(range, "getBoundingClientRect", &[])?;
    Reflect::get(&place, &"top".into()).ok()?.as_f64()
}
