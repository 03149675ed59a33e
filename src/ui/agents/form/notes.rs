//! Notes after the help of a field that depend on more than the setting: prices, what has been spent, how a number of
//! seconds reads.

use crate::domain::agent::Setting;
use crate::domain::budget::Spent;
use crate::domain::duration::format_whole;
use crate::domain::model::{ModelChoices, ModelRates};
use crate::ui::agents::spending::tokens;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Sources of the notes.
#[derive(Clone, Copy)]
pub struct Notes {
    models: StoredValue<ModelChoices>,
    /// Usage of this month; `None` for an agent that is still to be created.
    spent: Option<Memo<Spent>>,
}

impl Notes {
    pub fn new(models: ModelChoices, spent: Option<Memo<Spent>>) -> Self {
        Self { models: StoredValue::new(models), spent }
    }

    /// Returns the note of a setting; `None` if it has none.
    pub fn of(self, form: AgentForm, setting: Setting) -> Option<ViewFn> {
        let value = form.value(setting);
        match setting {
            Setting::Model => Some(ViewFn::from(move || view! { {move || self.price(form, &value.read())} })),
            Setting::TimeLimit => {
                let reading = move || {
                    let seconds = value.read().trim().parse().ok().filter(|seconds| *seconds >= 60)?;
                    Some(format!("That is {}.", format_whole(seconds)))
                };
                Some(ViewFn::from(move || view! { {move || reading()} }))
            }
            Setting::Templates => Some(ViewFn::from(move || view! { {move || braces(form)} })),
            Setting::MonthCost => self.spent.map(|spent| {
                ViewFn::from(move || view! { {move || format!("{} spent this month (UTC).", spent.get().cost)} })
            }),
            Setting::MonthTokens => self.spent.map(|spent| {
                ViewFn::from(
                    move || view! { {move || format!("{} used this month (UTC).", tokens(spent.get().tokens))} },
                )
            }),
            _ => None,
        }
    }

    /// Returns the price of the model that is typed, or of the default; nothing until it is known whether there is one.
    fn price(self, form: AgentForm, model: &str) -> String {
        self.models.with_value(|models| {
            let default = &models.default;
            let (name, first) = match model.trim() {
                "" => (default.as_str(), format!("If empty: {default}. ")),
                name => (name, String::new()),
            };
            let listed = models.choices.iter().find(|choice| choice.name == name).map(|choice| choice.rates);
            match listed.or_else(|| form.rates_of(name)) {
                Some(rates) => format!("{first}{}", price_words(rates)),
                None => first,
            }
        })
    }
}

/// Says so where braces stand in the instructions and mean nothing.
fn braces(form: AgentForm) -> Option<&'static str> {
    let is_off = form.value(Setting::Templates).read().as_str() != "true";
    let has_braces = || [Setting::System, Setting::Task].iter().any(|text| form.value(*text).read().contains("{{"));
    (is_off && has_braces()).then_some("The instructions have double braces, which stay as they are.")
}

/// `$0.25 per 1M input tokens, $2.00 per 1M output tokens.`
pub fn price_words(rates: Option<ModelRates>) -> String {
    match rates {
        None => "Price unknown: costs are shown as unknown, and budgets in dollars cannot be kept.".to_owned(),
        Some(rates) if rates.is_free() => "Free.".to_owned(),
        Some(ModelRates { input, output }) => {
            format!("${} per 1M input tokens, ${} per 1M output tokens.", input.decimal(), output.decimal())
        }
    }
}
