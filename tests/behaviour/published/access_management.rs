//! Access Management.

use std::collections::BTreeMap;

use anypoint_access_management::Client;
use anypoint_access_management::types::{
    ConnectedApplicationUpdate, Entitlements, GrantType, NewConnectedApplication,
    OrganizationUpdate, ScopeGrant, ScopeWithdrawal, UserId,
};
use anypoint_core::{Nullable, OrganizationId};
use serde_json::{Value, json as value};

use crate::support::{Server, empty, json, payload, sent, session};

fn client(server: &Server) -> Client {
    Client::new(&session(server))
}

#[tokio::test]
async fn the_properties_of_an_organization_are_whatever_products_keep_there() {
    let found = payload!("access-management/get_organization/free_properties.json");
    let server = Server::start([json(200, found)]).await;
    let id = OrganizationId::new("o-2");
    let organization = client(&server).get_organization(&id).send().await;
    let properties = organization.unwrap().into_value().properties;
    let raw: Value = serde_json::from_slice(found).unwrap();
    assert_eq!(value!(properties), raw["properties"]);

    let server = Server::start([json(200, found)]).await;
    let update = OrganizationUpdate::new("Sales", UserId::new("u-1"), Entitlements::new());
    let update = update.properties(properties);
    let call = client(&server).update_organization(&id, update);
    call.send().await.unwrap();
    assert_eq!(sent(&server)["properties"], raw["properties"]);
}

#[tokio::test]
async fn a_connected_application_says_whose_it_is() {
    let found = payload!("access-management/get_connected_application/owners.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).get_connected_application("app-1");
    let application = call.send().await.unwrap().into_value();
    assert_eq!(application.org_id, Some(OrganizationId::new("o-1")));
    assert_eq!(application.owner_user_id, None);
    let expiry = application.cert_expiry.unwrap();
    assert_eq!(expiry.as_i64(), Some(1_893_456_000_000));
    assert_eq!(application.grant_types, [GrantType::ValidateBearer]);
}

#[tokio::test]
async fn an_application_without_an_owner_is_made_by_null() {
    let found = payload!("access-management/get_connected_application/owners.json");
    let none: [&str; 0] = [];
    for (new, expected) in [
        (
            NewConnectedApplication::new(none).owner_user_id(Nullable::Null),
            value!({"owner_user_id": null, "redirect_uris": []}),
        ),
        (
            NewConnectedApplication::new(none).owner_user_id(UserId::new("u-1")),
            value!({"owner_user_id": "u-1", "redirect_uris": []}),
        ),
        // The caller owns it.
        (
            NewConnectedApplication::new(none),
            value!({"redirect_uris": []}),
        ),
    ] {
        let server = Server::start([json(200, found)]).await;
        let call = client(&server).create_connected_application(new);
        call.send().await.unwrap();
        assert_eq!(sent(&server), expected);
    }
    // One that has an owner keeps one.
    let update = ConnectedApplicationUpdate::new().owner_user_id(UserId::new("u-2"));
    assert_eq!(value!(update), value!({"owner_user_id": "u-2"}));
}

#[tokio::test]
async fn a_state_goes_with_an_authorization() {
    let server = Server::start([json(200, "login")]).await;
    let call = client(&server).authorize().client_id("app-1");
    call.state("a b&c").send().await.unwrap();
    let line = "GET /accounts/api/v2/oauth2/authorize?client_id=app-1&state=a%20b%26c";
    assert_eq!(server.request().line(), line);
    assert_eq!(server.request().header("authorization"), None);
}

#[tokio::test]
async fn scopes_are_withdrawn_by_a_deletion_that_names_them() {
    let server = Server::start([empty(204)]).await;
    let here = BTreeMap::from([("org".to_owned(), "o-1".to_owned())]);
    let scopes = [
        ScopeGrant::new("read:applications", here),
        ScopeGrant::new("profile", BTreeMap::<String, String>::new()),
    ];
    let withdrawal = ScopeWithdrawal::new(scopes);
    let client = client(&server).in_organization(OrganizationId::new("o-1"));
    let call = client.delete_connected_application_scopes("app-1", withdrawal);
    assert_eq!(call.send().await.unwrap().status(), 204);
    let line = "DELETE /accounts/api/organizations/o-1/connectedApplications/app-1/scopes";
    assert_eq!(server.request().line(), line);
    let expected = value!({"scopes": [
        {"scope": "read:applications", "context_params": {"org": "o-1"}},
        {"scope": "profile", "context_params": {}},
    ]});
    assert_eq!(sent(&server), expected);
}
