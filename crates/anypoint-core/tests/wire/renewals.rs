//! Retries of calls that carry a file or need a token.

use std::fs;
use std::time::Duration;

use anypoint_core::internal::{Method, Multipart, Operation};
use anypoint_core::{Backoff, Credentials, ErrorKind, Upload};

use crate::support::clock::Fast;
use crate::support::stepped::Stepped;
use crate::support::{CREATE, Folder, GET, Recorded, Server, call, json, operation, reply, token};

static PUT: Operation = operation(Method::Put, "/things");

fn app() -> Credentials {
    Credentials::connected_app("the-id", "the-s3cret")
}

#[tokio::test]
async fn expectation_10_a_file_is_sent_whole_again() {
    let folder = Folder::new("again");
    let path = folder.0.join("a.jar");
    let content: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    fs::write(&path, &content).unwrap();
    let server = Server::script(vec![reply(503, "", ""), json(200, "{}")]).await;
    let session = server.timed(&Fast::new()).build().unwrap();
    let sent = call(&session, &PUT).upload("x/y", &Upload::file(&path));
    sent.send_empty().await.unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|one| one.body).collect();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|body| *body == content));
}

#[tokio::test]
async fn a_form_is_sent_whole_again() {
    let folder = Folder::new("form-again");
    let path = folder.0.join("a.jar");
    fs::write(&path, "content-of-the-file").unwrap();
    let server = Server::script(vec![reply(503, "", ""), json(200, "{}")]).await;
    let session = server.timed(&Fast::new()).build().unwrap();
    let form = Multipart::new().file("file", Some(&Upload::file(&path)));
    call(&session, &PUT)
        .multipart(form)
        .send_empty()
        .await
        .unwrap();
    let whole = |request: &Recorded| request.text().contains("content-of-the-file");
    assert_eq!(server.requests().iter().filter(|one| whole(one)).count(), 2);
}

#[tokio::test]
async fn a_file_that_vanished_between_attempts_is_named() {
    let folder = Folder::new("vanished");
    let path = folder.0.join("a.jar");
    fs::write(&path, "content").unwrap();
    let gone = path.clone();
    let server = Server::start(move |_, _| {
        let _ = fs::remove_file(&gone);
        reply(503, "", "")
    })
    .await;
    let session = server.timed(&Fast::new()).build().unwrap();
    let sent = call(&session, &PUT).upload("x/y", &Upload::file(&path));
    let error = sent.send_empty().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::InvalidRequest, 2)
    );
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    assert_eq!(server.requests().len(), 1);
}

/// A server whose token endpoint and whose API answer from lists of their own.
async fn server(tokens: Vec<Vec<u8>>, answers: Vec<Vec<u8>>) -> Server {
    let seen = std::sync::Mutex::new((0, 0));
    Server::start(move |request, _| {
        let mut seen = seen.lock().unwrap();
        let (list, number) = match request.target.contains("token") {
            true => (&tokens, &mut seen.0),
            false => (&answers, &mut seen.1),
        };
        *number += 1;
        list[(*number - 1_usize).min(list.len() - 1)].clone()
    })
    .await
}

#[tokio::test]
async fn a_401_renews_the_token_once_in_a_row() {
    let refused = || reply(401, "", "unauthorized");
    for (answers, things, tokens, status) in [
        (vec![refused(), json(200, "{}")], 2, 2, None),
        (vec![refused()], 2, 2, Some(401)),
        (
            vec![refused(), reply(500, "", ""), refused()],
            4,
            3,
            Some(401),
        ),
        (
            vec![refused(), reply(500, "", ""), json(200, "{}")],
            3,
            2,
            None,
        ),
    ] {
        let tokens_given = vec![token("t1", 3600), token("t2", 3600), token("t3", 3600)];
        let server = server(tokens_given, answers).await;
        let session = server.timed(&Fast::by(100)).credentials(app()).build();
        let sent = call(&session.unwrap(), &GET).send_empty().await;
        assert_eq!(sent.err().and_then(|error| error.status()), status);
        assert_eq!(server.count("/things"), things);
        assert_eq!(server.count("/token"), tokens);
        let last = server.requests().pop().unwrap();
        let newest = format!("Bearer t{tokens}");
        assert_eq!(last.header("authorization"), Some(newest.as_str()));
    }
}

#[tokio::test]
async fn a_creation_is_replayed_after_a_401_even_without_retries() {
    let answers = vec![reply(401, "", ""), json(200, "{}")];
    let server = server(vec![token("t", 3600)], answers).await;
    let session = server.session(app());
    call(&session, &CREATE).send_empty().await.unwrap();
    assert_eq!(server.count("/things"), 2);
}

#[tokio::test]
async fn a_token_endpoint_that_fails_for_a_moment_is_asked_again() {
    for first in [reply(503, "", ""), reply(500, "", "<html>"), Vec::new()] {
        let server = server(vec![first, token("t", 3600)], vec![json(200, "{}")]).await;
        let clock = Fast::by(100);
        let session = server.timed(&clock).credentials(app()).build().unwrap();
        call(&session, &CREATE).send_empty().await.unwrap();
        assert_eq!((server.count("/token"), server.count("/things")), (2, 1));
        assert_eq!(clock.waits(), [Duration::from_millis(500)]);
    }
}

#[tokio::test]
async fn credentials_that_are_refused_are_not_tried_again() {
    let server = server(vec![reply(401, "", "")], vec![json(200, "{}")]).await;
    let session = server.timed(&Fast::new()).credentials(app()).build();
    let error = call(&session.unwrap(), &GET)
        .send_empty()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Authentication, 1)
    );
    assert_eq!((server.count("/token"), server.count("/things")), (1, 0));
}

/// A wait that the token endpoint asks for, and how long it is.
fn asking() -> [(Vec<u8>, Duration); 4] {
    let dated = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let date = format!("{dated}retry-after: Sun, 06 Nov 1994 08:49:40 GMT\r\n");
    let reset = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 3000000\r\n";
    [
        (reply(429, "retry-after: 3\r\n", ""), Duration::from_secs(3)),
        (reply(503, &date, ""), Duration::from_secs(3)),
        (reply(500, "retry-after: 3\r\n", ""), Duration::from_secs(3)),
        (reply(429, reset, ""), Duration::from_secs(600)),
    ]
}

#[tokio::test]
async fn no_call_logs_in_before_the_token_endpoint_allows_it() {
    for (first, wait) in asking() {
        let text = String::from_utf8_lossy(&first).into_owned();
        let server = server(vec![first, token("t", 3600)], vec![json(200, "{}")]).await;
        let clock = Stepped::new();
        let builder = server.timed(&clock).credentials(app());
        let session = builder.retry(Backoff::off()).build().unwrap();
        let error = call(&session, &GET).send_empty().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let calls: Vec<_> = (0..10)
            .map(|_| tokio::spawn(call(&session, &GET).send_empty()))
            .collect();
        assert_eq!(clock.settle(10).await, [wait; 10], "{text}");
        assert_eq!(server.count("/token"), 1);
        clock.step();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        assert_eq!(server.count("/token"), 2);
    }
}

#[tokio::test]
async fn a_login_is_tried_again_after_the_wait_that_the_token_endpoint_asks_for() {
    let busy = reply(429, "retry-after: 3\r\n", "");
    let tokens = vec![busy.clone(), busy.clone(), busy, token("t", 3600)];
    let server = server(tokens, vec![json(200, "{}")]).await;
    let clock = Fast::by(100);
    clock.set_random(0);
    let session = server.timed(&clock).credentials(app()).build().unwrap();
    call(&session, &CREATE).send_empty().await.unwrap();
    assert_eq!((server.count("/token"), server.count("/things")), (4, 1));
    let waited: Duration = clock.waits().iter().sum();
    assert!(waited >= Duration::from_secs(9), "{:?}", clock.waits());
}

#[tokio::test]
async fn a_login_that_the_call_has_no_time_to_wait_for_is_an_error_at_once() {
    let busy = reply(429, "retry-after: 500\r\n", "");
    let server = server(vec![busy], vec![json(200, "{}")]).await;
    let clock = Stepped::new();
    let builder = server.timed(&clock).credentials(app());
    let short = builder.total_timeout(Duration::from_secs(300)).build();
    for left in ["500s", "300s"] {
        let sent = call(short.as_ref().unwrap(), &GET).send_empty().await;
        let error = sent.unwrap_err();
        assert!(
            error.is_throttled() && error.hint().unwrap().contains(left),
            "{error}"
        );
    }
    assert_eq!(
        (server.count("/token"), clock.elapsed()),
        (1, Duration::ZERO)
    );
}
