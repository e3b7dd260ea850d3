//! Signing in to the emulator in every way, and which setting wins.

use anypoint::{Anypoint, Credentials, ErrorKind};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, FIXED_TOKEN, PASSWORD};

use crate::support::{Profiles, assert_helpful, variables};

async fn signs_in(anypoint: &Anypoint) -> bool {
    anypoint.scope().await.is_ok()
}

#[tokio::test]
async fn expectation_01_client_credentials_in_three_lines() {
    let emulator = Emulator::start().await.unwrap();
    let host = emulator.url();
    #[rustfmt::skip]
    let me = {
        let app = Credentials::connected_app(CLIENT_ID, CLIENT_SECRET);
        let anypoint = Anypoint::builder().host(host).credentials(app).build().unwrap();
        anypoint.access_management().get_me().send().await.unwrap()
    };
    assert_eq!(me.status(), 200);
}

#[tokio::test]
async fn expectation_01_bearer_user_and_profile_file() {
    let emulator = Emulator::start().await.unwrap();
    for (credentials, good) in [
        (Credentials::bearer(FIXED_TOKEN), true),
        (Credentials::bearer("another"), false),
        (Credentials::user("emulator", PASSWORD), true),
        (Credentials::user("emulator@Sandbox", PASSWORD), true),
        (Credentials::user("emulator", "another"), false),
        (Credentials::connected_app(CLIENT_ID, "another"), false),
    ] {
        let shown = format!("{credentials:?}");
        let builder = Anypoint::builder().host(emulator.url());
        let anypoint = builder.credentials(credentials).build().unwrap();
        assert_eq!(signs_in(&anypoint).await, good, "{shown}");
    }
    let host = emulator.url();
    let text = format!(
        r#"{{"default": {{"client_id": {CLIENT_ID:?}, "client_secret": {CLIENT_SECRET:?}, "host": {host:?}}},
            "person": {{"username": "emulator", "password": {PASSWORD:?}, "host": {host:?}}}}}"#
    );
    let profiles = Profiles::new("sign-in", &text);
    for profile in ["default", "person"] {
        let builder = Anypoint::builder()
            .profile(profile)
            .profile_file(&profiles.0);
        let anypoint = builder.load_from(|_| None).unwrap().build().unwrap();
        assert!(signs_in(&anypoint).await, "{profile}");
    }
}

#[test]
fn expectation_02_what_is_set_in_code_comes_first() {
    let profiles = Profiles::new(
        "precedence",
        r#"{"default": {"username": "me", "password": "s3cret", "environment": "File Env",
                        "organization": "File Org"}}"#,
    );
    let list = [
        ("ANYPOINT_CLIENT_ID", "an-id"),
        ("ANYPOINT_CLIENT_SECRET", "s3cret"),
        ("ANYPOINT_ORG", "Env Org"),
        ("ANYPOINT_HOST", "env.example.com"),
    ];
    let loaded = |builder: anypoint::AnypointBuilder| {
        let builder = builder.profile_file(&profiles.0);
        let builder = builder.load_from(variables(&list)).unwrap();
        builder.build().unwrap()
    };
    let anypoint = loaded(Anypoint::builder());
    let printed = format!("{anypoint:?}");
    assert!(printed.contains("connected app"), "{printed}");
    assert!(printed.contains("https://env.example.com"), "{printed}");
    assert_eq!(anypoint.organization(), Some("Env Org"));
    assert_eq!(anypoint.environment(), Some("File Env"));

    let anypoint = loaded(
        Anypoint::builder()
            .credentials(Credentials::bearer("s3cret"))
            .organization("Arg Org")
            .environment("Arg Env")
            .region(anypoint::Region::Eu1),
    );
    let printed = format!("{anypoint:?}");
    assert!(printed.contains("bearer"), "{printed}");
    assert!(printed.contains("https://eu1.anypoint"), "{printed}");
    assert_eq!(anypoint.organization(), Some("Arg Org"));
    assert_eq!(anypoint.environment(), Some("Arg Env"));
    let host = loaded(Anypoint::builder().host("arg.example.com"));
    assert!(format!("{host:?}").contains("https://arg.example.com"));
}

#[test]
fn a_profile_that_is_named_and_not_read_is_an_error() {
    for builder in [
        Anypoint::builder().profile("ci"),
        Anypoint::builder().profile_file("profiles.json"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_helpful(&error.to_string());
        assert!(
            error.to_string().contains("AnypointBuilder::load"),
            "{error}"
        );
    }
}
