//! A deployment with a log, on a clock that does not advance by itself.

use std::time::Duration;

use anypoint_emulator::{Builder, Emulator, LogLine};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) const STEP: u64 = 1000;
pub(crate) const EPOCH: u64 = 1_700_000_000_000;

/// An emulator with a deployment, on a clock that stands.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) hands: Hands,
    pub(crate) id: String,
}

impl World {
    pub(crate) async fn with(settings: impl Fn(Builder) -> Builder) -> Self {
        let hands = Hands::default();
        let builder = Emulator::builder()
            .step(Duration::from_millis(STEP))
            .epoch(EPOCH);
        let builder = settings(builder.clock(hands.clock()));
        let emulator = builder.start().await.unwrap();
        let body = body("orders", "1.0.0", 1);
        let created = send(emulator.url(), "POST", &deployments(), &body).await;
        let id = created.json()["id"].as_str().unwrap().to_owned();
        hands.set(2 * STEP);
        Self {
            emulator,
            hands,
            id,
        }
    }

    /// One whose log only holds what a test writes.
    pub(crate) async fn quiet() -> Self {
        Self::with(Builder::quiet_logs).await
    }

    pub(crate) async fn look(&self) -> Value {
        let path = format!("{}/{}", deployments(), self.id);
        get(self.emulator.url(), &path).await.json()
    }

    pub(crate) async fn change(&self, body: &Value) -> Value {
        let path = format!("{}/{}", deployments(), self.id);
        let answer = send(self.emulator.url(), "PATCH", &path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub(crate) async fn specification(&self) -> String {
        self.look().await["desiredVersion"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn ask(&self, specification: &str, query: &str) -> Answer {
        let (all, id) = (deployments(), &self.id);
        let path = format!("{all}/{id}/specs/{specification}/logs{query}");
        get(self.emulator.url(), &path).await
    }

    /// A page of the current log.
    pub(crate) async fn logs(&self, query: &str) -> Vec<Value> {
        let specification = self.specification().await;
        self.ask(&specification, query)
            .await
            .json()
            .as_array()
            .unwrap()
            .clone()
    }

    pub(crate) async fn found(&self, query: &str) -> Vec<String> {
        self.logs(query).await.iter().map(message).collect()
    }

    pub(crate) fn write(&self, lines: impl IntoIterator<Item = LogLine>) -> Vec<String> {
        self.emulator.write_log(&self.id, lines).unwrap()
    }
}

pub(crate) fn body(name: &str, version: &str, replicas: u64) -> Value {
    json!({
        "name": name,
        "target": { "provider": "MC", "targetId": "t", "replicas": replicas },
        "application": {
            "ref": { "groupId": "g", "artifactId": "a", "version": version, "packaging": "jar" },
            "desiredState": "STARTED",
        },
    })
}

pub(crate) fn message(line: &Value) -> String {
    line["message"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn lines(numbers: std::ops::Range<u64>) -> impl Iterator<Item = LogLine> {
    numbers.map(|number| LogLine::new(number.to_string()).at(EPOCH + number))
}

pub(crate) fn texts(numbers: impl Iterator<Item = u64>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}
