//! Traffic that is recorded once and replayed without a network.

mod clients;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use anypoint_core::http::Method;
use anypoint_core::testing::Cassette;
use anypoint_core::{
    CallOptions, Credentials, Error, ErrorKind, Json, Proxy, Secret, Session, SessionBuilder,
    Upload, WithOptions,
};
use serde::{Deserialize, Serialize};

use crate::support::{Folder, RESET, Recorded, Server, app, json, reply, token};

/// What a call sends and gets that its types call secret.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Property {
    name: String,
    value: Secret,
}

fn property(value: &str) -> Property {
    Property {
        name: "db".to_owned(),
        value: Secret::from(value),
    }
}

/// Records what `asked` does with a session, and gives the file.
async fn recorded<F>(
    name: &str,
    server: &Server,
    asked: impl FnOnce(Session) -> F,
) -> (Folder, PathBuf)
where
    F: Future<Output = Result<(), Error>>,
{
    let folder = Folder::new(name);
    let path = folder.0.join("new").join("cassette.json");
    let cassette = Cassette::record(&path);
    let builder = Session::builder().host(&server.url).credentials(app());
    asked(cassette.attach(builder).build().unwrap())
        .await
        .unwrap();
    cassette.finish().unwrap();
    (folder, path)
}

/// The same without the server.
async fn replayed<F>(path: &PathBuf, asked: impl FnOnce(Session) -> F)
where
    F: Future<Output = Result<(), Error>>,
{
    let cassette = Cassette::replay(path).unwrap();
    let session = cassette.attach(nowhere()).build().unwrap();
    asked(session).await.unwrap();
    cassette.finish().unwrap();
}

/// With other credentials, and a host that cannot be reached.
fn nowhere() -> SessionBuilder {
    Session::builder()
        .host("http://localhost:1")
        .credentials(Credentials::connected_app("another", "another-one"))
}

fn get(session: &Session, path: &str) -> anypoint_core::RawRequest {
    session.request(Method::Get, path)
}

async fn secrets_everywhere(session: Session) -> Result<(), Error> {
    let sent = session
        .request(Method::Post, "/properties")
        .json(&property("pr0perty"));
    let answer = sent.send_json::<Property>().await?;
    assert_eq!((answer.status(), answer.name.as_str()), (201, "db"));
    let key = CallOptions::new().secret_header("x-key", "k3y-value");
    let text = get(&session, "/text")
        .with_options(key)
        .send_bytes()
        .await?;
    assert!(text.starts_with(b"log in with "), "{text:?}");
    let short = session.request(Method::Post, "/echo").json(&property("on"));
    short.send_json::<Json>().await?;
    let form = [("user", "u"), ("password", "f0rm-word")];
    session
        .request(Method::Post, "/form")
        .form(&form)
        .send()
        .await?;
    let error = get(&session, "/missing")
        .query("apiKey", "qu3ry")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(404));
    Ok(())
}

fn everything(request: &Recorded, _: usize) -> Vec<u8> {
    let path = request.target.split('?').next().unwrap_or_default();
    match path {
        "/accounts/api/v2/oauth2/token" => token("t0ken", 3600),
        "/properties" => json(
            201,
            r#"{ "name": "db", "value": "answ3r", "client_secret": "cl1ent", "size": 1.10 }"#,
        ),
        "/text" => reply(
            200,
            "content-type: text/plain\r\nset-cookie: c00kie\r\nx-said: Bearer%20t0ken\r\n",
            "log in with t0ken and the-s3cret for pr0perty, answ3r and k3y-value",
        ),
        "/echo" => json(200, &request.text()),
        "/form" => reply(204, "", ""),
        _ => json(404, r#"{"message":"no \u0074\u0030ken here"}"#),
    }
}

#[tokio::test]
async fn what_was_recorded_is_replayed_without_a_network_and_holds_no_secret() {
    let server = Server::start(everything).await;
    let (_folder, path) = recorded("secrets", &server, secrets_everywhere).await;
    let asked = server.requests().len();
    let file = std::fs::read_to_string(&path).unwrap();
    for secret in [
        "the-s3cret",
        "t0ken",
        "pr0perty",
        "answ3r",
        "cl1ent",
        "k3y-value",
        "c00kie",
        "f0rm-word",
        "qu3ry",
        "\"on\"",
    ] {
        assert!(!file.contains(secret), "{secret} is in {file}");
    }
    // It can be read: JSON is laid out, numbers keep their form.
    assert!(
        file.contains("\"target\": \"/missing?apiKey=***\""),
        "{file}"
    );
    assert!(file.contains("\"size\": 1.10"), "{file}");
    assert!(file.contains("\"authorization: ***\""), "{file}");
    replayed(&path, secrets_everywhere).await;
    assert_eq!(server.requests().len(), asked);
}

#[tokio::test]
async fn a_recording_is_the_same_each_time() {
    let server = Server::start(everything).await;
    let (_first, first) = recorded("stable-1", &server, secrets_everywhere).await;
    let (_second, second) = recorded("stable-2", &server, secrets_everywhere).await;
    let [first, second] = [first, second].map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(first, second);
}

#[tokio::test]
async fn equal_requests_are_answered_in_order_and_others_by_their_bodies() {
    async fn asked(session: Session) -> Result<(), Error> {
        for expected in [0, 1, 2] {
            let number = get(&session, "/next").send_json::<usize>().await?;
            assert_eq!(number.into_value(), expected);
        }
        Ok(())
    }
    let server = Server::start(|request, number| match request.target.as_str() {
        "/next" => json(200, &(number - 1).to_string()),
        "/echo" => json(200, &request.text()),
        _ => token("t", 60),
    })
    .await;
    let (_folder, path) = recorded("order", &server, asked).await;
    replayed(&path, asked).await;

    let echo = |session: &Session, number: usize| {
        let request = session.request(Method::Post, "/echo").json(&[number]);
        request.send_json::<Vec<usize>>()
    };
    let (_folder, path) = recorded("bodies", &server, |session| async move {
        echo(&session, 1).await?;
        echo(&session, 2).await.map(drop)
    })
    .await;
    replayed(&path, |session| async move {
        assert_eq!(echo(&session, 2).await?.into_value(), [2]);
        assert_eq!(echo(&session, 1).await?.into_value(), [1]);
        Ok(())
    })
    .await;
}

/// A replay of `/a`, once, and what the test is told at its end.
async fn asked_wrongly(name: &str, ask: impl AsyncFnOnce(Session) -> Error) -> (String, String) {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/a?b=1" => json(200, "[]"),
        _ => token("t", 60),
    })
    .await;
    let (folder, path) = recorded(name, &server, |session| async move {
        let request = session.request(Method::Post, "/a").query("b", 1).json(&[1]);
        request.send().await.map(drop)
    })
    .await;
    let cassette = Cassette::replay(&path).unwrap();
    let error = ask(cassette.attach(nowhere()).build().unwrap()).await;
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let failure = catch_unwind(AssertUnwindSafe(|| drop(cassette))).unwrap_err();
    let shown = |text: String| text.replace(&folder.0.display().to_string(), "");
    let failure = failure.downcast_ref::<String>().unwrap().clone();
    (shown(error.to_string()), shown(failure))
}

#[tokio::test]
async fn a_request_that_was_not_recorded_fails_its_call_and_the_test_and_names_what_there_is() {
    let (error, failure) = asked_wrongly("unexpected", async |session| {
        get(&session, "/b")
            .query("token", "s3cret")
            .send()
            .await
            .unwrap_err()
    })
    .await;
    let expected = "GET /b?token=*** (request) is not in the cassette /new/cassette.json, which has \
        POST /a?b=1 (1 of 1 left), POST /accounts/api/v2/oauth2/token (0 of 1 left)";
    assert_eq!(failure, expected);
    assert_eq!(error, format!("request: {expected}"));

    let (error, _) = asked_wrongly("other-body", async |session| {
        let request = session.request(Method::Post, "/a").query("b", 1).json(&[2]);
        request.send().await.unwrap_err()
    })
    .await;
    assert!(
        error.contains("POST /a?b=1 (request) is with another body in the cassette"),
        "{error}"
    );

    let (error, _) = asked_wrongly("too-often", async |session| {
        let ask = || {
            session
                .request(Method::Post, "/a")
                .query("b", 1)
                .json(&[1])
                .send()
        };
        ask().await.unwrap();
        ask().await.unwrap_err()
    })
    .await;
    assert!(
        error.contains("POST /a?b=1 (request) was asked more often than it is in"),
        "{error}"
    );
}

#[tokio::test]
async fn a_replay_has_no_way_to_the_network_whatever_is_set() {
    let server = Server::always(json(200, "[]")).await;
    let (_folder, path) = recorded("sealed", &Server::start(everything).await, |_| async {
        Ok(())
    })
    .await;
    let cassette = Cassette::replay(&path).unwrap();
    let builder = Session::builder()
        .proxy(Proxy::new(&server.url))
        .host(&server.url);
    let session = cassette.attach(builder).host(&server.url).build().unwrap();
    get(&session, "/a").send().await.unwrap_err();
    cassette.finish().unwrap_err();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn values_of_the_callers_list_have_stand_ins_on_both_sides() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/orgs/Org%2D77/users?of=Org-77" => json(200, r#"{"owner":"Jane Doe","org":"org-77"}"#),
        "/orgs/Org-77/users?of=Org-77" => json(200, r#"{"owner":"Jane Doe","org":"org-77"}"#),
        _ => token("t", 60),
    })
    .await;
    let folder = Folder::new("stand-ins");
    let path = folder.0.join("cassette.json");
    let with_list = |cassette: Cassette| {
        let cassette = cassette
            .replace("Org-77", "the-org")
            .replace("Jane Doe", "somebody");
        cassette.replace("", "nothing")
    };
    let ask = |session: &Session, org: &str| {
        let request = get(session, "/orgs/{org}/users")
            .path("org", org)
            .query("of", org);
        request.send_json::<Json>()
    };
    let cassette = with_list(Cassette::record(&path));
    let builder = Session::builder().host(&server.url).credentials(app());
    let session = cassette.attach(builder).build().unwrap();
    assert_eq!(ask(&session, "Org-77").await.unwrap()["owner"], "Jane Doe");
    cassette.finish().unwrap();
    let file = std::fs::read_to_string(&path).unwrap().to_lowercase();
    assert!(!file.contains("org-77") && !file.contains("jane"), "{file}");
    for org in ["Org-77", "the-org"] {
        let cassette = with_list(Cassette::replay(&path).unwrap());
        let session = cassette.attach(nowhere()).build().unwrap();
        let answer = ask(&session, org).await.unwrap();
        assert_eq!(
            (&answer["owner"], &answer["org"]),
            (&"somebody".into(), &"the-org".into())
        );
        cassette.finish().unwrap();
    }
}

#[tokio::test]
async fn uploads_and_downloads_are_streamed_through_and_replayed() {
    async fn asked(session: Session) -> Result<(), Error> {
        let upload = Upload::bytes("app.jar", vec![7; 3 << 20]);
        let request = session.request(Method::Put, "/up").upload(&upload);
        assert_eq!(request.send_json::<usize>().await?.into_value(), 3 << 20);
        let mut download = get(&session, "/down").send_download().await?.into_value();
        let mut bytes = Vec::new();
        while let Some(chunk) = download.next_chunk().await {
            bytes.extend_from_slice(&chunk?);
        }
        assert_eq!(bytes, [b"\xff\x00".repeat(5000), b"***".to_vec()].concat());
        Ok(())
    }
    let server = Server::start(|request, _| match request.target.as_str() {
        "/up" => json(200, &request.body.len().to_string()),
        "/down" => {
            let content = [b"\xff\x00".repeat(5000), b"***".to_vec()].concat();
            let head = format!(
                "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                content.len()
            );
            [head.into_bytes(), content].concat()
        }
        _ => token("t", 60),
    })
    .await;
    let (_folder, path) = recorded("streams", &server, asked).await;
    let length = std::fs::metadata(&path).unwrap().len();
    assert!(
        length < 30_000,
        "an upload is kept by its length, and these are {length} bytes"
    );
    replayed(&path, asked).await;
}

#[tokio::test]
async fn a_connection_that_broke_breaks_again_and_no_wait_takes_time() {
    async fn asked(session: Session) -> Result<(), Error> {
        let answer = get(&session, "/a").send_json::<Json>().await?;
        assert_eq!(answer.into_value(), Json::from(7));
        Ok(())
    }
    let server = Server::start(|_, number| match number {
        0 => token("t", 60),
        1 => RESET.to_vec(),
        2 => b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n[1,".to_vec(),
        3 => reply(429, "retry-after: 1\r\n", ""),
        _ => json(200, "7"),
    })
    .await;
    let (_folder, path) = recorded("broken", &server, asked).await;
    // Edited by hand, as it may be.
    let file = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, file.replace("retry-after: 1", "retry-after: 200")).unwrap();
    let replay = replayed(&path, asked);
    tokio::time::timeout(Duration::from_secs(100), replay)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_cannot_be_searched_for_secrets_is_not_recorded_and_an_older_file_stays() {
    let large = json(200, &format!("\"{}\"", "x".repeat(5 << 20)));
    let encoded = reply(200, "content-encoding: br\r\n", "x");
    for (name, answer, why) in [
        ("large", large, "its body is longer than 4 MiB"),
        ("encoded", encoded, "its encoding, br, would hide secrets"),
    ] {
        let server = Server::always(answer).await;
        let folder = Folder::new(name);
        let path = folder.0.join("cassette.json");
        std::fs::write(&path, "older").unwrap();
        let cassette = Cassette::record(&path);
        let session = cassette
            .attach(Session::builder().host(&server.url))
            .build()
            .unwrap();
        let as_it_is = CallOptions::new().header("accept-encoding", "br");
        let _ = get(&session, "/a")
            .with_options(as_it_is)
            .send_bytes()
            .await;
        let error = cassette.finish().unwrap_err().to_string();
        assert!(
            error.contains("the answer to GET /a cannot be recorded: ") && error.contains(why),
            "{error}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn a_recording_that_is_not_finished_fails_the_test() {
    let cassette = Cassette::record("never-written.json");
    let failure = catch_unwind(AssertUnwindSafe(|| drop(cassette))).unwrap_err();
    let failure = failure.downcast_ref::<String>().unwrap();
    assert!(
        failure.contains("nothing was written to never-written.json"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_file_that_is_missing_cut_or_changed_is_a_clear_error() {
    let server = Server::start(everything).await;
    let (folder, path) = recorded("damaged", &server, secrets_everywhere).await;
    let missing = Cassette::replay(folder.0.join("none.json")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert!(
        missing.to_string().contains("none.json cannot be read"),
        "{missing}"
    );
    assert!(
        missing.to_string().contains("Cassette::record"),
        "{missing}"
    );
    let file = std::fs::read_to_string(&path).unwrap();
    for (damaged, problem) in [
        (file[..file.len() / 2].to_owned(), "EOF while parsing"),
        (
            file.replace("\"status\": 404", "\"status\": 4040"),
            "4040 is no status",
        ),
        (
            file.replace("\"cassette\": 1", "\"cassette\": 9"),
            "it is of version 9",
        ),
        (
            file.replace("\"outcome\"", "\"outcome!\""),
            "unknown field `outcome!`",
        ),
    ] {
        std::fs::write(&path, damaged).unwrap();
        let error = Cassette::replay(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(
            text.contains("cassette.json is not a cassette") && text.contains(problem),
            "{text}"
        );
    }
}
