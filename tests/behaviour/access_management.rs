//! Access Management with answers that differ from its published specification: every member
//! there is required, because it was inferred from one example.

use anypoint_access_management::types::{EnvironmentType, GrantType, LoginRequest, TokenRequest};
use anypoint_access_management::{Client, OrganizationClient};
use anypoint_core::{ErrorKind, OrganizationId};

use crate::support::{Server, answer, json, payload, printed, session};

fn client(server: &Server) -> Client {
    Client::new(&session(server))
}

fn inside(server: &Server) -> OrganizationClient {
    client(server).in_organization(OrganizationId::new("o-1"))
}

#[tokio::test]
async fn a_token_may_come_without_its_life() {
    let token = payload!("access-management/request_token/without_expiry.json");
    let server = Server::start([json(200, token), json(200, token)]).await;
    let body = || {
        TokenRequest::new(GrantType::ClientCredentials)
            .client_id("app")
            .client_secret("s3cret&")
    };
    let token = client(&server).request_token(body()).send().await.unwrap();
    assert_eq!(token.access_token.expose(), "3f1c0d5e-token");
    assert_eq!(
        (token.expires_in, token.redirect_url.as_deref()),
        (None, Some("/home/"))
    );
    assert!(!format!("{token:?}").contains("3f1c0d5e"));
    client(&server)
        .request_token_form(body())
        .send()
        .await
        .unwrap();
    let [as_json, as_form] = &server.requests()[..] else {
        panic!()
    };
    for request in [as_json, as_form] {
        assert_eq!(request.line(), "POST /accounts/api/v2/oauth2/token");
        // The published specification asks for a token here, to get a token.
        assert_eq!(request.header("authorization"), None);
    }
    assert_eq!(
        as_json.text(),
        r#"{"grant_type":"client_credentials","client_id":"app","client_secret":"s3cret&"}"#
    );
    assert_eq!(
        as_form.text(),
        "grant_type=client_credentials&client_id=app&client_secret=s3cret%26"
    );
}

#[tokio::test]
async fn me_is_a_client_or_a_user() {
    let server = Server::start([
        json(200, payload!("access-management/get_me/client_only.json")),
        json(200, payload!("access-management/get_me/user_only.json")),
    ])
    .await;
    let organization = "68ef9520-24e9-4cf2-b2f5-620025690913";
    let me = client(&server).get_me().send().await.unwrap().into_value();
    assert!(me.user.is_none());
    let found = me.client.unwrap().org_id;
    assert_eq!(found, Some(OrganizationId::new(organization)));
    let me = client(&server).get_me().send().await.unwrap().into_value();
    assert!(me.client.is_none());
    let user = me.user.unwrap();
    assert_eq!(user.username.as_deref(), Some("jane"));
    assert_eq!(user.phone_number, None);
    // The organization's id is a key, not a field of a type.
    assert!(user.organization_preferences.contains_key(organization));
    assert_eq!(server.requests()[0].line(), "GET /accounts/api/me");
}

#[tokio::test]
async fn unauthorized_as_plain_text_is_a_message() {
    let text = payload!("access-management/get_me/unauthorized.txt");
    let server = Server::start([answer(401, "text/plain", text)]).await;
    let error = client(&server).get_me().send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(401))
    );
    assert_eq!(error.message(), Some("unauthorized"));
}

#[tokio::test]
async fn environments_are_read_over_all_pages() {
    let server = Server::start([
        json(
            200,
            payload!("access-management/list_environments/page_1.json"),
        ),
        json(
            200,
            payload!("access-management/list_environments/page_2.json"),
        ),
        json(
            200,
            payload!("access-management/list_environments/page_3.json"),
        ),
    ])
    .await;
    let call = inside(&server).list_environments().limit(2);
    let environments = call.items().collect().await.unwrap();
    let ids: Vec<_> = environments.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["e-1", "e-2", "e-3", "e-4", "e-5"]);
    assert_eq!(environments[0].type_, Some(EnvironmentType::Production));
    assert_eq!(environments[1].client_id, None);
    // A type that was added later.
    assert_eq!(environments[3].type_.as_ref().unwrap().as_str(), "preview");
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    let page = |offset| {
        format!("GET /accounts/api/organizations/o-1/environments?offset={offset}&limit=2")
    };
    assert_eq!(lines, [page(0), page(2), page(4)]);
}

/// 418 sends a user of single sign-on elsewhere; the address may hold a session.
#[tokio::test]
async fn a_login_that_goes_on_elsewhere_is_an_error_with_its_body() {
    let elsewhere = payload!("access-management/log_in/elsewhere.json");
    let server = Server::start([json(418, elsewhere)]).await;
    let call = client(&server).log_in(LoginRequest::new("jane", "s3cret"));
    assert!(!format!("{call:?}").contains("s3cret"));
    let error = call.send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(418))
    );
    assert!(!printed(&error).contains("s3cret"), "{error:?}");
    assert_eq!(error.body(), Some(&elsewhere[..]));
    let request = server.request();
    assert_eq!(request.text(), r#"{"username":"jane","password":"s3cret"}"#);
    assert_eq!(request.header("authorization"), None);
}
