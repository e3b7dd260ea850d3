//! A server, a login and a proxy that send back the request wherever possible: in headers, redirects,
//! titles, JSON keys and states, in several encodings.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use anypoint_application_manager::types::DeploymentId;
use anypoint_core::internal::{Auth, Call, Endpoint, Method, Operation};
use anypoint_core::{
    Backoff, Credentials, Error, ErrorKind, Json, Proxy, Secret, Session, SessionBuilder,
};
use anypoint_core::{EnvironmentId, OrganizationId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{log, marks};

const TOKEN: &str = "mark-answer-token";
/// `user:mark-password` in base64.
const PAIR: &str = "dXNlcjptYXJrLXBhc3N3b3Jk";

static READ: Operation = Operation {
    id: "read",
    method: Method::Get,
    path: "/things",
    accept: "application/json",
    auth: Auth::Session,
    idempotent: true,
    environment: false,
    not_modified: false,
    limits: &[],
};
static WRITE: Operation = Operation {
    id: "write",
    method: Method::Post,
    ..READ
};

/// A server on loopback that answers each request with what `answer` makes of its head and number.
async fn serve(answer: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            let head = String::from_utf8_lossy(&head).to_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            let mut body = vec![0; length.unwrap_or_default()];
            let _ = stream.read_exact(&mut body).await;
            let text = answer(&head, number);
            number += 1;
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

fn reply(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Where a text of the request may stand in an answer.
fn places(text: &str, host: &str) -> Vec<(&'static str, String)> {
    let html = "content-type: text/html\r\n";
    let page = format!("<!DOCTYPE html><html><title>about {text}</title></html>");
    let json = |json: Json| json.to_string();
    let id = |name: &str| format!("{name}: {text}\r\n");
    vec![
        ("an id", reply(404, &id("x-request-id"), "")),
        ("an id of Anypoint", reply(404, &id("x-anypnt-trx-id"), "")),
        ("an id of AWS", reply(500, &id("x-amzn-requestid"), "")),
        (
            "an id within",
            reply(404, &format!("x-correlation-id: 7-{text}.8\r\n"), ""),
        ),
        (
            "an id of a good answer",
            reply(200, &id("x-request-id"), "{}"),
        ),
        (
            "an id of a cut answer",
            reply(200, &id("x-request-id"), "{\"a\":"),
        ),
        (
            "an id of a redirect",
            reply(
                302,
                &format!("location: http://h.test/\r\n{}", id("x-request-id")),
                "",
            ),
        ),
        (
            "the host of a redirect",
            reply(
                302,
                &format!("location: http://{host}.example.com/a\r\n"),
                "",
            ),
        ),
        (
            "the path of a redirect",
            reply(
                302,
                &format!("location: http://h.test/{host}?{host}\r\n"),
                "",
            ),
        ),
        ("the title of a page", reply(500, html, &page)),
        ("the title of a good page", reply(200, html, &page)),
        (
            "the key of a wrong value",
            reply(200, "", &json(serde_json::json!({ text: { "a": 1 } }))),
        ),
        (
            "a key deep down",
            reply(200, "", &format!("{{\"a\":{{\"{text}\":[[]]}}}}")),
        ),
        (
            "a value of the wrong kind",
            reply(200, "", &json(serde_json::json!({ "a": text }))),
        ),
        (
            "a message",
            reply(400, "", &json(serde_json::json!({ "message": text }))),
        ),
        (
            "JSON in a message",
            reply(
                400,
                "",
                &json(serde_json::json!({
                    "message": json(serde_json::json!({ "error": text }))
                })),
            ),
        ),
        (
            "the key of a message",
            reply(
                400,
                "",
                &json(serde_json::json!({ "errors": { text: ["x"] } })),
            ),
        ),
        (
            "a list of messages",
            reply(
                400,
                "",
                &json(serde_json::json!({ "message": ["x", text] })),
            ),
        ),
        (
            "XML",
            reply(400, "", &format!("<e><message>a {text} b</message></e>")),
        ),
        (
            "a plain message",
            reply(503, "", &format!("no {text} here")),
        ),
        (
            "the answer of a proxy",
            reply(407, &id("x-request-id"), text),
        ),
        (
            "a good value",
            reply(200, "", &json(serde_json::json!({ "a": [1], "b": [] }))),
        ),
        (
            "a content type",
            reply(200, &format!("content-type: x/{text}\r\n"), text),
        ),
    ]
}

/// A text as it is, and as it may come back. The second one can stand in a host.
fn spellings(mark: &str) -> Vec<(String, String)> {
    let percent: String = mark.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let escaped: String = mark.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    [mark.to_owned(), mark.to_uppercase(), percent, escaped]
        .map(|text| (text, mark.to_owned()))
        .into()
}

/// Everything that is told of a call that is made before and after.
struct Told(String);

impl Told {
    fn result<T: Debug>(&mut self, result: &Result<T, Error>) {
        match result {
            Ok(value) => self.0 += &marks::printed(value),
            Err(error) => self.0 += &(marks::told(error) + &marks::printed(error)),
        }
    }

    /// Each way in which an answer is read.
    async fn calls(&mut self, session: &Session) {
        let endpoint = Endpoint::new(session, "");
        let call = |operation| Call::new(&endpoint, operation);
        self.result(&call(&READ).send_json::<BTreeMap<String, Vec<i64>>>().await);
        self.result(
            &call(&READ)
                .send_json::<BTreeMap<String, BTreeMap<String, bool>>>()
                .await,
        );
        self.result(&call(&READ).send_text().await);
        self.result(&call(&READ).send_json_text().await);
        let secret = Secret::from(marks::REQUEST);
        let written = call(&WRITE).json("application/json", &secret);
        self.result(&written.send_empty().await);
        let download = call(&READ).send_download().await;
        self.result(&download);
        if let Ok(download) = download {
            let bytes = download.into_value().bytes(1 << 20).await;
            self.result(&bytes.map(|bytes| bytes.len()));
        }
    }
}

fn builder(url: &str) -> SessionBuilder {
    Session::builder()
        .host(url)
        .retry(Backoff::off())
        .proxy(Proxy::none())
}

/// The marks in what was told and traced, in any case, and the pair of a proxy.
fn leaks(what: &str, spelling: &str, told: &str, found: &mut Vec<String>) {
    let text = format!("{told}\n{}", log::take())
        .to_lowercase()
        .replace("\\\\", "\\");
    for mark in marks::ALL.into_iter().chain([TOKEN, PAIR, spelling]) {
        let mark = mark.to_lowercase();
        if let Some(at) = text.find(&mark) {
            let start = text[..at]
                .char_indices()
                .rev()
                .nth(60)
                .map_or(0, |(at, _)| at);
            let part: String = text[start..].chars().take(120).collect();
            found.push(format!("{what}: {mark} in …{part}…"));
        }
    }
}

#[tokio::test]
async fn no_place_of_an_answer_shows_what_was_sent() {
    log::listen();
    let mut found = Vec::new();
    let everyone = [
        (marks::BEARER, Credentials::bearer(marks::BEARER)),
        (marks::PASSWORD, Credentials::basic("wire", marks::PASSWORD)),
        (marks::BASIC, Credentials::basic("wire", marks::PASSWORD)),
        (
            TOKEN,
            Credentials::connected_app("an-id", marks::CLIENT_SECRET),
        ),
        (
            marks::CLIENT_SECRET,
            Credentials::connected_app("an-id", marks::CLIENT_SECRET),
        ),
    ];
    let mut cases = 0;
    for (mark, credentials) in everyone {
        for (text, host) in spellings(mark) {
            for (place, answer) in places(&text, &host) {
                let url = serve(move |head, _| match head.contains("/token") {
                    true => reply(200, "", &format!(r#"{{"access_token":"{TOKEN}"}}"#)),
                    false => answer.clone(),
                })
                .await;
                let session = builder(&url)
                    .credentials(credentials.clone())
                    .build()
                    .unwrap();
                let mut told = Told(String::new());
                told.calls(&session).await;
                leaks(place, &text, &told.0, &mut found);
                cases += 1;
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(cases, 5 * 4 * 23);
}

#[tokio::test]
async fn no_place_of_a_refused_login_shows_what_was_sent() {
    log::listen();
    let mut found = Vec::new();
    for (mark, credentials) in [
        (
            marks::CLIENT_SECRET,
            Credentials::connected_app("an-id", marks::CLIENT_SECRET),
        ),
        (marks::PASSWORD, Credentials::user("me", marks::PASSWORD)),
    ] {
        for (text, host) in spellings(mark) {
            for (place, answer) in places(&text, &host) {
                let url = serve(move |_, _| answer.clone()).await;
                let session = builder(&url)
                    .credentials(credentials.clone())
                    .build()
                    .unwrap();
                let mut told = Told(String::new());
                let call = Call::new(&Endpoint::new(&session, ""), &READ);
                told.result(&call.send_text().await);
                assert!(
                    told.0.contains("Authentication") || told.0.contains("Proxy"),
                    "{}",
                    told.0
                );
                leaks(place, &text, &told.0, &mut found);
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_was_renewed_is_not_shown_either() {
    log::listen();
    let mut found = Vec::new();
    for (place, answer) in places(TOKEN, TOKEN) {
        let url = serve(
            move |head, number| match (head.contains("/token"), number) {
                (true, 0) => reply(200, "", &format!(r#"{{"access_token":"{TOKEN}"}}"#)),
                (true, _) => reply(200, "", r#"{"access_token":"another"}"#),
                (false, 1) => reply(401, "", ""),
                (false, _) => answer.clone(),
            },
        )
        .await;
        let app = Credentials::connected_app("an-id", "another-secret");
        let session = builder(&url).credentials(app).build().unwrap();
        let mut told = Told(String::new());
        told.calls(&session).await;
        leaks(place, TOKEN, &told.0, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_proxy_does_not_show_its_own_password() {
    log::listen();
    let mut found = Vec::new();
    for mark in [marks::PASSWORD, PAIR] {
        for (place, answer) in places(mark, mark) {
            let url = serve(move |_, _| answer.clone()).await;
            let in_its_url = url.replace("//", "//user:mark%2Dpassword@");
            for proxy in [
                Proxy::new(&url).credentials("user", marks::PASSWORD),
                Proxy::new(in_its_url),
            ] {
                let session = builder("http://api.test").proxy(proxy).build().unwrap();
                let mut told = Told(marks::printed(&session));
                told.calls(&session).await;
                leaks(place, mark, &told.0, &mut found);
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// A deployment that a service shows, with a text wherever a wait looks.
fn deployment(text: &str, status: &str) -> String {
    let of = serde_json::json!({
        "id": "d", "name": "orders", "status": status, "desiredVersion": "v2",
        "lastSuccessfulVersion": text,
        "application": { "status": text },
        "replicas": [{ "id": "r", "state": text, "reason": format!("no {text}") }],
    });
    reply(200, "", &of.to_string())
}

#[tokio::test]
async fn no_state_or_reason_shows_what_was_sent() {
    log::listen();
    let mut found = Vec::new();
    let mut ends = Vec::new();
    for mark in [marks::BEARER, marks::REQUEST] {
        for status in ["FAILED", "DEPLOYING"] {
            let text = format!("a-{mark}-z");
            let url = serve(move |_, _| deployment(&text, status)).await;
            let bearer = Credentials::bearer(marks::BEARER);
            let session = builder(&url).credentials(bearer).build().unwrap();
            let mut told = Told(String::new());
            // What a request has sent is known when the wait comes.
            let call = Call::new(&Endpoint::new(&session, ""), &WRITE);
            let sent = call.json("application/json", &Secret::from(marks::REQUEST));
            told.result(&sent.send_empty().await);
            let client = anypoint_application_manager::Client::new(&session);
            let wait = || {
                let client =
                    client.in_environment(OrganizationId::new("o"), EnvironmentId::new("e"));
                let wait = client.get_deployment(DeploymentId::new("d")).wait();
                wait.every(Duration::from_millis(1))
                    .timeout(Duration::from_secs(1))
            };
            let mut states = wait().version("v2").states();
            while let Some(state) = states.next().await {
                told.result(&state);
            }
            let end = wait().await;
            told.result(&end);
            let end = end.unwrap_err();
            told.0 += &format!("{:?}", end.last_state());
            ends.push((
                end.kind(),
                end.last_state().is_some_and(|state| state.contains("***")),
            ));
            leaks(status, mark, &told.0, &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new());
    // A wait that takes too long may have seen nothing on a busy machine.
    let failed = ends.iter().filter(|(kind, _)| *kind == ErrorKind::Failed);
    assert_eq!(
        failed.filter(|(_, redacted)| *redacted).count(),
        2,
        "{ends:?}"
    );
}

#[test]
fn an_error_has_no_source_that_quotes_a_server() {
    fn told(error: &dyn StdError) -> bool {
        error
            .source()
            .is_none_or(|source| !format!("{source:?}").contains("http://") && told(source))
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let url = serve(|_, _| "HTTP/1.1 mark-bearer OK\r\n\r\n".to_owned()).await;
        let session = builder(&url).build().unwrap();
        let call = Call::new(&Endpoint::new(&session, ""), &READ);
        let error = call.send_text().await.unwrap_err();
        assert!(told(&error), "{error:?}");
        assert!(error.source().is_some());
    });
}
