//! Tests of the configuration that each environment variable makes.

use super::super::name::ModelName;
use super::*;

fn config(env: &[(&str, &str)]) -> Result<ProvidersConfig, ConfigError> {
    ProvidersConfig::from_env(|name| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
}

fn everything() -> ProvidersConfig {
    ProvidersConfig::from_env(|name| (name.ends_with("_API_KEY") || name == "OLLAMA_HOST").then(|| name.to_lowercase()))
        .unwrap()
}

fn base(env: &[(&str, &str)], provider: Provider) -> String {
    config(env).unwrap().endpoint(provider).unwrap().base.to_string()
}

#[test]
fn without_any_provider_the_demo_model_is_the_default() {
    let config = config(&[("OPENAI_API_KEY", "  "), ("OLLAMA_HOST", "")]).unwrap();
    let choices = config.choices();
    assert_eq!(choices.default, "demo/quick");
    assert!(!choices.provider_configured);
    assert!(choices.choices.iter().all(|choice| choice.name.starts_with("demo/")));
}

#[test]
fn the_first_configured_provider_gives_the_default() {
    let of = |env: &[(&str, &str)]| config(env).unwrap().choices();
    let both = of(&[("GEMINI_API_KEY", "g"), ("ANTHROPIC_API_KEY", "a")]);
    assert_eq!(both.default, "anthropic/claude-sonnet-4-5");
    assert!(both.provider_configured);
    assert!(both.choices.iter().any(|choice| choice.name == "gemini/gemini-2.5-flash"));
    assert!(both.choices.iter().any(|choice| choice.name == "demo/slow"));
    assert_eq!(of(&[("OPENAI_API_KEY", "o")]).default, "openai/gpt-5-mini");
    assert_eq!(of(&[("GEMINI_API_KEY", "g")]).default, "gemini/gemini-2.5-flash");
    assert_eq!(of(&[("OLLAMA_HOST", "localhost")]).default, "ollama/llama3.2");
}

#[test]
fn every_offered_model_name_can_be_parsed() {
    let choices = everything().choices().choices;
    for choice in &choices {
        choice.name.parse::<ModelName>().unwrap();
    }
    for provider in Provider::ALL {
        let theirs = choices.iter().filter(|choice| choice.name.starts_with(&format!("{provider}/"))).count();
        assert!((1..=9).contains(&theirs), "{theirs} of {provider}");
    }
}

#[test]
fn each_key_configures_its_provider() {
    for (provider, variable, host) in [
        (Provider::OpenAi, "OPENAI_API_KEY", "api.openai.com"),
        (Provider::Anthropic, "ANTHROPIC_API_KEY", "api.anthropic.com"),
        (Provider::Gemini, "GEMINI_API_KEY", "generativelanguage.googleapis.com"),
        (Provider::Groq, "GROQ_API_KEY", "api.groq.com"),
        (Provider::DeepSeek, "DEEPSEEK_API_KEY", "api.deepseek.com"),
        (Provider::Xai, "XAI_API_KEY", "api.x.ai"),
        (Provider::Mistral, "MISTRAL_API_KEY", "api.mistral.ai"),
        (Provider::OpenRouter, "OPENROUTER_API_KEY", "openrouter.ai"),
    ] {
        let configured = config(&[(variable, "k")]).unwrap();
        let endpoint = configured.endpoint(provider).unwrap();
        assert_eq!((endpoint.base.host_str(), endpoint.key.expose_secret()), (Some(host), "k"));
        assert!(configured.default_model().starts_with(&format!("{provider}/")), "{}", configured.default_model());
        let failure = config(&[]).unwrap().endpoint(provider).unwrap_err().into_failure();
        assert_eq!(failure.error, format!("{provider}/… needs {variable}: set it and start the server again"));
        assert_eq!((failure.cause, failure.detail.as_deref()), (FailureCause::MissingKey, Some(variable)));
    }
    assert_eq!(everything().keys().len(), 8, "each is scrubbed from error texts");
}

#[test]
fn a_base_url_alone_is_enough_for_a_local_server() {
    let config = config(&[("OPENAI_BASE_URL", "http://localhost:8080/v1")]).unwrap();
    let endpoint = config.endpoint(Provider::OpenAi).unwrap();
    assert_eq!(endpoint.base.as_str(), "http://localhost:8080/v1/");
    assert_eq!(endpoint.key.expose_secret(), PLACEHOLDER_KEY);
    assert_eq!(config.openai_elsewhere().map(Url::as_str), Some("http://localhost:8080/v1/"));
    assert!(config.keys().is_empty());
}

#[test]
fn a_base_url_may_be_written_as_the_address_of_requests() {
    for url in
        ["http://x/v1", "http://x/v1/", "http://x/v1//", "http://x/v1/chat/completions", "http://x/v1/responses/"]
    {
        assert_eq!(base(&[("OPENAI_BASE_URL", url)], Provider::OpenAi), "http://x/v1/", "{url}");
    }
    assert_eq!(base(&[("OPENAI_BASE_URL", "http://x")], Provider::OpenAi), "http://x/");
}

#[test]
fn the_official_address_is_recognised() {
    assert_eq!(config(&[("OPENAI_API_KEY", "k")]).unwrap().openai_elsewhere(), None);
    let spelled = [("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "https://api.openai.com/v1/")];
    assert_eq!(config(&spelled).unwrap().openai_elsewhere(), None);
}

#[test]
fn ollamas_host_may_leave_out_scheme_and_port() {
    let of = |host| base(&[("OLLAMA_HOST", host)], Provider::Ollama);
    assert_eq!(of("localhost"), "http://localhost:11434/");
    assert_eq!(of("0.0.0.0"), "http://127.0.0.1:11434/");
    assert_eq!(of("10.0.0.7:9000"), "http://10.0.0.7:9000/");
    assert_eq!(of("https://llm.example"), "https://llm.example/");
    assert_eq!(base(&[], Provider::Ollama), known::OLLAMA_URL);
}

#[test]
fn a_malformed_value_is_named_and_a_key_is_never_shown() {
    let error = |env: &[(&str, &str)]| config(env).unwrap_err().to_string();
    for url in ["localhost:8080", "not a url", "ftp://x/v1", "http://u:p@x/v1", "http://x/v1?a=b"] {
        let text = error(&[("OPENAI_BASE_URL", url)]);
        assert!(text.starts_with("OPENAI_BASE_URL "), "{url}: {text}");
    }
    assert!(error(&[("OLLAMA_HOST", "http://")]).starts_with("OLLAMA_HOST "));
    let text = error(&[("GEMINI_API_KEY", "sécret\u{1}")]);
    assert!(text.starts_with("GEMINI_API_KEY ") && !text.contains("cret"), "{text}");
}

#[test]
fn debug_output_holds_no_key() {
    let shown = format!("{:?}", config(&[("OPENAI_API_KEY", "sk-very-secret")]).unwrap());
    assert!(!shown.contains("very-secret"), "{shown}");
}
