//! The same call in two ways: by the runtime, like a generated method, with token, limit, retry and spans; and by hand with
//! reqwest, serde and a bearer header.

use std::time::Duration;

use anypoint_core::internal::{Auth, Call, Endpoint, Method, Operation, RateLimit};
use anypoint_core::{Credentials, Session};
use anypoint_experience_hub::types::Asset;
use serde::Deserialize;

use crate::Failure;

const ORGANIZATION: &str = "00D5g000004XyZaEAK";
const PORTAL: &str = "4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54";

/// The operation of a generated crate, but with a limit that is always near and never reached.
static LIST_ASSETS: Operation = Operation {
    id: "list_assets",
    method: Method::Get,
    path: "/xapi/v1/portals/{organizationId}/{portalId}/assets",
    accept: "application/json",
    auth: Auth::Session,
    idempotent: true,
    environment: false,
    not_modified: false,
    limits: &[RateLimit {
        name: "bench",
        permits: 200_000,
        interval: Duration::from_secs(1),
        regions: &[],
        per: None,
        throttled: &[503],
    }],
};

/// The time limit of a call by hand that has one.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// Makes so many calls by one `side`: `ours`, `hand`, or `timed`, which is by hand with a time limit.
pub(crate) async fn make(side: &str, url: &str, count: usize) -> Result<(), Failure> {
    match side {
        "ours" => {
            let ours = Ours::new(url)?;
            for _ in 0..count {
                ours.call().await?;
            }
        }
        _ => {
            let timeout = (side == "timed").then_some(TIMEOUT);
            let hand = Hand::new(url, timeout).await?;
            for _ in 0..count {
                hand.call().await?;
            }
        }
    }
    Ok(())
}

pub(crate) struct Ours(Endpoint);

impl Ours {
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let session = Session::builder()
            .host(url)
            .credentials(Credentials::connected_app("bench", "bench-secret"))
            .build()?;
        Ok(Self(Endpoint::new(&session, "/api-experience-hub")))
    }

    pub(crate) async fn call(&self) -> Result<usize, Failure> {
        let assets = Call::new(&self.0, &LIST_ASSETS)
            .path("organizationId", &ORGANIZATION)
            .path("portalId", &PORTAL)
            .query("limit", &50)
            .send_json::<Vec<Asset>>()
            .await?;
        Ok(assets
            .iter()
            .map(|asset| asset.asset_id.as_str().len())
            .sum())
    }
}

pub(crate) struct Hand {
    client: reqwest::Client,
    url: String,
    token: String,
}

/// What a careful person writes for the answer: only what the documents promise is required.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct HandAsset {
    group_id: String,
    asset_id: String,
    name: String,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    minor_version: Option<String>,
    #[serde(default)]
    minor_versions: Vec<String>,
    latest_patch_version: Option<String>,
    major: Option<i32>,
    minor: Option<i32>,
    mayor_component: Option<i32>,
    minor_component: Option<i32>,
    #[serde(default)]
    minor_version_components: Vec<String>,
    icon: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
    updated_date: Option<String>,
}

#[derive(Deserialize)]
struct HandToken {
    access_token: String,
}

impl Hand {
    pub(crate) async fn new(url: &str, timeout: Option<Duration>) -> Result<Self, Failure> {
        let builder = reqwest::Client::builder();
        let client = match timeout {
            Some(timeout) => builder.timeout(timeout),
            None => builder,
        };
        let client = client.build()?;
        let answer = client.post(format!("{url}/accounts/token")).send().await?;
        let token: HandToken = serde_json::from_slice(&answer.bytes().await?)?;
        Ok(Self {
            client,
            url: url.to_owned(),
            token: token.access_token,
        })
    }

    pub(crate) async fn call(&self) -> Result<usize, Failure> {
        let url = format!(
            "{}/api-experience-hub/xapi/v1/portals/{ORGANIZATION}/{PORTAL}/assets?limit=50",
            self.url
        );
        let answer = self
            .client
            .get(url)
            .header("accept", "application/json")
            .bearer_auth(&self.token)
            .send()
            .await?
            .error_for_status()?;
        let assets: Vec<HandAsset> = serde_json::from_slice(&answer.bytes().await?)?;
        Ok(assets
            .iter()
            .map(|asset| asset.asset_id.as_str().len())
            .sum())
    }
}
