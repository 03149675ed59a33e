//! What each environment variable makes of the configuration.

use super::*;

fn config(env: &[(&str, &str)]) -> Result<ProvidersConfig, ConfigError> {
    ProvidersConfig::from_env(|name| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
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
    let all = [("OPENAI_API_KEY", "o"), ("ANTHROPIC_API_KEY", "a"), ("GEMINI_API_KEY", "g"), ("OLLAMA_HOST", "h")];
    for choice in config(&all).unwrap().choices().choices {
        choice.name.parse::<super::super::name::ModelName>().unwrap();
    }
}

#[test]
fn a_missing_key_names_the_variable() {
    let error = config(&[]).unwrap().endpoint(Provider::OpenAi).unwrap_err();
    assert_eq!(error.message, "openai/… needs OPENAI_API_KEY: set it and start the server again");
}

#[test]
fn a_base_url_alone_is_enough_for_a_local_server() {
    let config = config(&[("OPENAI_BASE_URL", "http://localhost:8080/v1")]).unwrap();
    let endpoint = config.endpoint(Provider::OpenAi).unwrap();
    assert_eq!(endpoint.base.as_str(), "http://localhost:8080/v1/");
    assert_eq!(endpoint.key.expose_secret(), PLACEHOLDER_KEY);
    assert!(!config.openai_is_official());
    assert!(config.keys().is_empty());
}

#[test]
fn the_official_address_is_recognised() {
    assert!(config(&[("OPENAI_API_KEY", "k")]).unwrap().openai_is_official());
    let spelled = [("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "https://api.openai.com/v1/")];
    assert!(config(&spelled).unwrap().openai_is_official());
}

#[test]
fn ollamas_host_may_leave_out_scheme_and_port() {
    let of = |host| base(&[("OLLAMA_HOST", host)], Provider::Ollama);
    assert_eq!(of("localhost"), "http://localhost:11434/");
    assert_eq!(of("0.0.0.0"), "http://127.0.0.1:11434/");
    assert_eq!(of("10.0.0.7:9000"), "http://10.0.0.7:9000/");
    assert_eq!(of("https://llm.example"), "https://llm.example/");
    assert_eq!(base(&[], Provider::Ollama), OLLAMA_URL);
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
