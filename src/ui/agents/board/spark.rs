//! The sparkline of the runs per hour, and the figures of the hour under the pointer.

use crate::domain::summary::Summary;
use crate::ui::kit::time::hour;
use crate::ui::model::figures as f;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

/// A bar, and where it is in the box around the figures, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourTip {
    place: usize,
    x: i32,
    y: i32,
}

impl HourTip {
    fn at(event: &MouseEvent, bars: usize) -> Option<Self> {
        let target: Element = event.target()?.dyn_into().ok()?;
        let spark = target.closest(".spark").ok()??;
        let around = spark.closest(".stats-box").ok()??.get_bounding_client_rect();
        let area = spark.get_bounding_client_rect();
        let part = (f64::from(event.client_x()) - area.left()) / area.width();
        let place = Some((part * bars as f64).floor()).filter(|place| (0.0..bars as f64).contains(place))?;
        let x = area.left() + (place + 0.5) / bars as f64 * area.width() - around.left();
        let y = area.top() - around.top();
        Some(Self { place: place as usize, x: x.round() as i32, y: y.round() as i32 })
    }
}

/// The bars. `tip` is set to the one under the pointer.
#[component]
pub fn Spark(summary: Memo<Summary>, tip: RwSignal<Option<HourTip>>) -> impl IntoView {
    let label = move || f::spark_label(&summary.read().hours);
    let drawn = move || {
        let paths = f::spark(&summary.read().hours);
        paths.into_iter().map(|(class, d)| view! { <path class=class d=d></path> }).collect_view()
    };
    let point = move |event: &MouseEvent| {
        let pointed = HourTip::at(event, summary.with_untracked(|summary| summary.hours.len()));
        if tip.get_untracked() != pointed {
            tip.set(pointed);
        }
    };
    view! {
        <svg
            class="spark"
            viewBox="0 0 238 36"
            preserveAspectRatio="none"
            role="img"
            aria-label=move || label()
            on:pointermove=move |event| point(&event)
            on:pointerleave=move |_| tip.set(None)
        >
            // The pointer is over a bar also where that is short.
            <rect class="spark__area" width="238" height="36"></rect>
            {move || drawn()}
        </svg>
    }
}

/// Over the bar while the pointer is on it.
#[component]
pub fn SparkTip(summary: Memo<Summary>, tip: RwSignal<Option<HourTip>>) -> impl IntoView {
    let shown = move || {
        let HourTip { place, x, y } = tip.get()?;
        let words = summary.with(|summary| summary.hours.get(place).map(f::hour_words))?;
        let when = hour(Signal::stored(summary.with(|summary| f::hour_start(summary, place))));
        Some(view! {
            <div class="tip" aria-hidden="true" style:left=format!("{x}px") style:top=format!("{y}px")>
                {words}
                <small>{move || when.get()}</small>
            </div>
        })
    };
    view! { {move || shown()} }
}
