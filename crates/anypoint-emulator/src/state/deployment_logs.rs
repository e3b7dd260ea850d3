//! Application Manager: the specifications of a deployment, their replicas, and their logs.
//!
//! A change creates a specification with its own log. Its replicas start after a step and are in force
//! after two. Until then those of the previous one keep running, or for good if the new ones fail.

use serde_json::{Map, Value, json};

use super::log_search::Search;
use super::logs::{Line, Log};
use super::runs::{Moment, Run, due};
use super::{Call, count, example_of, set, text};
use crate::LogLine;
use crate::ids::Ids;
use crate::random::mix;
use crate::reply::Reply;

const API: &str = "application-manager";
pub(super) const REASON: &str =
    "The application failed to start: the emulator lets names and assets with \"fail\" fail.";
/// How many lines or specifications come unless it is said.
const LENGTH: usize = 10;
/// How much of an application's name the ids of its replicas have, in characters.
const NAME: usize = 42;

/// Specifications, oldest first, and the replicas of all of them.
#[derive(Debug, Default)]
pub(super) struct History {
    specifications: Vec<Specification>,
    runs: Vec<Run>,
    /// The specification that says that nothing is to run.
    stopped: Option<String>,
}

#[derive(Debug)]
struct Specification {
    id: String,
    /// What the list of specifications shows.
    shown: Value,
    log: Log,
}

/// Whether an application of that description does not start.
pub(super) fn fails(document: &Value) -> bool {
    let asset = document.pointer("/application/ref").map(Value::to_string);
    text(document, "name").contains("fail") || asset.is_some_and(|asset| asset.contains("fail"))
}

impl History {
    /// The history that the examples tell, with the lines that they show.
    pub(super) fn seed(document: &Value) -> Self {
        let shown = super::list(&example_of(API, "list_specifications"), "");
        let specifications = shown
            .into_iter()
            .zip(0..)
            .map(|(shown, key)| Specification {
                id: text(&shown, "version").to_owned(),
                shown,
                log: Log::new(key),
            });
        let replicas = super::list(document, "replicas");
        let replicas = replicas
            .iter()
            .map(|replica| text(replica, "id").to_owned());
        let mut history = Self {
            runs: vec![Run::seed(
                text(document, "desiredVersion").to_owned(),
                replicas.collect(),
            )],
            specifications: specifications.collect(),
            stopped: None,
        };
        history.specifications.reverse();
        if let Some(newest) = history.specifications.last_mut() {
            let lines = super::list(&example_of(API, "list_logs"), "");
            for (line, at) in lines.iter().zip(0..) {
                newest.log.push(example(line, at, &newest.id));
            }
            // What the examples of the parameters find.
            let found = json!({ "docId": "AZXvQk3h7TqLw2Vn0d1f", "logLevel": "WARN",
                "message": "No stock for order 48213.", "replicaId": "order-intake-7c9d5f6b84-x2k8q" });
            newest
                .log
                .push(example(&found, lines.len() as u64, &newest.id));
        }
        history
    }

    /// Begins a new specification of what the document describes.
    pub(super) fn begin(&mut self, document: &Value, moment: &Moment, ids: &mut Ids) {
        self.advance(moment);
        let id = text(document, "desiredVersion").to_owned();
        let key = ids.key();
        self.specifications.push(Specification {
            shown: shown(document, &id, moment),
            log: Log::new(key),
            id: id.clone(),
        });
        let application = document.get("application");
        let starts = application.is_none_or(|it| text(it, "desiredState") == "STARTED");
        let failure = (starts && fails(document)).then_some(REASON);
        let ready = moment.now + moment.step * 2;
        for run in &mut self.runs {
            run.give_way(moment.now, Some(ready).filter(|_| failure.is_none()));
        }
        self.runs
            .retain(|run| !run.is_over(moment.now) || run.begun <= moment.now);
        self.stopped = (!starts).then(|| id.clone());
        if starts {
            self.runs.push(Run {
                sources: replicas(document, key),
                deployment: id,
                begun: moment.now + moment.step,
                ready,
                failure,
                ..Run::default()
            });
        }
    }

    /// New replicas for the specification that runs; their ids.
    pub(super) fn restart(
        &mut self,
        document: &Value,
        moment: &Moment,
        ids: &mut Ids,
    ) -> Vec<String> {
        self.advance(moment);
        let now = moment.now;
        let Some(old) = self.runs.iter_mut().rfind(|run| run.is_up(now)) else {
            return Vec::new();
        };
        // An update that is under way goes on with the new ones.
        let end = old.end.replace(now);
        let sources = replicas(document, ids.key());
        let run = Run {
            deployment: old.deployment.clone(),
            sources: sources.clone(),
            begun: now,
            ready: now + moment.step,
            end,
            ..Run::default()
        };
        self.runs.push(run);
        sources
    }

    /// Logs what has happened by now.
    fn advance(&mut self, moment: &Moment) {
        for line in due(&mut self.runs, moment) {
            self.push(line, moment);
        }
    }

    /// Adds lines, or says what is wrong with one of them. Returns their ids.
    pub(super) fn write(
        &mut self,
        lines: Vec<LogLine>,
        moment: &Moment,
    ) -> Result<Vec<String>, String> {
        let known = |id: &String| self.specifications.iter().any(|it| it.id == *id);
        let mut named = lines.iter().filter_map(|line| line.deployment.as_ref());
        if let Some(id) = named.find(|id| !known(id)) {
            return Err(format!("the deployment has no specification {id}"));
        }
        self.advance(moment);
        let written = lines.into_iter();
        Ok(written.filter_map(|line| self.push(line, moment)).collect())
    }

    fn push(&mut self, line: LogLine, moment: &Moment) -> Option<String> {
        let wanted = line.deployment.as_deref();
        let mut specifications = self.specifications.iter_mut().rev();
        let specification = specifications.find(|it| wanted.is_none_or(|id| it.id == id))?;
        let run = || {
            self.runs
                .iter()
                .rfind(|run| run.deployment == specification.id)
        };
        let source = || run().and_then(|run| run.sources.first().cloned());
        let source = line.source.or_else(source).unwrap_or_default();
        let own = line.raw.as_ref().and_then(|raw| raw.get("docId")?.as_str());
        let id = own.map_or_else(|| specification.log.next_id(), str::to_owned);
        specification.log.push(Line {
            id: id.clone(),
            millis: line.millis.unwrap_or_else(|| moment.millis()),
            deployment: specification.id.clone(),
            source,
            level: line.level,
            message: line.message,
            raw: line.raw,
        });
        Some(id)
    }

    /// The replicas as a look at the deployment shows them.
    pub(super) fn replicas(&self, document: &Value, moment: &Moment) -> Value {
        let location = document.pointer("/target/targetId");
        let runs = self.runs.iter().filter_map(|run| {
            let (state, version) = self.state(run, moment)?;
            let ends = run.end.is_some() && self.stopped.is_some();
            let desired = if ends { "STOPPED" } else { "STARTED" };
            Some(run.sources.iter().map(move |id| {
                json!({
                    "id": id,
                    "state": state,
                    "desiredStatus": desired,
                    "deploymentLocation": location,
                    "currentDeploymentVersion": version,
                    "reason": if state == "FAILED" { REASON } else { "" },
                })
            }))
        });
        runs.flatten().collect()
    }

    /// The state of replicas and the version that they show; none if they are not there.
    fn state<'a>(&'a self, run: &'a Run, moment: &Moment) -> Option<(&'static str, &'a str)> {
        let own = run.deployment.as_str();
        let stops = |end| self.stopped.is_some() && moment.now + moment.step >= end;
        Some(match run.end {
            // What was stopped stays; what was replaced goes.
            Some(end) if end <= moment.now => ("STOPPED", self.stopped.as_deref()?),
            _ if run.begun > moment.now => return None,
            Some(end) if stops(end) => ("STOPPING", own),
            _ if run.ready > moment.now => ("STARTING", own),
            _ if run.failure.is_some() => ("FAILED", own),
            _ => ("STARTED", own),
        })
    }

    /// The list of specifications, newest first.
    pub(super) fn list(&self, call: &Call<'_>) -> Reply {
        let limit = call.parameters.number("limit").unwrap_or(LENGTH);
        let newest = self.specifications.iter().rev().take(limit);
        call.ok(&newest
            .map(|specification| specification.shown.clone())
            .collect())
    }

    /// A page of lines.
    pub(super) fn page(&mut self, call: &Call<'_>) -> Reply {
        let length = call.parameters.number("length").unwrap_or(LENGTH);
        match self.search(call, length) {
            Ok(lines) => call.ok(&lines.into_iter().map(document).collect()),
            Err(reply) => reply,
        }
    }

    /// The lines as a text.
    pub(super) fn file(&mut self, call: &Call<'_>) -> Reply {
        let length = call.parameters.number("length").unwrap_or(usize::MAX);
        match self.search(call, length) {
            Ok(lines) => {
                let text: String = lines.into_iter().map(|line| line.text() + "\n").collect();
                let answer = &call.operation.answer;
                Reply::new(answer.status, answer.media.as_deref(), text)
            }
            Err(reply) => reply,
        }
    }

    fn search(&mut self, call: &Call<'_>, length: usize) -> Result<Vec<&Line>, Reply> {
        self.advance(&call.moment());
        let id = call.path("specificationId");
        let mut specifications = self.specifications.iter();
        match specifications.find(|it| it.id == id) {
            Some(specification) => Search::new(call)?.page(&specification.log, length),
            None => Err(Reply::problem(404, "Specification not found")),
        }
    }
}

/// A line as the list shows it.
fn document(line: &Line) -> Value {
    if let Some(raw) = &line.raw {
        return raw.clone();
    }
    json!({
        "docId": line.id,
        "timestamp": line.millis,
        "logLevel": line.level,
        "message": line.message,
        "replicaId": line.source,
        "context": { "logger": "com.example.orders.intake", "class": "LoggerMessageProcessor" },
    })
}

/// A line that an example shows, a second after the one before.
fn example(line: &Value, at: u64, specification: &str) -> Line {
    let member = |name: &str| text(line, name).to_owned();
    Line {
        id: member("docId"),
        // 2025-04-02T09:16:04Z
        millis: 1_743_585_364_000 + at * 1000,
        deployment: specification.to_owned(),
        source: member("replicaId"),
        level: member("logLevel"),
        message: member("message"),
        raw: None,
    }
}

/// What the list of specifications shows.
fn shown(document: &Value, id: &str, moment: &Moment) -> Value {
    let mut shown = Value::Object(Map::new());
    set(&mut shown, "version", id);
    set(&mut shown, "createdAt", moment.millis());
    for name in ["target", "application"] {
        if let Some(value) = document.get(name) {
            set(&mut shown, name, value.clone());
        }
    }
    if let Some(Value::Object(application)) = shown.get_mut("application") {
        application.remove("status");
    }
    shown
}

/// The ids of as many new replicas as the document asks for.
fn replicas(document: &Value, key: u64) -> Vec<String> {
    let count = document.pointer("/target/replicas").and_then(count);
    // Every line of the log has the id.
    let name: String = text(document, "name").chars().take(NAME).collect();
    let group = mix(key) >> 32;
    let ids = (0..count.unwrap_or(1).max(1))
        .map(|at| format!("{name}-{group:08x}-{:05x}", mix(key << 8 | at) >> 44));
    ids.collect()
}
