//! Tests of what the form shows of the table of settings, of prices and of servers.

use super::fields::AgentFields;
use super::notes::price_words;
use super::tool_fields::ToolFields;
use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::model::{ModelChoice, ModelChoices, ModelRates};
use crate::domain::money::NanoDollars;
use crate::domain::tool::{ToolCatalogue, ToolInfo, ToolServer, ToolServerState};
use crate::ui::state::form::AgentForm;
use crate::ui::state::page::provide_parts;
use leptos::prelude::*;

const CENT: i64 = 10_000_000;

fn models() -> ModelChoices {
    let rates = Some(ModelRates { input: NanoDollars(25 * CENT), output: NanoDollars(200 * CENT) });
    let choice = |name: &str, rates| ModelChoice { name: name.into(), note: "A model".into(), rates };
    ModelChoices {
        default: "openai/gpt-5-mini".into(),
        choices: vec![choice("openai/gpt-5-mini", rates), choice("ollama/llama3.2", None)],
        provider_configured: true,
    }
}

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| {
        provide_parts(crate::app::lazy_views());
        view().into_view().to_html()
    })
}

fn form(settings: AgentSettings) -> String {
    html(
        || view! { <AgentFields form=AgentForm::of(settings, 1) models=models() tools=ToolCatalogue::default() spent=None/> },
    )
}

#[test]
fn every_setting_has_one_control_with_its_label() {
    let html = form(AgentSettings::default());
    for setting in Setting::ALL {
        let id = format!("id=\"{}\"", setting.name());
        assert_eq!(html.matches(&id).count(), 1, "{}", setting.name());
        let label = setting.label();
        assert!(html.contains(&format!(">{label}")), "{label}");
    }
}

#[test]
fn what_the_model_costs_stands_below_it() {
    let of = |model: &str| form(AgentSettings { model: model.into(), ..AgentSettings::default() });
    let price = "$0.25 per 1M input tokens, $2.00 per 1M output tokens.";
    assert!(of("").contains(&format!("If empty: openai/gpt-5-mini. {price}")), "{}", of(""));
    assert!(of("openai/gpt-5-mini").contains(price));
    assert!(of("ollama/llama3.2").contains("Price unknown: costs are shown as unknown"));
    let unchecked = of("openai/other");
    assert!(!unchecked.contains("per 1M") && !unchecked.contains("Price unknown"), "nobody has asked yet");
    assert_eq!(price_words(Some(ModelRates { input: NanoDollars(0), output: NanoDollars(0) })), "Free.");
}

fn server(name: &str, tools: usize) -> ToolServer {
    let tool = |n| ToolInfo { name: format!("tool{n}"), description: format!("Does {n}.") };
    ToolServer {
        name: name.into(),
        state: ToolServerState::Ready,
        error: None,
        next_try: None,
        tools: (0..tools).map(tool).collect(),
        left_out: vec![],
    }
}

#[test]
fn a_server_folds_to_a_line_unless_it_matters_which_of_its_tools_are_ticked() {
    let of = |picks: &[&str], tools| {
        let picks = picks.iter().map(|pick| pick.parse().unwrap()).collect();
        let form = move || AgentForm::of(AgentSettings { tools: picks, ..AgentSettings::named("A") }, 1);
        let catalogue = ToolCatalogue { built_in: vec![], servers: vec![server("everything", tools)] };
        html(move || view! { <ToolFields form=form() tools=catalogue/> })
    };
    for (picks, words, is_open) in [
        (&[][..], "no tools", false),
        (&["mcp:everything"], "all 13 tools", false),
        (&["mcp:everything/tool1", "mcp:everything/tool2"], "2 of 13 tools", true),
    ] {
        let html = of(picks, 13);
        assert!(html.contains(words), "{words}: {html}");
        assert_eq!(html.contains("<details open") || html.contains(" open "), is_open, "{words}: {html}");
        assert!(html.contains("Search tools of everything"));
    }
    assert!(!of(&[], 7).contains("Search tools"), "few need none");
}
