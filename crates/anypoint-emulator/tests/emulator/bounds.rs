//! The cost of hostile requests, and the hosts that the emulator accepts.

use std::time::{Duration, Instant};

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Far more than any answer takes, and far less than what grows by the square of its input.
const SOON: Duration = Duration::from_secs(40);
const APPLICATIONS: &str = "/cloudhub/api/v2/applications";

/// The status of a request that is answered soon.
async fn status(url: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
    let start = Instant::now();
    let answer = call(url, method, path, headers, body).await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    answer.status
}

#[tokio::test]
async fn long_paths_are_answered_at_once() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    assert_eq!(
        status(url, "GET", &"/a".repeat(30_000), &[BEARER], b"").await,
        414
    );
    assert_eq!(
        status(url, "GET", &"/a".repeat(4_000), &[BEARER], b"").await,
        404
    );
    let long = format!("/{}", "x".repeat(400)).repeat(20);
    assert_eq!(status(url, "GET", &long, &[BEARER], b"").await, 404);
    let query = format!("/accounts/api/me?{}", "a=1&".repeat(20_000));
    assert_eq!(status(url, "GET", &query, &[BEARER], b"").await, 414);
    let query = format!("/accounts/api/me?{}", "a=1&".repeat(2_000));
    assert_eq!(status(url, "GET", &query, &[BEARER], b"").await, 200);
}

#[tokio::test]
async fn a_service_gives_so_many_replicas_and_workers() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let body = |replicas: Value| {
        json!({ "name": "orders", "target": { "provider": "MC", "targetId": "t", "replicas": replicas },
            "application": { "ref": { "groupId": "g", "artifactId": "a", "version": "1",
                "packaging": "jar" } } })
    };
    for replicas in [
        json!(17),
        json!(2_147_483_647),
        json!("2147483647"),
        json!(0),
        json!(-1),
    ] {
        let answer = send(url, "POST", &deployments(), &body(replicas)).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.text().contains("replicas"), "{}", answer.text());
    }
    let created = send(url, "POST", &deployments(), &body(json!(16))).await;
    assert!(created.status < 300, "{created:?}");
    let path = format!(
        "{}/{}",
        deployments(),
        created.json()["id"].as_str().unwrap()
    );
    let more = json!({ "target": { "replicas": 1_000_000 } });
    assert_eq!(send(url, "PATCH", &path, &more).await.status, 400);

    let body = |amount: u64| {
        json!({ "applicationInfo": { "domain": "orders",
            "workers": { "amount": amount, "type": { "name": "Micro" } } }, "autoStart": true,
            "applicationSource": { "source": "EXCHANGE", "artifactId": "a" } })
    };
    for amount in [9, 2_147_483_647] {
        let answer = send(url, "POST", APPLICATIONS, &body(amount)).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.text().contains("workers"), "{}", answer.text());
    }
    assert_eq!(send(url, "POST", APPLICATIONS, &body(8)).await.status, 200);
    let path = format!("{APPLICATIONS}/orders");
    assert_eq!(send(url, "PUT", &path, &body(9)).await.status, 400);
    let info = body(9)["applicationInfo"].to_string();
    let (media, form) = multipart(&[
        ("file", Some("a.jar"), b"PK\x03\x04"),
        ("appInfoJson", None, info.as_bytes()),
    ]);
    let headers = [BEARER, ("content-type", media.as_str())];
    assert_eq!(
        call(url, "POST", APPLICATIONS, &headers, &form)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_length_of_a_name_is_not_paid_for_by_each_line_of_a_log() {
    let emulator = Emulator::builder()
        .step(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let body = json!({ "name": "n".repeat(100_000), "target": { "provider": "MC", "targetId": "t", "replicas": 2 },
        "application": { "ref": { "groupId": "g", "artifactId": "a", "version": "1",
            "packaging": "jar" } } });
    let created = send(url, "POST", &deployments(), &body).await.json();
    let path = format!("{}/{}", deployments(), created["id"].as_str().unwrap());
    let view = get(url, &path).await.json();
    let id = view["replicas"][0]["id"].as_str().unwrap();
    assert!(id.len() < 100, "{}", id.len());
}

#[tokio::test]
async fn no_regular_expression_takes_long() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let seed = format!("{}/c19a7e40-6b2d-4f83-95e1-d70f3b84c256", deployments());
    let version = get(url, &seed).await.json()["desiredVersion"]
        .as_str()
        .unwrap()
        .to_owned();
    let line = anypoint_emulator::LogLine::new("x".repeat(200_000));
    emulator
        .write_log("c19a7e40-6b2d-4f83-95e1-d70f3b84c256", vec![line; 50])
        .unwrap();
    let log = format!("{seed}/specs/{version}/logs?regexp=");
    assert_eq!(
        status(url, "GET", &format!("{log}(x%2Bx%2B)%2By"), &[BEARER], b"").await,
        200
    );
    // What can only be matched by going back and forth is none.
    assert_eq!(
        status(url, "GET", &format!("{log}(x*)*%5C1y"), &[BEARER], b"").await,
        400
    );
    assert_eq!(
        status(
            url,
            "GET",
            &format!("{log}((a%7B99%7D)%7B99%7D)%7B99%7D"),
            &[BEARER],
            b""
        )
        .await,
        400
    );
}

#[tokio::test]
async fn bodies_have_bounds() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let json = [BEARER, JSON];
    let many = format!("[{}0]", r#"{"":0},"#.repeat(500_000));
    assert_eq!(
        status(url, "POST", &deployments(), &json, many.as_bytes()).await,
        413
    );
    let deep = "[".repeat(1_000_000);
    assert_eq!(
        status(url, "POST", &deployments(), &json, deep.as_bytes()).await,
        400
    );

    let upload = async |body: &[u8]| {
        let headers = [
            BASIC,
            ("content-type", "multipart/form-data; boundary=line"),
        ];
        status(url, "POST", "/mmc/api/repository", &headers, body).await
    };
    // Neither the start nor the head of a part ever ends.
    assert_eq!(upload(&vec![b'x'; 16 << 20]).await, 400);
    let mut endless = b"--line\r\ncontent-disposition: form-data; name=\"file\"; x=\"".to_vec();
    endless.resize(16 << 20, b'x');
    assert_eq!(upload(&endless).await, 400);
    let part: (&str, Option<&str>, &[u8]) = ("x", None, b"y");
    assert_eq!(upload(&multipart(&vec![part; 101]).1).await, 400);
    let text = vec![b'x'; 1_500_000];
    let part: (&str, Option<&str>, &[u8]) = ("x", None, &text);
    assert_eq!(upload(&multipart(&[part; 2]).1).await, 413);
    let file = [b"PK\x03\x04".to_vec(), vec![b'\r'; 8 << 20]].concat();
    let parts = [
        ("file", Some("a.zip"), &file[..]),
        ("name", None, b"n"),
        ("version", None, b"1"),
    ];
    assert_eq!(upload(&multipart(&parts).1).await, 200);
    assert_eq!(emulator.uploads()[0].size, file.len() as u64);
}

/// The open files of this process.
#[cfg(target_os = "linux")]
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_upload_keeps_no_descriptor() {
    let emulator = Emulator::start().await.unwrap();
    let before = descriptors();
    for number in 0..300 {
        let version = number.to_string();
        let parts = [
            ("file", Some("a.zip"), &b"PK\x03\x04"[..]),
            ("name", None, b"orders"),
            ("version", None, version.as_bytes()),
        ];
        let answer = upload(emulator.url(), &parts).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(emulator.uploads().len(), 300);
    // Other tests of this process open some, too.
    assert!(descriptors() < before + 150, "{} {before}", descriptors());
}

#[tokio::test]
async fn a_request_has_to_come_in_time() {
    let builder = Emulator::builder().idle_timeout(Duration::from_millis(50));
    let emulator = builder.start().await.unwrap();
    let body = "POST /accounts/api/login HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    for start in ["", "GET / HTTP/1.1\r\nhost: local", body] {
        let mut stream = TcpStream::connect(address(emulator.url())).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let ends = stream.read_to_end(&mut answer);
        let ended = tokio::time::timeout(SOON, ends).await;
        assert!(ended.is_ok(), "{start:?} is still open");
    }
}

#[tokio::test]
async fn a_name_that_somebody_else_can_own_is_refused() {
    let emulator = Emulator::builder()
        .allow_host("ci.example")
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let ask = async |target: &str, hosts: &[&str]| {
        let mut raw = format!("GET {target} HTTP/1.1\r\nconnection: close\r\n");
        raw += &format!("{}: {}\r\n", BEARER.0, BEARER.1);
        for host in hosts {
            raw += &format!("host: {host}\r\n");
        }
        let answer = exchange(url, format!("{raw}\r\n").as_bytes()).await;
        Answer::parse(&answer).unwrap().status
    };
    let me = "/accounts/api/me";
    for host in [
        "localhost",
        "localhost:99",
        "127.0.0.1:99",
        "[::1]:99",
        "10.0.0.7",
        "CI.example:9",
    ] {
        assert_eq!(ask(me, &[host]).await, 200, "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:99",
        "127.0.0.1.evil.example",
        "",
        "a b",
        "@",
        "evil",
    ] {
        assert_eq!(ask(me, &[host]).await, 421, "{host}");
    }
    assert_eq!(ask(me, &["localhost", "evil.example"]).await, 421);
    assert_eq!(
        ask("http://evil.example/accounts/api/me", &["localhost"]).await,
        421
    );
    assert_eq!(
        ask("http://127.0.0.1/accounts/api/me", &["127.0.0.1"]).await,
        200
    );
}
