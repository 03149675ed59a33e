//! The agent's limit on what a model writes, in each protocol.

use super::super::spoken_at;
use super::question;
use crate::server::work::model::ChatCall;
use crate::server::work::name::ModelName;
use crate::server::work::providers::Endpoint;
use serde_json::{Value, json};

/// The body of a call of the model with this limit.
fn body(model: &str, base: &str, max_output_tokens: Option<i64>) -> Value {
    let name: ModelName = model.parse().unwrap();
    let endpoint = Endpoint { base: base.parse().unwrap(), key: "sk-test".into() };
    let call = ChatCall { max_output_tokens, ..question() };
    spoken_at(&name, &endpoint).request(&call, &name, &endpoint).unwrap().body
}

#[test]
fn each_provider_is_told_the_limit_by_its_own_name_for_it() {
    let (openai, other) = ("https://api.openai.com/v1/", "https://provider.test/v1/");
    for (model, base, pointer) in [
        ("openai/gpt-5-mini", openai, "/max_output_tokens"),
        ("openai/gpt-4o-search-preview", openai, "/max_tokens"),
        ("openai/local", other, "/max_tokens"),
        ("openai/gpt-5-mini", other, "/max_completion_tokens"),
        ("anthropic/claude-sonnet-4-5", other, "/max_tokens"),
        ("gemini/gemini-2.5-flash", other, "/generationConfig/maxOutputTokens"),
        ("ollama/llama3.2", other, "/options/num_predict"),
        ("groq/x", other, "/max_completion_tokens"),
        ("deepseek/x", other, "/max_tokens"),
        ("xai/x", other, "/max_completion_tokens"),
        ("mistral/x", other, "/max_tokens"),
        ("openrouter/x/y", other, "/max_tokens"),
        ("demo/quick", other, "/max_tokens"),
    ] {
        let (limited, free) = (body(model, base, Some(1_234)), body(model, base, None));
        assert_eq!(limited.pointer(pointer), Some(&json!(1_234)), "{model}: {limited}");
        let name = pointer.rsplit('/').next().unwrap();
        assert_eq!(limited.to_string().matches(name).count(), 1, "{model}: {limited}");
        let left_out = free.pointer(pointer);
        assert!(left_out.is_none() || model.starts_with("anthropic/"), "{model}: {free}");
    }
    let least = body("openai/gpt-5-mini", openai, Some(1));
    assert_eq!(least["max_output_tokens"], 16, "fewer are refused");
}
