//! A client of the caller's own in place of the default one.

use std::sync::{Arc, Mutex};

use anypoint_core::http::{Answer, Body, HttpClient, HttpError, Request, Sending};
use anypoint_core::{Backoff, Credentials, ErrorKind, Proxy, Session, SessionBuilder};

use crate::support::{CREATE, GET, app, call};

type Answers = dyn Fn(&Request, usize) -> Result<Answer, HttpError> + Send + Sync;

/// Answers without a network.
#[derive(Clone)]
struct Own {
    seen: Arc<Mutex<Vec<String>>>,
    answers: Arc<Answers>,
}

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Own")
    }
}

impl Own {
    fn new(
        answers: impl Fn(&Request, usize) -> Result<Answer, HttpError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            seen: Arc::default(),
            answers: Arc::new(answers),
        }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn session(&self) -> SessionBuilder {
        let quick = Backoff::new().first(std::time::Duration::ZERO);
        Session::builder().http_client(self.clone()).retry(quick)
    }
}

impl HttpClient for Own {
    fn send(&self, request: Request) -> Sending<'_> {
        let mut seen = self.seen.lock().unwrap();
        let line = format!(
            "{} {} {}",
            request.operation(),
            request.method,
            request.path()
        );
        seen.push(line);
        let answer = (self.answers)(&request, seen.len());
        Box::pin(std::future::ready(answer))
    }
}

fn json(text: &'static str) -> Answer {
    Answer::new(200).with_body(Body::bytes(text))
}

#[tokio::test]
async fn every_request_goes_by_the_callers_own_client_logins_too() {
    let own = Own::new(|request, _| {
        Ok(json(match request.path() {
            "/accounts/api/v2/oauth2/token" => r#"{"access_token":"t1"}"#,
            _ => {
                assert_eq!(request.headers.get("authorization"), Some("Bearer t1"));
                assert!(request.headers.is_secret("authorization"));
                assert_eq!(request.origin(), "https://anypoint.mulesoft.com");
                assert_eq!(request.timeouts.connect.as_secs(), 10);
                r#"["a"]"#
            }
        }))
    });
    let session = own.session().credentials(app()).build().unwrap();
    let names = call(&session, &GET)
        .send_json::<Vec<String>>()
        .await
        .unwrap();
    assert_eq!(names.into_value(), ["a"]);
    let seen = [
        "log_in POST /accounts/api/v2/oauth2/token",
        "test_call GET /api/things",
    ];
    assert_eq!(own.seen(), seen);
}

#[test]
fn proxy_and_tls_settings_beside_a_client_of_ones_own_are_refused() {
    let own = Own::new(|_, _| Ok(Answer::new(204)));
    for (setting, builder) in [
        ("proxy", own.session().proxy(Proxy::none())),
        (
            "proxy",
            own.session().proxy(Proxy::environment().except(["a"])),
        ),
        ("ca_certificates", own.session().ca_certificates("")),
        (
            "ca_certificates",
            own.session().ca_certificates_file("a.pem"),
        ),
        (
            "system_certificates",
            own.session().system_certificates(false),
        ),
        (
            "client_certificate",
            own.session().client_certificate("", ""),
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(
            error
                .to_string()
                .contains(&format!("SessionBuilder::{setting} ")),
            "{error}"
        );
    }
    own.session().proxy(Proxy::environment()).build().unwrap();
}

/// A call that must not be made twice.
#[tokio::test]
async fn what_was_not_sent_is_sent_again_whatever_it_does_and_what_may_have_been_is_not() {
    for (unsent, attempts) in [(true, 2), (false, 1)] {
        let own = Own::new(move |_, number| match number {
            1 => Err(HttpError::new(ErrorKind::Interrupted, "it broke").unsent(unsent)),
            _ => Ok(Answer::new(204)),
        });
        let session = own.session().build().unwrap();
        let answer = call(&session, &CREATE).send_empty().await;
        assert_eq!((answer.is_ok(), own.seen().len()), (unsent, attempts));
    }
}

#[tokio::test]
async fn an_error_of_a_client_shows_no_secret() {
    let own = Own::new(|_, _| {
        let below = std::io::Error::other("Bearer the-s3cret");
        Err(HttpError::new(ErrorKind::Tls, "refused the-s3cret")
            .with_hint("not the-s3cret")
            .with_source(&below))
    });
    let session = own.session().credentials(Credentials::bearer("the-s3cret"));
    let session = session.build().unwrap();
    let error = call(&session, &GET).send_empty().await.unwrap_err();
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(
        (error.to_string(), source.as_deref()),
        (
            "test_call: refused ***; hint: not ***".to_owned(),
            Some("Bearer ***")
        )
    );
    let broken = HttpError::new(ErrorKind::Tls, "refused the-s3cret");
    assert!(!format!("{broken:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_and_never_a_short_success() {
    let own = Own::new(|_, _| {
        let broken = HttpError::new(ErrorKind::Interrupted, "it broke");
        let chunks = futures_util::stream::iter([Ok("[1".into()), Err(broken)]);
        Ok(Answer::new(200).with_body(Body::stream(chunks, None)))
    });
    let session = own.session().retry(Backoff::off()).build().unwrap();
    let error = call(&session, &GET)
        .send_json::<Vec<i64>>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Interrupted, Some(200))
    );
}

/// The default client is not public, so the session's own test of it is in the crate.
#[tokio::test]
async fn a_client_that_breaks_the_contract_is_found() {
    let own = Own::new(|_, _| Ok(Answer::new(204)));
    let broken = anypoint_core::testing::http_contract(&own)
        .await
        .unwrap_err();
    assert!(
        broken
            .to_string()
            .starts_with("a request is sent unchanged: "),
        "{broken}"
    );
}
