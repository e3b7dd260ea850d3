//! Applications of CloudHub 1.0: their life cycle, and stale answers.

use std::time::Duration;

use crate::common::*;
use anypoint_emulator::{Builder, Emulator};
use serde_json::{Value, json};

const ALL: &str = "/cloudhub/api/v2/applications";
const STEP: u64 = 1000;

/// A caller in an environment.
struct Caller<'a>(&'a str, &'a str);

impl Caller<'_> {
    async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let text = body.to_string();
        let body = if body.is_null() { "" } else { &text };
        let headers = [BEARER, JSON, ("x-anypnt-env-id", self.1)];
        call(self.0, method, path, &headers, body.as_bytes()).await
    }

    async fn create(&self, domain: &str, start: bool) -> Answer {
        let body = json!({ "applicationInfo": { "domain": domain }, "autoStart": start,
            "applicationSource": { "source": "EXCHANGE", "artifactId": "a" } });
        self.call("POST", ALL, &body).await
    }

    async fn update(&self, domain: &str, artifact: &str) -> Value {
        let source = json!({ "source": "EXCHANGE", "artifactId": artifact });
        let body = json!({ "applicationSource": source });
        let answer = self.call("PUT", &format!("{ALL}/{domain}"), &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn get(&self, domain: &str) -> Value {
        let path = format!("{ALL}/{domain}");
        self.call("GET", &path, &Value::Null).await.json()
    }

    async fn status(&self, domain: &str) -> (String, String) {
        let view = self.get(domain).await;
        let text = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
        (text("status"), text("deploymentUpdateStatus"))
    }

    async fn command(&self, domain: &str, command: &str) -> u16 {
        let path = format!("/cloudhub/api/applications/{domain}/status");
        let body = json!({ "status": command });
        self.call("POST", &path, &body).await.status
    }
}

fn pair(status: &str, update: &str) -> (String, String) {
    (status.to_owned(), update.to_owned())
}

async fn start(hands: &Hands, settings: impl Fn(Builder) -> Builder) -> Emulator {
    let builder = Emulator::builder().step(Duration::from_millis(STEP));
    settings(builder.clock(hands.clock()))
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn an_application_lives() {
    let hands = Hands::default();
    let emulator = start(&hands, |builder| builder).await;
    let own = Caller(emulator.url(), ENV);
    let created = own.create("orders", true).await.json();
    assert_eq!(created["status"], "DEPLOYING");
    hands.set(STEP);
    assert_eq!(own.status("orders").await, pair("STARTED", ""));
    assert_eq!(own.create("orders", true).await.status, 409);

    let updated = own.update("orders", "b").await;
    assert_ne!(updated["versionId"], created["versionId"]);
    let date = |value: &Value| value["lastUpdateTime"].as_u64().unwrap();
    assert!(date(&updated) > date(&created));
    assert_eq!(own.status("orders").await, pair("STARTED", "DEPLOYING"));
    hands.set(2 * STEP);
    assert_eq!(own.status("orders").await, pair("STARTED", ""));
    own.update("orders", "will-fail").await;
    hands.set(3 * STEP);
    assert_eq!(own.status("orders").await, pair("STARTED", "DEPLOY_FAILED"));
    assert!(own.get("orders").await["deploymentErrorMessage"].is_string());

    assert_eq!(own.command("orders", "STOP").await, 200);
    assert_eq!(own.command("orders", "stop").await, 304);
    assert_eq!(own.status("orders").await, pair("UNDEPLOYED", ""));
    assert_eq!(own.command("orders", "START").await, 200);
    assert_eq!(own.status("orders").await, pair("DEPLOYING", ""));

    let path = format!("{ALL}/orders");
    let body = json!({ "applicationInfo": { "properties": { "key": "open-sesame", "plain": "p" },
        "propertiesOptions": { "key": { "secure": true } } } });
    let answer = own.call("PUT", &path, &body).await.text();
    assert!(
        answer.contains(r#""plain":"p""#) && !answer.contains("sesame"),
        "{answer}"
    );

    let other = Caller(emulator.url(), PRODUCTION);
    assert_eq!(other.call("GET", &path, &Value::Null).await.status, 404);
    assert_eq!(other.create("orders", true).await.status, 409);
    assert_eq!(own.call("DELETE", &path, &Value::Null).await.status, 200);
    assert_eq!(own.call("GET", &path, &Value::Null).await.status, 404);
}

#[tokio::test]
async fn an_application_starts_when_it_is_told_to_and_may_fail() {
    let hands = Hands::default();
    let emulator = start(&hands, |builder| builder).await;
    let own = Caller(emulator.url(), ENV);
    own.create("orders-fail", false).await;
    hands.set(9 * STEP);
    assert_eq!(own.status("orders-fail").await, pair("UNDEPLOYED", ""));
    assert_eq!(own.command("orders-fail", "start").await, 200);
    hands.set(10 * STEP);
    assert_eq!(own.status("orders-fail").await, pair("DEPLOY_FAILED", ""));
}

#[tokio::test]
async fn looks_can_be_behind() {
    let hands = Hands::default();
    let emulator = start(&hands, |builder| builder.stale_looks(2)).await;
    let own = Caller(emulator.url(), ENV);
    let old = own.create("orders", true).await.json()["versionId"].clone();
    hands.set(STEP);
    assert_eq!(own.status("orders").await, pair("STARTED", ""));
    let new = own.update("orders", "b").await["versionId"].clone();
    for expected in [&old, &old, &new, &new] {
        assert_eq!(own.get("orders").await["versionId"], *expected);
    }

    let body = json!({ "name": "orders", "target": { "provider": "MC", "targetId": "t" }, "application": {
        "ref": { "groupId": "g", "artifactId": "a", "version": "1", "packaging": "jar" } } });
    let path = format!(
        "/amc/application-manager/api/v2/organizations/{ORG}/environments/{ENV}/deployments"
    );
    let created = own.call("POST", &path, &body).await.json();
    let path = format!("{path}/{}", created["id"].as_str().unwrap());
    let look = async || own.call("GET", &path, &Value::Null).await.json()["desiredVersion"].clone();
    assert_eq!(look().await, created["desiredVersion"]);
    let change = json!({ "application": { "desiredState": "STOPPED" } });
    let changed = own.call("PATCH", &path, &change).await.json();
    assert_ne!(changed["desiredVersion"], created["desiredVersion"]);
    for expected in [&created, &created, &changed] {
        assert_eq!(look().await, expected["desiredVersion"]);
    }
}
