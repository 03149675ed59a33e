//! Errors in every shape in which providers have been seen to report them.

use super::*;
use serde_json::json;

fn event(name: &str, data: Value) -> WireEvent {
    WireEvent { name: name.to_owned(), data: WireData::Json(data) }
}

/// Returns the error that an event reports, and whether it may pass.
fn report(name: &str, data: Value) -> Option<(String, bool)> {
    let error = reported(&event(name, data))?;
    Some((error.message.replace("the provider reported an error", "!"), error.is_passing))
}

fn passing(text: &str) -> Option<(String, bool)> {
    Some((text.to_owned(), true))
}

fn lasting(text: &str) -> Option<(String, bool)> {
    Some((text.to_owned(), false))
}

#[test]
fn every_shape_of_error_body_yields_its_message() {
    for body in [
        r#"{"error":{"message":"No such model","type":"x"}}"#,
        r#"{"type":"error","error":{"type":"invalid","message":"No such model"}}"#,
        r#"[{"error":{"code":404,"message":"No such model"}}]"#,
        r#"{"error":"No such model"}"#,
        r#"{"detail":[{"loc":["body"],"msg":"No such model"}]}"#,
        r#"{"code":422,"details":"No such model"}"#,
        r#"{"message":"No such model"}"#,
        r#"{"message":"{\"error\":{\"message\":\"No such model\"}}"}"#,
        "  No such model\n",
    ] {
        assert_eq!(message_of(body), "No such model", "{body}");
    }
    assert_eq!(message_of("\n<!doctype html><title> 502\nBad Gateway</title>"), "an HTML page (\"502 Bad Gateway\")");
    assert_eq!(message_of("<p>"), "an HTML page");
    assert_eq!(message_of(r#"{"code":7}"#), r#"{"code":7}"#);
    assert_eq!(message_of("{}"), "");
}

#[test]
fn a_gateway_says_what_its_provider_said() {
    let body = json!({"error": {"message": "Provider returned error", "code": 400,
        "metadata": {"raw": "{\"error\":{\"message\":\"too long\"}}", "provider_name": "X"}}});
    assert_eq!(message_of(&body.to_string()), "Provider returned error: too long");
}

#[test]
fn only_overload_and_faults_of_the_server_pass() {
    for (status, passes) in
        [(400, false), (401, false), (404, false), (408, true), (429, true), (500, true), (529, true)]
    {
        assert_eq!(refused(StatusCode::from_u16(status).unwrap(), "", None).is_passing, passes, "{status}");
    }
    let spent = r#"{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}"#;
    let error = refused(StatusCode::TOO_MANY_REQUESTS, spent, None);
    assert_eq!((error.message.as_str(), error.is_passing), ("429 Too Many Requests: You exceeded your quota", false));
}

#[test]
fn an_event_that_reports_an_error_is_known_by_its_name_or_its_fields() {
    let busy =
        || json!({"error": {"code": 502, "message": "busy", "metadata": {"error_type": "provider_unavailable"}}});
    assert_eq!(report("", busy()), passing("! (502): busy"));
    assert_eq!(report("", json!({"error": {"code": "429", "message": "busy"}})), passing("! (429): busy"));
    assert_eq!(report("", json!({"error": {"code": 400, "message": "no"}, "choices": []})), lasting("! (400): no"));
    assert_eq!(report("", json!({"error": "exploded"})), lasting("!: exploded"));
    assert_eq!(report("", json!({"object": "error", "message": "died", "code": 500})), passing("! (500): died"));
    assert_eq!(report("error", json!({"code": 422, "details": "not available"})), lasting("! (422): not available"));
    assert_eq!(report("error", json!({})), lasting("!: it does not say which"));
    let overloaded = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert_eq!(report("error", overloaded), passing("!: Overloaded"));
    let gemini = json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}});
    assert_eq!(report("", gemini), passing("! (503): The model is overloaded."));
    let quota = json!({"error": {"message": "quota", "type": "insufficient_quota", "code": "insufficient_quota"}});
    assert_eq!(report("", quota), lasting("!: quota"));
    assert_eq!(report("", json!({"error": {"type": "server_error", "message": "oops"}})), passing("!: oops"));
}

#[test]
fn a_kind_is_known_however_it_is_spelled() {
    for kind in [
        "ServiceUnavailableError",
        "service_unavailable",
        "TooManyRequests",
        "TooManyRequestsException",
        "too_many_requests_error",
        "RateLimitError",
        "rate-limit-exceeded",
        "litellm.RateLimitError",
        "InternalServerError",
        "internal_server_error",
        "ThrottlingException",
        "engine_overloaded_error",
        "BadGatewayError",
        "APITimeoutError",
        "DEADLINE_EXCEEDED",
    ] {
        assert_eq!(report("", json!({"error": {"type": kind, "message": "no"}})), passing("!: no"), "{kind}");
    }
    for kind in ["invalid_request_error", "AuthenticationError", "exceeded_current_quota_error", "INVALID_ARGUMENT"] {
        let data = json!({"error": {"type": kind, "message": "not before a timeout"}});
        assert_eq!(report("", data), lasting("!: not before a timeout"), "{kind}");
    }
}

#[test]
fn a_status_counts_beside_a_code_of_the_providers_own() {
    let both = json!({"error": {"code": 1302, "message": "slow down"}, "status": 429});
    assert_eq!(report("", both), passing("! (429): slow down"));
    let within = json!({"error": {"code": "1302", "status_code": 400, "message": "no"}});
    assert_eq!(report("", within), lasting("! (400): no"));
    assert_eq!(report("", json!({"error": {"code": 1302, "message": "no"}})), lasting("!: no"));
}

#[test]
fn words_alone_say_whether_they_may_pass() {
    for said in [
        "Overloaded",
        "The model is currently overloaded.",
        "429 Too Many Requests",
        "503",
        "Internal Server Error",
        "upstream request timeout",
        "load balancer: Service Unavailable",
        "Please try again later",
    ] {
        assert_eq!(report("", json!({ "error": said })), passing(&format!("!: {said}")));
        let error = in_words(said.as_bytes(), true);
        assert_eq!((error.message, error.is_passing), (format!("the provider reported an error: {said}"), true));
    }
    for said in [
        "exploded",
        "401 Unauthorized",
        "You exceeded your quota, try again",
        "Your account balance is too low, try again",
        "insufficient balance",
    ] {
        assert_eq!(report("error", json!(said)), lasting(&format!("!: {said}")));
        assert!(!in_words(said.as_bytes(), true).is_passing, "{said}");
    }
    assert!(in_words(b"explo", false).is_passing, "half of the words");
    assert!(!in_words(b"insufficient quo", false).is_passing);
}

#[test]
fn no_error_is_none() {
    for data in [json!({"error": null, "choices": []}), json!({"error": ""}), json!({"error": {}}), json!([]), json!(1)]
    {
        assert_eq!(report("", data.clone()), None, "{data}");
    }
    assert_eq!(reported(&WireEvent { name: String::new(), data: WireData::Done }), None);
}

#[test]
fn a_text_is_clean_and_bounded() {
    let tidied = tidy(&format!("bad\0 {}", "é".repeat(5_000)));
    assert!(tidied.starts_with("bad  é"), "{tidied}");
    assert_eq!(tidied.chars().count(), MAX_TEXT + 1);
}

#[test]
fn an_error_body_may_say_how_long_to_wait() {
    let body = |delay: &str| {
        let details = json!([{"@type": "type.googleapis.com/google.rpc.Help"}, {"retryDelay": delay}]);
        json!([{"error": {"code": 429, "message": "Slow down", "details": details}}]).to_string()
    };
    let wait = |body: &str, header| refused(StatusCode::TOO_MANY_REQUESTS, body, header).retry_after;
    assert_eq!(wait(&body("1.5s"), None), Some(Duration::from_millis(1_500)));
    assert_eq!(wait(&body("1.5s"), Some(Duration::ZERO)), Some(Duration::ZERO), "the header comes first");
    for nonsense in ["", "s", "-1s", "1e400s", "NaNs", "1m"] {
        assert_eq!(wait(&body(nonsense), None), None, "{nonsense}");
    }
}
