//! Credentials on connections without TLS.

use anypoint_core::internal::{Call, Endpoint};
use anypoint_core::{AccessToken, CredentialChain, Credentials, ErrorKind, Session};

use crate::support::{GET, Server, app, json, token};

const FAR: &str = "http://api.example.com:8080";

/// Those that must not be read by others.
fn secret() -> [Credentials; 4] {
    [
        app(),
        Credentials::user("me", "a-password"),
        Credentials::bearer("a-t0ken"),
        Credentials::custom(|| async { Ok(AccessToken::new("a-t0ken")) }),
    ]
}

#[test]
fn tokens_and_passwords_do_not_go_over_plain_http() {
    for credentials in secret() {
        let builder = Session::builder().host(FAR).credentials(credentials);
        let error = builder.clone().build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(
            text.contains(FAR) && text.contains("allow_plain_http"),
            "{text}"
        );
        assert!(builder.allow_plain_http().build().is_ok());
    }
    let variables = |name: &str| match name {
        "ANYPOINT_BEARER" => Some("a-t0ken".to_owned()),
        "ANYPOINT_HOST" => Some(FAR.to_owned()),
        _ => None,
    };
    let found = CredentialChain::new().resolve_from(variables).unwrap();
    assert!(found.session().build().is_err());
    assert!(found.session().allow_plain_http().build().is_ok());
}

#[test]
fn a_client_with_a_base_url_of_its_own_is_no_way_around() {
    for credentials in secret() {
        let near = Session::builder()
            .host("http://localhost:1")
            .credentials(credentials);
        let session = near.clone().build().unwrap();
        let error = Endpoint::at(&session, &format!("{FAR}/mmc/api")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(Endpoint::at(&session, "http://127.0.0.1:2/api").is_ok());
        let allowed = near.allow_plain_http().build().unwrap();
        assert!(Endpoint::at(&allowed, &format!("{FAR}/mmc/api")).is_ok());
    }
}

#[test]
fn without_credentials_or_with_those_of_a_console_it_is_allowed() {
    for credentials in [
        Credentials::default(),
        Credentials::basic("admin", "a-password"),
    ] {
        let session = Session::builder().host(FAR).credentials(credentials);
        let session = session.build().unwrap();
        assert!(Endpoint::at(&session, "http://mmc.example.com/mmc").is_ok());
    }
}

#[tokio::test]
async fn a_redirect_does_not_take_a_token_to_another_host() {
    let other = Server::always(json(200, "{}")).await;
    let there = other.url.replace("127.0.0.1", "localhost");
    let server = Server::start(move |request, _| match request.target.contains("token") {
        true => token("a-t0ken", 3600),
        false => crate::support::reply(302, &format!("location: {there}/x\r\n"), ""),
    })
    .await;
    let call = Call::new(&Endpoint::new(&server.session(app()), ""), &GET);
    assert_eq!(call.send_empty().await.unwrap_err().status(), Some(302));
    assert!(other.requests().is_empty());
}
