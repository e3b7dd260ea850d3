//! Uploads that come from a reader or a stream.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anypoint_core::http::{Answer, HttpClient, Request, Sending};
use anypoint_core::internal::{Call, Multipart};
use anypoint_core::testing::{FakeHttp, QuickClock, Reply};
use anypoint_core::{Credentials, Error, ErrorKind, Session, Upload};
use bytes::Bytes;
use futures_util::stream;

use crate::support::{Folder, POST, app, call};

type Chunk = io::Result<Bytes>;

fn chunks(texts: &[&'static str]) -> Vec<Chunk> {
    texts.iter().map(|text| Ok(Bytes::from(*text))).collect()
}

fn once(texts: &[&'static str]) -> Upload {
    Upload::stream("a.jar", stream::iter(chunks(texts)))
}

async fn send(call: Call) -> Result<(), Error> {
    call.send_empty().await.map(drop)
}

/// Each way of sending an upload.
fn calls(session: &Session, upload: impl Fn() -> Upload) -> [Call; 2] {
    let form = Multipart::new().file("file", Some(&upload()));
    [
        call(session, &POST).upload("x/y", &upload()),
        call(session, &POST).multipart(form),
    ]
}

#[tokio::test]
async fn a_reader_and_a_stream_are_sent_as_they_come_with_their_length_if_it_is_known() {
    let reader = || Upload::reader("a.jar", io::Cursor::new("hello, you"));
    let stream = || once(&["hello", ", you"]);
    let again = || Upload::from_fn("a.jar", || stream::iter(chunks(&["hello", ", you"])));
    let sources: [&dyn Fn() -> Upload; 6] = [
        &reader,
        &|| reader().with_length(10),
        &stream,
        &|| stream().with_length(10),
        &again,
        &|| again().with_length(10),
    ];
    for (number, source) in sources.into_iter().enumerate() {
        let http = FakeHttp::new();
        http.respond(|_| Some(Reply::new(204)));
        let told = Arc::new(Mutex::new(Vec::new()));
        let upload = || {
            let told = told.clone();
            source().on_progress(move |so_far| told.lock().unwrap().push(so_far))
        };
        for call in calls(&http.session(), upload) {
            send(call).await.unwrap();
            let length = (number % 2 == 1).then_some(10);
            let told = std::mem::take(&mut *told.lock().unwrap());
            assert!(told.iter().all(|so_far| so_far.total == length));
            assert_eq!(told.last().map(|so_far| so_far.bytes), Some(10));
        }
        let requests = http.requests();
        assert_eq!(requests[0].body, "hello, you");
        let form = String::from_utf8_lossy(&requests[1].body).into_owned();
        assert!(
            form.contains("filename=\"a.jar\"") && form.contains("\r\n\r\nhello, you\r\n--"),
            "{form}"
        );
        for request in requests {
            let length = (number % 2 == 1).then(|| request.body.len().to_string());
            assert_eq!(request.headers.get("content-length"), length.as_deref());
        }
    }
}

#[tokio::test]
async fn a_stream_of_which_something_was_sent_is_not_sent_again() {
    for first in [
        Reply::broken(),
        Reply::new(503),
        Reply::new(429),
        Reply::new(401),
    ] {
        let http = FakeHttp::new();
        http.on("log_in", [Reply::new(200).body(r#"{"access_token":"t1"}"#)]);
        http.on("test_call", [first]);
        let session = http.builder().credentials(app()).build().unwrap();
        let upload = once(&["a", "b"]);
        let error = send(call(&session, &POST).upload("x/y", &upload))
            .await
            .unwrap_err();
        assert_eq!(error.attempts(), 1, "{error}");
        assert!(error.hint().unwrap().contains("Upload::from_fn"), "{error}");
        // Nor by another call.
        let error = send(call(&session, &POST).upload("x/y", &upload))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
}

#[tokio::test]
async fn an_upload_that_can_be_opened_again_is_sent_again() {
    for first in [Reply::broken(), Reply::new(503), Reply::new(429)] {
        let http = FakeHttp::new();
        http.on("test_call", [first, Reply::new(204)]);
        let opened = Arc::new(AtomicUsize::new(0));
        let count = opened.clone();
        let upload = Upload::from_fn("a.jar", move || {
            count.fetch_add(1, Ordering::SeqCst);
            stream::iter(chunks(&["a", "b"]))
        });
        send(call(&http.session(), &POST).upload("x/y", &upload))
            .await
            .unwrap();
        assert_eq!(http.requests()[1].body, "ab");
        assert_eq!(opened.load(Ordering::SeqCst), 2);
    }
}

/// Refuses so many requests by their heads, and reads the bodies of the others.
#[derive(Debug, Clone, Default)]
struct ByHead(Arc<Mutex<(Vec<u16>, Vec<u8>)>>);

impl HttpClient for ByHead {
    fn send(&self, mut request: Request) -> Sending<'_> {
        Box::pin(async move {
            if request.operation() == "log_in" {
                let body = r#"{"access_token":"t1"}"#;
                return Ok(Answer::new(200).with_body(anypoint_core::http::Body::bytes(body)));
            }
            let refusal = self.0.lock().unwrap().0.pop();
            if let Some(status) = refusal {
                return Ok(Answer::new(status));
            }
            while let Some(chunk) = request.body.next().await {
                self.0.lock().unwrap().1.extend_from_slice(&chunk?);
            }
            Ok(Answer::new(204))
        })
    }
}

#[tokio::test]
async fn a_stream_that_was_refused_by_the_head_of_its_request_is_sent_again() {
    for refusals in [vec![429], vec![401], vec![503, 401]] {
        let client = ByHead::default();
        client.0.lock().unwrap().0 = refusals;
        let builder = Session::builder()
            .http_client(client.clone())
            .clock(Arc::new(QuickClock::new()));
        let session = builder.credentials(app()).build().unwrap();
        send(call(&session, &POST).upload("x/y", &once(&["a", "b"])))
            .await
            .unwrap();
        assert_eq!(client.0.lock().unwrap().1, b"ab");
    }
}

#[tokio::test]
async fn a_stream_that_is_empty_or_of_another_length_or_fails_is_an_error_that_says_so() {
    let broken = || {
        let chunks = [Ok(Bytes::from("a")), Err(io::Error::other("the tape tore"))];
        Upload::stream("a.jar", stream::iter(chunks))
    };
    let cases: [(&dyn Fn() -> Upload, ErrorKind, &str); 5] = [
        (
            &|| once(&[]),
            ErrorKind::InvalidRequest,
            "the upload \"a.jar\" is empty",
        ),
        (
            &|| once(&[]).with_length(0),
            ErrorKind::InvalidRequest,
            "the upload \"a.jar\" is empty",
        ),
        (
            &|| once(&["abc"]).with_length(4),
            ErrorKind::Io,
            "ended after 3 of 4 bytes",
        ),
        (
            &|| once(&["abc"]).with_length(2),
            ErrorKind::Io,
            "is longer than 2 bytes",
        ),
        (
            &broken,
            ErrorKind::Io,
            "cannot read the upload \"a.jar\": the tape tore",
        ),
    ];
    for (upload, kind, words) in cases {
        let http = FakeHttp::new();
        http.respond(|_| Some(Reply::new(204)));
        for call in calls(&http.session(), upload) {
            let error = send(call).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_sent_as_it_is_written() {
    let folder = Folder::new("upload-pipe");
    let path = folder.0.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let written = path.clone();
    let writing = std::thread::spawn(move || std::fs::write(written, vec![7; 300_000]));
    let pipe = tokio::fs::File::open(&path).await.unwrap();
    let http = FakeHttp::new();
    http.on("request", [Reply::new(204)]);
    let session = http
        .builder()
        .credentials(Credentials::default())
        .build()
        .unwrap();
    let request = session.request(anypoint_core::http::Method::Post, "/files");
    request
        .upload(&Upload::reader("pipe", pipe))
        .send()
        .await
        .unwrap();
    writing.join().unwrap().unwrap();
    assert_eq!(http.requests()[0].body, vec![7; 300_000]);
}
