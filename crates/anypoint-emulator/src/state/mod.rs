//! The state of the emulator, and the operations that use it.

mod application_logs;
mod applications;
mod console;
mod contracts;
mod deployment_logs;
mod deployments;
mod endpoints;
mod groups;
mod known;
mod life;
mod log_search;
mod logs;
mod pages;
mod platform;
mod portal;
mod repository;
mod runs;
mod spaces;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::LogLine;
use crate::body;
use crate::ids::Ids;
use crate::pages::Pages;
use crate::reply::Reply;
use crate::settings::{Added, Logs};
use crate::spec::{self, Api, Content, Operation};
use crate::validate::{Parameters, Payload};

pub(crate) use runs::Moment;

/// A request that has passed all checks.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) api: &'static Api,
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: Parameters,
    pub(crate) payload: Payload,
    /// How long a state of a life cycle takes.
    pub(crate) step: Duration,
    /// The emulator's time.
    pub(crate) now: Duration,
    /// How many reads after a change still return the old state.
    pub(crate) stale: u32,
    /// When the emulator's time began, in milliseconds since 1970.
    pub(crate) epoch: u64,
    /// How logs behave.
    pub(crate) logs: Logs,
    /// How lists behave.
    pub(crate) pages: Pages,
    /// The environment that the call acts on, if headers name it; otherwise empty.
    pub(crate) environment: String,
    /// How long downloads are, if it was said.
    pub(crate) download_size: Option<u64>,
    /// The emulator's address, for links.
    pub(crate) url: &'a str,
}

impl Call<'_> {
    fn moment(&self) -> Moment {
        Moment {
            now: self.now,
            step: self.step,
            epoch: self.epoch,
            quiet: self.logs.quiet,
        }
    }

    fn path(&self, name: &str) -> &str {
        self.parameters.path(name)
    }

    fn member(&self, name: &str) -> Option<&str> {
        self.payload.value.get(name).and_then(Value::as_str)
    }

    /// The success answer of the operation, with this value.
    fn ok(&self, value: &Value) -> Reply {
        Reply::json(self.operation.answer.status, value)
    }

    /// The success answer of the operation as its spec shows it.
    pub(crate) fn example(&self) -> Reply {
        let answer = &self.operation.answer;
        let media = answer.media.as_deref();
        match &answer.content {
            Content::Empty => Reply::empty(answer.status),
            Content::Text(text) => Reply::new(answer.status, media, text.clone()),
            Content::Binary(bytes) => {
                let mut reply = Reply::new(answer.status, media, *bytes);
                if let Some(length) = self.download_size {
                    reply.body = body::Content::Generated(length);
                }
                reply
            }
            Content::Json(value) => {
                let items = self
                    .operation
                    .page
                    .as_ref()
                    .and_then(|page| match &page.items {
                        Some(name) => value.get(name)?.as_array(),
                        None => value.as_array(),
                    });
                match items {
                    Some(items) => self.page(items.clone()),
                    None => self.ok(value),
                }
            }
        }
    }
}

/// The whole state.
#[derive(Debug)]
pub(crate) struct State {
    ids: Ids,
    platform: platform::Platform,
    deployments: deployments::Deployments,
    applications: applications::Applications,
    spaces: spaces::Spaces,
    portal: portal::Portal,
    console: console::Console,
    repository: repository::Repository,
    server_groups: groups::Groups,
    user_groups: groups::Groups,
}

impl State {
    /// The state from the examples of the specs and from the builder.
    pub(crate) fn seed(added: &Added) -> Self {
        let platform = platform::Platform::seed(added);
        Self {
            ids: Ids::default(),
            deployments: deployments::Deployments::seed(),
            applications: applications::Applications::seed(platform.environments()),
            spaces: spaces::Spaces::seed(),
            platform,
            portal: portal::Portal::seed(added),
            console: console::Console::seed(),
            repository: repository::Repository::seed(),
            server_groups: groups::Groups::of_servers(),
            user_groups: groups::Groups::of_users(),
        }
    }

    /// Answers a call from the state, or with the example.
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Reply {
        let ids = &mut self.ids;
        let reply = match call.api.name {
            "access-management" => self.platform.answer(call, ids),
            "application-manager" => self.deployments.answer(call, ids),
            "cloudhub" => self.applications.answer(call, ids),
            "cloudhub2" => self.spaces.answer(call, ids),
            "experience-hub" => self.portal.answer(call, ids),
            "mmc" if call.operation.template.contains("/repository") => {
                self.repository.answer(call, ids)
            }
            "mmc" => {
                let reply = self.server_groups.answer(call, ids);
                let reply = reply.or_else(|| self.user_groups.answer(call, ids));
                reply.or_else(|| self.console.answer(call, ids))
            }
            _ => None,
        };
        reply.unwrap_or_else(|| call.example())
    }

    /// Adds lines to the log of a deployment or an application. Returns their ids.
    pub(crate) fn write_log(
        &mut self,
        id: &str,
        lines: Vec<LogLine>,
        moment: &Moment,
    ) -> Result<Vec<String>, String> {
        if let Some(history) = self.deployments.history(id) {
            return history.write(lines, moment);
        }
        match self.applications.history(id) {
            Some(history) => history.write(lines, moment),
            None => Err(format!("there is no deployment and no application {id}")),
        }
    }

    /// A new specification or deployment of the same; its id.
    pub(crate) fn roll_over(&mut self, id: &str, moment: &Moment) -> Option<String> {
        let ids = &mut self.ids;
        let found = self.deployments.roll_over(id, moment, ids);
        found.or_else(|| self.applications.roll_over(id, moment, ids))
    }

    /// New replicas of the same specification; their ids.
    pub(crate) fn restart_replicas(&mut self, id: &str, moment: &Moment) -> Option<Vec<String>> {
        let ids = &mut self.ids;
        self.deployments.restart_replicas(id, moment, ids)
    }

    /// The secure properties of a deployment, as they are stored.
    pub(crate) fn secure_properties(&self, deployment: &str) -> BTreeMap<String, String> {
        self.deployments.secure_properties(deployment)
    }

    /// What was uploaded.
    pub(crate) fn uploads(&self) -> Vec<crate::Uploaded> {
        self.repository.uploads()
    }
}

/// The example that an operation answers; null if there is no such operation.
fn example_of(api: &str, operation: &str) -> Value {
    operation_of(api, operation).map_or(Value::Null, |operation| operation.answer.json())
}

fn operation_of(api: &str, operation: &str) -> Option<&'static Operation> {
    let api = spec::api(api)?;
    api.operations.iter().find(|other| other.id == operation)
}

/// The example of a schema.
pub(crate) fn example_of_schema(api: &str, schema: &str) -> Value {
    let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
    spec::api(api).map_or(Value::Null, |api| {
        spec::example(&api.document, &reference, 0)
    })
}

/// The example of a parameter that is a component.
fn example_of_parameter(api: &str, parameter: &str) -> String {
    let pointer = format!("/components/parameters/{parameter}/example");
    let example = spec::api(api).and_then(|api| api.document.pointer(&pointer));
    let example = example.and_then(Value::as_str);
    example.unwrap_or_default().to_owned()
}

/// A count, which may come as text.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Refuses a count in a request that is above the maximum of the service.
fn check_count(value: Option<&Value>, name: &str, most: u64) -> Result<(), Reply> {
    let is_fine = |value: &Value| count(value).is_some_and(|n| (1..=most).contains(&n));
    if value.is_none_or(|value| value.is_null() || is_fine(value)) {
        return Ok(());
    }
    Err(Reply::problem(
        400,
        format!("{name}: a number from 1 to {most} is possible"),
    ))
}

/// Merges as in RFC 7386: objects member by member; null removes, all other values replace.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(members) = target else {
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}

/// Sets a member of an object.
fn set(target: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(members) = target {
        members.insert(name.to_owned(), value.into());
    }
}

/// A text member of an object.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The time as epoch milliseconds, the form of recorded answers.
pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |age| u64::try_from(age.as_millis()).unwrap_or(0))
}

/// The items of a page, or of a bare list.
fn list(value: &Value, name: &str) -> Vec<Value> {
    let items = value.get(name).unwrap_or(value).as_array();
    items.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_that_is_handed_out_is_there_from_the_start() {
        let seeded = format!("{:?}", State::seed(&Added::default()));
        for form in [Ids::uuid, Ids::number, Ids::hex, Ids::secret] {
            let mut ids = Ids::default();
            for id in (0..2_000).map(|_| form(&mut ids)) {
                assert!(!seeded.contains(&format!("\"{id}\"")), "{id}");
            }
        }
    }
}
