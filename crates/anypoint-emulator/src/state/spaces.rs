//! CloudHub 2.0: private spaces with their life cycle. Their VPC endpoints are in `endpoints`.
//!
//! A new space is `Pending` for a step, then `Creating` for a step, and then `Active`; or, if its name
//! contains `fail`, it fails with a `statusMessage`. A change makes it `Updating` for a step, and a
//! deleted one is `Deleting` for a step. Except for `Active`, no public source names these states.

use serde_json::{Value, json};

use super::endpoints::Endpoints;
use super::life::{Built, Way};
use super::{Call, example_of_parameter, example_of_schema, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "cloudhub2";
const CREATES: Way = &["Pending", "Creating", "Active"];
const UPDATES: Way = &["Updating", "Active"];
const FAILS_TO_CREATE: Way = &["Pending", "Creating", "Create Failed"];
const FAILS_TO_UPDATE: Way = &["Updating", "Update Failed"];
/// The empty state is that of what is gone.
const GOES: Way = &["Deleting", ""];
const REASON: &str = "The network could not be set up: the emulator lets names with \"fail\" fail.";

#[derive(Debug)]
pub(super) struct Spaces(Vec<Space>);

#[derive(Debug)]
struct Space {
    organization: String,
    id: String,
    built: Built,
    endpoints: Endpoints,
}

impl Spaces {
    pub(super) fn seed() -> Self {
        Self(vec![Space {
            organization: example_of_parameter(API, "organizationId"),
            id: example_of_parameter(API, "privateSpaceId"),
            built: Built::seeded(example_of_schema(API, "PrivateSpace")),
            endpoints: Endpoints::seed(),
        }])
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        let is_there = |space: &Space| space.built.state(call.step, call.now) != Some("");
        self.0.retain(is_there);
        match call.operation.id.as_str() {
            "list_private_spaces" => return Some(self.list(call)),
            "create_private_space" => return Some(self.create(call, ids)),
            _ => {}
        }
        let id = call.parameters.path.get("privateSpaceId")?;
        let mut all = self.0.iter_mut();
        let Some(space) = all.find(|space| space.is_in(call) && space.id == *id) else {
            return Some(Reply::problem(404, "Private space not found"));
        };
        match call.operation.id.as_str() {
            "get_private_space" => Some(call.ok(&shown(space.built.look(call)))),
            "update_private_space" => Some(space.update(call)),
            "delete_private_space" => {
                space.built.change(&json!({}), GOES, call);
                None
            }
            _ => space.endpoints.answer(call, ids),
        }
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let here = self.0.iter().filter(|space| space.is_in(call));
        call.page(here.map(|space| shown(space.built.view(call))).collect())
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let name = call.member("name").unwrap_or_default();
        // The seed does not keep its name, so that the spec's example can be sent as it stands.
        let taken = self.0.iter().any(|space| {
            let own = text(space.built.document(), "name");
            space.is_in(call) && !space.built.is_seeded() && own == name
        });
        if taken {
            return Reply::problem(
                409,
                format!("name: there is a private space {name} already"),
            );
        }
        let (id, organization) = (ids.uuid(), call.path("organizationId").to_owned());
        let mut document = json!({
            "id": id, "organizationId": organization, "rootOrganizationId": organization,
            "firewallRules": [], "network": example_of_schema(API, "PrivateSpaceNetwork"),
        });
        merge(&mut document, &patch(call));
        let way = if fails(name) {
            FAILS_TO_CREATE
        } else {
            CREATES
        };
        let space = Space {
            organization,
            id,
            built: Built::begun(document, way, call),
            endpoints: Endpoints::default(),
        };
        let answer = call.ok(&space.built.view(call));
        self.0.push(space);
        answer
    }
}

impl Space {
    fn is_in(&self, call: &Call<'_>) -> bool {
        self.organization == call.path("organizationId")
    }

    fn update(&mut self, call: &Call<'_>) -> Reply {
        let way = match fails(text(self.built.document(), "name")) {
            true => FAILS_TO_UPDATE,
            false => UPDATES,
        };
        self.built.change(&patch(call), way, call);
        call.ok(&self.built.view(call))
    }
}

fn fails(name: &str) -> bool {
    name.contains("fail")
}

/// What a request changes about a space.
fn patch(call: &Call<'_>) -> Value {
    let mut patch = call.payload.value.clone();
    if let Value::Object(members) = &mut patch {
        if let Some(rules) = members.remove("managedFirewallRules") {
            members.insert("firewallRules".to_owned(), rules);
        }
        // They cannot be read back.
        members.remove("edgeHpaConfigs");
        members.remove("flavor");
    }
    patch
}

/// With the reason of a failure.
fn shown(mut space: Value) -> Value {
    if text(&space, "status").ends_with("Failed") {
        set(&mut space, "statusMessage", REASON);
    }
    space
}
