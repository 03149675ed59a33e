//! Models as suggestions: grouped by provider, each with its price and how much it takes. Pure.

use crate::domain::duration::format_count;
use crate::domain::model::{ListedModel, ModelListing};
use crate::ui::model::suggestions::{Group, Suggestion};

/// Returns the models in groups, each with the name of its provider.
pub fn groups(listing: &ModelListing) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for model in &listing.data {
        let label = provider_name(&model.provider);
        match groups.last_mut().filter(|group| group.label == label) {
            Some(group) => group.suggestions.push(suggestion(model)),
            None => groups.push(Group { label: label.to_owned(), suggestions: vec![suggestion(model)] }),
        }
    }
    groups
}

/// Says which providers did not list their models, and why.
pub fn silence(listing: &ModelListing) -> Option<String> {
    let says = |silent: &crate::domain::model::SilentProvider| {
        format!("{}: {}.", provider_name(&silent.provider), silent.detail.trim_end_matches('.'))
    };
    let silent: Vec<String> = listing.unavailable.iter().map(says).collect();
    (!silent.is_empty()).then(|| format!("Not listed by {}", silent.join(" ")))
}

fn suggestion(model: &ListedModel) -> Suggestion {
    let ListedModel { id, name, .. } = model;
    let says_nothing = id.ends_with(name.as_str());
    Suggestion {
        value: id.clone(),
        name: if says_nothing { String::new() } else { name.clone() },
        detail: detail(model),
    }
}

/// `$0.25 in, $2.00 out · 400k`.
fn detail(model: &ListedModel) -> String {
    let price = match (model.input, model.output) {
        (Some(input), Some(output)) if input.0 == 0 && output.0 == 0 => Some("free".to_owned()),
        (Some(input), Some(output)) => Some(format!("${} in, ${} out", input.decimal(), output.decimal())),
        _ => None,
    };
    let context = model.context_tokens.map(|tokens| match tokens {
        10_000.. => format!("{}k", format_count(tokens / 1_000)),
        tokens => format_count(tokens),
    });
    price.into_iter().chain(context).collect::<Vec<_>>().join(" · ")
}

/// Returns a provider's name as it writes it.
fn provider_name(word: &str) -> &str {
    match word {
        "openai" => "OpenAI",
        "anthropic" => "Anthropic",
        "gemini" => "Google Gemini",
        "ollama" => "Ollama",
        "groq" => "Groq",
        "deepseek" => "DeepSeek",
        "xai" => "xAI",
        "mistral" => "Mistral",
        "openrouter" => "OpenRouter",
        "demo" => "Built in",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::model::SilentProvider;
    use crate::domain::money::NanoDollars;

    fn model(id: &str, name: &str, price: Option<(i64, i64)>, context_tokens: Option<i64>) -> ListedModel {
        ListedModel {
            id: id.to_owned(),
            provider: id.split('/').next().unwrap().to_owned(),
            name: name.to_owned(),
            context_tokens,
            input: price.map(|(input, _)| NanoDollars(input)),
            output: price.map(|(_, output)| NanoDollars(output)),
        }
    }

    #[test]
    fn models_stand_with_their_provider_and_what_is_known_of_them() {
        let listing = ModelListing {
            data: vec![
                model("openai/gpt-5-mini", "gpt-5-mini", Some((250_000_000, 2_000_000_000)), Some(400_000)),
                model("openai/new", "A new one", None, None),
                model("demo/quick", "built in: answers at once", Some((0, 0)), Some(4_096)),
            ],
            unavailable: vec![SilentProvider {
                provider: "ollama".into(),
                detail: "It did not answer within 3 s".into(),
            }],
        };
        let groups = groups(&listing);
        assert_eq!(groups.iter().map(|group| group.label.as_str()).collect::<Vec<_>>(), ["OpenAI", "Built in"]);
        let [mini, new] = [0, 1].map(|at| &groups[0].suggestions[at]);
        assert_eq!((mini.name.as_str(), mini.detail.as_str()), ("", "$0.25 in, $2.00 out · 400k"));
        assert_eq!((new.name.as_str(), new.detail.as_str()), ("A new one", ""));
        assert_eq!(groups[1].suggestions[0].detail, "free · 4,096");
        assert_eq!(silence(&listing).as_deref(), Some("Not listed by Ollama: It did not answer within 3 s."));
        assert_eq!(silence(&ModelListing::default()), None);
    }
}
