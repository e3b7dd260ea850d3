//! A server that answers from a function, and clients for it and for the emulator.

use std::path::PathBuf;
use std::sync::Arc;

use anypoint::{Anypoint, AnypointBuilder, Credentials};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers each request with what `answer` makes of its method and target: status and body.
/// Its address is returned; it lives as long as the test's runtime.
pub(crate) async fn serve<F>(answer: F) -> String
where
    F: Fn(&str, &str) -> (u16, String) + Send + Sync + 'static,
{
    serve_requests(move |request| {
        let mut words = request.split(' ');
        let method = words.next().unwrap_or_default();
        answer(method, words.next().unwrap_or_default())
    })
    .await
}

/// As [`serve`], with the whole text of each request.
pub(crate) async fn serve_requests<F>(answer: F) -> String
where
    F: Fn(&str) -> (u16, String) + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move { exchange(stream, &*answer).await });
        }
    });
    url
}

async fn exchange(mut stream: TcpStream, answer: &(dyn Fn(&str) -> (u16, String) + Send + Sync)) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk).await {
            Ok(length) if length > 0 => request.extend_from_slice(&chunk[..length]),
            _ => return,
        }
    }
    let (status, body) = answer(&String::from_utf8_lossy(&request));
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await.ok();
}

/// Whether the body is there too: closing early would reset the connection.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    body.len()
        >= length
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0)
}

/// A client with a token, for a server that does not ask for one.
pub(crate) fn at(url: &str) -> AnypointBuilder {
    Anypoint::builder()
        .host(url)
        .credentials(Credentials::bearer("a-token"))
}

/// A client that signs in to the emulator.
pub(crate) fn of(emulator: &Emulator) -> AnypointBuilder {
    Anypoint::builder()
        .host(emulator.url())
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
}

/// A lookup in a list.
pub(crate) fn variables<'a>(
    list: &'a [(&'a str, &'a str)],
) -> impl Fn(&str) -> Option<String> + Clone + 'a {
    move |name| {
        let found = list.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

/// An error is one line, says what to try, and shows no secret.
pub(crate) fn assert_helpful(error: &str) {
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("; "), "{error}");
    assert!(
        !error.contains("s3cret") && !error.contains(CLIENT_SECRET),
        "{error}"
    );
}

/// A profile file of its own for one test, removed at its end.
pub(crate) struct Profiles(pub(crate) PathBuf);

impl Profiles {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let name = format!("anypoint-facade-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Profiles {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
