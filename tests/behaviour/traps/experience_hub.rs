//! The Experience Hub's ids change their type from one operation to the next, and its page in
//! the portal (document 004) has no paths.

use anypoint_experience_hub::types::{ApplicationId, AssetId, GroupId, InstanceId};
use anypoint_experience_hub::types::{AssetSearch, NewApplication, NewContract};
use anypoint_experience_hub::types::{ExternalOrganizationId, PortalId};
use anypoint_experience_hub::{Client, PortalClient};

use super::{assert_naive_fails, lines, sent, session};
use crate::support::{Server, answer, empty, json, payload};

const ORGANIZATION: &str = "00D5g000007vtXkEAI";
const PORTAL: &str = "5d9b1a2c-0000-4000-8000-000000000001";
const BASE: &str =
    "/api-experience-hub/xapi/v1/portals/00D5g000007vtXkEAI/5d9b1a2c-0000-4000-8000-000000000001";
const APPLICATION: &str = "11111111-1111-1111-1111-111111111111";
const INSTANCE: &str = "22222222-2222-2222-2222-222222222222";

mod naive {
    naive! {
        ContractSummary { id: "contractId" as String }
        Contract { id: "id" as i64 }
        Tier { id: "id" as i32 }
        TierWithLimits { limits: "limits" as Vec<Limit> }
        Limit { maximum: "maximumRequests" as i64 }
        Assets { assets: "assets" as Vec<Asset> }
        Applications { applications: "applications" as Vec<Asset> }
        Tiers { tiers: "tiers" as Vec<Tier> }
        Contracts { contracts: "contracts" as Vec<Contract> }
        Asset { id: "assetId" as String }
        AssetDetail { major: "majorComponent" as i32 }
        Availability { available: "available" as bool }
        RedirectUris { redirect_uris: "redirectUris" as Vec<String> }
    }
}

fn client(server: &Server) -> PortalClient {
    let hub = Client::new(&session(server));
    hub.in_portal(
        ExternalOrganizationId::new(ORGANIZATION),
        PortalId::new(PORTAL),
    )
}

/// One id of a contract is a number, a text and part of a path; a tier is a text in an answer
/// and a number in a request; an application is a plain text that the paths call a UUID.
#[tokio::test]
async fn trap_aeh_ids_of_three_types() {
    let contracts = payload!("experience-hub/list_contracts/page.json");
    let contract = payload!("experience-hub/get_contract/contract.json");
    let created = payload!("experience-hub/create_contract/created.json");
    let server = Server::start([
        json(200, contracts),
        json(200, contract),
        json(200, contract),
        json(200, created),
    ])
    .await;
    let client = client(&server);
    let call = client.list_contracts(ApplicationId::new("12345"));
    let id = call.send().await.unwrap()[0].contract_id.clone();
    // A number there and a text elsewhere: the id of the same thing.
    assert_eq!(id, "67890");
    let asset = ("com.example", "payment-api", "v1");
    let call = client.get_contract(
        GroupId::new(asset.0),
        AssetId::new(asset.1),
        asset.2,
        ApplicationId::new(APPLICATION),
        InstanceId::new(INSTANCE),
    );
    let contract_answer = call.send().await.unwrap();
    assert_eq!(contract_answer.id, id);
    let tier = contract_answer.requested_tier.as_ref().unwrap();
    let tier_id: i64 = tier.id.as_str().parse().unwrap();
    let call = client.assign_tier(ApplicationId::new("12345"), id, tier);
    call.send().await.unwrap();
    let body = NewContract::new(
        true,
        ApplicationId::new(APPLICATION),
        InstanceId::new(INSTANCE),
    )
    .tier_id(tier_id);
    let call = client.create_contract(GroupId::new(asset.0), AssetId::new(asset.1), asset.2, body);
    call.send().await.unwrap();
    let sent = lines(&server);
    // Whoever takes the path's type for granted refuses `12345` and the organization.
    assert_eq!(sent[0], format!("GET {BASE}/applications/12345/contracts"));
    assert_eq!(
        sent[2],
        format!("PATCH {BASE}/applications/12345/contracts/67890/tiers/2")
    );
    assert!(server.requests()[3].text().ends_with(r#""tierId":2}"#));
    assert_naive_fails::<Vec<naive::ContractSummary>>(contracts, "expected a string");
    assert_naive_fails::<naive::Contract>(contract, "expected i64");
}

#[tokio::test]
async fn trap_aeh_tier_ids_and_limits_are_text() {
    let tiers = payload!("experience-hub/list_tiers/tiers.json");
    let server = Server::start([json(200, tiers)]).await;
    let call = client(&server).list_tiers(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
        InstanceId::new(INSTANCE),
    );
    let found = call.send().await.unwrap();
    assert_eq!(found[0].id, "1");
    assert_eq!(found[0].limits[0].maximum_requests.as_i64(), Some(1000));
    assert!(found[1].limits.is_empty());
    assert_naive_fails::<Vec<naive::Tier>>(tiers, "expected i32");
    assert_naive_fails::<Vec<naive::TierWithLimits>>(tiers, "expected i64");
}

/// The skills that come with the API read `$.assets`, `$.applications`, `$.tiers` and
/// `$.contracts`.
#[tokio::test]
async fn trap_aeh_bare_arrays() {
    let assets = payload!("experience-hub/list_assets/page.json");
    let applications = payload!("experience-hub/list_applications/bare_array.json");
    let contracts = payload!("experience-hub/list_contracts/page.json");
    let tiers = payload!("experience-hub/list_tiers/tiers.json");
    let server = Server::start([json(200, assets), json(200, applications)]).await;
    let call = client(&server).list_assets();
    assert_eq!(call.send().await.unwrap()[0].asset_id, "payment-api");
    let call = client(&server).list_applications();
    let found = call.send().await.unwrap();
    let ids: Vec<_> = found
        .iter()
        .map(|application| application.id.as_str())
        .collect();
    assert_eq!(ids, ["12345", "67890"]);
    assert_naive_fails::<naive::Assets>(assets, "expected a sequence");
    assert_naive_fails::<naive::Applications>(applications, "expected a sequence");
    assert_naive_fails::<naive::Contracts>(contracts, "expected a sequence");
    assert_naive_fails::<naive::Tiers>(tiers, "expected a sequence");
}

#[tokio::test]
async fn trap_aeh_terms_are_text() {
    let terms = payload!("experience-hub/get_terms/terms.txt");
    // `*/*` in the specification: any label may come, also that of JSON.
    for content_type in ["text/markdown", "application/json", "*/*"] {
        let server = Server::start([answer(200, content_type, terms)]).await;
        let call = client(&server).get_terms(
            GroupId::new("com.example"),
            AssetId::new("payment-api"),
            "v1",
        );
        assert_eq!(call.send().await.unwrap().as_bytes(), terms);
        let line = format!("GET {BASE}/assets/com.example/payment-api/v1/terms");
        assert_eq!(lines(&server), [line]);
    }
    assert_naive_fails::<String>(terms, "expected value");
}

/// `/pages/**` in the specification. A naive client sends `/pages/**`, or the path as one
/// segment: `/pages/%2Fguides%2FMy%20first%20call`.
#[tokio::test]
async fn trap_aeh_wildcard_page_path() {
    let page = payload!("experience-hub/get_page/page.txt");
    let server = Server::start([answer(200, "text/markdown", page)]).await;
    let path = "/guides/My first call?";
    let call = client(&server).get_page(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
        path,
    );
    call.send().await.unwrap();
    let expected =
        format!("GET {BASE}/assets/com.example/payment-api/v1/pages/guides/My%20first%20call%3F");
    assert_eq!(lines(&server), [expected]);
}

#[tokio::test]
async fn trap_aeh_delete_answers_an_object() {
    let deleted = payload!("experience-hub/delete_application/deleted.json");
    let server = Server::start([json(200, deleted), json(200, ""), empty(204)]).await;
    for _ in 0..3 {
        let call = client(&server).delete_application(ApplicationId::new(APPLICATION));
        call.send().await.unwrap();
    }
    let line = format!("DELETE {BASE}/applications/{APPLICATION}");
    assert_eq!(lines(&server), [line.clone(), line.clone(), line]);
    assert_naive_fails::<()>(deleted, "expected unit");
    assert_naive_fails::<serde_json::Value>(b"", "EOF");
}

/// The skill sends `limit` in the body; a naive client sends `/assets/search?limit=20`.
#[tokio::test]
async fn trap_aeh_x_limit_is_a_header() {
    let found = payload!("experience-hub/search_assets/found.json");
    let server = Server::start([json(200, found)]).await;
    let search = AssetSearch::new().search_term("payment");
    let call = client(&server).search_assets(search);
    assert_eq!(call.limit(20).send().await.unwrap().assets.len(), 1);
    let request = server.request();
    assert_eq!(request.line(), format!("POST {BASE}/assets/search"));
    assert_eq!(request.header("x-limit").unwrap(), "20");
    assert_eq!(request.text(), r#"{"searchTerm":"payment"}"#);
    // The one list that is no bare array.
    assert_naive_fails::<Vec<naive::Asset>>(found, "expected a sequence");
}

#[tokio::test]
async fn trap_aeh_exists_and_not_available() {
    let exists = payload!("experience-hub/check_application_name/exists.json");
    let available = payload!("experience-hub/check_application_name/available.json");
    let server = Server::start([json(200, exists), json(200, available)]).await;
    let check = || {
        let call = client(&server).check_application_name("My API");
        call.send()
    };
    let answer = check().await.unwrap();
    assert_eq!((answer.exists, answer.available), (Some(true), None));
    // Whoever looks at `exists` alone must not take the name for free.
    let answer = check().await.unwrap();
    assert_eq!((answer.exists, answer.available), (None, Some(false)));
    let line = || format!("GET {BASE}/applications/exists?appName=My%20API");
    assert_eq!(lines(&server), [line(), line()]);
    assert_naive_fails::<naive::Availability>(exists, "missing field `available`");
}

/// `redirectUri` is an array, whatever its name says; the skill sends `redirectUris`, and no
/// `instanceId`. Creating answers 200.
#[tokio::test]
async fn trap_aeh_redirect_uri_is_an_array() {
    let created = payload!("experience-hub/create_application/created.json");
    let detail = payload!("experience-hub/get_application/detail.json");
    let server = Server::start([json(200, created)]).await;
    let application = NewApplication::new(InstanceId::new(INSTANCE), "My API Client")
        .redirect_uri(["https://example.com/callback"]);
    let call = client(&server).create_application(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
        application,
    );
    let answer = call.send().await.unwrap();
    assert!(!format!("{answer:?}").contains("secretValue123"));
    let expected = serde_json::json!({
        "instanceId": INSTANCE, "name": "My API Client",
        "redirectUri": ["https://example.com/callback"],
    });
    assert_eq!(sent(&server), expected);
    assert_naive_fails::<naive::RedirectUris>(detail, "missing field `redirectUris`");
}

#[tokio::test]
async fn trap_aeh_mayor_component_is_misspelt() {
    let asset = payload!("experience-hub/get_asset/mayor_component.json");
    let server = Server::start([json(200, asset)]).await;
    let call = client(&server).get_asset(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
    );
    let found = call.send().await.unwrap();
    assert_eq!(found.mayor_component, Some(1));
    assert_eq!(
        found.updated_date.as_ref().unwrap().as_millis(),
        Some(1_705_314_600_000)
    );
    assert_naive_fails::<naive::AssetDetail>(asset, "missing field `majorComponent`");
}
