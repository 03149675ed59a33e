//! Tests of the state of the webhooks' page.

use super::*;

#[test]
fn an_address_is_read_as_it_is_written() {
    let address = HooksAddress { hook: Some(HookId(2)), outcome: Some(Outcome::Refused), below: Some(80) };
    assert_eq!(address.href(AgentId(4)), "/agents/4/hooks?hook=2&outcome=refused&below=80");
    assert_eq!(HooksAddress::from_query("hook=2&below=80&outcome=refused&x=y"), address);
    assert_eq!(HooksAddress::from_query("hook=x&below=&outcome=all"), HooksAddress::default());
    assert_eq!(HooksAddress::default().href(AgentId(4)), "/agents/4/hooks");
}

#[test]
fn what_a_run_would_be_given_is_one_line() {
    let given = RunRequest {
        input: Some(format!("two\n  lines{}", "x".repeat(100))),
        variables: [("customer".to_owned(), "Account 7".to_owned())].into(),
        tags: vec!["webhooks".into(), "p2".into()],
        ..RunRequest::default()
    };
    let said = given_words(&given).unwrap();
    assert!(said.starts_with("input is “two linesxxx") && said.contains("x…”, customer is “Account 7”, "), "{said}");
    assert!(said.ends_with("tags are webhooks, p2"), "{said}");
    assert_eq!(given_words(&RunRequest::default()), None);
}

#[test]
fn an_example_signs_as_its_webhook_wants_it() {
    let github = example("http://localhost:3000/hooks/t", &Verification::GitHub);
    assert_eq!(
        github,
        "body='{\"text\": \"Hello\"}'\n\
         signature=$(printf %s \"$body\" | openssl dgst -sha256 -hmac \"$SECRET\" | sed 's/.*= //')\n\
         curl http://localhost:3000/hooks/t \\\n  -H \"Content-Type: application/json\" \\\n  -H \"X-GitHub-Event: push\" \\\n  \
         -H \"X-GitHub-Delivery: $(date +%s%N)\" \\\n  -H \"X-Hub-Signature-256: sha256=$signature\" \\\n  -d \"$body\""
    );
    let plain = example("http://localhost:3000/hooks/t", &Verification::None);
    assert!(!plain.contains("openssl") && plain.contains("curl http://localhost:3000/hooks/t "), "{plain}");
    let scheme = HmacScheme {
        header: "X-Sig".into(),
        algorithm: HashAlgorithm::Sha512,
        encoding: Encoding::Base64,
        prefix: "v1=".into(),
    };
    let hmac = example("u", &Verification::Hmac(scheme));
    assert!(hmac.contains("-sha512 -hmac \"$SECRET\" -binary | openssl base64 -A"), "{hmac}");
    assert!(hmac.contains("-H \"X-Sig: v1=$signature\""), "{hmac}");
}

#[test]
fn repeats_are_counted_in_words() {
    assert_eq!(
        [0, 1, 3].map(repeat_words),
        [None, Some("delivered once more".into()), Some("delivered 3 more times".into())]
    );
}
