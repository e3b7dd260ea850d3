//! Application Manager: deployments with their life cycle.
//!
//! A deployment is `APPLYING` for two steps, in which its application first keeps its state and then is
//! `STARTING`. It ends as `APPLIED`, or as `FAILED` if its name or its asset contains `fail`.

mod properties;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::deployment_logs::{History, fails};
use super::runs::Moment;
use super::{Call, check_count, example_of_parameter, example_of_schema, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "application-manager";
/// How many replicas CloudHub 2.0 gives an application.
const REPLICAS: u64 = 16;

#[derive(Debug)]
pub(super) struct Deployments(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    organization: String,
    environment: String,
    id: String,
    /// The deployment as it is in the end.
    document: Value,
    /// When the latest change began; none for what was there from the start.
    since: Option<Duration>,
    /// The application's status before that change.
    before: &'static str,
    /// What a look showed before that change, and how many looks are still to show it.
    stale: (Value, u32),
    history: History,
}

impl Deployments {
    pub(super) fn seed() -> Self {
        let document = example_of_schema(API, "Deployment");
        Self(vec![Entry {
            organization: example_of_parameter(API, "organizationId"),
            environment: example_of_parameter(API, "environmentId"),
            id: example_of_parameter(API, "deploymentId"),
            history: History::seed(&document),
            document: properties::seeded(document),
            since: None,
            before: "NOT_RUNNING",
            stale: (Value::Null, 0),
        }])
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        let replicas = call.payload.value.pointer("/target/replicas");
        if let Err(reply) = check_count(replicas, "target.replicas", REPLICAS) {
            return Some(reply);
        }
        match call.operation.id.as_str() {
            "list_deployments" => return Some(self.list(call)),
            "create_deployment" => return Some(self.create(call, ids)),
            _ => {}
        }
        if !call.parameters.path.contains_key("deploymentId") {
            return None;
        }
        let Some(at) = self.0.iter().position(|entry| entry.is_meant(call)) else {
            return Some(Reply::problem(404, "Deployment not found"));
        };
        match call.operation.id.as_str() {
            "delete_deployment" => {
                self.0.remove(at);
                None
            }
            "get_deployment" => {
                let entry = self.0.get_mut(at)?;
                Some(call.ok(&entry.look(call)))
            }
            "update_deployment" => {
                let entry = self.0.get_mut(at)?;
                entry.change(call, ids);
                Some(call.ok(&entry.phase(0, &call.moment())))
            }
            "list_specifications" => Some(self.0.get(at)?.history.list(call)),
            "list_logs" => Some(self.0.get_mut(at)?.history.page(call)),
            // A download of a given length has no lines.
            "download_logs" if call.download_size.is_none() => {
                Some(self.0.get_mut(at)?.history.file(call))
            }
            _ => None,
        }
    }

    /// The history of a deployment, wherever it is.
    pub(super) fn history(&mut self, id: &str) -> Option<&mut History> {
        let entry = self.0.iter_mut().find(|entry| entry.id == id)?;
        Some(&mut entry.history)
    }

    /// A new specification without a change; its id.
    pub(super) fn roll_over(&mut self, id: &str, moment: &Moment, ids: &mut Ids) -> Option<String> {
        let entry = self.0.iter_mut().find(|entry| entry.id == id)?;
        let last = entry.leave(moment, 0);
        entry.enter(last, moment, ids);
        Some(text(&entry.document, "desiredVersion").to_owned())
    }

    /// New replicas in the same specification; their ids.
    pub(super) fn restart_replicas(
        &mut self,
        id: &str,
        moment: &Moment,
        ids: &mut Ids,
    ) -> Option<Vec<String>> {
        let entry = self.0.iter_mut().find(|entry| entry.id == id)?;
        Some(entry.history.restart(&entry.document, moment, ids))
    }

    /// The secure properties of a deployment, as they are stored.
    pub(super) fn secure_properties(&self, id: &str) -> BTreeMap<String, String> {
        let found = self.0.iter().find(|entry| entry.id == id);
        found.map_or_else(BTreeMap::new, |entry| properties::secure(&entry.document))
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let target = |name: &str, value: &Value| {
            let wanted = call.parameters.query(name);
            wanted.is_none_or(|wanted| value.get("target").is_some_and(|t| text(t, name) == wanted))
        };
        let here = self.0.iter().filter(|entry| entry.is_near(call));
        let items = here
            .map(|entry| summary(&entry.view(&call.moment())))
            .filter(|item| target("provider", item) && target("targetId", item));
        call.page(items.collect())
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let name = call.member("name").unwrap_or_default();
        // The seed does not keep its name, so that the spec's example can be sent as it stands.
        let taken = self.0.iter().any(|entry| {
            entry.is_near(call) && entry.since.is_some() && text(&entry.document, "name") == name
        });
        if taken {
            let message = format!("name: there is a deployment {name} in this environment already");
            return Reply::problem(400, message);
        }
        let mut entry = Entry {
            organization: call.path("organizationId").to_owned(),
            environment: call.path("environmentId").to_owned(),
            id: ids.uuid(),
            document: json!({}),
            since: None,
            before: "NOT_RUNNING",
            stale: (Value::Null, 0),
            history: History::default(),
        };
        set(&mut entry.document, "id", entry.id.clone());
        set(&mut entry.document, "creationDate", call.moment().millis());
        entry.change(call, ids);
        entry.before = "NOT_RUNNING";
        entry.stale.1 = 0;
        let answer = entry.phase(0, &call.moment());
        self.0.push(entry);
        call.ok(&answer)
    }
}

impl Entry {
    fn is_near(&self, call: &Call<'_>) -> bool {
        self.organization == call.path("organizationId")
            && self.environment == call.path("environmentId")
    }

    fn is_meant(&self, call: &Call<'_>) -> bool {
        self.is_near(call) && self.id == call.path("deploymentId")
    }

    /// Takes over what a request says and begins the life cycle anew.
    fn change(&mut self, call: &Call<'_>, ids: &mut Ids) {
        let last = self.leave(&call.moment(), call.stale);
        let request = &call.payload.value;
        properties::make_way(&mut self.document, request);
        merge(&mut self.document, request);
        self.enter(last, &call.moment(), ids);
    }

    /// Keeps what a life cycle has come to. Returns the date of its change.
    fn leave(&mut self, moment: &Moment, stale: u32) -> u64 {
        let view = self.view(moment);
        let running = view
            .get("application")
            .is_some_and(|a| text(a, "status") == "RUNNING");
        self.before = if running { "RUNNING" } else { "NOT_RUNNING" };
        if let Some(version) = view.get("lastSuccessfulVersion") {
            set(&mut self.document, "lastSuccessfulVersion", version.clone());
        }
        self.stale = (view, stale);
        let last = self.document.get("lastModifiedDate");
        last.and_then(Value::as_u64).unwrap_or(0)
    }

    /// Begins the life cycle of what the document describes, changed after the date given.
    fn enter(&mut self, last: u64, moment: &Moment, ids: &mut Ids) {
        let version = ids.uuid();
        set(&mut self.document, "id", self.id.clone());
        // No two changes have the same date.
        let date = moment.millis().max(last + 1);
        set(&mut self.document, "lastModifiedDate", date);
        set(&mut self.document, "desiredVersion", version);
        if let Some(application) = self.document.get_mut("application")
            && application.get("desiredState").is_none()
        {
            set(application, "desiredState", "STARTED");
        }
        self.since = Some(moment.now);
        self.history.begin(&self.document, moment, ids);
    }

    /// What a look shows, which may be behind.
    fn look(&mut self, call: &Call<'_>) -> Value {
        let (before, left) = &mut self.stale;
        if *left > 0 {
            *left -= 1;
            return before.clone();
        }
        self.view(&call.moment())
    }

    fn view(&self, moment: &Moment) -> Value {
        let Some(since) = self.since else {
            let mut view = self.document.clone();
            let replicas = self.history.replicas(&view, moment);
            set(&mut view, "replicas", replicas);
            return properties::masked(view);
        };
        let (age, step) = (moment.now.saturating_sub(since), moment.step);
        let phase = [step, step * 2].iter().filter(|due| age >= **due).count();
        self.phase(phase, moment)
    }

    /// The deployment in the first, the second or the last phase of its life cycle.
    fn phase(&self, phase: usize, moment: &Moment) -> Value {
        let mut view = self.document.clone();
        let application = view.get("application");
        let started = application.is_none_or(|a| text(a, "desiredState") == "STARTED");
        let (status, application) = match (phase, started) {
            (0, _) | (1, false) => ("APPLYING", self.before),
            (1, true) => ("APPLYING", "STARTING"),
            // What ran before goes on.
            (_, true) if fails(&view) => ("FAILED", self.before),
            (_, true) => ("APPLIED", "RUNNING"),
            (_, false) => ("APPLIED", "NOT_RUNNING"),
        };
        set(&mut view, "status", status);
        if status == "APPLIED" {
            let version = view.get("desiredVersion").cloned();
            set(
                &mut view,
                "lastSuccessfulVersion",
                version.unwrap_or_default(),
            );
        }
        let replicas = self.history.replicas(&view, moment);
        set(&mut view, "replicas", replicas);
        match view.get_mut("application") {
            Some(node) => set(node, "status", application),
            None => set(&mut view, "application", json!({ "status": application })),
        }
        properties::masked(view)
    }
}

/// A deployment as the list shows it.
fn summary(deployment: &Value) -> Value {
    let member = |name: &str| deployment.get(name).cloned().unwrap_or(Value::Null);
    let inner = |path: &str| deployment.pointer(path).cloned().unwrap_or(Value::Null);
    let mut summary = json!({
        "id": member("id"),
        "name": member("name"),
        "creationDate": member("creationDate"),
        "lastModifiedDate": member("lastModifiedDate"),
        "status": member("status"),
        "target": {
            "provider": inner("/target/provider"),
            "targetId": inner("/target/targetId"),
        },
        "application": { "status": inner("/application/status") },
    });
    let settings = deployment.pointer("/target/deploymentSettings");
    let runtime =
        settings.and_then(|it| it.pointer("/runtime/version").or(it.get("runtimeVersion")));
    if let Some(version) = runtime {
        set(&mut summary, "currentRuntimeVersion", version.clone());
        set(
            &mut summary,
            "lastSuccessfulRuntimeVersion",
            version.clone(),
        );
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_takes_a_step() {
        let start = Duration::from_secs(9);
        let entry = |name: &str| Entry {
            organization: String::new(),
            environment: String::new(),
            id: "0123456789".to_owned(),
            document: json!({ "name": name, "application": { "desiredState": "STARTED" } }),
            since: Some(start),
            before: "NOT_RUNNING",
            stale: (Value::Null, 0),
            history: History::default(),
        };
        let moment = |age: Duration| Moment {
            now: start + age,
            step: Duration::from_secs(1),
            epoch: 0,
            quiet: false,
        };
        let states = |name: &str| -> Vec<String> {
            let ages = [0, 999, 1000, 1999, 2000, 9000].map(Duration::from_millis);
            let views = ages.map(|age| entry(name).view(&moment(age)));
            let status = |view: &Value| {
                let application = view.pointer("/application/status");
                let application = application.and_then(Value::as_str);
                format!(
                    "{}/{}",
                    text(view, "status"),
                    application.unwrap_or_default()
                )
            };
            views.iter().map(status).collect()
        };
        let mut expected = [
            "APPLYING/NOT_RUNNING",
            "APPLYING/NOT_RUNNING",
            "APPLYING/STARTING",
            "APPLYING/STARTING",
            "APPLIED/RUNNING",
            "APPLIED/RUNNING",
        ];
        assert_eq!(states("orders"), expected);
        expected[4..].fill("FAILED/NOT_RUNNING");
        assert_eq!(states("orders-fail"), expected);
    }
}
