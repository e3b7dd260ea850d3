//! Proxies: what they see, what they do not, and what they refuse.

use std::sync::{Arc, Mutex};

use anypoint_core::{Credentials, ErrorKind, Proxy, Session, SessionBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::https::{Authority, NOW, Secure, call, shown};
use crate::support::{Server, json, read, reply};

/// A proxy that answers CONNECT, and the bytes of each request that it was sent.
struct Tunnel {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    /// Opens every tunnel to this machine if the answer is `200`; refuses with it otherwise.
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = heads.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(tunnel(client, answer, seen.clone()));
            }
        });
        Self { url, heads }
    }

    fn only_head(&self) -> String {
        let heads = self.heads.lock().unwrap();
        assert_eq!(heads.len(), 1, "{heads:?}");
        heads[0].to_ascii_lowercase()
    }
}

async fn tunnel(
    mut client: TcpStream,
    answer: &'static str,
    seen: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let port = head.split([' ', ':']).nth(2)?.parse::<u16>().ok()?;
    seen.lock().unwrap().push(head);
    client.write_all(answer.as_bytes()).await.ok()?;
    if answer.contains(" 200 ") {
        let mut server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        copy_bidirectional(&mut client, &mut server).await.ok()?;
    }
    Some(())
}

const OPEN: &str = "HTTP/1.1 200 Connected\r\n\r\n";

#[tokio::test]
async fn expectation_03_https_goes_through_a_tunnel_that_sees_no_token() {
    let ours = Authority::new("ours");
    let server = Secure::start(&ours.sign("localhost", NOW)).await;
    let proxy = Tunnel::start(OPEN).await;
    call(server.session(&ours).proxy(Proxy::new(&proxy.url)))
        .await
        .unwrap();
    let head = proxy.only_head();
    assert!(
        head.starts_with(&format!("connect localhost:{} ", server.port)),
        "{head}"
    );
    assert!(
        !head.contains("authorization") && !head.contains("t0ken"),
        "{head}"
    );
}

#[tokio::test]
async fn a_proxy_gets_its_credentials_in_every_form() {
    let ours = Authority::new("ours");
    let server = Secure::start(&ours.sign("localhost", NOW)).await;
    // `user:p@s%41:/` in base64.
    let expected = "\r\nproxy-authorization: basic dxnlcjpwqhmlnde6lw==\r\n";
    let set = |url: &str| Proxy::new(url).credentials("user", "p@s%41:/");
    let in_the_url = |url: &str| Proxy::new(url.replace("//", "//user:p%40s%2541:%2F@"));
    for proxy_of in [&set as &dyn Fn(&str) -> Proxy, &in_the_url] {
        let proxy = Tunnel::start(OPEN).await;
        call(server.session(&ours).proxy(proxy_of(&proxy.url)))
            .await
            .unwrap();
        let head = proxy.only_head();
        assert!(head.contains(expected), "{head}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_proxy_is_told_from_one_of_the_server() {
    for (answer, words) in [
        (
            "HTTP/1.1 407 Sign in\r\n\r\n",
            "asks for a user and password",
        ),
        (
            "HTTP/1.1 403 No\r\n\r\n",
            "refuses to connect to localhost:1",
        ),
        ("", "opens no tunnel to localhost:1"),
    ] {
        let proxy = Tunnel::start(answer).await;
        let session = Session::builder()
            .host("https://localhost:1")
            .system_certificates(false)
            .ca_certificates(Authority::new("ours").pem())
            .proxy(Proxy::new(&proxy.url).credentials("us3r", "s3cret"));
        let printed = format!("{session:?}");
        let error = call(session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Proxy, "{error:?}");
        assert!(!error.is_retryable() && error.hint().is_some());
        let text = format!("{printed} {}", shown(&error));
        assert!(text.contains(words), "{text}");
        assert!(text.contains(&proxy.url["http://".len()..]), "{text}");
        assert!(!text.contains("s3cret") && !text.contains("us3r"), "{text}");
        assert!(!text.contains("dXMzcjpzM2NyZXQ"), "{text}");
    }
}

fn plain(proxy: Proxy) -> SessionBuilder {
    Session::builder()
        .host("http://api.test")
        .credentials(Credentials::bearer("the-t0ken"))
        .allow_plain_http()
        .proxy(proxy)
}

#[tokio::test]
async fn http_is_forwarded_by_the_proxy() {
    let proxy = Server::always(json(200, "[7]")).await;
    call(plain(Proxy::new(&proxy.url).credentials("user", "pass")))
        .await
        .unwrap();
    let request = proxy.only_request();
    assert_eq!(request.target, "http://api.test/api/things");
    assert_eq!(
        request.header("proxy-authorization"),
        Some("Basic dXNlcjpwYXNz")
    );
    let refusing = Server::always(reply(407, "", "s3cret")).await;
    let error = call(plain(Proxy::new(&refusing.url))).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Proxy, Some(407))
    );
    assert!(!shown(&error).contains("s3cret"));
}

#[tokio::test]
async fn a_proxy_can_be_reached_over_https() {
    let ours = Authority::new("ours");
    let proxy = Secure::start(&ours.sign("localhost", NOW)).await;
    let session = || plain(Proxy::new(proxy.url())).system_certificates(false);
    call(session().ca_certificates(ours.pem())).await.unwrap();
    let other = session().ca_certificates(Authority::new("other").pem());
    let error = call(other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedCertificate);
    let place = format!("through the proxy localhost:{}", proxy.port);
    assert!(error.to_string().contains(&place), "{error}");
}

#[tokio::test]
async fn a_socks_proxy_resolves_the_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("socks5h://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut greeting = [0; 3];
        client.read_exact(&mut greeting).await.unwrap();
        client.write_all(&[5, 0]).await.unwrap();
        let mut target = [0; 4 + 1 + 8 + 2];
        client.read_exact(&mut target).await.unwrap();
        client
            .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        read(&mut client).await.unwrap();
        client.write_all(&json(200, "[7]")).await.unwrap();
        target
    });
    call(plain(Proxy::new(url))).await.unwrap();
    assert_eq!(&serving.await.unwrap(), b"\x05\x01\0\x03\x08api.test\0\x50");
}

#[tokio::test]
async fn hosts_in_the_list_are_reached_directly() {
    let proxy = Server::always(json(500, "")).await;
    let server = Server::always(json(200, "[7]")).await;
    let direct = Proxy::new(&proxy.url).except(["127.0.0.0/8"]);
    call(Session::builder().host(&server.url).proxy(direct))
        .await
        .unwrap();
    assert!(proxy.requests().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = call(plain(Proxy::new(format!("http://{address}"))))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let hint = error.hint().unwrap();
    assert!(
        hint.contains(&format!("nothing listens at {address}; check Proxy::new")),
        "{error}"
    );
}

/// Runs this test again in a process whose environment names a proxy.
#[tokio::test]
async fn expectation_03_the_environment_names_the_proxy_but_not_for_this_machine() {
    const INSIDE: &str = "ANYPOINT_TEST_PROXY";
    let local = Server::always(json(200, "[7]")).await;
    if std::env::var_os(INSIDE).is_some() {
        call(Session::builder().host(&local.url)).await.unwrap();
        call(plain(Proxy::environment())).await.unwrap();
        assert!(
            call(Session::builder().host("http://direct.test"))
                .await
                .is_err()
        );
        assert!(call(plain(Proxy::none())).await.is_err());
        return;
    }
    let proxy = Server::always(json(200, "[7]")).await;
    let name = "proxy::expectation_03_the_environment_names_the_proxy_but_not_for_this_machine";
    let status = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(INSIDE, "1")
        .env("HTTP_PROXY", &proxy.url)
        .env("NO_PROXY", "direct.test")
        .env_remove("REQUEST_METHOD")
        .status();
    assert!(status.await.unwrap().success());
    assert_eq!(proxy.only_request().target, "http://api.test/api/things");
}
