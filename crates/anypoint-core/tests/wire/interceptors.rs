//! Interceptors of calls and attempts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypoint_core::testing::{FakeHttp, Reply};
use anypoint_core::{BoxError, Error, ErrorKind, Intercepted, Interceptor, Json, Session};

use crate::support::{CREATE, GET, app, call};

/// Writes down what it sees.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, what: &str, seen: &Intercepted) {
        let outcome = match (seen.status(), seen.error()) {
            (Some(status), _) => format!(" {status}"),
            (_, Some(error)) => format!(" {:?}", error.kind()),
            _ => String::new(),
        };
        let line = format!("{what} {} {}{outcome}", seen.operation(), seen.attempt());
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Interceptor for Diary {
    fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
        self.note("call", call);
        Ok(())
    }

    fn attempt_begins(&self, attempt: &mut Intercepted) -> Result<(), BoxError> {
        self.note("attempt", attempt);
        Ok(())
    }

    fn attempt_ends(&self, attempt: &Intercepted) -> Result<(), BoxError> {
        self.note("attempt ends", attempt);
        Ok(())
    }

    fn call_ends(&self, call: &Intercepted) -> Result<(), BoxError> {
        self.note("call ends", call);
        Ok(())
    }
}

/// Fails or panics at one step.
struct Broken(&'static str, bool);

impl Broken {
    fn at(&self, step: &str) -> Result<(), BoxError> {
        if self.0 != step {
            return Ok(());
        }
        assert!(!self.1, "it broke over the-s3cret");
        Err("it broke over the-s3cret".into())
    }
}

impl Interceptor for Broken {
    fn name(&self) -> &str {
        "broken"
    }

    fn call_begins(&self, _: &mut Intercepted) -> Result<(), BoxError> {
        self.at("call")
    }

    fn attempt_begins(&self, _: &mut Intercepted) -> Result<(), BoxError> {
        self.at("attempt")
    }

    fn attempt_ends(&self, _: &Intercepted) -> Result<(), BoxError> {
        self.at("attempt ends")
    }

    fn call_ends(&self, _: &Intercepted) -> Result<(), BoxError> {
        self.at("call ends")
    }
}

async fn get(session: &Session) -> Result<(), Error> {
    call(session, &GET).send_json::<Json>().await.map(|_| ())
}

fn token() -> Reply {
    Reply::new(200).body(r#"{"access_token":"the-t0ken"}"#)
}

#[tokio::test]
async fn calls_attempts_and_logins_are_seen_in_order() {
    let http = FakeHttp::new();
    http.on("log_in", [Reply::new(404), token()]);
    http.on(
        "test_call",
        [Reply::broken(), Reply::new(503), Reply::new(204)],
    );
    let diary = Diary::default();
    let builder = http.builder().credentials(app()).interceptor(diary.clone());
    get(&builder.build().unwrap()).await.unwrap();
    assert_eq!(
        diary.lines(),
        [
            "call test_call 0",
            "call log_in 0",
            "attempt log_in 1",
            "attempt ends log_in 1 404",
            "attempt log_in 2",
            "attempt ends log_in 2 200",
            "call ends log_in 0 200",
            "attempt test_call 1",
            "attempt ends test_call 1 Interrupted",
            "attempt test_call 2",
            "attempt ends test_call 2 503",
            "attempt test_call 3",
            "attempt ends test_call 3 204",
            "call ends test_call 0 204",
        ]
    );
}

/// Says its name at each begin and end.
struct Named(&'static str, Diary);

impl Interceptor for Named {
    fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
        self.1.note(self.0, call);
        Ok(())
    }

    fn call_ends(&self, call: &Intercepted) -> Result<(), BoxError> {
        self.1.note(self.0, call);
        Ok(())
    }
}

#[tokio::test]
async fn several_begin_in_order_and_end_in_the_opposite_one() {
    let http = FakeHttp::new();
    http.on("test_call", [Reply::new(204)]);
    let diary = Diary::default();
    let named = |name| Named(name, diary.clone());
    let builder = http
        .builder()
        .interceptor(named("a"))
        .interceptor(named("b"));
    get(&builder.build().unwrap()).await.unwrap();
    let both = [
        "a test_call 0",
        "b test_call 0",
        "b test_call 0 204",
        "a test_call 0 204",
    ];
    assert_eq!(diary.lines(), both);
}

#[tokio::test]
async fn one_that_fails_or_panics_ends_its_own_call_with_an_error_that_names_it() {
    for (step, sent, panics) in [
        ("call", 0, false),
        ("call", 0, true),
        ("attempt", 0, false),
        ("attempt", 0, true),
        ("attempt ends", 1, false),
        ("attempt ends", 1, true),
        ("call ends", 1, false),
        ("call ends", 1, true),
    ] {
        let http = FakeHttp::new();
        http.respond(|_| Some(Reply::new(202)));
        let diary = Diary::default();
        let secret = anypoint_core::Credentials::bearer("the-s3cret");
        let builder = http
            .builder()
            .credentials(secret)
            .interceptor(diary.clone());
        let session = builder.interceptor(Broken(step, panics)).build().unwrap();
        let error = call(&session, &CREATE)
            .send_json::<Json>()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), http.requests().len()),
            (ErrorKind::Interceptor, sent),
            "{step}"
        );
        let how = if panics { "panicked" } else { "ended the call" };
        let words = format!("test_call: the interceptor broken {how}: it broke over ***");
        assert!(error.to_string().starts_with(&words), "{error}");
        // The call was made, and must not be made again by a caller who does not know.
        let hint = error.hint().unwrap_or_default();
        assert_eq!(
            hint.contains("the server had answered 202"),
            sent == 1,
            "{error}"
        );
        // What had begun ends.
        let last = diary.lines().pop().unwrap();
        let ends = if step == "call ends" {
            "call ends test_call 0 202"
        } else {
            "call ends test_call 0 Interceptor"
        };
        assert_eq!(last, ends, "{step}");
    }
}

#[tokio::test]
async fn one_that_breaks_at_a_login_ends_the_calls_that_wait_for_it() {
    struct NoLogins;
    impl Interceptor for NoLogins {
        fn attempt_begins(&self, attempt: &mut Intercepted) -> Result<(), BoxError> {
            match attempt.operation() {
                "log_in" => Err("no logins".into()),
                _ => Ok(()),
            }
        }
    }
    let http = FakeHttp::new();
    let builder = http.builder().credentials(app()).interceptor(NoLogins);
    let error = get(&builder.build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interceptor);
    assert!(
        error
            .to_string()
            .contains("NoLogins ended the call: no logins"),
        "{error}"
    );
}

/// A header for a call goes with each attempt, and one for an attempt with it alone.
struct Marks;

impl Interceptor for Marks {
    fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
        Ok(call.set_header("x-correlation-id", "job-17")?)
    }

    fn attempt_begins(&self, attempt: &mut Intercepted) -> Result<(), BoxError> {
        let name = format!("x-attempt-{}", attempt.attempt());
        Ok(attempt.set_header(&name, "1")?)
    }
}

#[tokio::test]
async fn headers_are_added_to_calls_attempts_and_logins() {
    let http = FakeHttp::new();
    http.on("log_in", [token()]);
    http.on("test_call", [Reply::new(500), Reply::new(204)]);
    let builder = http.builder().credentials(app()).interceptor(Marks);
    get(&builder.build().unwrap()).await.unwrap();
    let requests = http.requests();
    let has = |number: usize, name| requests[number].headers.get(name).is_some();
    for (number, first, second) in [(0, true, false), (1, true, false), (2, false, true)] {
        let id = requests[number].headers.get("x-correlation-id");
        assert_eq!(id, Some("job-17"));
        assert_eq!(
            (has(number, "x-attempt-1"), has(number, "x-attempt-2")),
            (first, second)
        );
    }
}

/// What the session says cannot be said by an interceptor.
struct Forger;

impl Interceptor for Forger {
    fn attempt_begins(&self, attempt: &mut Intercepted) -> Result<(), BoxError> {
        assert_eq!(attempt.header("authorization"), None);
        Ok(attempt.set_header("Authorization", "Bearer forged")?)
    }
}

#[tokio::test]
async fn credentials_are_out_of_their_reach() {
    let http = FakeHttp::new();
    let error = get(&http.builder().interceptor(Forger).build().unwrap())
        .await
        .unwrap_err();
    let words = "the header Authorization cannot be set for a call";
    assert!(error.to_string().contains(words), "{error}");
}

/// All that was sent, in words that anybody may read.
#[derive(Clone, Default)]
struct Audit(Arc<Mutex<Vec<String>>>);

impl Interceptor for Audit {
    fn call_ends(&self, call: &Intercepted) -> Result<(), BoxError> {
        let answer = call.answer_header("x-echo").unwrap_or_default();
        let own = call.header("x-own").unwrap_or_default();
        let line = format!(
            "{} {} {:?} {own} {answer} {call:?}",
            call.method(),
            call.url(),
            call.body()
        );
        self.0.lock().unwrap().push(line);
        Ok(())
    }
}

#[tokio::test]
async fn an_audit_log_holds_no_secret() {
    let http = FakeHttp::new();
    http.on("log_in", [token()]);
    http.respond(|_| Some(Reply::new(200).header("x-echo", "the-t0ken of the-passw0rd")));
    let audit = Audit::default();
    let builder = http.builder().credentials(app()).interceptor(audit.clone());
    let session = builder.build().unwrap();
    let body = std::collections::BTreeMap::from([(
        "password",
        anypoint_core::Secret::from("the-passw0rd"),
    )]);
    let options = anypoint_core::CallOptions::new().secret_header("x-own", "the-k3y");
    let request = session.request(anypoint_core::http::Method::Put, "/a/{id}");
    let request = request.path("id", "the-k3y").json(&body);
    anypoint_core::WithOptions::with_options(request, options)
        .send()
        .await
        .unwrap();
    let lines = audit.0.lock().unwrap();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with("POST https://anypoint.mulesoft.com/accounts/"),
        "{lines:?}"
    );
    let call =
        r#"PUT https://anypoint.mulesoft.com/a/*** Some("{\"password\":\"***\"}") *** *** of ***"#;
    assert!(lines[1].starts_with(call), "{lines:?}");
    for secret in ["s3cret", "t0ken", "passw0rd", "k3y"] {
        assert!(!lines.concat().contains(secret), "{secret}: {lines:?}");
    }
}

/// What calls take, with their waits.
#[derive(Clone, Default)]
struct Metric(Arc<Mutex<Vec<(String, bool, Duration)>>>);

impl Interceptor for Metric {
    fn call_ends(&self, call: &Intercepted) -> Result<(), BoxError> {
        let line = (
            call.operation().to_owned(),
            call.error().is_some(),
            call.elapsed(),
        );
        self.0.lock().unwrap().push(line);
        Ok(())
    }
}

#[tokio::test]
async fn a_metric_counts_the_waits_of_a_call() {
    let http = FakeHttp::new();
    let busy = Reply::new(429).header("retry-after", "30");
    http.on("test_call", [busy, Reply::new(400)]);
    let metric = Metric::default();
    get(&http.builder().interceptor(metric.clone()).build().unwrap())
        .await
        .unwrap_err();
    let line = metric.0.lock().unwrap()[0].clone();
    assert_eq!((line.0.as_str(), line.1), ("test_call", true));
    assert!(line.2 >= Duration::from_secs(30), "{line:?}");
}

#[tokio::test]
async fn the_end_of_a_call_tells_an_answer_that_cannot_be_read() {
    let http = FakeHttp::new();
    http.on("test_call", [Reply::new(201).body("no json")]);
    let diary = Diary::default();
    let session = http.builder().interceptor(diary.clone()).build().unwrap();
    let error = get(&session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let last = diary.lines().pop().unwrap();
    assert_eq!(last, "call ends test_call 0 Decode");
}

#[tokio::test]
async fn queries_and_forms_are_shown_without_secrets() {
    struct Shown(Arc<Mutex<Vec<String>>>);
    impl Interceptor for Shown {
        fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
            let parts = call.form().into_iter().flatten();
            let parts =
                parts.map(|part| format!("{}={:?}/{:?}", part.name, part.text, part.file_name));
            let mut all = self.0.lock().unwrap();
            all.extend(call.query());
            all.extend(parts);
            Ok(())
        }
    }
    let http = FakeHttp::new();
    http.respond(|_| Some(Reply::new(200)));
    let shown = Arc::new(Mutex::new(Vec::new()));
    let session = http.builder().interceptor(Shown(shown.clone()));
    let session = session.build().unwrap();
    let secret = anypoint_core::Secret::from("the passw0rd");
    let request = session.request(anypoint_core::http::Method::Post, "/a");
    let upload = anypoint_core::Upload::bytes("a.jar", "the file");
    request
        .query("q", "x y")
        .text_part("note", "hello")
        .json_part(
            "info",
            &std::collections::BTreeMap::from([("key", &secret)]),
        )
        .file_part("file", &upload)
        .send()
        .await
        .unwrap();
    let all = [
        "q=x%20y",
        "note=Some(\"hello\")/None",
        "info=Some(\"{\\\"key\\\":\\\"***\\\"}\")/None",
        "file=None/Some(\"a.jar\")",
    ];
    assert_eq!(*shown.lock().unwrap(), all);
    shown.lock().unwrap().clear();
    let call = call(&session, &GET).query("token", &Some(vec![secret]));
    call.send_empty().await.unwrap();
    assert_eq!(*shown.lock().unwrap(), ["token=***"]);
}
