//! Raw HTTP over a socket, so that the tests do not share code with the emulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const BEARER: (&str, &str) = ("authorization", "Bearer emulator-token");
/// admin:admin
pub(crate) const BASIC: (&str, &str) = ("authorization", "Basic YWRtaW46YWRtaW4=");
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

pub(crate) const ORG: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
pub(crate) const ENV: &str = "d2e8b7f1-5a39-4e60-9c14-83b6f0a7d925";
/// The environment of the same organization in which calls act that name none.
pub(crate) const PRODUCTION: &str = "6a0c2d94-17be-43f5-b0c8-2f94de7a1e53";
/// Another organization, which has none of them.
pub(crate) const OTHER_ORG: &str = "9b1d7e04-62c5-4f3a-8e91-c47d20f5a3b8";
/// A resource that is downloaded.
pub(crate) const RESOURCE: &str = concat!(
    "/api-experience-hub/xapi/v1/portals/00D5g000004XyZaEAK/4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54",
    "/assets/d2f7c1e8-5a94-4b0f-9c36-7e1ab4420d55/a/v1/resources/r"
);
/// The group of the portal's assets.
pub(crate) const GROUP: &str = "d2f7c1e8-5a94-4b0f-9c36-7e1ab4420d55";

/// A clock that stands until it is moved.
#[derive(Clone, Default)]
pub(crate) struct Hands(Arc<AtomicU64>);

impl Hands {
    pub(crate) fn set(&self, milliseconds: u64) {
        self.0.store(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn clock(&self) -> impl Fn() -> Duration + Send + Sync + 'static {
        let hands = self.clone();
        move || Duration::from_millis(hands.0.load(Ordering::Relaxed))
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn parse(raw: &[u8]) -> Option<Self> {
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = raw[end + 4..].to_vec();
        Some(Self { status, head, body })
    }
}

pub(crate) fn address(url: &str) -> &str {
    url.trim_start_matches("http://")
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut raw = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        raw += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        raw += &format!("content-length: {}\r\n", body.len());
    }
    raw += "\r\n";
    let mut raw = raw.into_bytes();
    raw.extend_from_slice(body);
    raw
}

/// All that comes back until the connection ends, cleanly or not.
pub(crate) async fn exchange(url: &str, raw: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address(url)).await.unwrap();
    let _ = stream.write_all(raw).await;
    let mut answer = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(count) = stream.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..count]);
    }
    answer
}

pub(crate) async fn call(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let raw = exchange(url, &request(method, path, headers, body)).await;
    Answer::parse(&raw).unwrap_or_else(|| panic!("no answer to {method} {path}"))
}

pub(crate) async fn get(url: &str, path: &str) -> Answer {
    call(url, "GET", path, &[BEARER], b"").await
}

pub(crate) async fn send(url: &str, method: &str, path: &str, body: &Value) -> Answer {
    let body = body.to_string();
    call(url, method, path, &[BEARER, JSON], body.as_bytes()).await
}

pub(crate) async fn console(url: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let body = body.map(Value::to_string).unwrap_or_default();
    call(url, method, path, &[BASIC, JSON], body.as_bytes()).await
}

pub(crate) fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\""))
            .unwrap_or_default();
        let head =
            format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--line--\r\n");
    ("multipart/form-data; boundary=line".to_owned(), body)
}

pub(crate) async fn upload(url: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let (media, body) = multipart(parts);
    let headers = [BASIC, ("content-type", media.as_str())];
    call(url, "POST", "/mmc/api/repository", &headers, &body).await
}

pub(crate) fn deployments() -> String {
    format!("/amc/application-manager/api/v2/organizations/{ORG}/environments/{ENV}/deployments")
}
