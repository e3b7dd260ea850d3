//! The Experience Hub with payloads from its portal page (document 004) and its known traps.

use anypoint_core::{Error, ErrorKind};
use anypoint_experience_hub::types::InstanceId;
use anypoint_experience_hub::types::{ApplicationId, AssetId, GroupId};
use anypoint_experience_hub::types::{
    AssetSearch, AssetSort, ContractStatus, NewContract, SortCriteria, SortDirection,
};
use anypoint_experience_hub::types::{ExternalOrganizationId, PortalId};
use anypoint_experience_hub::{Client, PortalClient};

use crate::support::{Server, answer, json, payload, session};

/// A Salesforce organization: no UUID, though the published specification says so.
const ORGANIZATION: &str = "00D5g000007vtXkEAI";
const PORTAL: &str = "5d9b1a2c-0000-4000-8000-000000000001";
const BASE: &str =
    "/api-experience-hub/xapi/v1/portals/00D5g000007vtXkEAI/5d9b1a2c-0000-4000-8000-000000000001";

fn client(server: &Server) -> PortalClient {
    let hub = Client::new(&session(server));
    hub.in_portal(
        ExternalOrganizationId::new(ORGANIZATION),
        PortalId::new(PORTAL),
    )
}

#[tokio::test]
async fn assets_are_a_bare_array() {
    let server = Server::start([json(200, payload!("experience-hub/list_assets/page.json"))]).await;
    let call = client(&server).list_assets().limit(5).offset(0);
    let assets = call.send().await.unwrap();
    assert_eq!(assets.len(), 1);
    assert_eq!(assets[0].asset_id, "payment-api");
    assert_eq!(assets[0].type_, "rest-api");
    let updated = assets[0].updated_date.as_ref().unwrap();
    assert_eq!(updated.as_millis(), Some(1_705_314_600_000));
    let request = server.request();
    assert_eq!(
        request.line(),
        format!("GET {BASE}/assets?limit=5&offset=0")
    );
    assert_eq!(request.header("authorization").unwrap(), "Bearer token-1");
    assert_eq!(request.header("x-anypnt-env-id"), None);
}

#[tokio::test]
async fn all_assets_are_read_over_a_repeated_page() {
    let page = || json(200, payload!("experience-hub/list_assets/page.json"));
    let server = Server::start([page(), page(), page()]).await;
    let items = client(&server).list_assets().items();
    assert_eq!(items.collect().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_search_has_its_limit_in_a_header() {
    let found = payload!("experience-hub/search_assets/found.json");
    let server = Server::start([json(200, found)]).await;
    let search = AssetSearch::new()
        .search_term("payment")
        .asset_types(["rest-api", "http-api"])
        .categories(["Department:Finance"])
        .sort(AssetSort::new(
            SortCriteria::LastUpdated,
            SortDirection::Desc,
        ));
    let call = client(&server).search_assets(search).limit(20);
    let result = call.send().await.unwrap();
    assert_eq!(result.assets[0].name, "Payment API");
    assert_eq!(result.facets, ["Department:Finance"]);
    let request = server.request();
    assert_eq!(request.line(), format!("POST {BASE}/assets/search"));
    assert_eq!(request.header("x-limit").unwrap(), "20");
    let sent: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    let documented = serde_json::json!({
        "searchTerm": "payment", "assetTypes": ["rest-api", "http-api"],
        "categories": ["Department:Finance"],
        "sort": {"direction": "DESC", "criteria": "LAST_UPDATED"},
    });
    assert_eq!(sent, documented);
}

#[tokio::test]
async fn ids_are_numbers_plain_texts_and_uuids() {
    let server = Server::start([
        json(200, payload!("experience-hub/list_contracts/page.json")),
        json(200, payload!("experience-hub/create_contract/created.json")),
        json(200, payload!("experience-hub/list_tiers/tiers.json")),
    ])
    .await;
    let client = client(&server);
    let application = "11111111-1111-1111-1111-111111111111";
    let instance = "22222222-2222-2222-2222-222222222222";
    let contracts = client.list_contracts(ApplicationId::new(application));
    let contracts = contracts.send().await.unwrap();
    assert_eq!(contracts[0].contract_id, "67890");
    assert_eq!(contracts[0].instance_id, instance);
    let contract = NewContract::new(
        true,
        ApplicationId::new(application),
        InstanceId::new(instance),
    )
    .tier_id(1);
    let call = client.create_contract(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
        contract,
    );
    let created = call.send().await.unwrap();
    assert_eq!(created.id, "67890");
    assert_eq!(created.status, ContractStatus::from("APPROVED"));
    assert_eq!(
        created.client_secret.as_ref().unwrap().expose(),
        "secretValue123"
    );
    assert!(!format!("{created:?}").contains("secretValue123"));
    let tiers = client.list_tiers(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
        InstanceId::new(instance),
    );
    let tiers = tiers.send().await.unwrap();
    assert_eq!(tiers[0].id, "1");
    assert_eq!(tiers[0].limits[0].maximum_requests.as_i64(), Some(1000));
    let sent = server.requests()[1].text();
    assert_eq!(
        sent,
        format!(
            r#"{{"acceptedTerms":true,"applicationId":"{application}","instanceId":"{instance}","tierId":1}}"#
        )
    );
}

#[tokio::test]
async fn an_application_has_its_secret() {
    let detail = payload!("experience-hub/get_application/detail.json");
    let server = Server::start([json(200, detail)]).await;
    let call = client(&server).get_application(ApplicationId::new("12345"));
    let application = call.send().await.unwrap();
    assert_eq!(application.id, "12345");
    assert_eq!(application.redirect_uri, ["https://example.com/callback"]);
    assert!(!format!("{application:?}").contains("secretValue123"));
    assert_eq!(
        application.client_secret.as_ref().unwrap().expose(),
        "secretValue123"
    );
}

#[tokio::test]
async fn deleting_answers_200_with_an_empty_object() {
    let deleted = payload!("experience-hub/delete_application/deleted.json");
    let server = Server::start([answer(200, "*/*", deleted)]).await;
    let call = client(&server).delete_application(ApplicationId::new("12345"));
    let gone: () = call.send().await.unwrap().into_value();
    assert_eq!(gone, ());
    assert_eq!(
        server.request().line(),
        format!("DELETE {BASE}/applications/12345")
    );
}

#[tokio::test]
async fn terms_and_pages_are_markdown_and_not_json() {
    let terms = payload!("experience-hub/get_terms/terms.txt");
    let page = payload!("experience-hub/get_page/page.txt");
    let server = Server::start([
        answer(200, "text/markdown", terms),
        json(200, page),
        json(200, page),
    ])
    .await;
    let client = client(&server);
    let call = client.get_terms(
        GroupId::new("com.example"),
        AssetId::new("payment-api"),
        "v1",
    );
    assert_eq!(call.send().await.unwrap().as_bytes(), terms);
    // The path comes from the details of the asset, with its slash.
    for path in ["/getting-started", "guides/My first call"] {
        let call = client.get_page(
            GroupId::new("com.example"),
            AssetId::new("payment-api"),
            "v1",
            path,
        );
        assert_eq!(call.send().await.unwrap().as_bytes(), page);
    }
    let asset = format!("GET {BASE}/assets/com.example/payment-api/v1");
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    assert_eq!(
        lines,
        [
            format!("{asset}/terms"),
            format!("{asset}/pages/getting-started"),
            format!("{asset}/pages/guides/My%20first%20call"),
        ]
    );
}

#[tokio::test]
async fn a_refusal_gives_its_details() {
    let refused = payload!("experience-hub/list_assets/refused.json");
    let server = Server::start([answer(400, "*/*", refused)]).await;
    let call = client(&server).list_assets().limit(9999);
    let error: Error = call.send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(400))
    );
    assert_eq!(
        error.to_string(),
        "list_assets: 400 Bad Request: limit is out of range; limit must be at most 250"
    );
}
