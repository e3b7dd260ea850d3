//! API Experience Hub: contracts of applications with API instances.
//!
//! A tier with automatic approval gives an approved contract; otherwise the contract is `PENDING` for a
//! step and then approved, as if by the owner of the API.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::portal::problem;
use super::{Call, example_of, example_of_parameter, example_of_schema, list, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "experience-hub";

#[derive(Debug)]
pub(super) struct Contracts {
    entries: Vec<Entry>,
    /// The tiers of every instance.
    tiers: Vec<Value>,
}

#[derive(Debug)]
struct Entry {
    organization: String,
    portal: String,
    application: String,
    /// The contract as the list shows it, without status and tiers.
    summary: Map<String, Value>,
    tier: Option<Value>,
    status: Status,
    /// Whether the spec shows it; the seed does not keep others away.
    seeded: bool,
}

#[derive(Debug)]
enum Status {
    Said(String),
    /// When it is approved.
    Due(Duration),
}

impl Contracts {
    pub(super) fn seed() -> Self {
        let full = example_of_schema(API, "Contract");
        let entry = |summary: Value| {
            let is_full = text(&full, "id") == id_of(&summary);
            let status = Status::Said(text(&summary, "status").to_owned());
            let Value::Object(mut summary) = summary else {
                return None;
            };
            summary.remove("status");
            Some(Entry {
                organization: example_of_parameter(API, "organizationId"),
                portal: example_of_parameter(API, "portalId"),
                application: example_of_parameter(API, "applicationId"),
                summary,
                tier: full.get("requestedTier").filter(|_| is_full).cloned(),
                status,
                seeded: true,
            })
        };
        let contracts = list(&example_of(API, "list_contracts"), "");
        Self {
            entries: contracts.into_iter().filter_map(entry).collect(),
            tiers: list(&example_of(API, "list_tiers"), ""),
        }
    }

    /// Answers about the contracts of an application that exists.
    pub(super) fn answer(&mut self, call: &Call<'_>) -> Option<Reply> {
        let application = call.path("applicationId");
        match call.operation.id.as_str() {
            "list_contracts" => {
                let own = self.entries.iter().filter(|e| e.is_near(call, application));
                Some(call.page(own.map(|entry| entry.item(call.now)).collect()))
            }
            "get_contract" => {
                let instance = call.path("instanceId");
                let mut own = self.entries.iter().rev();
                let found = own.find(|e| e.is_near(call, application) && e.instance() == instance);
                Some(found.map_or_else(missing, |entry| call.ok(&entry.contract(call.now))))
            }
            "assign_tier" => Some(self.assign(call)),
            _ => None,
        }
    }

    /// A new contract, for the application with this document.
    pub(super) fn create(&mut self, call: &Call<'_>, ids: &mut Ids, application: &Value) -> Reply {
        let request = &call.payload.value;
        if request.get("acceptedTerms") != Some(&Value::Bool(true)) {
            return problem(400, "BadRequest", "acceptedTerms: they must be accepted");
        }
        let wanted = request.get("tierId").and_then(Value::as_i64);
        let tier = wanted.map(|id| self.tier(&id.to_string()));
        if tier == Some(None) {
            return no_tier();
        }
        let tier = tier.flatten();
        let (id, instance) = (text(application, "id"), text(request, "instanceId"));
        let mut others = self.entries.iter();
        if others.any(|e| !e.seeded && e.is_near(call, id) && e.instance() == instance) {
            let message = "instanceId: the application has a contract with it already";
            return problem(400, "BadRequest", message);
        }
        let number = ids.number();
        let summary = json!({
            "contractId": number.parse::<i64>().unwrap_or(0), "groupId": call.path("groupId"),
            "assetId": call.path("assetId"), "minorVersion": call.path("minorVersion"),
            "instanceId": instance,
        });
        let entry = Entry {
            organization: call.path("organizationId").to_owned(),
            portal: call.path("portalId").to_owned(),
            application: id.to_owned(),
            summary: summary.as_object().cloned().unwrap_or_default(),
            status: due(call, tier.as_ref()),
            tier,
            seeded: false,
        };
        let mut answer = json!({
            "id": number, "status": entry.status(call.now),
            "clientId": application.get("clientId"),
            "clientSecret": application.get("clientSecret"),
        });
        if let Some(tier) = &entry.tier {
            super::set(&mut answer, "requestedTier", tier.clone());
        }
        self.entries.push(entry);
        call.ok(&answer)
    }

    /// The contracts of an application go with it.
    pub(super) fn forget(&mut self, call: &Call<'_>, application: &str) {
        self.entries.retain(|e| !e.is_near(call, application));
    }

    fn assign(&mut self, call: &Call<'_>) -> Reply {
        let (application, id) = (call.path("applicationId"), call.path("contractId"));
        let Some(tier) = self.tier(call.path("tierId")) else {
            return no_tier();
        };
        let mut all = self.entries.iter_mut();
        let found = all.find(|e| e.is_near(call, application) && e.id() == id);
        let Some(entry) = found else {
            return missing();
        };
        entry.status = due(call, Some(&tier));
        entry.tier = Some(tier);
        call.ok(&entry.contract(call.now))
    }

    fn tier(&self, id: &str) -> Option<Value> {
        self.tiers
            .iter()
            .find(|tier| text(tier, "id") == id)
            .cloned()
    }
}

impl Entry {
    fn is_near(&self, call: &Call<'_>, application: &str) -> bool {
        self.organization == call.path("organizationId")
            && self.portal == call.path("portalId")
            && self.application == application
    }

    fn id(&self) -> String {
        self.summary
            .get("contractId")
            .map(number)
            .unwrap_or_default()
    }

    fn instance(&self) -> &str {
        let instance = self.summary.get("instanceId").and_then(Value::as_str);
        instance.unwrap_or_default()
    }

    fn status(&self, now: Duration) -> &str {
        match &self.status {
            Status::Said(status) => status,
            Status::Due(due) if now >= *due => "APPROVED",
            Status::Due(_) => "PENDING",
        }
    }

    /// As the list shows it.
    fn item(&self, now: Duration) -> Value {
        let mut item = self.summary.clone();
        item.insert("status".to_owned(), json!(self.status(now)));
        if let Some(tier) = &self.tier {
            item.insert("requestedTier".to_owned(), tier.clone());
            if self.status(now) == "APPROVED" {
                item.insert("tier".to_owned(), tier.clone());
            }
        }
        Value::Object(item)
    }

    /// As it is shown alone.
    fn contract(&self, now: Duration) -> Value {
        let mut contract = json!({
            "id": self.id(), "applicationId": self.application,
            "instanceId": self.instance(), "status": self.status(now),
        });
        if let Some(tier) = &self.tier {
            super::set(&mut contract, "requestedTier", tier.clone());
        }
        contract
    }
}

fn due(call: &Call<'_>, tier: Option<&Value>) -> Status {
    let waits = tier.and_then(|tier| tier.get("autoApprove")) == Some(&Value::Bool(false));
    Status::Due(call.now + if waits { call.step } else { Duration::ZERO })
}

fn id_of(summary: &Value) -> String {
    summary.get("contractId").map(number).unwrap_or_default()
}

/// A number or a text, as text.
fn number(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn missing() -> Reply {
    problem(404, "NotFound", "There is no such contract.")
}

fn no_tier() -> Reply {
    problem(400, "BadRequest", "tierId: the instance has no such tier")
}
