//! Credentials on the wire, and the life of a token.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anypoint_core::internal::{Auth, Call, Endpoint, Method, Operation};
use anypoint_core::{Backoff, Clock, Credentials, Error, ErrorKind, Session, Upload};

use crate::support::stepped::until;
use crate::support::{GET, POST, SILENCE, Server, json, operation, reply, token};

static BASIC: Operation = Operation {
    auth: Auth::Basic,
    ..operation(Method::Get, "/things")
};
static OPEN: Operation = Operation {
    auth: Auth::None,
    ..operation(Method::Get, "/things")
};

fn app() -> Credentials {
    Credentials::connected_app("the-id", "the-s3cret")
}

fn call(session: &Session, operation: &'static Operation) -> Call {
    Call::new(&Endpoint::new(session, "/api"), operation)
}

async fn get(session: &Session) -> Result<(), Error> {
    call(session, &GET).send_empty().await.map(|_| ())
}

/// A clock that a test turns.
#[derive(Debug)]
struct Manual(Instant, AtomicU64);

impl Manual {
    fn new() -> Arc<Self> {
        Arc::new(Self(Instant::now(), AtomicU64::new(0)))
    }

    fn advance(&self, seconds: u64) {
        self.1.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Manual {
    fn now(&self) -> Instant {
        self.0 + Duration::from_secs(self.1.load(Ordering::SeqCst))
    }
}

async fn authorization(credentials: Credentials, operation: &'static Operation) -> Option<String> {
    let server = Server::always(json(200, "{}")).await;
    call(&server.session(credentials), operation)
        .send_empty()
        .await
        .unwrap();
    server
        .only_request()
        .header("authorization")
        .map(str::to_owned)
}

#[tokio::test]
async fn each_kind_of_credentials_has_its_header() {
    let basic = || Credentials::basic("user", "pass");
    assert_eq!(authorization(Credentials::default(), &GET).await, None);
    assert_eq!(
        authorization(Credentials::bearer("abc"), &GET)
            .await
            .unwrap(),
        "Bearer abc"
    );
    assert_eq!(
        authorization(basic(), &GET).await.unwrap(),
        "Basic dXNlcjpwYXNz"
    );
    assert_eq!(
        authorization(basic(), &BASIC).await.unwrap(),
        "Basic dXNlcjpwYXNz"
    );
    assert_eq!(
        authorization(Credentials::connected_app("a", "b"), &BASIC)
            .await
            .unwrap(),
        "Basic YTpi"
    );
    assert_eq!(authorization(Credentials::bearer("abc"), &OPEN).await, None);
}

#[tokio::test]
async fn basic_cannot_be_made_of_a_bearer_token() {
    let server = Server::always(json(200, "{}")).await;
    let session = server.session(Credentials::bearer("abc"));
    let error = call(&session, &BASIC).send_empty().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(server.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_for_fifty_calls() {
    let server = Server::start(|request, _| match request.target.contains("token") {
        true => token("t1", 3600),
        false => json(200, "{}"),
    })
    .await;
    let session = server.session(app());
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { get(&session).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!((server.count("/token"), server.count("/things")), (1, 50));
    let requests = server.requests();
    let first = &requests[0];
    assert_eq!(
        (first.method.as_str(), first.target.as_str()),
        ("POST", "/accounts/api/v2/oauth2/token")
    );
    assert_eq!(first.header("authorization"), None);
    assert_eq!(
        first.text(),
        r#"{"grant_type":"client_credentials","client_id":"the-id","client_secret":"the-s3cret"}"#
    );
    assert!(
        requests[1..]
            .iter()
            .all(|request| request.header("authorization") == Some("Bearer t1"))
    );
}

#[tokio::test]
async fn a_401_renews_the_token_and_replays_once_with_the_whole_body() {
    let server = Server::start(|request, count| {
        match (
            request.target.contains("token"),
            request.header("authorization"),
        ) {
            (true, _) => token(&format!("t{count}"), 3600),
            (_, Some("Bearer t0")) => reply(401, "", "unauthorized"),
            _ => json(200, "{}"),
        }
    })
    .await;
    let session = server.session(app());
    let upload = Upload::bytes("a.jar", "payload");
    call(&session, &POST)
        .upload("application/java-archive", &upload)
        .send_empty()
        .await
        .unwrap();
    let requests = server.requests();
    assert_eq!((requests.len(), server.count("/token")), (4, 2));
    assert_eq!(requests[1].text(), "payload");
    assert_eq!(requests[3].text(), "payload");
    assert_eq!(requests[3].header("authorization"), Some("Bearer t2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_refusals_of_one_token_renew_it_once() {
    let server = Server::start(|request, count| {
        match (
            request.target.contains("token"),
            request.header("authorization"),
        ) {
            (true, _) => token(&format!("t{count}"), 3600),
            (_, Some("Bearer t0")) => reply(401, "", ""),
            _ => json(200, "{}"),
        }
    })
    .await;
    let session = server.session(app());
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { get(&session).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_second_401_is_the_answer() {
    let server = Server::start(|request, _| match request.target.contains("token") {
        true => token("t", 3600),
        false => reply(401, "", "unauthorized"),
    })
    .await;
    let error = get(&server.session(app())).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(401))
    );
    assert_eq!((server.count("/token"), server.count("/things")), (2, 2));
}

#[tokio::test]
async fn a_bearer_token_is_not_replayed() {
    let server = Server::always(reply(401, "", "unauthorized")).await;
    let error = get(&server.session(Credentials::bearer("x")))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "test_call: 401 Unauthorized: unauthorized; hint: the credentials were refused or the token has expired; get a new token or check the credentials"
    );
    assert_eq!(server.requests().len(), 1);
}

fn timed(server: &Server, clock: Arc<Manual>) -> Session {
    Session::builder()
        .retry(Backoff::off())
        .host(&server.url)
        .credentials(app())
        .clock(clock)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_expires() {
    let server = Server::start(|request, count| match request.target.contains("token") {
        true => token(&format!("t{count}"), 3600),
        false => json(200, "{}"),
    })
    .await;
    let clock = Manual::new();
    let session = timed(&server, clock.clone());
    get(&session).await.unwrap();
    clock.advance(3539);
    get(&session).await.unwrap();
    assert_eq!(server.count("/token"), 1);
    clock.advance(1);
    get(&session).await.unwrap();
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_failed_renewal_leaves_a_good_token_in_place() {
    let server = Server::start(
        |request, count| match (request.target.contains("token"), count) {
            (true, 0) => token("t0", 100),
            (true, _) => reply(503, "", ""),
            _ => json(200, "{}"),
        },
    )
    .await;
    let clock = Manual::new();
    let session = timed(&server, clock.clone());
    get(&session).await.unwrap();
    clock.advance(90);
    get(&session).await.unwrap();
    assert_eq!(
        server.count("/token"),
        2,
        "a short token is renewed after 90 % of its life"
    );
    clock.advance(10);
    let error = get(&session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.is_throttled() && error.is_retryable());
}

#[tokio::test]
async fn a_cancelled_fetch_strands_nobody() {
    let server = Server::start(
        |request, count| match (request.target.contains("token"), count) {
            (true, 0) => SILENCE.to_vec(),
            (true, _) => token(&format!("t{count}"), 3600),
            _ => json(200, "{}"),
        },
    )
    .await;
    let session = server.session(app());
    let first = tokio::spawn({
        let session = session.clone();
        async move { get(&session).await }
    });
    until(|| server.count("/token") == 1).await;
    let waiter = tokio::spawn(async move { get(&session).await });
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    waiter.await.unwrap().unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer t1"));
}

#[tokio::test]
async fn expectation_17_an_echoed_secret_never_shows() {
    let server = Server::start(|request, _| {
        let echo = format!(
            r#"{{"message":"bad request: {}"}}"#,
            request.text().replace('"', "\\\"")
        );
        reply(401, "x-request-id: r1\r\n", &echo)
    })
    .await;
    let error = get(&server.session(app())).await.unwrap_err();
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    let shown = format!("{error} {error:?} {body} {}", error.message().unwrap());
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("***") && shown.contains("the-id"));
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(
        (error.operation(), error.request_id()),
        (Some("test_call"), Some("r1"))
    );
    assert!(error.hint().unwrap().contains("client id and secret"));
}

#[tokio::test]
async fn expectation_17_an_echoed_token_never_shows() {
    let server = Server::always(reply(403, "", "token tok-s3cret lacks a scope")).await;
    let error = get(&server.session(Credentials::bearer("tok-s3cret")))
        .await
        .unwrap_err();
    assert_eq!(error.message(), Some("token *** lacks a scope"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_failed_fetch_answers_all_who_waited_for_it() {
    let server = Server::start(|_, _| {
        std::thread::sleep(Duration::from_millis(200));
        json(401, r#"{"error":"invalid_client"}"#)
    })
    .await;
    let session = server.session(app());
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { get(&session).await })
        })
        .collect();
    for call in calls {
        assert_eq!(
            call.await.unwrap().unwrap_err().message(),
            Some("invalid_client")
        );
    }
    assert!(server.requests().len() <= 2, "{}", server.requests().len());
}

#[tokio::test]
async fn odd_token_answers_are_errors_that_say_so() {
    for (body, part) in [
        ("", "without a token"),
        ("{}", "without a token"),
        (
            "<html><title>Login</title></html>",
            "an HTML page (title \"Login\")",
        ),
        (r#"{"access_token":"a\nb"}"#, "without a token"),
    ] {
        let server = Server::always(reply(200, "", body)).await;
        let error = get(&server.session(app())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.to_string().contains(part), "{error}");
    }
    let server = Server::always(reply(302, "location: https://login.example.com/\r\n", "")).await;
    let error = get(&server.session(app())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().contains("login.example.com"));
}
