//! Types with secrets before anything is sent: sessions, their builders, credentials, uploads.

use std::time::Duration;

use anypoint_core::{Backoff, CallOptions, Credentials, Secret, Session, Upload};

use crate::marks::{self, printed};

#[test]
fn expectation_17_settings_print_no_secret() {
    let mut text = String::new();
    for credentials in [
        Credentials::connected_app("an-id", marks::CLIENT_SECRET),
        Credentials::bearer(marks::BEARER),
        Credentials::basic("wire", marks::PASSWORD),
    ] {
        text += &printed(&credentials);
        let builder = Session::builder()
            .host("http://127.0.0.1:1")
            .credentials(credentials);
        text += &printed(&builder);
        text += &printed(&builder.build().unwrap());
    }
    text += &printed(&Upload::bytes("a.zip", marks::ANSWER));
    text += &printed(&Secret::from(marks::ANSWER));
    let options = CallOptions::new().retry(Backoff::off());
    text += &printed(&options.total_timeout(Duration::from_secs(1)));
    assert!(
        text.contains("a.zip") && text.contains("Secret(***)"),
        "{text}"
    );
    assert_eq!(marks::found(&text), Vec::<String>::new());
}

#[test]
fn expectation_17_a_secret_in_the_wrong_setting_shows_neither() {
    for host in [
        "https://user:mark-password@example.com",
        "user:mark-password@example.com",
        "https://example.com/?token=mark-bearer",
        "https://example.com/#mark-bearer",
    ] {
        let builder = Session::builder().host(host);
        let text = printed(&builder) + &marks::told(&builder.build().unwrap_err());
        assert_eq!(marks::found(&text), Vec::<String>::new());
    }
    for credentials in [
        Credentials::bearer("mark-bearer with blanks"),
        Credentials::bearer("mark-bearer\n"),
        Credentials::basic("", marks::PASSWORD),
        Credentials::connected_app("", marks::CLIENT_SECRET),
    ] {
        let session = Session::builder().credentials(credentials).build();
        let text = marks::told(&session.unwrap_err());
        assert_eq!(marks::found(&text), Vec::<String>::new());
    }
}
