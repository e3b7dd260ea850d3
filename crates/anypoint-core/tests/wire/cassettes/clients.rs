//! HTTP clients that wrap the default one, with and without a cassette.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypoint_core::http::{HttpClient, Request, Sending};
use anypoint_core::testing::Cassette;
use anypoint_core::{ErrorKind, Proxy, Secret, Session};

use super::get;
use crate::support::{Folder, Server, json, reply};

/// Counts what it hands on.
#[derive(Debug)]
struct Counting(Arc<dyn HttpClient>, Arc<AtomicUsize>);

impl HttpClient for Counting {
    fn send(&self, request: Request) -> Sending<'_> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.send(request)
    }
}

#[tokio::test]
async fn the_default_client_is_wrapped_with_its_settings() {
    let proxy = Server::always(json(200, "[]")).await;
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let builder = Session::builder()
        .host("http://api.example.com")
        .proxy(Proxy::new(&proxy.url));
    let session = builder
        .wrap_http_client(move |client| Counting(client, counted.clone()))
        .build()
        .unwrap();
    get(&session, "/a").send().await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(proxy.only_request().target, "http://api.example.com/a");
    let wrong = Session::builder().proxy(Proxy::new("ftp://x"));
    let wrong = wrong.wrap_http_client(|client| Counting(client, Arc::default()));
    assert_eq!(wrong.build().unwrap_err().kind(), ErrorKind::Configuration);
}

/// Adds a secret of its own.
#[derive(Debug)]
struct Signing(Arc<dyn HttpClient>);

impl HttpClient for Signing {
    fn send(&self, mut request: Request) -> Sending<'_> {
        let secret = Secret::from("s1gnature");
        request.headers.insert_secret("x-sign", &secret).unwrap();
        self.0.send(request)
    }
}

#[tokio::test]
async fn a_header_that_another_client_marks_as_secret_is_not_recorded() {
    let server = Server::always(reply(200, "", "signed s1gnature")).await;
    let folder = Folder::new("marked");
    let path = folder.0.join("cassette.json");
    let cassette = Cassette::record(&path);
    let builder = cassette.attach(Session::builder().host(&server.url));
    let session = builder.wrap_http_client(Signing).build().unwrap();
    get(&session, "/a").send_bytes().await.unwrap();
    assert_eq!(server.only_request().header("x-sign"), Some("s1gnature"));
    cassette.finish().unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(
        file.contains("signed ***") && !file.contains("s1gnature"),
        "{file}"
    );
}
