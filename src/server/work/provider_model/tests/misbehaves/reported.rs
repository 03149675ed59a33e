//! Errors that a provider reports within a response of success.

use super::*;

#[tokio::test]
async fn a_200_with_an_error_in_it_is_an_error() {
    let json = r#"{"error":{"message":"out of credit"}}"#;
    assert_eq!(error(ok("application/json", json)).await, "the provider reported an error: out of credit");
    let said = error(ok("application/json", r#"{"detail":"out of credit"}"#)).await;
    assert_eq!(said, "a JSON document came instead of an answer: out of credit");
    for code in [429, 503] {
        let json = format!(r#"{{"error":{{"message":"busy","code":{code}}}}}"#);
        let got = collect(&ok("application/json", &json).serve().await.model(), call("openai/test")).await;
        assert_eq!(got.error.map(|error| error.is_passing), Some(true), "{code}");
    }
    let (said, calls) = error_after("Hello", sse(&[PIECE, &format!("data: {json}")])).await;
    assert_eq!((said.as_str(), calls), ("the provider reported an error: out of credit", 1));
}

#[tokio::test]
async fn an_error_in_a_200_is_waited_for_as_long_as_the_head_asks() {
    let busy = r#"{"error":{"message":"busy","code":429}}"#;
    let details = r#"{"error":{"message":"busy","code":429,"details":[{"retryDelay":"3s"}]}}"#;
    for (body, least, most) in [(busy, 118, 120), (details, 3, 3)] {
        let served = status("200 OK", "retry-after: 120\r\n", body).serve().await;
        let error = collect(&served.model(), call("openai/test")).await.error.unwrap();
        let wait = error.retry_after.unwrap();
        assert!(Duration::from_secs(least) <= wait && wait <= Duration::from_secs(most), "{wait:?}");
    }
    let broken = status("200 OK", "retry-after: 120\r\n", ": nothing\n\n").serve().await;
    let error = collect(&broken.model(), call("openai/test")).await.error.unwrap();
    assert_eq!((error.cause, error.retry_after), (FailureCause::BrokeOff, None), "the provider asked for nothing");
}

#[tokio::test]
async fn an_error_in_words_is_reported_in_these_words() {
    for (last, said, is_passing) in [
        ("event: error\ndata: Overloaded\n\n", "the provider reported an error: Overloaded", true),
        ("event: error\ndata: Overloaded\n", "the provider reported an error: Overloaded", true),
        ("event: error\ndata: Overloaded", "the provider reported an error: Overloaded", true),
        ("event: error\ndata: No such model\n\n", "the provider reported an error: No such model", false),
        ("error: Overloaded\n\n", "the provider reported an error: Overloaded", true),
        ("data: Worker died\n\n", "the provider sent something that is not JSON: Worker died", true),
    ] {
        for provider in [Provider::OpenAi, Provider::Anthropic, Provider::Gemini] {
            let got = ok("text/event-stream", &format!(": hello\n\n{last}")).serve().await.ask(provider).await;
            let error = got.error.unwrap();
            assert_eq!((error.message.as_str(), error.is_passing), (said, is_passing), "{provider}: {last:?}");
        }
    }
    let (text, calls) = error_after("Hello", sse(&[PIECE, "event: error\ndata: Overloaded"])).await;
    assert_eq!((text.as_str(), calls), ("the provider reported an error: Overloaded", 1));
    let after = sse(&[PIECE, FINISH, "event: error\ndata: Overloaded"]).serve().await;
    let got = collect(&after.model(), call("openai/test")).await;
    assert_eq!((got.text.as_str(), got.error), ("Hello", None), "what is complete is not thrown away");
}
