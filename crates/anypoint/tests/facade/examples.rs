//! The examples run to their end, the same way each time, and fail in one line.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, PASSWORD};

use crate::support::{assert_helpful, serve, variables};

#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/change_property.rs"]
mod change_property;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/console.rs"]
mod console;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/credentials.rs"]
mod credentials;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/custom_ca_and_proxy.rs"]
mod custom_ca_and_proxy;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/deploy_and_follow.rs"]
mod deploy_and_follow;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/deploy_and_wait.rs"]
mod deploy_and_wait;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/discover_portal_apis.rs"]
mod discover_portal_apis;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/errors.rs"]
mod errors;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/follow_logs.rs"]
mod follow_logs;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/handle_throttling.rs"]
mod handle_throttling;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/manage_portal_applications.rs"]
mod manage_portal_applications;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/page_through_everything.rs"]
mod page_through_everything;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/quickstart.rs"]
mod quickstart;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/request_api_access.rs"]
mod request_api_access;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/upload_large_application.rs"]
mod upload_large_application;

async fn quickstart(list: &[(&str, &str)]) -> Result<String, String> {
    let mut out = Vec::new();
    quickstart::run(&variables(list), &mut out).await?;
    Ok(String::from_utf8(out).unwrap())
}

async fn custom_ca_and_proxy(list: &[(&str, &str)]) -> Result<String, String> {
    let mut out = Vec::new();
    custom_ca_and_proxy::run(&variables(list), &mut out).await?;
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
async fn expectation_14_the_waiting_example_meets_every_end() {
    let mut out = Vec::new();
    deploy_and_wait::run(&mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    for part in [
        "orders runs.\norders: APPLYING, application ",
        "Someone else has deployed in the middle of it.\n",
        "invoices-fail failed: The application failed to start",
        "stock takes longer: APPLYING, application NOT_RUNNING\n",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(out.ends_with("\nstock runs.\n"), "{out}");
}

#[tokio::test]
async fn the_changing_example_loses_nothing() {
    let mut out = Vec::new();
    change_property::run(&mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    let expected = [
        "Deployed orders: http.port=8081, log.level=INFO, db.password (secure).",
        "Changed a plain one: http.port=8081, log.level=DEBUG, db.password (secure).",
        "Not sent: change_properties: the values of these secure properties are needed and cannot be read: db.password; hint: give each by set_secret, unchanged ones, too, or take it away by remove",
        "Changed the secret, removed one: log.level=DEBUG, db.password (secure).",
        "A colleague has added server-a and server-b.",
        "Refused: someone else may have changed it since it was read: read it again, find out its present id, and repeat the change",
        "invoices runs on server-b.",
    ];
    assert_eq!(out.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_console_example_says_the_same_twice() {
    let first = console(&[]).await.unwrap();
    assert!(first.contains("  DEPLOYED\n"), "{first}");
    assert!(first.ends_with("Deleted the application.\n"), "{first}");
    assert_eq!(console(&[]).await.unwrap(), first);
}

/// What one of the portal's examples says; the second argument tells which.
macro_rules! said {
    ($example:ident, $list:expr) => {{
        let mut out = Vec::new();
        let done = $example::run(&variables($list), &mut out).await;
        done.map(|()| String::from_utf8(out).unwrap())
    }};
}

mod following;

#[tokio::test]
async fn the_portal_examples_say_the_same_twice() {
    let first = said!(discover_portal_apis, &[]).unwrap();
    for part in [
        "  Order Tracking API (rest-api, v1)\n",
        "  instance Tracking EU in Production\n",
        "Page Getting started:\n  # Getting started\n",
        "Terms and conditions:\n  # Terms of use\n",
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert_eq!(said!(discover_portal_apis, &[]).unwrap(), first);

    let first = said!(manage_portal_applications, &[]).unwrap();
    assert!(first.contains("the old one is void"), "{first}");
    assert!(
        first.contains("now called anypoint-example-app-2"),
        "{first}"
    );
    assert!(first.ends_with("Deleted the application.\n"), "{first}");
    // The emulator's secrets, new and old, begin like this.
    assert!(!first.contains("emulated-secret"), "{first}");
    assert_eq!(said!(manage_portal_applications, &[]).unwrap(), first);

    let first = said!(request_api_access, &[]).unwrap();
    for part in [
        "Requested a contract at Free: APPROVED.\n",
        "Moved it to Partner: PENDING.\nThe owner has decided: APPROVED.\n",
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert_eq!(said!(request_api_access, &[]).unwrap(), first);
}

#[tokio::test]
async fn the_portal_examples_leave_nothing_behind_and_fail_in_one_line() {
    let emulator = Emulator::start().await.unwrap();
    let portal = [
        ("PORTAL_ID", "4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54"),
        ("PORTAL_ORGANIZATION", "00D5g000004XyZaEAK"),
        ("ANYPOINT_BEARER", anypoint_emulator::FIXED_TOKEN),
        ("ANYPOINT_HOST", emulator.url()),
    ];
    for _ in 0..2 {
        // A name that was left behind would make the second round fail.
        said!(manage_portal_applications, &portal).unwrap();
        said!(request_api_access, &portal).unwrap();
    }
    assert_helpful(&said!(discover_portal_apis, &portal[..1]).unwrap_err());
    let mut wrong = portal;
    wrong[2].1 = "s3cret";
    assert_helpful(&said!(discover_portal_apis, &wrong).unwrap_err());
    assert_helpful(&said!(manage_portal_applications, &wrong).unwrap_err());
    assert_helpful(&said!(request_api_access, &wrong).unwrap_err());
}

#[tokio::test]
async fn the_proxy_example_signs_in_or_says_why_not() {
    let said = custom_ca_and_proxy(&[]).await.unwrap();
    assert!(said.ends_with(" through the proxy.\n"), "{said}");
    let error = custom_ca_and_proxy(&[("COMPANY_CA", "/nowhere/ca.pem")]).await;
    assert!(error.unwrap_err().contains("/nowhere/ca.pem"));
    let refusing = serve(|_, _| (407, String::new())).await;
    let settings = [
        ("ANYPOINT_BEARER", "s3cret"),
        ("ANYPOINT_HOST", "https://anypoint.example.com"),
        ("COMPANY_PROXY", refusing.as_str()),
        ("COMPANY_PROXY_USER", "me"),
        ("COMPANY_PROXY_PASSWORD", "s3cret"),
    ];
    let error = custom_ca_and_proxy(&settings).await.unwrap_err();
    assert_helpful(&error);
    assert!(error.contains("ask whoever runs the proxy"), "{error}");
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

#[tokio::test]
async fn a_large_application_arrives_and_a_missing_file_is_told() {
    let upload = async |size| {
        let mut out = Vec::new();
        upload_large_application::run(size, &mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    };
    let said = upload(2 << 20).await;
    assert!(
        said.starts_with("Uploading 2 MiB.\nDeployed order-intake.\nWithout a file: "),
        "{said}"
    );
    assert!(
        said.contains("cannot read target/no-such-application.jar"),
        "{said}"
    );
    assert_eq!(upload(2 << 20).await, said);
    // Its file is gone.
    let mut left = std::fs::read_dir(std::env::temp_dir()).unwrap();
    let name = format!("anypoint-large-{}-", std::process::id());
    assert!(!left.any(|file| {
        file.unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with(&name)
    }));
}

#[tokio::test]
async fn throttling_is_waited_for_or_told() {
    let mut out = Vec::new();
    handle_throttling::run(&mut out).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    for part in [
        "in two attempts; waited as asked: true.\n",
        "Throttled after 1 attempt: list_applications: 429 Too Many Requests",
        "Not sent: list_queues: the call's total timeout does not leave the time to wait for a place",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[tokio::test]
async fn the_errors_say_the_same_twice() {
    let errors = async || {
        let mut out = Vec::new();
        errors::run(&mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    };
    let first = errors().await;
    for part in [
        "No such thing: get_organization: 404 Not Found",
        "so: create it\n",
        "message Some(\"the role is missing\")\n",
        "so: ask for the permission\n",
        "kind Status, status Some(502), attempts 2\n",
        "so: try again later\n",
        "so: report it\n",
        "kind InvalidRequest, status None, attempts 0\n  request id None\n",
        "so: correct the call\n",
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert_eq!(errors().await, first);
}

#[tokio::test]
async fn expectation_13_the_paging_example_finds_everything() {
    let mut out = Vec::new();
    page_through_everything::run(&mut out).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    for part in [
        "  Branch7 of 7\nItem by item",
        "  Branch7\n  Branch8\nThat were 8.\n",
        "  7 that were not known\n  1 that were not known\n  0 that were not known\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        said.ends_with("Found 8 in all, the deleted one among them.\n"),
        "{said}"
    );
}
