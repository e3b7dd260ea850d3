//! CloudHub 1.0: applications with their life cycle.
//!
//! A new application is `DEPLOYING` for a step and then `STARTED`, or `DEPLOY_FAILED` if its domain or
//! the request contains `fail`. Without `autoStart` it is `UNDEPLOYED` until it is started. While a
//! running one is replaced, its `status` does not change and `deploymentUpdateStatus` has the state.

use std::time::Duration;

use serde_json::{Value, json};

use super::application_logs::{History, REASON};
use super::runs::Moment;
use super::{Call, check_count, example_of_schema, merge, set, text};
use crate::SANDBOX;
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "cloudhub";
/// How many workers CloudHub gives an application.
const WORKERS: u64 = 8;

#[derive(Debug)]
pub(super) struct Applications(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    environment: String,
    /// Whether the spec shows it; the seed does not keep its domain from others.
    seeded: bool,
    document: Value,
    /// The document before the last change, for answers that are behind.
    before: Option<Value>,
    change: Option<Change>,
    history: History,
}

/// What is under way, or over.
#[derive(Clone, Debug)]
struct Change {
    since: Duration,
    failing: bool,
    /// A running application is being replaced.
    replaces: bool,
    /// How many answers are still to be those of before.
    stale: u32,
}

impl Applications {
    /// The application of the examples, one in each environment, as a call need not name any. By
    /// its domain alone the one in the sandbox is found.
    pub(super) fn seed<'a>(environments: impl Iterator<Item = &'a str>) -> Self {
        let mut environments: Vec<&str> = environments.collect();
        environments.sort_by_key(|id| *id != SANDBOX);
        let seeded = |environment: &str| Entry {
            environment: environment.to_owned(),
            seeded: true,
            document: example_of_schema(API, "Application"),
            before: None,
            change: None,
            history: History::seed(),
        };
        Self(environments.into_iter().map(seeded).collect())
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        let settings = settings(call);
        let workers = settings.pointer("/workers/amount");
        if let Err(reply) = check_count(workers, "workers.amount", WORKERS) {
            return Some(reply);
        }
        match call.operation.id.as_str() {
            "list_applications" => return Some(self.list(call)),
            "create_application" => return Some(self.create(call, ids)),
            "get_application"
            | "update_application"
            | "delete_application"
            | "get_application_status"
            | "change_application_status"
            | "list_deployments"
            | "search_logs"
            | "list_deployment_logs"
            | "list_instance_logs"
            | "download_instance_log" => {}
            _ => return None,
        }
        let Some(at) = self.find(call.path("domain"), call) else {
            return Some(Reply::problem(404, "Application not found"));
        };
        let entry = self.0.get_mut(at)?;
        match call.operation.id.as_str() {
            "get_application" => Some(call.ok(&entry.look(call))),
            "get_application_status" => {
                let status = text(&entry.look(call), "status").to_owned();
                Some(Reply::new(200, Some("text/plain"), status))
            }
            "update_application" => Some(entry.update(call, ids)),
            "change_application_status" => Some(entry.command(call, ids)),
            "delete_application" => {
                self.0.remove(at);
                None
            }
            _ => entry.history.answer(call),
        }
    }

    fn find(&self, domain: &str, call: &Call<'_>) -> Option<usize> {
        let mut entries = self.0.iter();
        entries.position(|entry| text(&entry.document, "domain") == domain && entry.is_near(call))
    }

    /// The history of an application, wherever it is.
    pub(super) fn history(&mut self, domain: &str) -> Option<&mut History> {
        Some(&mut self.named(domain)?.history)
    }

    /// A new deployment without a change; its id.
    pub(super) fn roll_over(
        &mut self,
        domain: &str,
        moment: &Moment,
        ids: &mut Ids,
    ) -> Option<String> {
        let entry = self.named(domain)?;
        let running = entry.leave(moment);
        entry.stamp(moment, ids);
        let failing = domain.contains("fail");
        Some(entry.begin(failing, running, 0, moment, ids))
    }

    fn named(&mut self, domain: &str) -> Option<&mut Entry> {
        let mut entries = self.0.iter_mut();
        entries.find(|entry| text(&entry.document, "domain") == domain)
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let here = self.0.iter().filter(|entry| entry.is_near(call));
        let moment = call.moment();
        call.page(here.map(|entry| entry.view(&moment)).collect())
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let settings = settings(call);
        let domain = text(&settings, "domain");
        if domain.is_empty() {
            return Reply::problem(400, "domain: a new application needs one");
        }
        // A domain is unique in all of CloudHub. The seed does not keep its own, so that the
        // spec's example can be sent as it stands.
        let named = |entry: &Entry| text(&entry.document, "domain") == domain;
        if self.0.iter().any(|entry| named(entry) && !entry.seeded) {
            return Reply::problem(409, format!("domain: {domain} is taken"));
        }
        self.0.retain(|entry| !named(entry));
        let mut entry = Entry {
            environment: call.environment.clone(),
            seeded: false,
            document: json!({ "id": ids.hex(), "status": "UNDEPLOYED", "properties": {},
                "propertiesOptions": {}, "fullDomain": format!("{domain}.us-e1.cloudhub.io") }),
            before: None,
            change: None,
            history: History::new(ids),
        };
        entry.take(call, &settings, ids);
        if flag(call, "autoStart") {
            let failing = entry.fails(call);
            entry.begin(failing, false, 0, &call.moment(), ids);
        }
        let answer = call.ok(&entry.view(&call.moment()));
        self.0.push(entry);
        answer
    }
}

impl Entry {
    fn is_near(&self, call: &Call<'_>) -> bool {
        self.environment == call.environment
    }

    /// Takes over what a request says.
    fn take(&mut self, call: &Call<'_>, settings: &Value, ids: &mut Ids) {
        let last = self.document.get("lastUpdateTime").cloned();
        merge(&mut self.document, settings);
        mask(&mut self.document);
        set(
            &mut self.document,
            "lastUpdateTime",
            last.unwrap_or_default(),
        );
        self.stamp(&call.moment(), ids);
        if let Some(file) = call.payload.files.first() {
            set(&mut self.document, "fileName", file.file_name.clone());
        }
    }

    /// A new version, with a date that no earlier one has.
    fn stamp(&mut self, moment: &Moment, ids: &mut Ids) {
        let last = self.document.get("lastUpdateTime").and_then(Value::as_u64);
        let version = format!("{:0>24}", ids.number());
        set(&mut self.document, "versionId", version);
        let after = last.map_or(0, |last| last + 1);
        set(
            &mut self.document,
            "lastUpdateTime",
            moment.millis().max(after),
        );
    }

    fn update(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let moment = call.moment();
        let running = self.leave(&moment);
        let settings = settings(call);
        self.take(call, &settings, ids);
        let failing = self.fails(call);
        self.begin(failing, running, call.stale, &moment, ids);
        call.ok(&self.view(&moment))
    }

    /// Keeps what a life cycle has come to, for answers that are behind, too. Does it run?
    fn leave(&mut self, moment: &Moment) -> bool {
        let before = self.view(moment);
        let running = text(&before, "status") == "STARTED";
        self.settle(&before);
        self.before = Some(before);
        running
    }

    fn command(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let moment = call.moment();
        let view = self.view(&moment);
        let status = text(&view, "status").to_owned();
        let command = call.member("status").unwrap_or_default().to_lowercase();
        let stops = command.starts_with("stop");
        let idle = if stops { "UNDEPLOYED" } else { "STARTED" };
        if command != "restart" && status == idle {
            return Reply::empty(304);
        }
        self.settle(&view);
        self.before = None;
        if stops {
            set(&mut self.document, "status", "UNDEPLOYED");
            self.history.stop(&moment);
        } else {
            let failing = self.fails(call);
            self.begin(failing, false, 0, &moment, ids);
        }
        Reply::empty(200)
    }

    /// Keeps what a life cycle has come to, and ends it.
    fn settle(&mut self, view: &Value) {
        set(&mut self.document, "status", text(view, "status"));
        self.change = None;
    }

    /// Whether what is deployed does not start.
    fn fails(&self, call: &Call<'_>) -> bool {
        call.payload.value.to_string().contains("fail")
            || text(&self.document, "domain").contains("fail")
    }

    /// Begins a deployment; its id.
    fn begin(
        &mut self,
        failing: bool,
        replaces: bool,
        stale: u32,
        moment: &Moment,
        ids: &mut Ids,
    ) -> String {
        self.change = Some(Change {
            since: moment.now,
            failing,
            replaces,
            stale: if replaces { stale } else { 0 },
        });
        let document = &self.document;
        self.history.begin(document, failing, replaces, moment, ids)
    }

    /// What a look shows, which may be behind.
    fn look(&mut self, call: &Call<'_>) -> Value {
        if let (Some(change), Some(before)) = (&mut self.change, &self.before)
            && change.stale > 0
        {
            change.stale -= 1;
            return before.clone();
        }
        self.view(&call.moment())
    }

    fn view(&self, moment: &Moment) -> Value {
        let mut view = self.document.clone();
        let Some(change) = &self.change else {
            return view;
        };
        let over = moment.now.saturating_sub(change.since) >= moment.step;
        let (status, update) = match (change.replaces, over, change.failing) {
            (true, false, _) => ("STARTED", Some("DEPLOYING")),
            (true, true, true) => ("STARTED", Some("DEPLOY_FAILED")),
            (false, false, _) => ("DEPLOYING", None),
            (false, true, true) => ("DEPLOY_FAILED", None),
            (_, true, false) => ("STARTED", None),
        };
        set(&mut view, "status", status);
        if let Some(update) = update {
            set(&mut view, "deploymentUpdateStatus", update);
        }
        if over && change.failing {
            set(&mut view, "deploymentErrorMessage", REASON);
        }
        view
    }
}

/// The settings in a request, which has them under different names as JSON and as a form.
fn settings(call: &Call<'_>) -> Value {
    let value = &call.payload.value;
    let found = value.get("applicationInfo").or(value.get("appInfoJson"));
    found.cloned().unwrap_or(json!({}))
}

/// Hides the properties that are marked as secure.
fn mask(document: &mut Value) {
    let options = document.get("propertiesOptions").and_then(Value::as_object);
    let options = options.cloned().unwrap_or_default();
    let secure = options
        .iter()
        .filter(|(_, option)| option.get("secure") == Some(&Value::Bool(true)));
    let Some(Value::Object(properties)) = document.get_mut("properties") else {
        return;
    };
    for (name, _) in secure {
        if let Some(value) = properties.get_mut(name) {
            *value = Value::from("******");
        }
    }
}

fn flag(call: &Call<'_>, name: &str) -> bool {
    call.payload.value.get(name) == Some(&Value::Bool(true))
}
