//! Mule Management Console: groups of servers, identified by id, and groups of users, identified by
//! name.

use serde_json::{Value, json};

use super::{Call, example_of, list, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "mmc";

/// Groups of one kind.
#[derive(Debug)]
pub(super) struct Groups {
    /// The member that tells one from others.
    key: &'static str,
    /// Where they are, below the base path.
    place: &'static str,
    /// What the console answers when a name is taken.
    taken: u16,
    all: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    document: Value,
    /// Whether the spec shows it; the seed does not keep its name from others.
    seeded: bool,
}

impl Groups {
    pub(super) fn of_servers() -> Self {
        Self {
            key: "id",
            place: "/serverGroups",
            taken: 409,
            all: seeded("list_server_groups"),
        }
    }

    pub(super) fn of_users() -> Self {
        Self {
            key: "name",
            place: "/usergroups",
            taken: 400,
            all: seeded("list_user_groups"),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Answers what is asked of these groups.
    pub(super) fn answer(&mut self, call: &Call<'_>, ids: &mut Ids) -> Option<Reply> {
        let operation = call.operation;
        let below = operation.template.strip_prefix(&call.api.base)?;
        let below = below.strip_prefix(self.place)?;
        match (operation.method.as_str(), below) {
            ("GET", "") => Some(self.list(call)),
            ("POST", "") => Some(self.create(call, ids)),
            _ => {
                let named = call.parameters.path.values().next()?;
                self.one(self.position(named)?, call)
            }
        }
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let data: Vec<&Value> = self.all.iter().map(|group| &group.document).collect();
        call.ok(&json!({ "total": data.len(), "data": data }))
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let name = call.member("name").unwrap_or_default();
        if self.is_taken(name, None) {
            return self.refuse();
        }
        self.all
            .retain(|group| text(&group.document, "name") != name);
        let mut document = call.payload.value.clone();
        if self.key == "id" {
            set(&mut document, "id", ids.uuid());
            set(&mut document, "serverCount", 0);
        }
        self.address(&mut document, call);
        let answer = call.ok(&document);
        let seeded = false;
        self.all.push(Group { document, seeded });
        answer
    }

    /// Answers about one group; none with the example.
    fn one(&mut self, at: usize, call: &Call<'_>) -> Option<Reply> {
        let name = call.member("name").unwrap_or_default();
        match call.operation.method.as_str() {
            "DELETE" => {
                self.all.remove(at);
                return None;
            }
            "PUT" if self.is_taken(name, Some(at)) => return Some(self.refuse()),
            "PUT" => {
                let mut document = self.all.get(at)?.document.clone();
                let id = document.get("id").cloned();
                merge(&mut document, &call.payload.value);
                if let Some(id) = id {
                    set(&mut document, "id", id);
                }
                self.address(&mut document, call);
                self.all.get_mut(at)?.document = document;
            }
            _ => {}
        }
        Some(call.ok(&self.all.get(at)?.document))
    }

    fn position(&self, key: &str) -> Option<usize> {
        let mut all = self.all.iter();
        all.position(|group| text(&group.document, self.key) == key)
    }

    fn is_taken(&self, name: &str, except: Option<usize>) -> bool {
        let mut all = self.all.iter().enumerate();
        all.any(|(at, group)| {
            Some(at) != except && !group.seeded && text(&group.document, "name") == name
        })
    }

    fn refuse(&self) -> Reply {
        Reply::problem(self.taken, "name: another group has it")
    }

    fn address(&self, document: &mut Value, call: &Call<'_>) {
        let key = text(document, self.key).replace(' ', "%20");
        let address = format!("{}{}{}/{key}", call.url, call.api.base, self.place);
        set(document, "href", address);
    }
}

fn seeded(operation: &str) -> Vec<Group> {
    let all = list(&example_of(API, operation), "data").into_iter();
    let seeded = |document| Group {
        document,
        seeded: true,
    };
    all.map(seeded).collect()
}
