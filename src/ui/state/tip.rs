//! The run that the bar under the pointer stands for. One tip for all strips: it follows the pointer over the table.

use crate::domain::agent::{AgentRow, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::ui::model::strip::cell_at;
use crate::ui::state::dashboard::Dashboard;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

/// A bar, and where it is in the box around the table, in whole pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Tip {
    pub cell: StripCell,
    pub x: i32,
    pub y: i32,
}

impl Dashboard {
    /// Returns the run whose bar is under the pointer.
    pub fn run_at(self, event: &MouseEvent) -> Option<RunId> {
        self.tip_at(event).map(|tip| tip.cell.run_id)
    }

    /// Shows the tip of the bar under the pointer, or none.
    pub fn point_at(self, event: &MouseEvent) {
        let tip = self.tip_at(event);
        if self.tip.with_untracked(|known| *known != tip) {
            self.tip.set(tip);
        }
    }

    fn tip_at(self, event: &MouseEvent) -> Option<Tip> {
        let target: Element = event.target()?.dyn_into().ok()?;
        let strip = target.closest(".strip").ok()??;
        let agent: AgentId = strip.closest("[data-agent]").ok()??.get_attribute("data-agent")?.parse().ok()?;
        let around = strip.closest(".agents-box").ok()??.get_bounding_client_rect();
        let area = strip.get_bounding_client_rect();
        let part = (f64::from(event.client_x()) - area.left()) / area.width();
        let cell = |rows: &[AgentRow]| cell_at(&rows.iter().find(|row| row.id == agent)?.strip, part).cloned();
        let cell = untrack(|| self.with_agents(cell))?;
        // Over the middle of the bar, so that it stays while the pointer moves on the bar.
        let middle = ((part * 20.0).floor() + 0.5) / 20.0;
        let x = area.left() + middle * area.width() - around.left();
        Some(Tip { cell, x: x.round() as i32, y: (area.top() - around.top()).round() as i32 })
    }
}
