//! Mule Management Console: deployments, which get a new id with every change.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Call, example_of, list, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "mmc";
/// What a request names, and where the deployment keeps it.
const MEMBERS: [(&str, &str); 5] = [
    ("applications", "applications"),
    ("servers", "servers"),
    ("clusters", "clusterIds"),
    ("serverNames", "servers"),
    ("serversNames", "servers"),
];

#[derive(Debug)]
pub(super) struct Console {
    entries: Vec<Entry>,
    /// Counts changes, so that every one has a `lastModified` of its own.
    changes: u32,
}

#[derive(Debug)]
struct Entry {
    document: Value,
    /// When deploying began; none if it is not under way.
    since: Option<Duration>,
    seeded: bool,
    /// What a look showed before the last command, and how many looks are still to show it.
    stale: (Value, u32),
}

impl Console {
    pub(super) fn seed() -> Self {
        let documents = list(&example_of(API, "list_deployments"), "data");
        let entry = |document| Entry {
            document,
            since: None,
            seeded: true,
            stale: (Value::Null, 0),
        };
        Self {
            entries: documents.into_iter().map(entry).collect(),
            changes: 0,
        }
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_deployments" => return Some(self.list(call)),
            "create_deployment" => return Some(self.create(call, ids)),
            _ => {}
        }
        let id = call.parameters.path.get("deploymentId")?;
        let mut all = self.entries.iter();
        let Some(at) = all.position(|entry| text(&entry.document, "id") == id) else {
            return Some(Reply::problem(404, "no deployment has this id"));
        };
        match call.operation.id.as_str() {
            "delete_deployment" => {
                self.entries.remove(at);
                return None;
            }
            "add_to_deployment" | "remove_from_deployment" => {
                return Some(self.change(at, call, ids));
            }
            _ => {}
        }
        let entry = self.entries.get_mut(at)?;
        match call.operation.id.as_str() {
            "get_deployment" => {
                let view = entry.look(call);
                Some(call.ok(&json!({ "total": 1, "data": [view] })))
            }
            "deploy" | "redeploy" => {
                entry.stale = (entry.view(call.step, call.now), call.stale);
                entry.since = Some(call.now);
                None
            }
            "undeploy" => {
                entry.stale = (entry.view(call.step, call.now), call.stale);
                entry.settle("UNDEPLOYED");
                None
            }
            _ => None,
        }
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let on = |entry: &Entry, member: &str, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| texts(&entry.document, member).any(|text| text == wanted))
        };
        let (server, cluster) = (
            call.parameters.query("server"),
            call.parameters.query("cluster"),
        );
        // The console does not say what both together mean; here a match of either counts.
        let both = server.is_some() && cluster.is_some();
        let data: Vec<Value> = self
            .entries
            .iter()
            .filter(|entry| {
                let (s, c) = (
                    on(entry, "servers", server),
                    on(entry, "clusterIds", cluster),
                );
                if both { s || c } else { s && c }
            })
            .map(|entry| entry.view(call.step, call.now))
            .collect();
        call.ok(&json!({ "total": data.len(), "data": data }))
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let name = call.member("name").unwrap_or_default();
        let request = &call.payload.value;
        let some = |members: &[&str]| {
            let mut members = members.iter();
            members.any(|member| texts(request, member).next().is_some())
        };
        if !some(&["applications", "applicationsNames"]) {
            return Reply::problem(400, "applications: a deployment needs at least one");
        }
        if !some(&[
            "servers",
            "clusters",
            "serverNames",
            "serversNames",
            "clusterNames",
        ]) {
            return Reply::problem(400, "servers: a deployment needs at least one target");
        }
        if self.is_taken(name, None) {
            return Reply::problem(409, "name: another deployment has it");
        }
        let id = ids.local();
        let mut document = json!({
            "id": id, "name": name, "href": href(call, &id), "lastModified": self.modified(),
            "status": "UNDEPLOYED", "reconciled": false, "applications": [], "servers": [],
            "clusterIds": [], "clusterNames": [],
        });
        for (from, to) in MEMBERS
            .into_iter()
            .chain([("clusterNames", "clusterNames")])
        {
            add(&mut document, to, request, from);
        }
        self.entries.push(Entry {
            document: document.clone(),
            since: None,
            seeded: false,
            stale: (Value::Null, 0),
        });
        call.ok(&document)
    }

    fn change(&mut self, at: usize, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let request = &call.payload.value;
        let adds = call.operation.id == "add_to_deployment";
        let name = call.member("name").filter(|_| adds);
        if name.is_some_and(|name| self.is_taken(name, Some(at))) {
            return Reply::problem(409, "name: another deployment has it");
        }
        let modified = self.modified();
        let Some(entry) = self.entries.get_mut(at) else {
            return call.example();
        };
        let document = &mut entry.document;
        if call.member("lastModified") != Some(text(document, "lastModified")) {
            let message = "lastModified: it is not that of the deployment as it is now";
            return Reply::problem(500, message);
        }
        for (from, to) in MEMBERS {
            if adds {
                add(document, to, request, from);
            } else {
                remove(document, to, request, from);
            }
        }
        let id = ids.local();
        set(document, "href", href(call, &id));
        set(document, "id", id);
        set(document, "lastModified", modified);
        if let Some(name) = name {
            set(document, "name", name);
        }
        entry.settle("UNDEPLOYED");
        entry.stale.1 = 0;
        call.ok(&entry.document)
    }

    /// The seed does not keep its names, so that the spec's examples can be sent as they stand.
    fn is_taken(&self, name: &str, except: Option<usize>) -> bool {
        let mut others = self.entries.iter().enumerate();
        others.any(|(at, entry)| {
            Some(at) != except && !entry.seeded && text(&entry.document, "name") == name
        })
    }

    fn modified(&mut self) -> String {
        self.changes += 1;
        let (minute, second) = (self.changes / 60 % 60, self.changes % 60);
        format!(
            "Wed, 5 Mar 2014 10:{minute:02}:{second:02}.{:03} GMT",
            self.changes % 1000
        )
    }
}

impl Entry {
    fn settle(&mut self, status: &str) {
        self.since = None;
        set(&mut self.document, "status", status);
        set(&mut self.document, "reconciled", status == "DEPLOYED");
    }

    /// What a look shows, which may be behind.
    fn look(&mut self, call: &Call<'_>) -> Value {
        let (before, left) = &mut self.stale;
        if *left > 0 {
            *left -= 1;
            return before.clone();
        }
        self.view(call.step, call.now)
    }

    fn view(&self, step: Duration, now: Duration) -> Value {
        let mut view = self.document.clone();
        if let Some(since) = self.since {
            let failing = text(&view, "name").contains("fail");
            let status = match now.saturating_sub(since) < step {
                true => "IN_PROGRESS",
                false if failing => "FAILED",
                false => "DEPLOYED",
            };
            set(&mut view, "status", status);
            set(&mut view, "reconciled", status == "DEPLOYED");
        }
        view
    }
}

fn href(call: &Call<'_>, id: &str) -> String {
    format!("{}{}/deployments/{id}", call.url, call.api.base)
}

fn texts<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a str> {
    let items = value.get(member).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str)
}

fn add(document: &mut Value, to: &str, request: &Value, from: &str) {
    let Some(Value::Array(items)) = document.get_mut(to) else {
        return;
    };
    for text in texts(request, from) {
        if !items.iter().any(|item| item == text) {
            items.push(Value::from(text));
        }
    }
}

fn remove(document: &mut Value, to: &str, request: &Value, from: &str) {
    if let Some(Value::Array(items)) = document.get_mut(to) {
        items.retain(|item| texts(request, from).all(|text| item != text));
    }
}
