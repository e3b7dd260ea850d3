//! Logging in: users, the paths and forms that the service takes, and refusals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anypoint_core::{Backoff, Credentials, Error, ErrorKind};

use crate::support::{Manual, Recorded, Server, app, get, json, reply, timed, token};

const APP_PATHS: [&str; 2] = ["/accounts/api/v2/oauth2/token", "/accounts/oauth2/token"];
const USER_PATHS: [&str; 2] = ["/accounts/login", "/accounts/api/login"];

fn user() -> Credentials {
    Credentials::user("me@Staging", "the-s3cret &+\"")
}

fn is_login(request: &Recorded) -> bool {
    request.target.starts_with("/accounts/")
}

/// Answers logins with `answer`, everything else with success.
async fn logging_in<F>(answer: F) -> Server
where
    F: Fn(&Recorded, usize) -> Vec<u8> + Send + Sync + 'static,
{
    Server::start(move |request, count| match is_login(request) {
        true => answer(request, count),
        false => json(200, "{}"),
    })
    .await
}

fn logins(server: &Server) -> Vec<Recorded> {
    server.requests().into_iter().filter(is_login).collect()
}

/// What a reader of logs could see of an error.
fn shown(error: &Error) -> String {
    let body = String::from_utf8_lossy(error.body().unwrap_or_default()).into_owned();
    let message = error.message().unwrap_or_default();
    format!("{error} {error:?} {body} {message}")
}

#[tokio::test]
async fn expectation_01_a_user_logs_in_and_again_when_the_token_runs_out() {
    let server =
        logging_in(|_, count| json(200, &format!(r#"{{"access_token":"u{count}"}}"#))).await;
    let clock = Manual::new();
    let session = timed(&server, user(), &clock);
    get(&session).await.unwrap();
    get(&session).await.unwrap();
    let requests = server.requests();
    let line = |request: &Recorded| format!("{} {}", request.method, request.target);
    assert_eq!(line(&requests[0]), "POST /accounts/login");
    assert_eq!(requests[0].header("authorization"), None);
    assert_eq!(
        requests[0].text(),
        r#"{"username":"me@Staging","password":"the-s3cret &+\""}"#
    );
    assert_eq!(requests[2].header("authorization"), Some("Bearer u0"));
    assert_eq!(requests.len(), 3);
    clock.advance(3600);
    get(&session).await.unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer u3"));
}

#[tokio::test]
async fn the_other_path_is_tried_when_one_is_not_there_and_remembered() {
    for (credentials, paths) in [(app(), APP_PATHS), (user(), USER_PATHS)] {
        for status in [404, 405] {
            let server = logging_in(move |request, _| match request.target == paths[0] {
                true => reply(status, "", "<html></html>"),
                false => token("t", 100),
            })
            .await;
            let clock = Manual::new();
            let session = timed(&server, credentials.clone(), &clock);
            get(&session).await.unwrap();
            clock.advance(100);
            get(&session).await.unwrap();
            let targets: Vec<_> = logins(&server).into_iter().map(|one| one.target).collect();
            assert_eq!(targets, [paths[0], paths[1], paths[1]]);
        }
    }
}

#[tokio::test]
async fn a_form_is_sent_where_json_is_not_understood_and_remembered() {
    for refusal in [
        reply(415, "", ""),
        reply(400, "", "Unsupported Media Type"),
        json(400, r#"{"error":"invalid_request"}"#),
        json(400, r#"{"message":"the Content-Type is not supported"}"#),
    ] {
        let server = logging_in(move |request, _| match request.text().starts_with('{') {
            true => refusal.clone(),
            false => token("t", 100),
        })
        .await;
        let clock = Manual::new();
        let session = timed(&server, app(), &clock);
        get(&session).await.unwrap();
        clock.advance(100);
        get(&session).await.unwrap();
        let form = "grant_type=client_credentials&client_id=the-id&client_secret=the-s3cret";
        let logins = logins(&server);
        assert_eq!(logins.len(), 3);
        for one in &logins[1..] {
            assert_eq!(one.text(), form);
            assert_eq!(
                one.header("content-type"),
                Some("application/x-www-form-urlencoded")
            );
        }
    }
}

#[tokio::test]
async fn what_was_remembered_is_given_up_when_it_stops_working() {
    let moved = Arc::new(AtomicBool::new(false));
    let now = moved.clone();
    let server = logging_in(move |request, _| {
        let second = request.target == APP_PATHS[1];
        match second == now.load(Ordering::SeqCst) {
            true => token("t", 100),
            false => reply(404, "", ""),
        }
    })
    .await;
    let clock = Manual::new();
    let session = timed(&server, app(), &clock);
    for _ in 0..2 {
        get(&session).await.unwrap();
        clock.advance(100);
        moved.fetch_xor(true, Ordering::SeqCst);
    }
    get(&session).await.unwrap();
    assert_eq!(logins(&server).len(), 1 + 2 + 2);
}

#[tokio::test]
async fn a_refusal_is_one_request() {
    for answer in [
        json(401, r#"{"error":"invalid_client"}"#),
        json(400, r#"{"error":"unauthorized_client"}"#),
        json(400, r#"{"error":"invalid_grant"}"#),
        reply(403, "", ""),
        reply(418, "", "{}"),
        reply(429, "", ""),
        reply(500, "", ""),
        reply(503, "", ""),
        reply(302, "location: https://login.example.com/\r\n", ""),
        json(200, "{}"),
    ] {
        for credentials in [app(), user()] {
            let server = Server::always(answer.clone()).await;
            let error = get(&server.session(credentials)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Authentication);
            assert_eq!(server.requests().len(), 1, "{error}");
        }
    }
}

#[tokio::test]
async fn tries_come_to_an_end() {
    for (path, form, expected) in [(404, 404, 2), (415, 415, 2), (404, 415, 3), (415, 404, 3)] {
        let server = Server::start(move |_, count| match count % 2 {
            0 => reply(path, "", ""),
            _ => reply(form, "", ""),
        })
        .await;
        let error = get(&server.session(app())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!(server.requests().len(), expected, "{path} {form}");
    }
}

#[tokio::test]
async fn a_login_that_wants_a_second_factor_says_so() {
    for (answer, status) in [
        (
            json(418, r#"{"target":"https://mfa.example.com/?k=s3cret"}"#),
            418,
        ),
        (
            reply(302, "location: https://mfa.example.com/?k=s3cret\r\n", ""),
            302,
        ),
    ] {
        let server = Server::always(answer).await;
        let error = get(&server.session(user())).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Authentication, Some(status))
        );
        let hint = error.hint().unwrap();
        assert!(
            hint.contains("MFA") && hint.contains("connected app"),
            "{hint}"
        );
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        // A connected app has no second factor.
        let error = get(&server.session(app())).await.unwrap_err();
        assert!(!error.hint().unwrap_or_default().contains("MFA"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_password_has_a_hint_of_its_own() {
    let server = Server::always(reply(401, "", "Unauthorized")).await;
    let error = get(&server.session(user())).await.unwrap_err();
    let hint = error.hint().unwrap();
    assert!(
        hint.starts_with("check the user name and password"),
        "{hint}"
    );
    assert!(!hint.contains("client id"), "{hint}");
}

#[tokio::test]
async fn an_echoed_login_shows_no_secret_in_any_spelling() {
    let server = Server::start(|request, count| match count {
        0 => reply(415, "", ""),
        _ => json(
            400,
            &serde_json::json!({ "message": request.text() }).to_string(),
        ),
    })
    .await;
    let error = get(&server.session(user())).await.unwrap_err();
    let shown = shown(&error);
    assert!(shown.contains("password=***"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn empty_credentials_are_refused_before_anything_is_sent() {
    let server = Server::always(json(200, "{}")).await;
    for credentials in [
        Credentials::user("", "p"),
        Credentials::user("u", ""),
        Credentials::connected_app("", "s"),
        Credentials::connected_app("i", ""),
    ] {
        let built = anypoint_core::Session::builder()
            .retry(Backoff::off())
            .credentials(credentials)
            .build();
        assert_eq!(built.unwrap_err().kind(), ErrorKind::Configuration);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_loop_of_calls_does_not_repeat_a_login_that_was_refused() {
    for status in [400, 401, 403, 423] {
        for credentials in [app(), user()] {
            let server = Server::always(reply(status, "", "")).await;
            let clock = Manual::new();
            let session = timed(&server, credentials, &clock);
            let first = get(&session).await.unwrap_err();
            for _ in 0..20 {
                let error = get(&session).await.unwrap_err();
                assert_eq!(
                    (error.kind(), error.status()),
                    (first.kind(), first.status())
                );
                let hint = error.hint().unwrap();
                assert!(hint.contains(first.hint().unwrap_or_default()), "{hint}");
                assert!(hint.contains("the next login is sent in 60s"), "{hint}");
                assert!(!error.is_retryable());
            }
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn refused_logins_rest_for_longer_with_each_refusal() {
    let server = Server::always(reply(401, "", "")).await;
    let clock = Manual::new();
    let session = timed(&server, user(), &clock);
    for (refused, minutes) in [1, 2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
        get(&session).await.unwrap_err();
        assert_eq!(server.requests().len(), refused + 1);
        clock.advance(minutes * 60 - 1);
        get(&session).await.unwrap_err();
        assert_eq!(server.requests().len(), refused + 1);
        clock.advance(1);
    }
}

#[tokio::test]
async fn a_login_that_is_taken_again_ends_the_rest() {
    let server = logging_in(|_, count| match count {
        0 | 3 => reply(401, "", ""),
        _ => token("t", 100),
    })
    .await;
    let clock = Manual::new();
    let session = timed(&server, app(), &clock);
    get(&session).await.unwrap_err();
    clock.advance(60);
    get(&session).await.unwrap();
    clock.advance(100);
    get(&session).await.unwrap_err();
    // A minute again and not two.
    clock.advance(60);
    get(&session).await.unwrap();
    assert_eq!(logins(&server).len(), 4);
}

#[tokio::test]
async fn a_refused_renewal_leaves_the_good_token_in_place_and_rests() {
    let server = logging_in(|_, count| match count {
        0 => token("t", 1000),
        _ => reply(401, "", ""),
    })
    .await;
    let clock = Manual::new();
    let session = timed(&server, app(), &clock);
    get(&session).await.unwrap();
    clock.advance(940);
    for _ in 0..6 {
        get(&session).await.unwrap();
        clock.advance(9);
    }
    assert_eq!(logins(&server).len(), 2);
}

#[tokio::test]
async fn what_says_nothing_about_the_credentials_makes_no_login_rest() {
    for answer in [
        reply(404, "", ""),
        reply(429, "", ""),
        reply(500, "", ""),
        reply(503, "", ""),
        json(200, "<html>"),
    ] {
        let server = Server::always(answer).await;
        let session = timed(&server, app(), &Manual::new());
        get(&session).await.unwrap_err();
        let once = server.requests().len();
        get(&session).await.unwrap_err();
        assert_eq!(server.requests().len(), once * 2);
    }
}

#[tokio::test]
async fn a_token_is_one_whatever_is_said_about_its_life() {
    let huge = "9".repeat(400);
    for life in [
        r#""1h""#,
        r#""""#,
        "true",
        "null",
        "{}",
        "[3600]",
        "1e400",
        "-5",
        "0",
        r#""inf""#,
        &huge,
        r#"{"a":[1]}"#,
    ] {
        let body = format!(r#"{{"expires_in":{life},"access_token":"t","token_type":"bearer"}}"#);
        let server = logging_in(move |_, _| json(200, &body)).await;
        let clock = Manual::new();
        let session = timed(&server, app(), &clock);
        get(&session).await.unwrap();
        clock.advance(3000);
        get(&session).await.unwrap();
        assert_eq!(logins(&server).len(), 1, "{life}");
    }
    for (life, seconds) in [
        ("3600.0", 3600),
        (r#""3600""#, 3600),
        ("36e2", 3600),
        ("1e300", 86_400),
    ] {
        let body = format!(r#"{{"access_token":"t","expires_in":{life}}}"#);
        let server = logging_in(move |_, _| json(200, &body)).await;
        let clock = Manual::new();
        let session = timed(&server, app(), &clock);
        for (passes, expected) in [(0, 1), (seconds - 61, 1), (1, 2)] {
            clock.advance(passes);
            get(&session).await.unwrap();
            assert_eq!(logins(&server).len(), expected, "{life}");
        }
    }
}
