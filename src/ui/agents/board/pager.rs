//! The line below a page of agents: which of them are on it, and links to the pages before and after.

use crate::domain::agent::listing::{PAGE, Page, PageEdge};
use crate::domain::duration::format_count;
use crate::ui::kit::icon::Icon;
use crate::ui::model::address::Address;
use crate::ui::state::dashboard::Dashboard;
use leptos::prelude::*;

/// Links, so that they work without JavaScript. They stay in their place from page to page, and with them the focus.
#[component]
pub fn Pager() -> impl IntoView {
    let state = Dashboard::from_context();
    let with_page = move |look: fn(&Page) -> Option<PageEdge>| {
        let edge = state.page.with(|page| page.as_ref().and_then(look));
        // An open row stays on its page.
        edge.map(|edge| Address { edge, ..state.table.get() }.href())
    };
    let previous = Memo::new(move |_| with_page(previous));
    let next = Memo::new(move |_| with_page(|page| page.next.clone().map(PageEdge::After)));
    let says = Memo::new(move |_| state.page.with(|page| page.as_ref().map(shown).unwrap_or_default()));
    let off = |href: Memo<Option<String>>| move || href.read().is_none().then_some("true");
    view! {
        <nav class="table-foot" aria-label="Pages of agents" hidden=move || state.listed.read().found == 0>
            <span role="status">{move || says.get()}</span>
            <span class="btn-group push">
                <a class="btn btn--s" role="link" rel="prev" href=move || previous.get() aria-disabled=off(previous)>
                    <Icon name="chevron-left"/>
                    "Previous"
                </a>
                <a class="btn btn--s" role="link" rel="next" href=move || next.get() aria-disabled=off(next)>
                    "Next"
                    <Icon name="chevron-right"/>
                </a>
            </span>
        </nav>
    }
}

/// Returns the page before; the first one begins at the beginning, whoever is there by then.
fn previous(page: &Page) -> Option<PageEdge> {
    let before = page.previous.clone()?;
    Some(if page.before <= PAGE as i64 { PageEdge::First } else { PageEdge::Before(before) })
}

/// `Showing 51–100 of 5,000`.
fn shown(page: &Page) -> String {
    let count = format_count;
    format!("Showing {}–{} of {}", count(page.before + 1), count(page.before + page.shown), count(page.found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::listing::{AgentCounts, Cursor};
    use crate::domain::id::AgentId;

    #[test]
    fn a_page_says_where_it_is_and_leads_back_to_the_first() {
        let cursor = Cursor { key: Some("1".into()), id: AgentId(51) };
        let counts = AgentCounts::default();
        let mut page = Page { found: 5_000, before: 50, shown: 50, previous: Some(cursor.clone()), next: None, counts };
        assert_eq!(shown(&page), "Showing 51–100 of 5,000");
        assert_eq!(previous(&page), Some(PageEdge::First));
        page.before = 100;
        assert_eq!(previous(&page), Some(PageEdge::Before(cursor)));
        page.previous = None;
        assert_eq!(previous(&page), None);
    }
}
