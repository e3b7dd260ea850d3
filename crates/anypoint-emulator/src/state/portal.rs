//! API Experience Hub: the client applications of a portal, which own its contracts.

use serde_json::{Value, json};

use super::contracts::Contracts;
use super::{Call, example_of_parameter, example_of_schema, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;
use crate::settings::Added;

const API: &str = "experience-hub";

#[derive(Debug)]
pub(super) struct Portal {
    /// The portals with their organizations, by ids.
    portals: Vec<(String, String)>,
    /// The group of the assets that the spec shows.
    group: String,
    applications: Vec<Entry>,
    contracts: Contracts,
}

#[derive(Debug)]
struct Entry {
    organization: String,
    portal: String,
    /// The API instance that it was created for, as far as known.
    instance: Option<String>,
    document: Value,
    /// Whether the spec shows it; the seed does not keep its name from others.
    seeded: bool,
}

impl Portal {
    pub(super) fn seed(added: &Added) -> Self {
        let parameter = |name| example_of_parameter(API, name);
        let mut portals = vec![(parameter("organizationId"), parameter("portalId"))];
        portals.extend_from_slice(&added.portals);
        Self {
            portals,
            group: parameter("groupId"),
            applications: vec![Entry {
                organization: example_of_parameter(API, "organizationId"),
                portal: example_of_parameter(API, "portalId"),
                instance: None,
                document: example_of_schema(API, "ApplicationDetail"),
                seeded: true,
            }],
            contracts: Contracts::seed(),
        }
    }

    pub(super) fn has_organization(&self, id: &str) -> bool {
        let mut all = self.portals.iter();
        all.any(|(organization, _)| organization == id)
    }

    pub(super) fn has(&self, id: &str, organization: Option<&str>) -> bool {
        let mut all = self.portals.iter();
        all.any(|(of, portal)| portal == id && organization.is_none_or(|other| other == of))
    }

    pub(super) fn has_group(&self, id: &str) -> bool {
        self.group == id
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_applications" => return Some(self.list(call)),
            "check_application_name" => {
                let name = call.parameters.query("appName").unwrap_or_default();
                return Some(call.ok(&json!({ "exists": self.is_taken(call, name) })));
            }
            "create_application" => return Some(self.create(call, ids)),
            "create_contract" => return Some(self.create_contract(call, ids)),
            _ => {}
        }
        let id = call.parameters.path.get("applicationId")?;
        let Some(at) = self.find(call, id) else {
            return Some(missing());
        };
        if call.operation.id == "delete_application" {
            self.contracts.forget(call, id);
            self.applications.remove(at);
            return None;
        }
        if let Some(reply) = self.contracts.answer(call) {
            return Some(reply);
        }
        if call.operation.id == "update_application" {
            let name = call.member("name").unwrap_or_default();
            let own = self
                .applications
                .get(at)
                .map(|entry| text(&entry.document, "name"));
            if own != Some(name) && self.is_taken(call, name) {
                return Some(taken(name));
            }
        }
        let entry = self.applications.get_mut(at)?;
        match call.operation.id.as_str() {
            "get_application" => Some(call.ok(&entry.document)),
            "update_application" => {
                let mut change = call.payload.value.clone();
                if let Value::Object(members) = &mut change {
                    members.remove("apiEndpoints");
                }
                merge(&mut entry.document, &change);
                Some(call.ok(&entry.document))
            }
            "reset_client_secret" => {
                let secret = ids.secret();
                set(&mut entry.document, "clientSecret", secret.clone());
                Some(call.ok(&json!({ "clientSecret": secret })))
            }
            _ => None,
        }
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let part = call.parameters.query("query").map(str::to_lowercase);
        let instance = call.parameters.query("instanceId");
        let keeps = |entry: &&Entry| {
            let name = text(&entry.document, "name").to_lowercase();
            let known = entry.instance.as_deref();
            entry.is_near(call)
                && part.as_ref().is_none_or(|part| name.contains(part))
                && instance.is_none_or(|wanted| known.is_none_or(|known| known == wanted))
        };
        let short = |entry: &Entry| {
            let member = |name: &str| entry.document.get(name).cloned().unwrap_or_default();
            json!({ "id": member("id"), "name": member("name"),
                "description": text(&entry.document, "description") })
        };
        call.page(self.applications.iter().filter(keeps).map(short).collect())
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let name = call.member("name").unwrap_or_default();
        if self.is_taken(call, name) {
            return taken(name);
        }
        let mut document = json!({
            "id": ids.number(), "clientId": ids.hex(), "clientSecret": ids.secret(),
        });
        let mut given = call.payload.value.clone();
        if let Value::Object(members) = &mut given {
            members.remove("instanceId");
            members.remove("apiEndpoints");
        }
        merge(&mut document, &given);
        let member = |name: &str| document.get(name).cloned().unwrap_or_default();
        let answer = json!({
            "id": member("id"), "name": member("name"),
            "description": text(&document, "description"),
            "clientId": member("clientId"), "clientSecret": member("clientSecret"),
        });
        self.applications.push(Entry {
            organization: call.path("organizationId").to_owned(),
            portal: call.path("portalId").to_owned(),
            instance: call.member("instanceId").map(str::to_owned),
            document,
            seeded: false,
        });
        call.ok(&answer)
    }

    fn create_contract(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let id = call.member("applicationId").unwrap_or_default();
        let application = self.find(call, id).and_then(|at| self.applications.get(at));
        match application {
            Some(entry) => self.contracts.create(call, ids, &entry.document),
            None => missing(),
        }
    }

    fn find(&self, call: &Call<'_>, id: &str) -> Option<usize> {
        let mut all = self.applications.iter();
        all.position(|entry| entry.is_near(call) && text(&entry.document, "id") == id)
    }

    fn is_taken(&self, call: &Call<'_>, name: &str) -> bool {
        let mut near = self.applications.iter().filter(|entry| entry.is_near(call));
        near.any(|entry| !entry.seeded && text(&entry.document, "name") == name)
    }
}

impl Entry {
    fn is_near(&self, call: &Call<'_>) -> bool {
        self.organization == call.path("organizationId") && self.portal == call.path("portalId")
    }
}

fn missing() -> Reply {
    problem(404, "NotFound", "There is no such application.")
}

fn taken(name: &str) -> Reply {
    let message = format!("name: there is an application {name} already");
    problem(400, "BadRequest", &message)
}

/// An error in the form of this API.
pub(super) fn problem(status: u16, name: &str, message: &str) -> Reply {
    let body = json!({ "name": name, "status": status, "message": message });
    Reply::json(status, &body)
}
