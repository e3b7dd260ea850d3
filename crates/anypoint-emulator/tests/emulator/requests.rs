//! Credentials, routing and validation.

use std::time::Duration;

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const TOKEN: &str = "/accounts/api/v2/oauth2/token";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_token_opens_the_way() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let body = json!({ "grant_type": "client_credentials", "client_id": "emulator",
        "client_secret": "emulator-secret" });
    let answer = call(url, "POST", TOKEN, &[JSON], body.to_string().as_bytes()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.json();
    assert_eq!(token["token_type"], "bearer");
    assert_eq!(token["expires_in"], 3600);
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let me = call(url, "GET", "/accounts/api/me", &headers, b"").await;
    assert_eq!(me.status, 200, "{me:?}");
    assert!(me.json().get("user").is_some());
    assert_eq!(emulator.requests(), 2);

    let form = b"grant_type=client_credentials&client_id=emulator&client_secret=emulator-secret";
    assert_eq!(call(url, "POST", TOKEN, &[FORM], form).await.status, 200);
    let form = b"grant_type=password&username=ada&password=emulator-secret";
    assert_eq!(call(url, "POST", TOKEN, &[FORM], form).await.status, 200);

    // Revoked, it opens nothing any more.
    let form = format!("token={}", token["access_token"].as_str().unwrap());
    let path = "/accounts/api/v2/oauth2/revoke";
    let revoked = call(url, "POST", path, &[FORM, headers[0]], form.as_bytes()).await;
    assert!(revoked.status < 300, "{revoked:?}");
    assert_eq!(
        call(url, "GET", "/accounts/api/me", &headers, b"")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let builder = Emulator::builder().client("app", "sesame-open");
    let emulator = builder.start().await.unwrap();
    let url = emulator.url();
    for (id, secret, status) in [("app", "sesame-shut", 401), ("app", "sesame-open", 200)] {
        let body = json!({ "grant_type": "client_credentials", "client_id": id,
            "client_secret": secret });
        let answer = call(url, "POST", TOKEN, &[JSON], body.to_string().as_bytes()).await;
        assert_eq!(answer.status, status);
        assert!(!answer.text().contains("sesame"));
        if status == 401 {
            assert_eq!(answer.json()["error"], "invalid_client");
        }
    }
    for headers in [&[][..], &[("authorization", "Bearer nobody")], &[BASIC]] {
        let answer = call(url, "GET", "/accounts/api/me", headers, b"").await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.text(), "unauthorized");
    }
    let path = "/mmc/api/deployments";
    assert_eq!(call(url, "GET", path, &[BASIC], b"").await.status, 200);
    // "admin:" with an empty password.
    let half = ("authorization", "Basic YWRtaW46");
    assert_eq!(call(url, "GET", path, &[half], b"").await.status, 401);

    let open = Emulator::builder().require_authentication(false);
    let open = open.start().await.unwrap();
    assert_eq!(
        call(open.url(), "GET", "/accounts/api/me", &[], b"")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_violation_names_the_field() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let cases = [
        (
            "POST",
            deployments(),
            json!({ "name": "x", "target": {} }),
            "application",
        ),
        ("POST", deployments(), changed("/name", json!(7)), "name"),
        (
            "POST",
            deployments(),
            changed("/target/targetId", json!([])),
            "target.targetId",
        ),
    ];
    for (method, path, body, field) in cases {
        let answer = send(url, method, &path, &body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(field), "{message}");
    }
    let answer = get(url, &format!("{}?limit=many", deployments())).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.text().contains("query parameter limit"),
        "{answer:?}"
    );
    let path = "/api-experience-hub/xapi/v1/portals/00D5g000004XyZaEAK/\
        4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54/applications/exists";
    let answer = get(url, path).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("appName"), "{answer:?}");
    // Open enums and lenient numbers pass.
    let mut body = new_deployment();
    body["target"]["provider"] = json!("NEW");
    body["target"]["replicas"] = json!("2");
    body["application"]["vCores"] = json!("0.2");
    body["application"]["desiredState"] = json!("ODD");
    assert_eq!(send(url, "POST", &deployments(), &body).await.status, 200);
}

/// A deployment with another value in one place.
fn changed(pointer: &str, value: Value) -> Value {
    let mut body = new_deployment();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

fn new_deployment() -> Value {
    json!({ "name": "x", "target": { "provider": "MC", "targetId": "t" }, "application": {
        "ref": { "groupId": "g", "artifactId": "a", "version": "1", "packaging": "jar" } } })
}

#[tokio::test]
async fn a_new_deployment_without_name_target_or_artifact_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    for (object, member) in [
        ("", "name"),
        ("", "target"),
        ("", "application"),
        ("/target", "targetId"),
        ("/target", "provider"),
        ("/application", "ref"),
        ("/application/ref", "version"),
    ] {
        let mut body = new_deployment();
        let members = body.pointer_mut(object).unwrap().as_object_mut().unwrap();
        members.remove(member);
        let answer = send(emulator.url(), "POST", &deployments(), &body).await;
        assert_eq!(answer.status, 400, "{object} {member}: {answer:?}");
        assert!(answer.text().contains(member), "{}", answer.text());
    }
    let whole = send(emulator.url(), "POST", &deployments(), &new_deployment()).await;
    assert!(whole.status < 300, "{whole:?}");
}

#[tokio::test]
async fn what_is_wrong_in_http() {
    let emulator = Emulator::builder()
        .upload_limit(2000)
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let answer = get(url, "/mmc/api/deployment").await;
    assert_eq!(answer.status, 404);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert_eq!(
        message,
        "no operation at GET /mmc/api/deployment; nearest: GET /mmc/api/deployments"
    );
    let answer = call(url, "PUT", "/mmc/api/deployments", &[BASIC], b"").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET, POST"));
    let answer = call(url, "POST", &deployments(), &[BEARER, JSON], b"{\"name\": ").await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("malformed JSON"), "{answer:?}");
    let answer = call(url, "POST", &deployments(), &[BEARER, JSON], b"").await;
    assert_eq!(answer.status, 400);
    let text = ("content-type", "text/plain");
    let answer = call(url, "POST", &deployments(), &[BEARER, text], b"{}").await;
    assert_eq!(answer.status, 415);
    assert!(answer.text().contains("application/json"), "{answer:?}");
    let large = json!({ "name": "x".repeat(3000) });
    assert_eq!(send(url, "POST", &deployments(), &large).await.status, 413);
    let file = [b"PK".as_slice(), &[0; 3000]].concat();
    let answer = upload(url, &[("file", Some("a.zip"), &file)]).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    let chunked = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: {}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nbb8\r\n{}\r\n0\r\n\r\n",
        deployments(),
        BEARER.1,
        " ".repeat(3000)
    );
    let answer = Answer::parse(&exchange(url, chunked.as_bytes()).await).unwrap();
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn half_an_upload_harms_nobody() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let (media, body) = multipart(&[("file", Some("a.zip"), &[b'P'; 50_000])]);
    let headers = [BASIC, ("content-type", media.as_str())];
    let raw = request("POST", "/mmc/api/repository", &headers, &body);
    for cut in [raw.len() / 2, raw.len() - 5, 40] {
        let mut stream = TcpStream::connect(address(url)).await.unwrap();
        stream.write_all(&raw[..cut]).await.unwrap();
        drop(stream);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = console(url, "GET", "/mmc/api/repository", None).await;
    assert_eq!(answer.json()["total"], 1);
    assert!(emulator.uploads().is_empty());
    // The parts end before the body does.
    let broken = &body[..body.len() - 20];
    let answer = call(url, "POST", "/mmc/api/repository", &headers, broken).await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let emulator = Emulator::start().await.unwrap();
    let port = emulator.url().rsplit(':').next().unwrap().to_owned();
    let error = Emulator::builder()
        .port(port.parse().unwrap())
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&port), "{error}");

    let output = std::process::Command::new(env!("CARGO_BIN_EXE_anypoint-emulator"))
        .args(["--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&port) && text.lines().count() == 1, "{text}");
}

#[tokio::test]
async fn a_connection_outlives_a_refusal() {
    let emulator = Emulator::start().await.unwrap();
    let body = "x".repeat(200_000);
    let refused = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}",
        deployments(),
        body.len()
    );
    let accepted = request("GET", "/accounts/api/me", &[BEARER], b"");
    let raw = [refused.as_bytes(), &accepted].concat();
    let answers = String::from_utf8(exchange(emulator.url(), &raw).await).unwrap();
    assert!(answers.starts_with("HTTP/1.1 401"), "{answers}");
    assert!(answers.contains("HTTP/1.1 200 OK"), "{answers}");
}

#[tokio::test]
async fn stops_when_dropped() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url().to_owned();
    drop(emulator);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(TcpStream::connect(address(&url)).await.is_err());
}
