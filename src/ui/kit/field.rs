//! A field of a form: label, control, help, error.

use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// Kind of a field's control.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Control {
    Line,
    /// Several lines of instructions, with this many shown.
    Text(&'static str),
    /// A line in a notation, such as cron's.
    Code,
    /// One of these: value and words.
    Choice(&'static [(&'static str, &'static str)]),
    /// A line with suggestions from the `<datalist>` of this id.
    Suggested(&'static str),
    /// A whole number of this unit, or of things the label names.
    Number(Option<&'static str>),
    /// An amount of money.
    Dollars,
}

/// Contents of a `<textarea>`, as HTML. Leptos does not escape the text in one. The first newline in it is not part of
/// its value.
fn escaped(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// Label, control and help, tied to each other for those who do not see them. An error takes the place of the help.
#[component]
pub fn Field(
    /// Id of the control; its name in the form too.
    id: &'static str,
    label: &'static str,
    control: Control,
    #[prop(into)] value: Signal<String>,
    /// The mistake in it, in words.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Takes what is typed or chosen.
    change: Callback<String>,
    /// The focus has left it.
    leave: Callback<()>,
    #[prop(into)] help: ViewFn,
    #[prop(optional)] required: bool,
    /// Whether it has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || if error.read().is_some() { error_id.clone() } else { help_id.clone() }
    };
    let invalid = move || error.read().is_some().then_some("true");
    // In the HTML too, for those who read without JavaScript.
    let first = value.get_untracked();
    let on_input = move |event: leptos::ev::Event| change.run(event_target_value(&event));
    let on_blur = move |_| leave.run(());
    let input = match control {
        Control::Text(rows) => view! {
            <textarea
                class="textarea textarea--code"
                dir="auto"
                id=id
                name=id
                rows=rows
                aria-describedby=move || described()
                aria-invalid=move || invalid()
                prop:value=value
                on:input=on_input
                on:blur=on_blur
                inner_html=escaped(&first)
            ></textarea>
        }
        .into_any(),
        Control::Choice(choices) => view! {
            <select
                class="select"
                id=id
                name=id
                aria-describedby=move || described()
                on:change=on_input
            >
                {choices.iter().map(|(choice, words)| view! {
                    <option value=*choice selected=move || value.read().as_str() == *choice>{*words}</option>
                }).collect_view()}
            </select>
        }
        .into_any(),
        Control::Line | Control::Code | Control::Suggested(_) | Control::Number(_) | Control::Dollars => {
            let list = if let Control::Suggested(list) = control { Some(list) } else { None };
            // Not `type="number"`: its value is empty for what is no number, so that nothing could be said about it.
            let digits = match control {
                Control::Number(_) => Some("numeric"),
                Control::Dollars => Some("decimal"),
                _ => None,
            };
            view! {
                <input
                    class=if control == Control::Code { "input input--code" } else { "input" }
                    id=id
                    name=id
                    dir=(control != Control::Code).then_some("auto")
                    spellcheck=(control == Control::Code).then_some("false")
                    list=list
                    inputmode=digits
                    autocomplete="off"
                    autofocus=autofocus.then_some("")
                    value=first
                    required=required
                    aria-describedby=move || described()
                    aria-invalid=move || invalid()
                    prop:value=value
                    on:input=on_input
                    on:blur=on_blur
                />
            }
            .into_any()
        }
    };
    let unit = match control {
        Control::Number(unit) => unit,
        Control::Dollars => Some("USD"),
        _ => None,
    };
    let input = match unit {
        Some(unit) => view! { <div class="affix">{input}<span class="affix__unit">{unit}</span></div> }.into_any(),
        None => input,
    };
    let optional = (!required).then(|| view! { " "<span class="field__optional">"optional"</span> });
    view! {
        <div class="field">
            <label for=id>{label}{optional}</label>
            {input}
            {move || error.get().map(|text| view! {
                <p class="field__error" id=error_id.clone()><Icon name="error"/><span dir="auto">{text}</span></p>
            })}
            <p class="field__help" id=help_id hidden=move || error.read().is_some()>{help.run()}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_textarea_cannot_end_it_and_keeps_its_first_newline() {
        assert_eq!(escaped("\n</textarea>&lt;"), "\n\n&lt;/textarea>&amp;lt;");
    }
}
