//! CloudHub 1.0: applications with their life cycle.
//!
//! A new application is `DEPLOYING` for a step and ends `STARTED`, or `DEPLOY_FAILED` when what
//! is deployed holds `fail`; without `autoStart` it stays `UNDEPLOYED` until it is started. While
//! a running one is replaced, its `status` stays and `deploymentUpdateStatus` tells.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Call, example_of_schema, merge, now, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "cloudhub";
const REASON: &str = "The worker did not start: the emulator lets what holds \"fail\" fail.";

#[derive(Debug)]
pub(super) struct Applications(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    /// None for what was there from the start, which is in every environment.
    environment: Option<String>,
    document: Value,
    /// The document before the last change, for answers that are behind.
    before: Option<Value>,
    change: Option<Change>,
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
    pub(super) fn seed() -> Self {
        Self(vec![Entry {
            environment: None,
            document: example_of_schema(API, "Application"),
            before: None,
            change: None,
        }])
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_applications" => return Some(self.list(call)),
            "create_application" => return Some(self.create(call, ids)),
            "get_application"
            | "update_application"
            | "delete_application"
            | "get_application_status"
            | "change_application_status" => {}
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
            "change_application_status" => Some(entry.command(call)),
            _ => {
                self.0.remove(at);
                None
            }
        }
    }

    fn find(&self, domain: &str, call: &Call<'_>) -> Option<usize> {
        let mut entries = self.0.iter();
        entries.position(|entry| text(&entry.document, "domain") == domain && entry.is_near(call))
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let here = self.0.iter().filter(|entry| entry.is_near(call));
        call.page(here.map(|entry| entry.view(call)).collect())
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
        if self
            .0
            .iter()
            .any(|entry| named(entry) && entry.environment.is_some())
        {
            return Reply::problem(409, format!("domain: {domain} is taken"));
        }
        self.0.retain(|entry| !named(entry));
        let mut entry = Entry {
            environment: Some(call.environment.to_owned()),
            document: json!({ "id": ids.hex(), "status": "UNDEPLOYED", "properties": {},
                "propertiesOptions": {}, "fullDomain": format!("{domain}.us-e1.cloudhub.io") }),
            before: None,
            change: None,
        };
        entry.take(call, &settings, ids);
        if flag(call, "autoStart") {
            entry.begin(call, false);
        }
        let answer = call.ok(&entry.view(call));
        self.0.push(entry);
        answer
    }
}

impl Entry {
    fn is_near(&self, call: &Call<'_>) -> bool {
        let own = self.environment.as_deref();
        own.is_none_or(|own| own == call.environment)
    }

    /// Takes over what a request says.
    fn take(&mut self, call: &Call<'_>, settings: &Value, ids: &mut Ids) {
        let last = self.document.get("lastUpdateTime").and_then(Value::as_u64);
        merge(&mut self.document, settings);
        mask(&mut self.document);
        let version = format!("{:0>24}", ids.number());
        set(&mut self.document, "versionId", version);
        let after = last.map_or(0, |last| last + 1);
        set(&mut self.document, "lastUpdateTime", now().max(after));
        if let Some(file) = call.payload.files.first() {
            set(&mut self.document, "fileName", file.file_name.clone());
        }
    }

    fn update(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let before = self.view(call);
        let running = text(&before, "status") == "STARTED";
        self.settle(&before);
        self.before = Some(before);
        let settings = settings(call);
        self.take(call, &settings, ids);
        self.begin(call, running);
        call.ok(&self.view(call))
    }

    fn command(&mut self, call: &Call<'_>) -> Reply {
        let view = self.view(call);
        let status = text(&view, "status").to_owned();
        let command = call.member("status").unwrap_or_default().to_lowercase();
        let stops = command.starts_with("stop");
        let idle = if stops { "UNDEPLOYED" } else { "STARTED" };
        if command != "restart" && status == idle {
            return Reply::empty(304);
        }
        self.settle(&view);
        self.before = None;
        match stops {
            true => set(&mut self.document, "status", "UNDEPLOYED"),
            false => self.begin(call, false),
        }
        Reply::empty(200)
    }

    /// Keeps what a life cycle has come to, and ends it.
    fn settle(&mut self, view: &Value) {
        set(&mut self.document, "status", text(view, "status"));
        self.change = None;
    }

    fn begin(&mut self, call: &Call<'_>, replaces: bool) {
        let failing = call.payload.value.to_string().contains("fail")
            || text(&self.document, "domain").contains("fail");
        self.change = Some(Change {
            since: call.now,
            failing,
            replaces,
            stale: if replaces { call.stale } else { 0 },
        });
    }

    /// What a look shows, which may be behind.
    fn look(&mut self, call: &Call<'_>) -> Value {
        if let (Some(change), Some(before)) = (&mut self.change, &self.before)
            && change.stale > 0
        {
            change.stale -= 1;
            return before.clone();
        }
        self.view(call)
    }

    fn view(&self, call: &Call<'_>) -> Value {
        let mut view = self.document.clone();
        let Some(change) = &self.change else {
            return view;
        };
        let over = call.now.saturating_sub(change.since) >= call.step;
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
