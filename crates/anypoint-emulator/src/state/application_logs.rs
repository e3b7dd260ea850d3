//! CloudHub 1.0: the deployments of an application, their instances, and its log.
//!
//! Each deploy, update and restart creates a deployment with an instance per worker, which is in force
//! after a step. Until then the deployment that it replaces keeps running, or for good if the new one
//! fails. An application has one log.

use serde_json::{Value, json};

use super::logs::{Line, Log};
use super::runs::{Moment, Run, due};
use super::{Call, example_of, list, set, text};
use crate::LogLine;
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "cloudhub";
pub(super) const REASON: &str =
    "The worker did not start: the emulator lets what holds \"fail\" fail.";
/// How many lines a list has unless it is said.
const LIMIT: usize = 100;
/// How many lines a search has at most.
const LARGEST: usize = 2_000;
const LOGGER: &str = "com.example.orders.intake";
const THREAD: &str = "[MuleRuntime].uber.07: [order-intake].accept-order";

#[derive(Debug)]
pub(super) struct History {
    log: Log,
    /// The deployments, oldest first, each with what runs in it.
    runs: Vec<Run>,
    /// What the list shows of each of them, but for what changes.
    shown: Vec<Value>,
}

impl History {
    pub(super) fn new(ids: &mut Ids) -> Self {
        Self {
            log: Log::new(ids.key()),
            runs: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// The history that the examples tell, with the line that they show.
    pub(super) fn seed() -> Self {
        let shown = list(&example_of(API, "list_deployments"), "data");
        let mut log = Log::new(0);
        for record in list(&example_of(API, "search_logs"), "") {
            log.push(example(&record));
        }
        Self {
            runs: shown.iter().map(seeded).collect(),
            log,
            shown,
        }
    }

    /// Begins a deployment of what the document describes, in the place of one that runs or after
    /// it. Returns its id.
    pub(super) fn begin(
        &mut self,
        document: &Value,
        failing: bool,
        replaces: bool,
        moment: &Moment,
        ids: &mut Ids,
    ) -> String {
        self.advance(moment);
        let (now, ready) = (moment.now, moment.now + moment.step);
        let in_force = match (replaces, failing) {
            (true, true) => None,
            (true, false) => Some(ready),
            (false, _) => Some(now),
        };
        for run in &mut self.runs {
            run.give_way(now, in_force);
        }
        let id = format!("e{:023x}", ids.key());
        let workers = document.pointer("/workers/amount");
        let workers = workers.and_then(Value::as_u64).unwrap_or(1).max(1);
        let instances: Vec<String> = (0..workers).map(|at| format!("{id}-{at}")).collect();
        self.shown.push(shown(&id, &instances, document, moment));
        self.runs.push(Run {
            deployment: id.clone(),
            sources: instances,
            begun: now,
            ready,
            failure: failing.then_some(REASON),
            ..Run::default()
        });
        id
    }

    /// Stops what runs.
    pub(super) fn stop(&mut self, moment: &Moment) {
        self.advance(moment);
        for run in &mut self.runs {
            run.give_way(moment.now, Some(moment.now));
        }
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
        if self.runs.is_empty() {
            return Err("the application was never deployed".to_owned());
        }
        let mut named = lines.iter().filter_map(|line| line.deployment.as_ref());
        if let Some(id) = named.find(|id| !self.has(id)) {
            return Err(format!("the application has no deployment {id}"));
        }
        self.advance(moment);
        let written = lines.into_iter();
        Ok(written.map(|line| self.push(line, moment)).collect())
    }

    fn has(&self, deployment: &str) -> bool {
        self.runs.iter().any(|run| run.deployment == deployment)
    }

    fn push(&mut self, line: LogLine, moment: &Moment) -> String {
        let wanted = line.deployment.as_deref();
        let mut runs = self.runs.iter().rev();
        let run = runs.find(|run| wanted.is_none_or(|id| run.deployment == id));
        let source = || run.and_then(|run| run.sources.first().cloned());
        let own = line
            .raw
            .as_ref()
            .and_then(|raw| raw.get("recordId")?.as_str());
        let id = own.map_or_else(|| self.log.next_id(), str::to_owned);
        self.log.push(Line {
            id: id.clone(),
            millis: line.millis.unwrap_or_else(|| moment.millis()),
            deployment: run.map(|run| run.deployment.clone()).unwrap_or_default(),
            source: line.source.or_else(source).unwrap_or_default(),
            level: line.level,
            message: line.message,
            raw: line.raw,
        });
        id
    }

    /// Answers what is asked of logs and deployments; none if the call is about neither.
    pub(super) fn answer(&mut self, call: &Call<'_>) -> Option<Reply> {
        self.advance(&call.moment());
        match call.operation.id.as_str() {
            "search_logs" => Some(self.search(call)),
            "list_deployments" => Some(self.deployments(call)),
            "list_deployment_logs" => Some(self.deployment_lines(call)),
            "list_instance_logs" => Some(self.instance_lines(call)),
            // A download of a given length has no lines.
            "download_instance_log" if call.download_size.is_none() => Some(self.file(call)),
            _ => None,
        }
    }

    /// The oldest lines that match, or the newest.
    fn search(&self, call: &Call<'_>) -> Reply {
        let members = call.payload.value.as_object();
        let mut names = members.into_iter().flat_map(|members| members.keys());
        let refuses = |name: &&String| {
            let few = ["deploymentId", "startTime", "endTime", "limitMsgLen"];
            call.logs.refuses_members && !few.contains(&name.as_str())
        };
        if let Some(name) = names.find(refuses) {
            let message = format!("Unrecognized field \"{name}\", not marked as ignorable");
            return Reply::problem(400, message);
        }
        let number = |name: &str| call.payload.value.get(name).and_then(Value::as_u64);
        let (start, end) = (number("startTime"), number("endTime"));
        let range = self.log.within(start, end);
        let wanted = Wanted::new(call, &self.log);
        let lines = self.log.lines().iter().zip(1_u64..);
        let lines = lines.take(range.end).skip(range.start);
        let mut found: Vec<(&Line, u64)> = lines
            .filter(|(line, number)| line.is_within(start, end) && wanted.finds(line, *number))
            .collect();
        if !self.log.is_ordered() {
            found.sort_by_key(|(line, _)| line.millis);
        }
        if call.payload.value.get("descending") == Some(&json!(true)) {
            found.reverse();
        }
        let limit = number("limit").and_then(|limit| usize::try_from(limit).ok());
        let cap = call.logs.cap;
        let count = limit
            .unwrap_or(cap.unwrap_or(LIMIT))
            .min(cap.unwrap_or(LARGEST));
        let length = number("limitMsgLen");
        let records = found.into_iter().take(count);
        call.ok(&records
            .map(|(line, number)| record(line, number, length))
            .collect())
    }

    /// The list of deployments, the current one last unless it is to come first.
    fn deployments(&self, call: &Call<'_>) -> Reply {
        let all = self.shown.iter().zip(&self.runs);
        let mut all: Vec<Value> = all.map(|(shown, run)| current(shown, run, call)).collect();
        if call.parameters.query("orderByDate") == Some("DESC") {
            all.reverse();
        }
        call.page(all)
    }

    fn deployment_lines(&self, call: &Call<'_>) -> Reply {
        let id = call.path("deploymentId");
        if !self.has(id) {
            return Reply::problem(404, "Deployment not found");
        }
        let lines = self.log.lines().iter();
        let found: Vec<&Line> = lines.filter(|line| line.deployment == id).collect();
        let limit = call.parameters.number("limit").unwrap_or(LIMIT);
        page(call, &found, 0, limit)
    }

    fn instance_lines(&self, call: &Call<'_>) -> Reply {
        let Some(found) = self.of_instance(call.path("instanceId")) else {
            return Reply::problem(404, "Instance not found");
        };
        let number = |name: &str| call.parameters.number(name);
        let (offset, limit) = (
            number("offset").unwrap_or(0),
            number("limit").unwrap_or(LIMIT),
        );
        if call.parameters.query("tail") != Some("true") {
            return page(call, &found, offset, limit);
        }
        // The offset counts from the end.
        let to = found.len().saturating_sub(offset);
        let from = to.saturating_sub(limit);
        page(call, &found, from, to - from)
    }

    fn file(&self, call: &Call<'_>) -> Reply {
        let Some(found) = self.of_instance(call.path("instanceId")) else {
            return Reply::problem(404, "Instance not found");
        };
        let text: String = found.iter().map(|line| line.text() + "\n").collect();
        let answer = &call.operation.answer;
        Reply::new(answer.status, answer.media.as_deref(), text)
    }

    /// The lines of an instance; none if there is no such instance and no line of it.
    fn of_instance(&self, id: &str) -> Option<Vec<&Line>> {
        let lines = self.log.lines().iter();
        let found: Vec<&Line> = lines.filter(|line| line.source == id).collect();
        let mut sources = self.runs.iter().flat_map(|run| &run.sources);
        (!found.is_empty() || sources.any(|source| source == id)).then_some(found)
    }
}

/// What a search asks of a line besides its time.
struct Wanted<'a> {
    call: &'a Call<'a>,
    /// Between which lines, by their numbers.
    lower: Option<u64>,
    upper: Option<u64>,
}

impl<'a> Wanted<'a> {
    fn new(call: &'a Call<'_>, log: &Log) -> Self {
        let numbered = |name: &str| Some(log.position(call.member(name)?)? as u64 + 1);
        Self {
            call,
            lower: numbered("lowerId"),
            upper: numbered("upperId"),
        }
    }

    fn finds(&self, line: &Line, number: u64) -> bool {
        let is = |name: &str, value: &str| self.call.member(name).is_none_or(|it| it == value);
        is("deploymentId", &line.deployment)
            && is("instanceId", &line.source)
            && is("priority", &line.level)
            && is("loggerName", LOGGER)
            && is("threadName", THREAD)
            && self
                .call
                .member("text")
                .is_none_or(|text| line.message.contains(text))
            && self.lower.is_none_or(|lower| number >= lower)
            && self.upper.is_none_or(|upper| number <= upper)
    }
}

/// What the list shows of a new deployment, but for what changes.
fn shown(id: &str, instances: &[String], document: &Value, moment: &Moment) -> Value {
    let region = match text(document, "region") {
        "" => "us-east-1",
        region => region,
    };
    let instances = instances.iter().zip(1..).map(|(instance, at)| {
        json!({ "instanceId": instance, "publicIPAddress": format!("203.0.113.{at}"),
            "region": region })
    });
    json!({ "deploymentId": id, "createTime": moment.millis(),
        "instances": instances.collect::<Value>() })
}

/// The deployment as the list shows it now.
fn current(shown: &Value, run: &Run, call: &Call<'_>) -> Value {
    let (mut shown, moment) = (shown.clone(), call.moment());
    let status = match run.end {
        Some(end) if run.is_over(moment.now) => {
            set(&mut shown, "endTime", moment.at(end));
            "STOPPED"
        }
        _ if run.ready > moment.now => "DEPLOYING",
        _ if run.failure.is_some() => "DEPLOY_FAILED",
        _ => "STARTED",
    };
    let started = run.ready <= moment.now && run.end.is_none_or(|end| run.ready <= end);
    if started && run.failure.is_none() && shown.get("startTime").is_none() {
        set(&mut shown, "startTime", moment.at(run.ready));
    }
    if let Some(Value::Array(instances)) = shown.get_mut("instances") {
        for instance in instances {
            set(instance, "status", status);
        }
    }
    shown
}

/// A deployment that the examples show.
fn seeded(deployment: &Value) -> Run {
    let instances = list(deployment, "instances");
    let instances = instances.iter().map(|it| text(it, "instanceId").to_owned());
    Run::seed(
        text(deployment, "deploymentId").to_owned(),
        instances.collect(),
    )
}

/// A line that an example shows.
fn example(record: &Value) -> Line {
    let event = record.get("event").cloned().unwrap_or_default();
    Line {
        id: text(record, "recordId").to_owned(),
        // 2025-04-02T09:16:04.218Z
        millis: 1_743_585_364_218,
        deployment: text(record, "deploymentId").to_owned(),
        source: text(record, "instanceId").to_owned(),
        level: text(&event, "priority").to_owned(),
        message: text(&event, "message").to_owned(),
        raw: None,
    }
}

/// Some of the lines, as the logs of a deployment or an instance show them.
fn page(call: &Call<'_>, lines: &[&Line], from: usize, count: usize) -> Reply {
    let data = lines.iter().skip(from).take(count);
    let data: Value = data
        .map(|line| line.raw.clone().unwrap_or_else(|| event(line, None)))
        .collect();
    call.ok(&json!({ "total": lines.len(), "data": data }))
}

/// A line as the search shows it.
fn record(line: &Line, number: u64, length: Option<u64>) -> Value {
    let record = || {
        json!({
            "recordId": line.id,
            "deploymentId": line.deployment,
            "instanceId": line.source,
            "line": number,
            "event": event(line, length),
        })
    };
    line.raw.clone().unwrap_or_else(record)
}

fn event(line: &Line, length: Option<u64>) -> Value {
    let length = length.map_or(usize::MAX, |length| {
        usize::try_from(length).unwrap_or(usize::MAX)
    });
    let message: String = line.message.chars().take(length).collect();
    json!({
        "loggerName": LOGGER,
        "threadName": THREAD,
        "timestamp": line.millis,
        "message": message,
        "priority": line.level,
        "instanceId": line.source,
    })
}
