//! Filters that are seldom needed.

use crate::domain::failure::FailureKind;
use crate::domain::run_filter::{Choice, RunFilter};
use crate::domain::signal::Signal;
use crate::ui::model::runs_page::kind_word;
use crate::ui::runs::list::fields::TextFilter;
use crate::ui::runs::list::popover::{ChoiceBox, FieldPopover};
use leptos::prelude::*;

/// Several values are separated by commas; an exclamation mark before them means all others.
#[component]
pub fn MoreFilters(filter: RunFilter) -> impl IntoView {
    let kinds = FailureKind::ALL.iter().map(|kind| {
        let checked = filter.failure_kind.as_ref().is_some_and(|choice| choice.has(kind));
        view! { <ChoiceBox name="failure_kind" value=kind.to_string() checked=checked>{kind_word(*kind)}</ChoiceBox> }
    });
    let kinds = kinds.collect_view();
    let signals = signal_fields(filter.signal.as_ref());
    let mut metadata = filter.metadata.iter().map(|(key, choice)| (key, choice.to_string()));
    let first = metadata.next().map(|(key, value)| format!("{key}={value}"));
    // The field has room for one; the others go along.
    let others = metadata.map(|(key, value)| {
        view! { <input type="hidden" name=format!("metadata.{key}") value=value/> }
    });
    let others = others.collect_view();
    let set = [
        filter.failure_kind.is_some(),
        filter.model.is_some(),
        filter.version.is_some(),
        filter.tag.is_some(),
        filter.agent_tag.is_some(),
        filter.hook.is_some(),
        filter.min_duration_s.is_some(),
        filter.min_cost.is_some(),
        filter.retried.is_some(),
        filter.signal.is_some(),
    ];
    let count = set.into_iter().filter(|is_set| *is_set).count() + filter.metadata.len();
    let retried = filter.retried;
    let option = move |value: &'static str, words: &'static str, of: Option<bool>| {
        view! { <option value=value selected={retried == of}>{words}</option> }
    };
    view! {
        <FieldPopover id="f-more" label="More filters" count=count>
            <div class="menu__fields menu__fields--two">
                <TextFilter name="tag" label="Tag" value=filter.tag.as_ref().map(ToString::to_string)/>
                <TextFilter name="agent_tag" label="Agent's tag" value=filter.agent_tag.as_ref().map(ToString::to_string)/>
                <TextFilter name="model" label="Model" value=filter.model.as_ref().map(ToString::to_string) placeholder="provider/model"/>
                <TextFilter name="version" label="Agent's version" value=filter.version.as_ref().map(ToString::to_string)/>
                <TextFilter name="hook" label="Webhook" value=filter.hook.as_ref().map(ToString::to_string) placeholder="its id, or any"/>
                <TextFilter name="metadata" label="Metadata" value=first placeholder="key=value"/>
                {others}
                <TextFilter name="min_duration_s" label="Duration at least (s)" value=filter.min_duration_s.map(|s| s.to_string()) number=true/>
                <TextFilter name="min_cost_usd" label="Cost at least ($)" value=filter.min_cost.map(|cost| cost.decimal()) number=true/>
                <div class="field">
                    <label for="f-retried">"Retried"</label>
                    <select class="select" id="f-retried" name="retried">
                        {option("", "either", None)}
                        {option("true", "yes", Some(true))}
                        {option("false", "no", Some(false))}
                    </select>
                </div>
                <fieldset class="menu__kinds"><legend>"Kind of failure"</legend>{kinds}</fieldset>
                {signals}
            </div>
            <p class="menu__note">"Commas mean or; ! before all of them means not."</p>
        </FieldPopover>
    }
}

/// Boxes. A choice of what a run must not have is no choice of the rest, since a run may have several: it stays text.
fn signal_fields(chosen: Option<&Choice<Signal>>) -> AnyView {
    if let Some(others) = chosen.filter(|choice| choice.negated) {
        return view! { <TextFilter name="signal" label="Signal" value=Some(others.to_string())/> }.into_any();
    }
    let boxes = Signal::ALL.iter().map(|signal| {
        let checked = chosen.is_some_and(|choice| choice.has(signal));
        view! { <ChoiceBox name="signal" value=signal.to_string() checked=checked>{signal.label()}</ChoiceBox> }
    });
    view! { <fieldset class="menu__kinds"><legend>"Signal"</legend>{boxes.collect_view()}</fieldset> }.into_any()
}
