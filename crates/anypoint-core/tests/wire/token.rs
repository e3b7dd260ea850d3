//! The life of a token: kept, renewed early, replaced after a 401, and by one login at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypoint_core::{AccessToken, Credentials, ErrorKind, Session, TokenStore, Upload};

use crate::support::stepped::Stepped;
use crate::support::{
    GET, Manual, POST, Recorded, Server, app, call, get, json, reply, timed, token,
};

fn is_login(request: &Recorded) -> bool {
    request.target.contains("token")
}

/// Numbered tokens of this life, and a server that takes any of them.
async fn generous(life: u32) -> Server {
    Server::start(move |request, count| match is_login(request) {
        true => token(&format!("t{count}"), life),
        false => json(200, "{}"),
    })
    .await
}

/// Numbered tokens, of which the first is refused.
async fn picky() -> Server {
    Server::start(|request, count| match request.header("authorization") {
        None => token(&format!("t{count}"), 3600),
        Some("Bearer t0") => reply(401, "", "unauthorized"),
        Some(_) => json(200, "{}"),
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expectation_04_many_calls_make_one_login() {
    let server = generous(3600).await;
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
            .all(|request| request.header("authorization") == Some("Bearer t0"))
    );
}

#[tokio::test]
async fn expectation_04_a_token_is_kept_and_renewed_a_minute_before_it_expires() {
    let (server, clock) = (generous(3600).await, Manual::new());
    let session = timed(&server, app(), &clock);
    get(&session).await.unwrap();
    clock.advance(3539);
    get(&session).await.unwrap();
    assert_eq!(server.count("/token"), 1);
    clock.advance(1);
    get(&session).await.unwrap();
    assert_eq!(server.count("/token"), 2);
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer t3"));
}

#[tokio::test]
async fn expectation_04_a_failed_renewal_keeps_a_good_token_and_rests() {
    let server = Server::start(|request, count| match (is_login(request), count) {
        (true, 0) => token("t0", 100),
        (true, _) => reply(503, "", ""),
        _ => json(200, "{}"),
    })
    .await;
    let clock = Manual::new();
    let session = timed(&server, app(), &clock);
    get(&session).await.unwrap();
    clock.advance(90);
    for _ in 0..3 {
        get(&session).await.unwrap();
    }
    // After 90 % of a short life, and once in five seconds.
    assert_eq!(server.count("/token"), 2);
    clock.advance(4);
    get(&session).await.unwrap();
    assert_eq!(server.count("/token"), 2);
    clock.advance(1);
    get(&session).await.unwrap();
    assert_eq!(server.count("/token"), 3);
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer t0"));
    // An expired token is good for nothing, and there is nothing to rest for.
    clock.advance(5);
    for logins in [4, 5] {
        let error = get(&session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.is_throttled() && error.is_retryable());
        assert_eq!(server.count("/token"), logins);
    }
}

#[tokio::test]
async fn a_renewal_that_works_again_is_used() {
    let server = Server::start(|request, count| match (is_login(request), count) {
        (true, 2) => reply(503, "", ""),
        (true, _) => token(&format!("t{count}"), 100),
        _ => json(200, "{}"),
    })
    .await;
    let clock = Manual::new();
    let session = timed(&server, app(), &clock);
    for seconds in [0, 91, 5] {
        clock.advance(seconds);
        get(&session).await.unwrap();
    }
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer t4"));
}

#[tokio::test]
async fn expectation_05_a_401_renews_the_token_and_replays_once_with_the_whole_body() {
    let server = picky().await;
    let upload = Upload::bytes("a.jar", "payload");
    call(&server.session(app()), &POST)
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
async fn expectation_05_many_refusals_of_one_token_renew_it_once() {
    let server = picky().await;
    let session = server.session(app());
    let calls: Vec<_> = (0..100)
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
async fn expectation_05_a_second_401_is_the_answer() {
    let server = Server::start(|request, _| match is_login(request) {
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
async fn expectation_05_a_bearer_token_is_not_replayed() {
    let server = Server::always(reply(401, "", "unauthorized")).await;
    let session = server.session(Credentials::bearer("x"));
    let error = call(&session, &GET).send_empty().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "test_call: 401 Unauthorized: unauthorized; hint: the credentials were refused or the token has expired; get a new token or check the credentials"
    );
    assert_eq!(server.requests().len(), 1);
}

/// What is kept beyond a session, and whether another process logs in.
#[derive(Clone, Default)]
struct Kept {
    token: Arc<Mutex<Option<AccessToken>>>,
    busy: Arc<AtomicBool>,
}

impl TokenStore for Kept {
    fn load(&self) -> Option<AccessToken> {
        self.token.lock().unwrap().clone()
    }

    fn save(&self, token: &AccessToken) {
        *self.token.lock().unwrap() = Some(token.clone());
    }

    fn permit(&self) -> Option<Box<dyn Send>> {
        (!self.busy.load(Ordering::SeqCst)).then(|| Box::new(()) as _)
    }
}

#[tokio::test]
async fn a_kept_token_saves_the_next_session_its_login() {
    let (server, kept) = (generous(3600).await, Kept::default());
    for _ in 0..2 {
        let session = Session::builder()
            .host(&server.url)
            .credentials(app())
            .token_store(kept.clone());
        get(&session.build().unwrap()).await.unwrap();
    }
    assert_eq!((server.count("/token"), server.count("/things")), (1, 2));
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_replaced() {
    let (server, kept) = (picky().await, Kept::default());
    kept.save(&AccessToken::new("t0"));
    let session = Session::builder()
        .host(&server.url)
        .credentials(app())
        .token_store(kept.clone());
    get(&session.build().unwrap()).await.unwrap();
    assert_eq!(server.count("/token"), 1);
    assert_ne!(kept.load().unwrap().secret.expose(), "t0");
}

#[tokio::test]
async fn a_session_takes_the_token_of_a_process_that_logs_in_before_it() {
    let (server, kept, clock) = (generous(3600).await, Kept::default(), Stepped::new());
    kept.busy.store(true, Ordering::SeqCst);
    let builder = server.timed(&clock).credentials(app());
    let session = builder.token_store(kept.clone()).build().unwrap();
    let call = tokio::spawn(async move { get(&session).await });
    clock.settle(1).await;
    kept.save(&AccessToken::new("theirs"));
    kept.busy.store(false, Ordering::SeqCst);
    clock.step();
    call.await.unwrap().unwrap();
    assert_eq!((server.count("/token"), server.count("/things")), (0, 1));
}

#[tokio::test]
async fn a_refused_token_of_the_store_is_not_taken_again_after_the_wait() {
    let (server, kept, clock) = (picky().await, Kept::default(), Stepped::new());
    kept.save(&AccessToken::new("t0"));
    kept.busy.store(true, Ordering::SeqCst);
    let builder = server.timed(&clock).credentials(app());
    let session = builder.token_store(kept.clone()).build().unwrap();
    let call = tokio::spawn(async move { get(&session).await });
    clock.settle(1).await;
    kept.busy.store(false, Ordering::SeqCst);
    clock.step();
    call.await.unwrap().unwrap();
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test]
async fn a_process_that_never_ends_its_login_holds_up_nobody_for_good() {
    let (server, kept, clock) = (generous(3600).await, Kept::default(), Stepped::new());
    kept.busy.store(true, Ordering::SeqCst);
    let builder = server.timed(&clock).credentials(app());
    let builder = builder.attempt_timeout(Duration::from_secs(5));
    let session = builder.token_store(kept.clone()).build().unwrap();
    let call = tokio::spawn(async move { get(&session).await });
    clock.settle(1).await;
    clock.advance(Duration::from_secs(5));
    call.await.unwrap().unwrap();
    assert_eq!(server.count("/token"), 1);
}
