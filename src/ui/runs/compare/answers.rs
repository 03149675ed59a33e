//! The answers of both runs beside each other, by word.

use crate::domain::agent::version::DiffPart;
use crate::domain::views::comparison::RunComparison;
use crate::ui::model::comparison::word_counts;
use leptos::prelude::*;

#[component]
pub fn Answers(compared: RunComparison) -> impl IntoView {
    let RunComparison { a, b, answers, .. } = compared;
    let counts = word_counts(&answers);
    let cut = answers.cut.then(|| {
        view! { <p class="same">"These answers are long: only the first 64 KiB of each are compared."</p> }
    });
    view! {
        <section class="panel" aria-labelledby="answers-h">
            <div class="panel__head"><h2 id="answers-h">"Answers"</h2><p>{counts}</p></div>
            <div class="versus__answers diff-text">
                {answer(format!("#{}", b.run.id), "versus__key versus__key--then", answers.b, false)}
                {answer(format!("#{}", a.run.id), "versus__key versus__key--now", answers.a, true)}
            </div>
            {cut}
        </section>
    }
}

fn answer(title: String, key: &'static str, parts: Vec<DiffPart>, is_new: bool) -> impl IntoView {
    let is_empty = parts.is_empty();
    let part = move |DiffPart { text, changed }: DiffPart| match (changed, is_new) {
        (false, _) => text.into_any(),
        (true, true) => view! { <ins>{text}</ins> }.into_any(),
        (true, false) => view! { <del>{text}</del> }.into_any(),
    };
    view! {
        <div>
            <h3><span class=key></span>{title}</h3>
            <div class="versus__text" dir="auto">
                {is_empty.then(|| view! { <span class="muted">"It has no answer."</span> })}
                {parts.into_iter().map(part).collect_view()}
            </div>
        </div>
    }
}
