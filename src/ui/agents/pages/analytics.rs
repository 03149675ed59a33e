//! Cost and failures of all agents, by agent, model, tag or trigger. The server draws and sums; nothing here needs a script.

use crate::domain::run_filter::Period;
use crate::domain::stats::By;
use crate::domain::views::analytics::AnalyticsView;
use crate::domain::views::page::AnalyticsData;
use crate::error::{AppError, ErrorKind};
use crate::ui::agents::analytics::AnalyticsTable;
use crate::ui::dom;
use crate::ui::kit::notice::{LoadError, Notice, Tone};
use crate::ui::model::analytics::{ANALYTICS, TABS, href, period_words};
use leptos::prelude::*;

/// `/analytics?by=model&period=7d`.
pub fn show(AnalyticsData { view }: AnalyticsData) -> AnyView {
    let content = match view {
        Ok(view) => view! { <Analytics view=view/> }.into_any(),
        Err(error) => failed(error),
    };
    view! { <main class="page" id="main" tabindex="-1">{content}</main> }.into_any()
}

fn failed(error: AppError) -> AnyView {
    let head = view! { <div class="page__head"><h1>"Analytics"</h1></div> };
    if error.kind != ErrorKind::Invalid {
        let again = Callback::new(|()| dom::leave_for(""));
        return view! { {head}<LoadError what="The figures" error=error retry=again/> }.into_any();
    }
    let actions = || view! { <a class="btn btn--s" href=ANALYTICS>"Show the last 30 days"</a> };
    view! {
        {head}
        <Notice tone=Tone::Danger alert=true actions=actions>
            <p><strong>"This address cannot be used."</strong></p>
            <p dir="auto">{error.detail}</p>
        </Notice>
    }
    .into_any()
}

#[component]
fn Analytics(view: AnalyticsView) -> impl IntoView {
    let AnalyticsView { by, period, charts, rows, more } = view;
    let times = [Period::Day, Period::Week, Period::Month].map(|other| {
        let current = (other == period).then_some("true");
        view! { <a class="btn" href=href(by, other) aria-current=current>{period_words(other)}</a> }
    });
    let tab = |(other, words): (By, &'static str)| {
        let current = (other == by).then_some("page");
        view! { <a href=href(other, period) aria-current=current>{words}</a> }
    };
    view! {
        <div class="page__head">
            <h1>"Analytics"</h1>
            <div class="actions"><nav class="btn-group" aria-label="Time">{times.into_iter().collect_view()}</nav></div>
        </div>
        <div class="charts" inner_html=charts></div>
        <nav class="tabs" aria-label="Grouped by">{TABS.into_iter().map(tab).collect_view()}</nav>
        <AnalyticsTable by=by rows=rows more=more/>
    }
}
