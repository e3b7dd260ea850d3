//! Access Management's specification was inferred from one example: whatever that had is
//! required there, and whatever was null is of the type null.

use anypoint_access_management::{Client, OrganizationClient};
use anypoint_core::OrganizationId;
use anypoint_core::{Credentials, ErrorKind};

use super::{assert_naive_fails, lines, session};
use crate::support::{Server, answer, empty, json, payload};

const ORGANIZATION: &str = "68ef9520-24e9-4cf2-b2f5-620025690913";

mod naive {
    naive! {
        Me { user: "user" as User }
        User { last_name: "lastName" as String }
        // The organization of the example became a property.
        MeOfTheExample { user: "user" as UserOfTheExample }
        UserOfTheExample { preferences: "organizationPreferences" as Preferences }
        Preferences { organization: "11111111-2222-3333-4444-555555555555" as serde_json::Value }
        Environment { id: "id" as String }
        Token { access_token: "access_token" as String, expires_in: "expires_in" as i64 }
        ScopesAsObjects { scopes: "scopes" as Vec<Grant> }
        ScopesAsStrings { scopes: "scopes" as Vec<String> }
        Grant { scope: "scope" as String }
        ScopePage { data: "data" as Vec<Grant> }
        Organization { owner_id: "ownerId" as String }
        WithEntitlements { entitlements: "entitlements" as Entitlements }
        Entitlements { vcores: "vCoresProduction" as Assigned }
        Assigned { assigned: "assigned" as i64 }
        // The specification declares the ids as objects.
        WithSubOrganizations { ids: "subOrganizationIds" as Vec<Organization> }
    }
}

fn client(server: &Server) -> Client {
    Client::new(&session(server))
}

fn inside(server: &Server) -> OrganizationClient {
    client(server).in_organization(OrganizationId::new("o-1"))
}

#[tokio::test]
async fn trap_am_me_without_user() {
    let me = payload!("access-management/get_me/organization_only.json");
    let server = Server::start([json(200, me)]).await;
    let answer = client(&server).get_me().send().await.unwrap().into_value();
    assert!(answer.user.is_none());
    let client = answer.client.unwrap();
    assert_eq!(client.org_id, Some(OrganizationId::new(ORGANIZATION)));
    assert_eq!(client.client_id, None);
    assert_naive_fails::<naive::Me>(me, "missing field `user`");
}

#[tokio::test]
async fn trap_am_nulls_in_user() {
    let me = payload!("access-management/get_me/nulls.json");
    let server = Server::start([json(200, me)]).await;
    let answer = client(&server).get_me().send().await.unwrap().into_value();
    let user = answer.user.unwrap();
    assert_eq!(user.first_name.as_deref(), Some("Jane"));
    assert_eq!((user.last_name, user.phone_number), (None, None));
    assert!(user.last_login.is_none() && user.organization.is_none());
    assert!(user.member_of_organizations.is_empty() && user.properties.is_empty());
    assert!(user.organization_preferences.contains_key(ORGANIZATION));
    assert_naive_fails::<naive::Me>(me, "invalid type: null, expected a string");
    assert_naive_fails::<naive::MeOfTheExample>(me, "missing field `11111111-2222");
}

/// A naive client reads 25 environments and never learns of the 26th.
#[tokio::test]
async fn trap_am_environments_are_paged() {
    let page = payload!("access-management/list_environments/default_page.json");
    let rest = payload!("access-management/list_environments/after_default_page.json");
    let server = Server::start([json(200, page), json(200, rest)]).await;
    let items = inside(&server).list_environments().items();
    let environments = items.collect().await.unwrap();
    assert_eq!(environments.len(), 26);
    assert_eq!(environments[25].name, "Environment 26");
    assert_eq!(environments[0].client_id, None);
    let base = "GET /accounts/api/organizations/o-1/environments";
    let expected = [format!("{base}?offset=0"), format!("{base}?offset=25")];
    assert_eq!(lines(&server), expected);
    assert_naive_fails::<Vec<naive::Environment>>(page, "expected a sequence");
}

#[tokio::test]
async fn trap_am_plain_text_unauthorized() {
    let text = payload!("access-management/get_me/unauthorized.txt");
    // Also under the label of JSON.
    for content_type in ["text/plain", "application/json"] {
        let server = Server::start([answer(401, content_type, text)]).await;
        let error = client(&server).get_me().send().await.unwrap_err();
        let found = (error.kind(), error.status(), error.message());
        assert_eq!(found, (ErrorKind::Status, Some(401), Some("unauthorized")));
    }
    assert_naive_fails::<serde_json::Value>(text, "expected value");
}

#[tokio::test]
async fn trap_am_token_without_expiry() {
    let token = payload!("access-management/request_token/without_expiry.json");
    let me = payload!("access-management/get_me/organization_only.json");
    let server = Server::start([json(200, token), json(200, me), json(200, me)]).await;
    let app = Client::new(&server.session(Credentials::connected_app("app-1", "s3cret")));
    app.get_me().send().await.unwrap();
    app.get_me().send().await.unwrap();
    // Neither fetched for every call nor taken for expired.
    let expected = [
        "POST /accounts/api/v2/oauth2/token",
        "GET /accounts/api/me",
        "GET /accounts/api/me",
    ];
    assert_eq!(lines(&server), expected);
    let authorization = server.requests()[2].header("authorization");
    assert_eq!(authorization.unwrap(), "Bearer 3f1c0d5e-token");
    assert_naive_fails::<naive::Token>(token, "missing field `expires_in`");
}

#[tokio::test]
async fn trap_am_scopes_as_strings_or_objects() {
    let strings = payload!("access-management/get_connected_application/scopes_as_strings.json");
    let objects = payload!("access-management/get_connected_application/scopes_as_objects.json");
    let server = Server::start([json(200, strings), json(200, objects)]).await;
    let get = || client(&server).get_connected_application("app-1").send();
    let application = get().await.unwrap();
    assert_eq!(application.scopes, ["read:applications", "profile"]);
    assert!(application.client_secret.is_none());
    assert_eq!(
        get().await.unwrap().scopes[0]["context_params"]["envId"],
        "e-1"
    );
    assert_naive_fails::<naive::ScopesAsObjects>(strings, "expected struct Grant");
    assert_naive_fails::<naive::ScopesAsStrings>(objects, "expected a string");
}

#[tokio::test]
async fn trap_am_scopes_under_data_or_scopes() {
    let data = payload!("access-management/list_connected_application_scopes/data.json");
    let scopes = payload!("access-management/list_connected_application_scopes/scopes.json");
    let server = Server::start([json(200, data), json(200, scopes)]).await;
    let list = || {
        client(&server)
            .list_connected_application_scopes("app-1")
            .send()
    };
    assert_eq!(list().await.unwrap().data[0].scope, "read:applications");
    let page = list().await.unwrap();
    assert_eq!((page.data.len(), page.total), (2, None));
    assert!(page.data[1].context_params.is_empty());
    assert_naive_fails::<naive::ScopePage>(scopes, "missing field `data`");
}

/// A naive client deletes, then waits for a 404 that never comes.
#[tokio::test]
async fn trap_am_soft_deleted_organization() {
    let deleted = payload!("access-management/get_organization/soft_deleted.json");
    let server = Server::start([empty(202), empty(204), json(200, deleted)]).await;
    let client = client(&server);
    client
        .delete_organization(OrganizationId::new("o-2"))
        .send()
        .await
        .unwrap();
    client
        .delete_organization(OrganizationId::new("o-2"))
        .send()
        .await
        .unwrap();
    let organization = client
        .get_organization(OrganizationId::new("o-2"))
        .send()
        .await
        .unwrap();
    let at = organization.deleted_at.as_ref().unwrap();
    assert_eq!(at.as_millis(), Some(1_709_294_400_000));
    assert_naive_fails::<naive::Organization>(deleted, "missing field `ownerId`");
}

#[tokio::test]
async fn trap_am_fractional_entitlements_and_ids_of_sub_organizations() {
    let found = payload!("access-management/get_organization/fractional_entitlements.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).get_organization(OrganizationId::new("o-1"));
    let organization = call.send().await.unwrap().into_value();
    let entitlements = organization.entitlements.unwrap();
    let production = entitlements.vcores_production.unwrap();
    assert_eq!(production.assigned, Some(0.1.into()));
    assert_eq!(
        entitlements.vcores_sandbox.unwrap().reassigned,
        Some(0.4.into())
    );
    assert_eq!(organization.sub_organization_ids, ["o-2", "o-3"]);
    assert_naive_fails::<naive::WithEntitlements>(found, "expected i64");
    assert_naive_fails::<naive::WithSubOrganizations>(found, "expected struct Organization");
}
