//! Tests of signatures, by the examples that senders publish.

use super::*;
use bytes::Bytes;

fn received(headers: &[(&str, &str)], body: &str) -> Received {
    let headers = headers.iter().map(|(name, value)| (name.to_lowercase(), (*value).to_owned())).collect();
    Received { headers, body: Bytes::copy_from_slice(body.as_bytes()) }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(seconds * 1_000)
}

/// The example of <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
#[test]
fn github_signs_the_body() {
    let check = |signature: &str, body| {
        let received = received(&[("X-Hub-Signature-256", signature)], body);
        check(&Verification::GitHub, "It's a Secret to Everybody", &received, at(0))
    };
    let signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let signed = format!("sha256={signature}");
    assert_eq!(check(&signed, "Hello, World!"), Ok(()));
    assert_eq!(check(&signed.to_uppercase().replace("SHA256", "sha256"), "Hello, World!"), Ok(()));
    for wrong in [signature, &format!("sha1={signature}"), &signed[..70], "sha256=", "", "sha256=+f", "sha256=é0"] {
        assert_eq!(check(wrong, "Hello, World!"), Err(Denied::Wrong), "{wrong}");
    }
    assert_eq!(check(&signed, "Hello, World?"), Err(Denied::Wrong));
    let unsigned = super::check(&Verification::GitHub, "s", &received(&[], "x"), at(0));
    assert_eq!(unsigned, Err(Denied::NoHeader("X-Hub-Signature-256".into())));
}

/// The example of the libraries of Standard Webhooks.
#[test]
fn standard_webhooks_sign_id_time_and_body() {
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const TIME: i64 = 1_614_265_330;
    let check = |secret: &str, signatures: &str, id: &str, now| {
        let time = TIME.to_string();
        let headers = [("webhook-id", id), ("webhook-timestamp", &time), ("webhook-signature", signatures)];
        check(&Verification::StandardWebhooks, secret, &received(&headers, r#"{"test": 2432232314}"#), at(now))
    };
    let (secret, id) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert_eq!(check(secret, SIGNATURE, id, TIME), Ok(()));
    assert_eq!(check(&secret["whsec_".len()..], SIGNATURE, id, TIME), Ok(()), "the prefix may be left out");
    let several = format!(
        "v1,AAAA v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== {SIGNATURE}"
    );
    assert_eq!(check(secret, &several, id, TIME), Ok(()), "while a secret is changed there are several");
    assert_eq!(check(secret, "v1,AAAA v2,g0hM9SsE", id, TIME), Err(Denied::Wrong));
    assert_eq!(check(secret, SIGNATURE, "msg_other", TIME), Err(Denied::Wrong));
    assert_eq!(check("whsec_AAAA", SIGNATURE, id, TIME), Err(Denied::Wrong));
    assert_eq!((check(secret, SIGNATURE, id, TIME + 300), check(secret, SIGNATURE, id, TIME - 300)), (Ok(()), Ok(())));
    assert_eq!(check(secret, SIGNATURE, id, TIME + 301), Err(Denied::OutOfTime));
    assert_eq!(check(secret, SIGNATURE, id, TIME - 301), Err(Denied::OutOfTime));
}

/// The example of <https://docs.slack.dev/authentication/verifying-requests-from-slack>.
#[test]
fn slack_signs_version_time_and_body() {
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
        &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
        &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
        &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const TIME: i64 = 1_531_420_618;
    let check = |signature: &str, now| {
        let time = TIME.to_string();
        let headers = [("X-Slack-Signature", signature), ("X-Slack-Request-Timestamp", time.as_str())];
        check(&Verification::Slack, "8f742231b10e8888abcd99yyyzzz85a5", &received(&headers, BODY), at(now))
    };
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    assert_eq!(check(signature, TIME), Ok(()));
    assert_eq!(check(&signature.replace("v0", "v1"), TIME), Err(Denied::Wrong));
    assert_eq!(check(&signature.replace('a', "b"), TIME), Err(Denied::Wrong));
    assert_eq!(check(signature, TIME + 301), Err(Denied::OutOfTime));
    let timeless = received(&[("X-Slack-Signature", signature)], BODY);
    let denied = super::check(&Verification::Slack, "s", &timeless, at(TIME));
    assert_eq!(denied, Err(Denied::NoHeader("X-Slack-Request-Timestamp".into())));
}

/// Signed as <https://docs.stripe.com/webhooks#verify-manually> says, with `openssl dgst -sha256 -hmac whsec_test_secret`.
#[test]
fn stripe_signs_time_and_body() {
    const TIME: i64 = 1_492_774_577;
    const SIGNATURE: &str = "799c4ba7bb339f3c8601adfd112f0e477c930a268be1243d341abb8286501c2f";
    let check = |header: &str, now| {
        let received = received(&[("Stripe-Signature", header)], r#"{"id":"evt_1"}"#);
        check(&Verification::Stripe, "whsec_test_secret", &received, at(now))
    };
    assert_eq!(check(&format!("t={TIME},v1={SIGNATURE}"), TIME), Ok(()));
    assert_eq!(check(&format!("t={TIME}, v1=00, v1={SIGNATURE},v0=00"), TIME), Ok(()), "one of several");
    assert_eq!(check(&format!("t={TIME},v0={SIGNATURE}"), TIME), Err(Denied::Wrong), "v0 is of no use");
    assert_eq!(check(&format!("t={},v1={SIGNATURE}", TIME + 1), TIME), Err(Denied::Wrong));
    assert_eq!(check(&format!("t={TIME},v1={SIGNATURE}"), TIME + 301), Err(Denied::OutOfTime));
    for odd in [format!("v1={SIGNATURE}"), format!("t=soon,v1={SIGNATURE}"), "t".to_owned()] {
        assert_eq!(check(&odd, TIME), Err(Denied::Unreadable("Stripe-Signature")), "{odd}");
    }
}

/// The second test case of RFC 2202 and of RFC 4231.
#[test]
fn an_hmac_has_its_header_algorithm_encoding_and_prefix() {
    let check = |algorithm, encoding, prefix: &str, value: &str| {
        let scheme = HmacScheme { header: "X-Signature".to_owned(), algorithm, encoding, prefix: prefix.to_owned() };
        let received = received(&[("x-signature", value)], "what do ya want for nothing?");
        check(&Verification::Hmac(scheme), "Jefe", &received, at(0))
    };
    use {Encoding::*, HashAlgorithm::*};
    let sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    assert_eq!(check(Sha1, Hex, "", sha1), Ok(()));
    assert_eq!(check(Sha1, Hex, "sha1=", &format!("sha1={sha1}")), Ok(()));
    assert_eq!(check(Sha1, Hex, "sha1=", sha1), Err(Denied::Wrong));
    assert_eq!(check(Sha256, Hex, "", sha1), Err(Denied::Wrong));
    let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(check(Sha256, Hex, "", &format!("00, {sha256}")), Ok(()), "one of several");
    let sha512 = "Fkt6e/z4GeLjlfvnO1bgo4e9ZCIugx/WECcM1+olBVSXWL91wFqZSm0DT2X48Ob9yuqxo01Ka0tjbgcKOLznNw==";
    assert_eq!(check(Sha512, Base64, "", sha512), Ok(()));
    assert_eq!(check(Sha512, Base64, "", sha512.trim_end_matches('=')), Ok(()), "padding may be left out");
    assert_eq!(check(Sha512, Hex, "", sha512), Err(Denied::Wrong));
    for separator in [" ", ", ", ","] {
        let two = ["AAAA", sha512].map(|signature| format!("v1,{signature}")).join(separator);
        assert_eq!(check(Sha512, Base64, "v1,", &two), Ok(()), "{two}");
    }
}

#[test]
fn whoever_knows_the_address_may_send_where_nothing_is_verified() {
    assert_eq!(check(&Verification::None, "", &received(&[], "x"), at(0)), Ok(()));
}
