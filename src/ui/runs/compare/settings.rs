//! The settings of the two versions that differ.

use crate::domain::agent::version::SettingDiff;
use crate::ui::kit::icon::Icon;
use crate::ui::model::versions::line_words;
use crate::ui::runs::compare::lines::line_table;
use leptos::prelude::*;

/// Nothing where none differs, or they are not on record.
#[component]
pub fn SettingsCompared(settings: Vec<SettingDiff>) -> impl IntoView {
    let (texts, others): (Vec<_>, Vec<_>) = settings.into_iter().partition(|diff| !diff.lines.is_empty());
    let count = texts.len() + others.len();
    let table = (!others.is_empty()).then(|| {
        view! {
            <table class="table table--wrap">
                <caption class="visually-hidden">"Settings that differ, those of the run compared with first"</caption>
                <tbody>{others.into_iter().map(changed).collect_view()}</tbody>
            </table>
        }
    });
    let texts = texts.into_iter().map(|SettingDiff { label, lines, .. }| {
        let caption = format!("{label} of both runs by line");
        view! {
            <h3 class="panel__sub">{label}" "<span class="muted">{line_words(&lines)}</span></h3>
            {line_table(caption, lines)}
        }
    });
    let texts = texts.collect_view();
    (count > 0).then(|| {
        view! {
            <section class="panel table-box" aria-labelledby="settings-h">
                <div class="panel__head">
                    <h2 id="settings-h">"Settings"</h2>
                    <p>{if count == 1 { "1 differs".to_owned() } else { format!("{count} differ") }}</p>
                </div>
                {table}{texts}
            </section>
        }
    })
}

fn changed(SettingDiff { label, before, after, .. }: SettingDiff) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="strong">{label}</th>
            <td class="c-wide">
                <span class="change">
                    <span dir="auto">{before}</span>
                    <Icon name="arrow-right"/>
                    <span class="visually-hidden">"changed to "</span>
                    <span class="strong" dir="auto">{after}</span>
                </span>
            </td>
        </tr>
    }
}
