//! The cost of decoding an answer: 5 MB of applications with our models, and with derived serde types.

use std::collections::BTreeMap;
use std::time::Instant;

use anypoint_cloudhub::types::Application;
use anypoint_core::internal::Tolerant;
use serde::Deserialize;

use crate::Failure;
use crate::overhead::{instructions, pinned, ratios};

const LENGTH: usize = 5_000_000;
/// Interleaved pairs of readings.
const PAIRS: usize = 61;

const APPLICATION: &str = r#"{"versionId":"67ed01d2a4b98c3f5e7d6012","domain":"order-intake","fullDomain":"order-intake.us-e1.cloudhub.io","description":"Takes orders in.","status":"STARTED","region":"us-east-1","muleVersion":{"version":"4.9.0","updateId":"67c8f1d0a2b54e3d9f607c18","releaseChannel":"LTS","javaVersion":"17"},"workers":{"type":{"name":"Micro","weight":0.1,"cpu":"0.1 vCores","memory":"500 MB memory"},"amount":2,"remainingOrgWorkers":7.4,"totalOrgWorkers":12},"workerStatuses":[{"id":"i-0c4e17a9d3b85f260","host":"203.0.113.17","port":8081,"status":"STARTED","deployedRegion":"us-east-1","staticIPEnabled":true}],"hasFile":true,"fileName":"order-intake-1.4.0-mule-application.jar","properties":{"orders.user":"not-a-real-user","orders.host":"orders.example.com","orders.port":"8443"},"propertiesOptions":{"orders.user":{"secure":false}},"logLevels":[{"packageName":"com.example.orders","level":"DEBUG"}],"trackingSettings":{"trackingLevel":"DISABLED"},"monitoringAutoRestart":true,"persistentQueues":false,"staticIPsEnabled":true,"ipAddresses":[{"address":"203.0.113.17","regionId":"us-east-1"}],"lastUpdateTime":1743585330000}"#;

/// What a person writes for the answer, with all of its members: only what the documents promise is required.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Derived {
    id: Option<String>,
    domain: String,
    full_domain: Option<String>,
    version_id: Option<String>,
    description: Option<String>,
    status: Option<String>,
    deployment_update_status: Option<String>,
    deployment_error_message: Option<String>,
    is_deployment_waiting: Option<bool>,
    region: Option<String>,
    mule_version: Option<Version>,
    previous_mule_version: Option<Version>,
    #[serde(default)]
    supported_versions: Vec<serde_json::Value>,
    update_runtime_config: Option<bool>,
    workers: Option<Workers>,
    #[serde(default)]
    worker_statuses: Vec<Worker>,
    has_file: Option<bool>,
    file_name: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, String>,
    #[serde(default)]
    properties_options: BTreeMap<String, PropertyOptions>,
    #[serde(default)]
    log_levels: Vec<Level>,
    logging_ng_enabled: Option<bool>,
    #[serde(rename = "loggingCustomLog4JEnabled")]
    logging_custom_log4j_enabled: Option<bool>,
    tracking_settings: Option<Tracking>,
    insights_replay_data_region: Option<String>,
    monitoring_enabled: Option<bool>,
    monitoring_auto_restart: Option<bool>,
    persistent_queues: Option<bool>,
    persistent_queues_encrypted: Option<bool>,
    persistent_queues_encryption_enabled: Option<bool>,
    object_store_v1: Option<bool>,
    cloud_object_store_region: Option<String>,
    #[serde(rename = "staticIPsEnabled")]
    static_ips_enabled: Option<bool>,
    #[serde(default)]
    ip_addresses: Vec<Address>,
    secure_data_gateway_enabled: Option<bool>,
    vpn_enabled: Option<bool>,
    vpn_config: Option<Vpn>,
    multitenanted: Option<bool>,
    tenants: Option<i32>,
    deployment_group: Option<Group>,
    user_id: Option<String>,
    user_name: Option<String>,
    last_update_time: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Version {
    version: Option<String>,
    update_id: Option<String>,
    update_version: Option<String>,
    latest_update_id: Option<String>,
    release_channel: Option<String>,
    java_version: Option<String>,
    end_of_support_date: Option<i64>,
    end_of_life_date: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Workers {
    r#type: Option<Size>,
    amount: Option<i32>,
    remaining_org_workers: Option<f64>,
    total_org_workers: Option<f64>,
    recent_statistics: Option<Recent>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Size {
    name: Option<String>,
    weight: Option<f64>,
    cpu: Option<String>,
    memory: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Recent {
    transactions: Option<i64>,
    cpu: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Worker {
    id: Option<String>,
    host: Option<String>,
    port: Option<i32>,
    status: Option<String>,
    deployed_region: Option<String>,
    #[serde(rename = "staticIPEnabled")]
    static_ip_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct PropertyOptions {
    secure: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Level {
    package_name: String,
    level: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Tracking {
    tracking_level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Address {
    address: Option<String>,
    region_id: Option<String>,
    region_name: Option<String>,
    r#type: Option<String>,
    state: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Vpn {
    network: Option<String>,
    mask: Option<i32>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "reading them is the work that is compared")]
struct Group {
    id: Option<String>,
    name: Option<String>,
}

pub(crate) fn print() -> Result<(), Failure> {
    // Of the two counts the start is taken out by the difference.
    let count = |side| -> Result<u64, Failure> {
        let [few, many] = ["1", "3"].map(|count| instructions(&["read", side, count]));
        Ok((many? - few?) / 2)
    };
    match (count("ours"), count("derived")) {
        (Ok(ours), Ok(derived)) => println!(
            "decoding: {ours} instructions for 5 MB of applications, {derived} by derived types; ratio {:.3}",
            ours as f64 / derived as f64
        ),
        (Err(error), _) | (_, Err(error)) => println!("decoding: no instructions counted: {error}"),
    }
    let status = pinned(1)?.arg("read").status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the comparison of the readings failed".into())
    }
}

/// Reads so many times by one `side`, `ours` or `derived`.
pub(crate) fn read(side: &str, count: usize) -> Result<(), Failure> {
    let body = body();
    for _ in 0..count {
        match side {
            "ours" => ours(&body)?,
            _ => derived(&body)?,
        };
    }
    Ok(())
}

/// The ratio of the times of readings that follow each other.
pub(crate) fn wall() -> Result<(), Failure> {
    let body = body();
    let mut found = Vec::new();
    for pair in 0..=PAIRS {
        let first = Instant::now();
        let applications = ours(&body)?;
        let first = first.elapsed();
        let second = Instant::now();
        if derived(&body)? != applications {
            return Err("the two sides read different things".into());
        }
        // The first pair warms both up.
        if pair > 0 {
            found.push(first.as_secs_f64() / second.elapsed().as_secs_f64());
        }
    }
    println!("decoding: {}", ratios(found, "pairs"));
    Ok(())
}

fn ours(body: &str) -> Result<usize, Failure> {
    let mut body = serde_json::Deserializer::from_str(body);
    Ok(Vec::<Application>::tolerant(&mut body)?.len())
}

fn derived(body: &str) -> Result<usize, Failure> {
    Ok(serde_json::from_str::<Vec<Derived>>(body)?.len())
}

fn body() -> String {
    let applications = vec![APPLICATION; LENGTH / APPLICATION.len()];
    format!("[{}]", applications.join(","))
}
