//! Two versions compared: which, and what differs, setting by setting.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Kind;
use crate::domain::agent::version::SettingDiff;
use crate::domain::id::AgentId;
use crate::domain::views::versions::{Compared, VersionsView};
use crate::ui::agents::versions::restore::Restore;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::model::versions::{VersionsAddress, line_words, restorable};
use crate::ui::runs::compare::lines::line_table;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The panel below the list. Choosing two others leads to another address, with script or without.
#[component]
pub fn ComparedVersions(agent: AgentId, view: VersionsView, present: Memo<i64>, restore: Restore) -> impl IntoView {
    let Some(compared) = view.compared else { return ().into_any() };
    let Compared { a, b, settings } = match compared {
        Ok(compared) => compared,
        Err(error) => {
            return view! {
                <Notice tone=Tone::Warning><p>{error.to_string()}" Choose two versions of the list above."</p></Notice>
            }
            .into_any();
        }
    };
    let mut numbers: BTreeSet<i64> = view.versions.iter().map(|version| version.number).collect();
    numbers.extend([a, b]);
    let choices = |chosen: i64| {
        let choice = move |number: &i64| {
            view! { <option value=*number selected={*number == chosen}>{format!("version {number}")}</option> }
        };
        numbers.iter().rev().map(choice).collect_view()
    };
    let back = Memo::new(move |_| restorable(a, b, present.get()));
    let button = move |number: i64| {
        view! {
            <button class="btn btn--s" type="button" data-script="" on:click=move |_| restore.ask(number, present.get_untracked())>
                <Icon name="restore"/>
                {format!("Restore {number}…")}
            </button>
        }
    };
    view! {
        <section class="panel table-box" aria-labelledby="compared-h">
            <form class="panel__head" method="get" action=VersionsAddress::default().href(agent)>
                <h2 id="compared-h">"Compare"</h2>
                <select class="select select--head" name="b" aria-label="Version">{choices(b)}</select>
                <span>"with"</span>
                <select class="select select--head" name="a" aria-label="Compare with">{choices(a)}</select>
                <button class="btn btn--s" type="submit">"Compare"</button>
                <div class="actions">{move || back.get().map(button)}</div>
            </form>
            {differences(a, b, settings)}
        </section>
    }
    .into_any()
}

fn differences(a: i64, b: i64, settings: Vec<SettingDiff>) -> impl IntoView {
    let is_text = |diff: &SettingDiff| Setting::named(&diff.name).is_some_and(is_text);
    let (texts, others): (Vec<_>, Vec<_>) = settings.into_iter().partition(is_text);
    let all = Setting::ALL.iter().filter(|setting| !self::is_text(**setting)).count();
    let counted = match others.len() {
        0 => "the same".to_owned(),
        count => format!("{count} of {all} differ"),
    };
    let table = (!others.is_empty()).then(|| view! {
        <table class="table table--wrap">
            <caption class="visually-hidden">{format!("Settings that differ, version {a} and version {b}")}</caption>
            <tbody>{others.into_iter().map(changed).collect_view()}</tbody>
        </table>
    });
    let texts = Setting::ALL.iter().filter(|setting| self::is_text(**setting)).map(|setting| {
        let diff = texts.iter().find(|diff| diff.name == setting.name()).cloned();
        text(*setting, diff, a, b)
    });
    view! {
        <h3 class="panel__sub">"Settings "<span class="muted">{counted}</span></h3>
        {table}
        {texts.collect_view()}
    }
}

fn is_text(setting: Setting) -> bool {
    matches!(setting.kind(), Kind::Text { .. })
}

/// A setting of one line.
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

/// A setting of several lines; `None` where it is the same.
fn text(setting: Setting, diff: Option<SettingDiff>, a: i64, b: i64) -> AnyView {
    let label = setting.label();
    match diff {
        None => view! {
            <h3 class="panel__sub panel__sub--last">{label}" "<span class="muted">"the same"</span></h3>
        }
        .into_any(),
        Some(SettingDiff { lines, .. }) => view! {
            <h3 class="panel__sub">{label}" "<span class="muted">{line_words(&lines)}</span></h3>
            {line_table(format!("{label}, version {a} and version {b} by line"), lines)}
        }
        .into_any(),
    }
}
