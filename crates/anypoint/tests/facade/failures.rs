//! The errors of typical first mistakes: one line that says what to try.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypoint::{Anypoint, Credentials, EnvironmentId, ErrorKind, OrganizationId};
use anypoint_emulator::Emulator;

use crate::support::{assert_helpful, at, serve};

#[tokio::test]
async fn a_wrong_secret() {
    let emulator = Emulator::start().await.unwrap();
    let anypoint = Anypoint::builder()
        .host(emulator.url())
        .credentials(Credentials::connected_app("emulator", "s3cret"))
        .build()
        .unwrap();
    let error = anypoint.scope().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert_helpful(&error.to_string());
    assert!(
        error.to_string().contains("check the client id and secret"),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_token() {
    let emulator = Emulator::start().await.unwrap();
    let anypoint = at(emulator.url())
        .credentials(Credentials::bearer("s3cret"))
        .build()
        .unwrap();
    let error = anypoint.scope().await.unwrap_err();
    assert_eq!(error.status(), Some(401), "{error}");
    assert_helpful(&error.to_string());
}

#[tokio::test]
async fn a_wrong_port() {
    // A port that was free a moment ago.
    let free = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let error = at(&format!("http://{free}"))
        .build()
        .unwrap()
        .scope()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert_helpful(&error.to_string());
    assert!(error.to_string().contains("nothing listens at"), "{error}");
}

#[tokio::test]
async fn a_page_of_a_proxy() {
    const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n</html>";
    for status in [200, 502] {
        let url = serve(move |_, _| (status, PAGE.to_owned())).await;
        for builder in [
            at(&url),
            at(&url).credentials(Credentials::connected_app("id", "s3cret")),
        ] {
            let error = builder.build().unwrap().scope().await.unwrap_err();
            assert_helpful(&error.to_string());
            assert!(error.to_string().contains("this is not the API"), "{error}");
        }
    }
}

#[tokio::test]
async fn all_clients_sign_in_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let url = serve(move |_, target| {
        if target.ends_with("/oauth2/token") {
            counted.fetch_add(1, Ordering::Relaxed);
            return (
                200,
                r#"{"access_token":"a-token","expires_in":3600}"#.to_owned(),
            );
        }
        (200, "{}".to_owned())
    })
    .await;
    let anypoint = at(&url)
        .credentials(Credentials::connected_app("id", "s3cret"))
        .build()
        .unwrap();
    anypoint.access_management().get_me().send().await.unwrap();
    let manager = anypoint.clone().application_manager();
    let manager = manager.in_environment(OrganizationId::new("o"), EnvironmentId::new("e"));
    manager.list_deployments().send().await.unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 1);
}
