//! A server that does as little as HTTP allows, so that the client is measured.
//!
//! It keeps no bodies. `GET …/assets` answers a page of 2 KB, `GET /long` 1 GiB, `POST /accounts…` a token, and a
//! `PUT` counts what it is sent.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Failure;

/// The length of the long bodies, in bytes.
pub(crate) const LONG: u64 = 1 << 30;
/// How many entries the log has.
pub(crate) const LINES: u64 = 1_000_000;

const TOKEN: &str = r#"{"access_token":"bench-token","token_type":"bearer","expires_in":3600}"#;

/// A server process; it ends with its owner.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command.arg("serve").stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        let url = url.trim().to_owned();
        Ok(Self { child, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints its URL and serves until it is killed.
pub(crate) async fn serve() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            // A client that goes away is no concern of ours.
            let _ = connection(stream).await;
        });
    }
}

async fn connection(mut stream: TcpStream) -> std::io::Result<()> {
    let page = page();
    let mut buffer = vec![0; 64 * 1024];
    let mut held = 0;
    loop {
        let head = loop {
            if let Some(end) = find(&buffer[..held], b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read(&mut buffer[held..]).await? {
                0 => return Ok(()),
                read => held += read,
            }
        };
        let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
        let mut left = length(&text).saturating_sub((held - head) as u64);
        held = 0;
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => return Ok(()),
                read => left = left.saturating_sub(read as u64),
            }
        }
        match text.split(' ').take(2).collect::<Vec<_>>()[..] {
            ["GET", "/long"] => long(&mut stream).await?,
            ["GET", path] if path.starts_with("/log") => {
                stream.write_all(json(&entries(path)).as_bytes()).await?;
            }
            ["GET", _] => stream.write_all(page.as_bytes()).await?,
            ["POST", _] => stream.write_all(json(TOKEN).as_bytes()).await?,
            _ => stream.write_all(json("{}").as_bytes()).await?,
        }
    }
}

async fn long(stream: &mut TcpStream) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {LONG}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..LONG / chunk.len() as u64 {
        stream.write_all(&chunk).await?;
    }
    Ok(())
}

/// The 1,000 log entries after the one that a path names.
fn entries(path: &str) -> String {
    let after = path
        .split(['?', '&'])
        .find_map(|part| part.strip_prefix("afterDocId="));
    let first = after.map_or(0, |id| id.parse().unwrap_or(LINES) + 1);
    let entry = |number: u64| {
        format!(
            r#"{{"docId":"{number}","timestamp":{number},"logLevel":"INFO","message":"Order {number} was accepted and handed over to the warehouse in Rotterdam.","replicaId":"order-intake-7c9d5f6b84-x2k8q"}}"#
        )
    };
    let entries: Vec<String> = (first..LINES.min(first + 1000)).map(entry).collect();
    format!("[{}]", entries.join(","))
}

/// Five assets, about 2 KB.
fn page() -> String {
    let asset = |number: i32| {
        format!(
            r#"{{"groupId":"d2f7c1e8-5a94-4b0f-9c36-7e1ab4420d55","assetId":"order-tracking-{number}","name":"Order Tracking {number}","description":"Where a parcel is and when it will arrive, for all carriers.","type":"rest-api","minorVersion":"v1","minorVersions":["v1","v2"],"latestPatchVersion":"1.3.2","icon":"https://exchange.example.com/icons/order-tracking.svg","tags":["orders","logistics"],"categories":["Department:Logistics"],"updatedDate":"2025-03-11T08:42:17Z"}}"#
        )
    };
    let assets: Vec<String> = (0..5).map(asset).collect();
    json(&format!("[{}]", assets.join(",")))
}

fn json(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn length(head: &str) -> u64 {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    };
    head.lines().find_map(header).unwrap_or(0)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
