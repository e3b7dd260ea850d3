//! The state of the emulator: life cycles, pages, uploads, reset.

use std::time::Duration;

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::{Value, json};

fn new(name: &str) -> Value {
    json!({ "name": name, "target": { "provider": "MC", "targetId": "t" }, "application": {
        "ref": { "groupId": "g", "artifactId": "a", "version": "1", "packaging": "jar" },
        "configuration": { "mule.agent.application.properties.service": {
            "applicationName": name, "secureProperties": { "key": "open-sesame" } } } } })
}

fn states(deployment: &Value) -> (String, String) {
    let text = |pointer| deployment.pointer(pointer).and_then(Value::as_str);
    (
        text("/status").unwrap_or_default().to_owned(),
        text("/application/status").unwrap_or_default().to_owned(),
    )
}

/// Polls until the deployment rests; the states on the way, each once.
async fn settle(url: &str, path: &str) -> Vec<(String, String)> {
    let mut seen: Vec<(String, String)> = Vec::new();
    for _ in 0..500 {
        let states = states(&get(url, path).await.json());
        if seen.last() != Some(&states) {
            seen.push(states.clone());
        }
        if states.0 != "APPLYING" {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never rests: {seen:?}");
}

#[tokio::test]
async fn a_deployment_lives() {
    let builder = Emulator::builder().step(Duration::from_millis(20));
    let emulator = builder.start().await.unwrap();
    let url = emulator.url();
    let created = send(url, "POST", &deployments(), &new("orders")).await;
    assert_eq!(created.status, 200, "{created:?}");
    assert!(!created.text().contains("sesame"), "{created:?}");
    let created = created.json();
    assert_eq!(states(&created), ("APPLYING".into(), "NOT_RUNNING".into()));
    let path = format!("{}/{}", deployments(), created["id"].as_str().unwrap());
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let seen = settle(url, &path).await;
    assert_eq!(seen.last(), Some(&pair("APPLIED", "RUNNING")), "{seen:?}");
    let again = send(url, "POST", &deployments(), &new("orders")).await;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("orders"));

    let stop = json!({ "application": { "desiredState": "STOPPED" } });
    let changed = send(url, "PATCH", &path, &stop).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(states(&changed.json()), pair("APPLYING", "RUNNING"));
    assert_eq!(
        settle(url, &path).await.last(),
        Some(&pair("APPLIED", "NOT_RUNNING"))
    );
    let stopped = get(url, &path).await.json();
    assert_eq!(stopped["target"]["targetId"], "t");
    assert_eq!(stopped["application"]["ref"]["artifactId"], "a");

    let elsewhere = path.replace(ENV, PRODUCTION);
    assert_eq!(get(url, &elsewhere).await.status, 404);
    let elsewhere = deployments().replace(ENV, PRODUCTION);
    assert_eq!(get(url, &elsewhere).await.json()["total"], 0);

    assert_eq!(call(url, "DELETE", &path, &[BEARER], b"").await.status, 204);
    assert_eq!(get(url, &path).await.status, 404);
    assert_eq!(call(url, "DELETE", &path, &[BEARER], b"").await.status, 404);
}

#[tokio::test]
async fn a_deployment_fails() {
    let emulator = Emulator::builder()
        .step(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let created = send(url, "POST", &deployments(), &new("will-fail"))
        .await
        .json();
    let path = format!("{}/{}", deployments(), created["id"].as_str().unwrap());
    let failed = get(url, &path).await.json();
    assert_eq!(failed["status"], "FAILED");
    assert!(
        failed["replicas"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("fail")
    );
}

#[tokio::test]
async fn lists_have_pages() {
    let emulator = Emulator::builder()
        .step(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    for number in 0..4 {
        send(url, "POST", &deployments(), &new(&format!("app-{number}"))).await;
    }
    let page = get(url, &format!("{}?offset=1&limit=3", deployments()))
        .await
        .json();
    assert_eq!(page["total"], 5);
    let items = page["items"].as_array().unwrap();
    let names: Vec<&str> = items
        .iter()
        .filter_map(|item| item["name"].as_str())
        .collect();
    assert_eq!(names, ["app-0", "app-1", "app-2"]);
    let page = get(url, &format!("{}?offset=9&limit=3", deployments()))
        .await
        .json();
    assert_eq!((&page["total"], &page["items"]), (&json!(5), &json!([])));

    let path = format!("/accounts/api/organizations/{ORG}/environments");
    let page = get(url, &format!("{path}?offset=1&limit=1")).await.json();
    assert_eq!(page["total"], 3);
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    let page = get(url, &format!("{path}?name=Production")).await.json();
    assert_eq!(page["total"], 1);
    assert_eq!(page["data"][0]["isProduction"], true);
    assert_eq!(
        get(url, &format!("{path}/{ENV}")).await.json()["name"],
        "Sandbox"
    );
    assert_eq!(get(url, &format!("{path}/nowhere")).await.status, 404);
}

#[tokio::test]
async fn uploads_are_listed() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let file = [b"PK\x03\x04".as_slice(), &[7; 100_000]].concat();
    let parts = [
        ("file", Some("orders.zip"), file.as_slice()),
        ("name", None, b"orders".as_slice()),
        ("version", None, b"2.0".as_slice()),
    ];
    let answer = upload(url, &parts).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let ids = answer.json();
    assert!(ids["versionId"].as_str().unwrap().starts_with("local$"));
    let size = file.len().to_string();
    assert_eq!(answer.header("x-emulator-size"), Some(size.as_str()));
    let listing = console(url, "GET", "/mmc/api/repository", None)
        .await
        .json();
    assert_eq!(listing["total"], 2);
    assert_eq!(listing["data"][1]["name"], "orders");
    assert_eq!(listing["data"][1]["versions"][0]["name"], "2.0");
    assert_eq!(listing["data"][1]["versions"][0]["id"], ids["versionId"]);
    let uploads = emulator.uploads();
    assert_eq!(uploads.len(), 1);
    assert_eq!(uploads[0].size, 100_004);
    assert_eq!(uploads[0].sha256.len(), 64);

    assert_eq!(upload(url, &parts).await.status, 409);
    let path = format!(
        "/mmc/api/repository/{}",
        ids["applicationId"].as_str().unwrap()
    );
    let versions = console(url, "GET", &path, None).await.json();
    assert_eq!(versions["total"], 1);
    let text = upload(url, &[("file", Some("a.zip"), b"no zip")]).await;
    assert_eq!(text.status, 501);
    assert_eq!(text.text(), "file: a.zip is no zip archive");
    assert_eq!(
        upload(url, &[("file", Some("a.zip"), b"")]).await.status,
        400
    );
    let missing = upload(url, &[("name", None, b"orders")]).await;
    assert_eq!(missing.status, 400);
    assert!(missing.text().contains("file"), "{missing:?}");
    assert_eq!(console(url, "DELETE", &path, None).await.text(), "200 OK");
    assert_eq!(console(url, "DELETE", &path, None).await.status, 501);
}

#[tokio::test]
async fn console_deployments_change_their_id() {
    let builder = Emulator::builder().step(Duration::from_secs(3600));
    let emulator = builder.start().await.unwrap();
    let url = emulator.url();
    let base = "/mmc/api/deployments";
    let body = json!({ "name": "d", "applications": ["local$a"], "servers": ["local$s"] });
    let created = console(url, "POST", base, Some(&body)).await;
    assert_eq!(created.status, 200, "{created:?}");
    let created = created.json();
    assert_eq!(created["status"], "UNDEPLOYED");
    assert_eq!(console(url, "POST", base, Some(&body)).await.status, 409);
    let no_target = json!({ "name": "e", "applications": ["local$a"] });
    assert_eq!(
        console(url, "POST", base, Some(&no_target)).await.status,
        400
    );

    let old = format!("{base}/{}", created["id"].as_str().unwrap());
    let add = json!({ "lastModified": created["lastModified"], "applications": ["local$b"] });
    let changed = console(url, "PUT", &format!("{old}/add"), Some(&add))
        .await
        .json();
    assert_ne!(changed["id"], created["id"]);
    assert_eq!(changed["applications"], json!(["local$a", "local$b"]));
    assert_eq!(console(url, "GET", &old, None).await.status, 404);
    let new = format!("{base}/{}", changed["id"].as_str().unwrap());
    // With the former lastModified it is refused.
    assert_eq!(
        console(url, "PUT", &format!("{new}/add"), Some(&add))
            .await
            .status,
        500
    );

    let taken = console(url, "POST", &format!("{new}/deploy"), None).await;
    assert_eq!((taken.status, taken.text().as_str()), (200, "200"));
    let status = async || console(url, "GET", &new, None).await.json()["data"][0]["status"].clone();
    assert_eq!(status().await, "IN_PROGRESS");
    console(url, "POST", &format!("{new}/undeploy"), None).await;
    assert_eq!(status().await, "UNDEPLOYED");
    assert_eq!(console(url, "DELETE", &new, None).await.text(), "200 OK");
    assert_eq!(console(url, "GET", &new, None).await.status, 404);
}

#[tokio::test]
async fn console_deployments_come_to_an_end() {
    let emulator = Emulator::builder()
        .step(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    for (name, status) in [("good", "DEPLOYED"), ("to-fail", "FAILED")] {
        let body = json!({ "name": name, "applications": ["local$a"], "servers": ["local$s"] });
        let created = console(url, "POST", "/mmc/api/deployments", Some(&body)).await;
        let id = created.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/mmc/api/deployments/{id}");
        console(url, "POST", &format!("{path}/deploy"), None).await;
        let page = console(url, "GET", &path, None).await.json();
        assert_eq!(page["data"][0]["status"], status);
        assert_eq!(page["total"], 1);
    }
    let path = "/mmc/api/deployments?server=local%24s";
    assert_eq!(console(url, "GET", path, None).await.json()["total"], 2);
}

#[tokio::test]
async fn applications_of_a_portal() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let base = "/api-experience-hub/xapi/v1/portals/00D5g000004XyZaEAK/\
        4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54";
    let exists = format!("{base}/applications/exists?appName=Depot%20Watch");
    assert_eq!(get(url, &exists).await.json()["exists"], false);
    let body = json!({ "instanceId": "i", "name": "Depot Watch" });
    let path = format!("{base}/assets/{GROUP}/a/v1/applications");
    let created = send(url, "POST", &path, &body).await;
    assert_eq!(created.status, 200, "{created:?}");
    let created = created.json();
    assert_eq!(get(url, &exists).await.json()["exists"], true);
    assert_eq!(send(url, "POST", &path, &body).await.status, 400);
    let path = format!("{base}/applications/{}", created["id"].as_str().unwrap());
    let reset = call(url, "POST", &format!("{path}/secret/reset"), &[BEARER], b"")
        .await
        .json();
    assert_ne!(reset["clientSecret"], created["clientSecret"]);
    let update = json!({ "name": "Depot Watch", "description": "new" });
    assert_eq!(
        send(url, "PUT", &path, &update).await.json()["description"],
        "new"
    );
    assert_eq!(
        get(url, &path).await.json()["clientSecret"],
        reset["clientSecret"]
    );
    assert_eq!(
        get(url, &format!("{base}/applications"))
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert!(call(url, "DELETE", &path, &[BEARER], b"").await.status < 300);
    assert_eq!(get(url, &path).await.status, 404);
}

#[tokio::test]
async fn reset_brings_the_seed_back() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let seed = format!("{}/c19a7e40-6b2d-4f83-95e1-d70f3b84c256", deployments());
    assert_eq!(call(url, "DELETE", &seed, &[BEARER], b"").await.status, 204);
    send(url, "POST", &deployments(), &new("orders")).await;
    emulator.reset();
    assert_eq!(get(url, &seed).await.status, 200);
    assert_eq!(get(url, &deployments()).await.json()["total"], 1);
}
