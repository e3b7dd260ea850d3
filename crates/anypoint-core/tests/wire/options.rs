//! Options of a request, a client and a session.

use std::time::Duration;

use anypoint_core::internal::{Call, Configured, Endpoint, Operation, RateLimit};
use anypoint_core::testing::{FakeHttp, Recorded, Reply};
use anypoint_core::{
    Backoff, CallOptions, Error, ErrorKind, Json, Response, Session, Throttle, WithOptions,
};

use crate::support::{GET, app};

/// A request as generated code has it.
#[derive(Clone)]
struct Things {
    endpoint: Endpoint,
    operation: &'static Operation,
}

impl Things {
    fn of(session: &Session) -> Self {
        Self {
            endpoint: Endpoint::new(session, "/api"),
            operation: &GET,
        }
    }

    async fn send(self) -> Result<Response<Json>, Error> {
        Call::new(&self.endpoint, self.operation).send_json().await
    }
}

impl Configured for Things {
    fn endpoint(&mut self) -> &mut Endpoint {
        &mut self.endpoint
    }
}

fn answering(times: usize) -> FakeHttp {
    let http = FakeHttp::new();
    let reply = Reply::new(200)
        .header("x-a", "1")
        .header("x-a", "2")
        .body(" [1] ");
    http.on("test_call", vec![reply; times]);
    http
}

fn header(recorded: &Recorded, name: &str) -> Vec<String> {
    recorded.headers.get_all(name).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_header_of_the_request_wins_over_the_clients_and_that_over_the_sessions() {
    let http = answering(1);
    let option = |value| CallOptions::new().header("X-Of", value).header(value, "1");
    let session = http
        .builder()
        .call_options(option("session"))
        .build()
        .unwrap();
    let mut things = Things::of(&session);
    things.endpoint = things.endpoint.with_options(option("client"));
    let things = things.with_options(option("request").header("accept", "text/plain"));
    things.send().await.unwrap();
    let sent = &http.requests()[0];
    assert_eq!(header(sent, "x-of"), ["request"]);
    assert_eq!(header(sent, "accept"), ["text/plain"]);
    for name in ["session", "client", "request"] {
        assert_eq!(header(sent, name), ["1"], "{name}");
    }
}

#[tokio::test]
async fn what_a_request_does_not_set_stays_as_its_client_has_it() {
    let http = FakeHttp::new();
    http.on("test_call", vec![Reply::new(500); 2]);
    let mut things = Things::of(&http.session());
    let twice = CallOptions::new().retry(Backoff::new().attempts(2));
    things.endpoint = things.endpoint.with_options(twice);
    let things = things.with_options(CallOptions::new().answer_limit(1));
    assert_eq!(things.send().await.unwrap_err().attempts(), 2);
}

#[tokio::test]
async fn a_header_that_the_session_or_the_body_says_is_refused_before_anything_is_sent() {
    let http = FakeHttp::new();
    let session = http.session();
    for (name, value, hint) in [
        ("Authorization", "x", "credentials"),
        ("user-agent", "x", "user_agent"),
        ("CONTENT-TYPE", "x", "body"),
        ("host", "x", "URL"),
        ("a b", "x", ""),
        ("x-a", "s3cret\n", ""),
    ] {
        let options = CallOptions::new().header(name, value);
        let error = Things::of(&session)
            .with_options(options)
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(name) && !error.to_string().contains("s3cret"));
        assert!(error.hint().unwrap_or_default().contains(hint), "{error}");
    }
}

#[tokio::test]
async fn a_secret_header_is_shown_nowhere() {
    let http = FakeHttp::new();
    http.on(
        "test_call",
        [Reply::new(400).body(r#"{"message":"no s3cret-key"}"#)],
    );
    let options = CallOptions::new().secret_header("x-key", "s3cret-key");
    assert!(!format!("{options:?}").contains("s3cret"));
    let things = Things::of(&http.session()).with_options(options);
    let error = things.send().await.unwrap_err();
    assert_eq!(error.message(), Some("no ***"));
    let sent = &http.requests()[0];
    assert_eq!(header(sent, "x-key"), ["s3cret-key"]);
    assert!(!format!("{sent:?}").contains("s3cret"));
}

#[tokio::test]
async fn all_values_of_a_header_and_the_raw_body_are_there() {
    let http = answering(2);
    let things = Things::of(&http.session());
    let plain = things.clone().send().await.unwrap();
    assert_eq!(plain.header_values("X-A").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(plain.body(), None);
    let kept = things.with_options(CallOptions::new().keep_body(true));
    let kept = kept.send().await.unwrap().map(|json| json[0] == 1);
    assert_eq!((kept.body(), *kept), (Some(b" [1] ".as_slice()), true));
}

#[tokio::test]
async fn the_body_of_a_call_that_gives_nothing_is_kept_too() {
    let http = answering(1);
    let things = Things::of(&http.session()).with_options(CallOptions::new().keep_body(true));
    let call = Call::new(&things.endpoint, &GET).send_empty();
    assert_eq!(call.await.unwrap().body(), Some(b" [1] ".as_slice()));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_an_error() {
    let http = answering(2);
    let things = Things::of(&http.session());
    let within = things
        .clone()
        .with_options(CallOptions::new().answer_limit(5));
    within.send().await.unwrap();
    let over = things.with_options(CallOptions::new().answer_limit(4));
    let error = over.send().await.unwrap_err();
    assert!(error.to_string().contains("longer than 4 bytes"), "{error}");
}

const SLOW: RateLimit = RateLimit::new("slow", Duration::from_secs(60)).with_permits(1);
static LIMITED: Operation = GET.with_limits(&[SLOW]);

#[tokio::test]
async fn a_call_may_leave_the_documented_limits_aside() {
    let http = answering(3);
    let mut things = Things::of(&http.session());
    things.operation = &LIMITED;
    let free = things
        .clone()
        .with_options(CallOptions::new().throttle(Throttle::off()));
    things.clone().send().await.unwrap();
    free.send().await.unwrap();
    assert_eq!(http.clock().passed(), Duration::ZERO);
    things.send().await.unwrap();
    assert!(http.clock().passed() >= Duration::from_secs(60));
}

#[tokio::test]
async fn a_call_may_keep_the_documented_limits_although_its_session_does_not() {
    let http = answering(4);
    let session = http.builder().throttle(Throttle::off()).build().unwrap();
    let mut things = Things::of(&session);
    things.operation = &LIMITED;
    for _ in 0..2 {
        things.clone().send().await.unwrap();
    }
    assert_eq!(http.clock().passed(), Duration::ZERO);
    // One of two processes has the limit in twice the time.
    let shared = things.with_options(CallOptions::new().throttle(Throttle::shared_by(2)));
    shared.clone().send().await.unwrap();
    shared.send().await.unwrap();
    assert!(http.clock().passed() >= Duration::from_secs(120));
}

#[tokio::test]
async fn the_user_agent_names_the_program_in_logins_too() {
    let http = answering(1);
    http.on("log_in", [Reply::new(200).body(r#"{"access_token":"t"}"#)]);
    let builder = http.builder().credentials(app()).user_agent("my-tool/1.2");
    let session = builder
        .call_options(CallOptions::new().header("x-own", "1"))
        .build()
        .unwrap();
    Things::of(&session).send().await.unwrap();
    let agent = concat!("anypoint-rs/", env!("CARGO_PKG_VERSION"), " my-tool/1.2");
    let requests = http.requests();
    for request in &requests {
        assert_eq!(header(request, "user-agent"), [agent]);
    }
    assert_eq!(
        requests
            .iter()
            .map(|it| header(it, "x-own").len())
            .collect::<Vec<_>>(),
        [0, 1]
    );
    assert!(http.builder().user_agent("a\nb").build().is_err());
}
