//! The examples run to their end, the same way each time, and fail in one line.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, PASSWORD};

use crate::support::{assert_helpful, serve, variables};

#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/console.rs"]
mod console;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/credentials.rs"]
mod credentials;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/quickstart.rs"]
mod quickstart;

async fn quickstart(list: &[(&str, &str)]) -> Result<String, String> {
    let mut out = Vec::new();
    quickstart::run(&variables(list), &mut out).await?;
    Ok(String::from_utf8(out).unwrap())
}

async fn console(list: &[(&str, &str)]) -> Result<String, String> {
    let mut out = Vec::new();
    console::run(&variables(list), &mut out).await?;
    Ok(String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn the_quick_start_says_the_same_twice() {
    let first = quickstart(&[]).await.unwrap();
    assert!(first.contains("RUNNING"), "{first}");
    assert!(first.ends_with("Removed anypoint-quickstart.\n"), "{first}");
    assert_eq!(quickstart(&[]).await.unwrap(), first);
}

#[tokio::test]
async fn the_console_example_says_the_same_twice() {
    let first = console(&[]).await.unwrap();
    assert!(first.contains("  DEPLOYED\n"), "{first}");
    assert!(first.ends_with("Deleted the application.\n"), "{first}");
    assert_eq!(console(&[]).await.unwrap(), first);
}

#[tokio::test]
async fn the_credentials_example_says_the_same_twice() {
    let run = async |list: &[(&str, &str)]| {
        let mut out = Vec::new();
        let outcome = credentials::run(&variables(list), &mut out).await;
        outcome.map(|()| String::from_utf8(out).unwrap())
    };
    let first = run(&[]).await.unwrap();
    assert_eq!(first.matches("Signed in to ").count(), 5, "{first}");
    assert!(first.contains("\n  host: from ANYPOINT_HOST\n"), "{first}");
    for secret in [CLIENT_SECRET, PASSWORD] {
        assert!(!first.contains(secret), "{first}");
    }
    assert_eq!(run(&[]).await.unwrap(), first);
    assert_helpful(&run(&[("ANYPOINT_ORG", "Acme")]).await.unwrap_err());
}

#[tokio::test]
async fn against_a_host_that_is_given_nothing_stays_behind() {
    let emulator = Emulator::start().await.unwrap();
    let settings = [
        ("ANYPOINT_HOST", emulator.url()),
        ("ANYPOINT_CLIENT_ID", CLIENT_ID),
        ("ANYPOINT_CLIENT_SECRET", CLIENT_SECRET),
    ];
    for _ in 0..2 {
        let said = quickstart(&settings).await.unwrap();
        assert!(said.ends_with("Removed anypoint-quickstart.\n"), "{said}");
    }
    let url = emulator.api_url("mmc");
    let settings = [
        ("CONSOLE_URL", url.as_str()),
        ("CONSOLE_USER", "admin"),
        ("CONSOLE_PASSWORD", PASSWORD),
        (
            "CONSOLE_SERVER",
            "local$0f6d3b82-91c4-4e57-a2d8-6b3e7c15f049",
        ),
    ];
    for _ in 0..2 {
        let said = console(&settings).await.unwrap();
        assert!(said.ends_with("Deleted the application.\n"), "{said}");
    }
}

#[tokio::test]
async fn a_failure_is_one_line_that_says_what_to_try() {
    for list in [
        &[("ANYPOINT_ORG", "Acme")][..],
        &[
            ("ANYPOINT_BEARER", "s3cret"),
            ("ANYPOINT_HOST", "http://127.0.0.1:1"),
        ],
    ] {
        assert_helpful(&quickstart(list).await.unwrap_err());
    }
    for list in [
        &[("CONSOLE_URL", "http://127.0.0.1:1")][..],
        &[
            ("CONSOLE_URL", "http://127.0.0.1:1"),
            ("CONSOLE_USER", "me"),
            ("CONSOLE_PASSWORD", "s3cret"),
            ("CONSOLE_SERVER", "a-server"),
        ],
    ] {
        assert_helpful(&console(list).await.unwrap_err());
    }
}

#[tokio::test]
async fn a_deployment_that_fails_is_removed_and_its_reason_told() {
    let removed = Arc::new(AtomicUsize::new(0));
    let counted = removed.clone();
    let url = serve(move |method, target| {
        let body = match (method, target.rsplit('/').next().unwrap_or_default()) {
            ("GET", "me") => r#"{"user":{"organization":{"id":"o","name":"Acme"}}}"#,
            ("GET", "d1") => {
                r#"{"id":"d1","status":"FAILED","replicas":[{"reason":"no such artifact"}]}"#
            }
            ("DELETE", "d1") => {
                counted.fetch_add(1, Ordering::Relaxed);
                ""
            }
            ("POST", "deployments") => r#"{"id":"d1","name":"anypoint-quickstart"}"#,
            _ => r#"{"data":[{"id":"e","name":"Sandbox"}],"total":1}"#,
        };
        (200, body.to_owned())
    })
    .await;
    let settings = [
        ("ANYPOINT_BEARER", "s3cret"),
        ("ANYPOINT_HOST", url.as_str()),
    ];
    let error = quickstart(&settings).await.unwrap_err();
    assert_helpful(&error);
    assert!(error.contains("no such artifact"), "{error}");
    assert_eq!(removed.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_console_that_refuses_the_password_with_a_500() {
    let url = serve(|_, _| (500, "Bad credentials for s3cret".to_owned())).await;
    let settings = [
        ("CONSOLE_URL", url.as_str()),
        ("CONSOLE_USER", "me"),
        ("CONSOLE_PASSWORD", "s3cret"),
        ("CONSOLE_SERVER", "a-server"),
    ];
    let error = console(&settings).await.unwrap_err();
    assert_helpful(&error);
    assert!(
        error.contains("500") && error.contains("check the user"),
        "{error}"
    );
}
