//! The facts about both runs: those that differ, what is not known, and those that are the same.

use crate::domain::views::comparison::{ComparedFact, FactName, RunComparison, VariableDiff, WordDiff};
use crate::ui::kit::dash::Dash;
use crate::ui::kit::icon::Icon;
use crate::ui::model::comparison::{Piece, merged};
use crate::ui::model::versions::VersionsAddress;
use leptos::prelude::*;

#[component]
pub fn Differences(compared: RunComparison) -> impl IntoView {
    let all = compared.facts.len();
    let labels = |differs: Option<bool>| -> Vec<String> {
        let facts = compared.facts.iter().filter(|fact| fact.differs == differs);
        facts.map(|fact| fact.label.clone()).collect()
    };
    let (same, unknown) = (labels(Some(false)), labels(None));
    let differing: Vec<_> = compared.facts.iter().filter(|fact| fact.differs == Some(true)).cloned().collect();
    let counted = format!("{} of {all}", differing.len());
    let nothing = differing.is_empty().then(|| {
        view! { <p class="panel__body">"Nothing that Runboard knows of differs between these runs."</p> }
    });
    let table = (!differing.is_empty()).then(|| {
        let rows = differing.into_iter().map(|fact| row(fact, &compared)).collect_view();
        view! {
            <table class="table table--wrap">
                <caption class="visually-hidden">"What differs between the runs, the run compared with first"</caption>
                <tbody>{rows}{compared.variables.iter().cloned().map(variable).collect_view()}</tbody>
            </table>
        }
    });
    let unknown = (!unknown.is_empty()).then(|| {
        view! { <p class="same">{format!("Not known of both: {}", unknown.join(", "))}</p> }
    });
    let same_count = same.len();
    let same = (same_count > 0).then(|| view! {
        <details class="same">
            <summary><Icon name="chevron-right"/>{format!("{same_count} {} the same", if same_count == 1 { "is" } else { "are" })}</summary>
            <p>{same.join(", ")}</p>
        </details>
    });
    view! {
        <section class="panel table-box" aria-labelledby="differs-h">
            <div class="panel__head"><h2 id="differs-h">"What differs"</h2><p>{counted}</p></div>
            {nothing}{table}{unknown}{same}
        </section>
    }
}

fn row(ComparedFact { name, label, a, b, note, .. }: ComparedFact, compared: &RunComparison) -> impl IntoView {
    let value = match (name, &compared.input) {
        (FactName::Input, Some(diff)) => input(diff),
        _ => changed(b, a),
    };
    let (now, then) = (&compared.a.run, &compared.b.run);
    let versions = now.agent_version.zip(then.agent_version);
    let note = match versions.filter(|_| name == FactName::Version && now.agent_id == then.agent_id) {
        Some((now_version, then_version)) => {
            let href = VersionsAddress::of(then_version, now_version).href(now.agent_id);
            view! { <a class="link-btn" href=href>{note}<Icon name="arrow-right"/></a> }.into_any()
        }
        None => note.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="strong">{label}</th>
            <td class="c-wide">{value}<div class="soft">{note}</div></td>
        </tr>
    }
}

fn variable(VariableDiff { name, a, b }: VariableDiff) -> impl IntoView {
    view! {
        <tr>
            <th scope="row"><code>{name}</code></th>
            <td class="c-wide">{changed(b, a)}</td>
        </tr>
    }
}

/// Before and after, in this order.
fn changed(before: Option<String>, after: Option<String>) -> AnyView {
    let value = |value: Option<String>| match value {
        Some(text) => view! { <bdi>{text}</bdi> }.into_any(),
        None => view! { <Dash label="none"/> }.into_any(),
    };
    view! {
        <span class="change">
            <span>{value(before)}</span>
            <Icon name="arrow-right"/>
            <span class="visually-hidden">"changed to "</span>
            <span class="strong">{value(after)}</span>
        </span>
    }
    .into_any()
}

fn input(diff: &WordDiff) -> AnyView {
    let piece = |piece: Piece| match piece {
        Piece::Same(text) => text.into_any(),
        Piece::Gone(text) => view! { <del>{text}</del>" " }.into_any(),
        Piece::New(text) => view! { <ins>{text}</ins> }.into_any(),
    };
    let pieces = merged(diff).into_iter().map(piece).collect_view();
    let cut = diff.cut.then_some(" … (only the beginnings are compared)");
    view! { <div class="diff-text diff-text--box" dir="auto" tabindex="0" role="group" aria-label="Inputs by word">{pieces}{cut}</div> }
        .into_any()
}
