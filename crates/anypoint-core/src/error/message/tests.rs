//! What the messages of errors say.

use super::*;
use crate::line::LIMIT;
use crate::secret::redact::Known;

fn said(body: &[u8]) -> Option<String> {
    let found = extract(body, &Redactor::default());
    found.text.map(|text| text.to_string())
}

fn check(body: &str, expected: Option<&str>) {
    assert_eq!(said(body.as_bytes()).as_deref(), expected, "{body}");
}

#[test]
fn every_shape_gives_its_message() {
    for (body, expected) in [
        (r#"{"message":"no access"}"#, "no access"),
        (r#"{"errors":[{"message":"a"},{"message":"b"}]}"#, "a; b"),
        (
            r#"{"message":"a","errors":[{"code":1,"message":"a"}]}"#,
            "a",
        ),
        (
            r#"{"title":"Bad","detail":"name is taken","status":{"statusCode":400}}"#,
            "Bad: name is taken",
        ),
        (
            r#"{"name":"E","status":400,"message":"bad","details":["x is short"]}"#,
            "bad; x is short",
        ),
        (
            r#"{"error":"invalid_client","error_description":"wrong secret"}"#,
            "wrong secret",
        ),
        (r#"{"error":"invalid_client"}"#, "invalid_client"),
        (r#"{"error":{"message":"deep"}}"#, "deep"),
        (r#"{"name":"ONLY_A_NAME"}"#, "ONLY_A_NAME"),
        (r#"[{"message":"first"}]"#, "first"),
        (r#""quoted""#, "quoted"),
        ("unauthorized\n", "unauthorized"),
        ("\u{feff}{\"message\":\"bom\"}", "bom"),
    ] {
        check(body, Some(expected));
    }
}

#[test]
fn a_gateway_or_framework_is_understood() {
    for (body, expected) in [
        (
            r#"{"message":["a","b"],"error":"Bad Request","statusCode":400}"#,
            "a; b",
        ),
        (r#"{"message":{"text":"inner"}}"#, "inner"),
        (
            r#"{"errors":[{"detail":"a"},{"msg":"b"},{"description":"c"}]}"#,
            "a; b; c",
        ),
        (r#"{"errors":["a","b","c","d"]}"#, "a; b; c"),
        (
            r#"{"errors":{"age":"is odd","name":["is taken","is short"]}}"#,
            "age: is odd; name: is taken, is short",
        ),
        (
            r#"{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2"}}}"#,
            "Invalid ApiKey",
        ),
        (r#"{"Message":"of .NET"}"#, "of .NET"),
        (
            r#"{"__type":"X","Message":null,"error_message":"snake"}"#,
            "snake",
        ),
        (
            r#"{"title":"Invalid","detail":"see below","invalid-params":[{"name":"age","reason":"too low"}]}"#,
            "Invalid: see below; age: too low",
        ),
        (
            r#"{"type":"about:blank","title":"Only a title"}"#,
            "Only a title",
        ),
        (
            r#"{"status":{"statusCode":404,"reasonPhrase":"Not Found"}}"#,
            "Not Found",
        ),
        (
            r#"{"detail":[{"loc":["body","size",0],"msg":"field required","type":"x"}]}"#,
            "body.size.0: field required",
        ),
        (
            r#"{"errors":[{"title":"T","detail":"D","source":{"pointer":"/data/a"}}]}"#,
            "/data/a: T: D",
        ),
        (
            r#"{"message":"Bad Request","errors":["name is taken"]}"#,
            "name is taken",
        ),
        (r#"{"message":"Forbidden","error":"no role"}"#, "no role"),
        (r#"{"message":"Forbidden"}"#, "Forbidden"),
        (r#"{"error":true,"reason":"switched off"}"#, "switched off"),
        (
            r#"{"message":"{\"error\":{\"message\":\"within\"}}"}"#,
            "within",
        ),
        (
            r#"{"message":"upstream said: {\"message\":\"no\"}"}"#,
            "upstream said: no",
        ),
        (r#"upstream said: {"message":"no"}"#, "upstream said: no"),
        (r#"{"message":"{cut"}"#, "{cut"),
        (
            r#"{"message":"<html><title>Oops</title></html>"}"#,
            r#"an HTML page (title "Oops")"#,
        ),
        (r#"{"code":"ERR-7"}"#, "ERR-7"),
    ] {
        check(body, Some(expected));
    }
}

#[test]
fn xml_gives_its_message() {
    for (body, expected) in [
        (
            "<?xml version=\"1.0\"?><soap:Envelope><soap:Body><soap:Fault><faultcode>x</faultcode>\
             <faultstring xml:lang=\"en\">no &quot;role&quot;</faultstring></soap:Fault></soap:Body>",
            Some("no \"role\""),
        ),
        (
            "<env:Fault><env:Reason><env:Text xml:lang='en'>SOAP 1.2</env:Text></env:Reason></env:Fault>",
            Some("SOAP 1.2"),
        ),
        (
            "<Error><Code>AccessDenied</Code><Message><![CDATA[a <b> c]]></Message></Error>",
            Some("a <b> c"),
        ),
        (
            "<error><message/><description>d</description></error>",
            Some("d"),
        ),
        ("<error><message>cut", None),
        ("<xml/>", None),
        ("<", None),
    ] {
        check(body, expected);
    }
}

#[test]
fn nothing_to_say_is_none() {
    for body in [
        "",
        "  ",
        "{}",
        "null",
        "[]",
        "42",
        r#"{"message":""}"#,
        r#"{"message":[],"errors":{}}"#,
        r#"{"error":true,"status":400}"#,
        "{\"cut\": ",
    ] {
        check(body, None);
    }
    check(&"x".repeat(1000), None);
    assert_eq!(said(&[0xff, 0xfe, 0x00]), None);
}

#[test]
fn a_message_may_be_only_so_deep() {
    let nested = |depth: usize| {
        let open = r#"{"error":"#.repeat(depth);
        format!(r#"{open}"x"{}"#, "}".repeat(depth))
    };
    check(&nested(5), Some("x"));
    check(&nested(50), None);
    let many = format!(r#"{{"errors":[{}]}}"#, vec![r#""y""#; 5000].join(","));
    check(&many, Some("y"));
}

#[test]
fn html_is_named_and_never_quoted() {
    let page = b"<!DOCTYPE html><html><head><title>Sign\n in</title></head><body>x</body>";
    assert!(extract(page, &Redactor::default()).html);
    assert_eq!(
        said(page).as_deref(),
        Some("an HTML page (title \"Sign in\")")
    );
    check("<html><body>proxy</body></html>", Some("an HTML page"));
    check(r#"{"message":"no <html> here"}"#, Some("no <html> here"));
}

#[test]
fn a_message_is_one_short_line() {
    check(
        "{\"message\":\"a\\r\\n\\u001b[31mb\\u2028c\"}",
        Some("a [31mb c"),
    );
    let long = format!(r#"{{"message":"{}"}}"#, "é".repeat(1000));
    let text = said(long.as_bytes()).unwrap();
    assert_eq!(text.chars().count(), LIMIT);
}

#[test]
fn a_secret_is_taken_out_before_and_after_it_is_found() {
    let known = Known::new(&["s3cret-key".into()], None);
    for body in [
        r#"{"message":"the key s3cret-key is wrong"}"#,
        r#"{"message":"the key \u00733cret-key is wrong"}"#,
        r#"{"message":"{\"error\":\"the key \\u00733cret%2Dkey is wrong\"}"}"#,
        "<e><message>the key s3cret&#45;key is wrong</message></e>",
    ] {
        let found = extract(body.as_bytes(), &known.redactor());
        let text = found.text.unwrap();
        assert_eq!(text.as_str(), "the key *** is wrong", "{body}");
    }
}
