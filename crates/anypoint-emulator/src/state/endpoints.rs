//! CloudHub 2.0: the VPC endpoints of one private space.
//!
//! A new or changed endpoint is `Valid` for a step and then `Available`, or `Invalid` if its name
//! contains `fail`. One for a service of an owner other than `amazon` is first `PendingAcceptance` for
//! a step.

use serde_json::{Value, json};

use super::life::{Built, Way};
use super::{Call, example_of_parameter, example_of_schema, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "cloudhub2";
const BUILDS: Way = &["Valid", "Available"];
const IS_ADMITTED: Way = &["Valid", "PendingAcceptance", "Available"];
const FAILS: Way = &["Valid", "Invalid"];

/// The endpoints with their ids.
#[derive(Debug, Default)]
pub(super) struct Endpoints(Vec<(String, Built)>);

impl Endpoints {
    pub(super) fn seed() -> Self {
        let id = example_of_parameter(API, "vpcEndpointId");
        let endpoint = example_of_schema(API, "VpcEndpoint");
        Self(vec![(id, Built::seeded(endpoint))])
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_vpc_endpoints" => {
                let all = self.0.iter().map(|(_, built)| summary(built.view(call)));
                return Some(call.ok(&Value::Array(all.collect())));
            }
            "create_vpc_endpoint" => return Some(self.create(call, ids)),
            _ => {}
        }
        let id = call.parameters.path.get("vpcEndpointId")?;
        let Some(at) = self.0.iter().position(|(other, _)| other == id) else {
            return Some(Reply::problem(404, "VPC endpoint not found"));
        };
        let (_, built) = self.0.get_mut(at)?;
        match call.operation.id.as_str() {
            "get_vpc_endpoint" => Some(call.ok(&shown(built.look(call)))),
            "update_vpc_endpoint" => {
                built.change(&call.payload.value, way(&call.payload.value), call);
                Some(call.ok(&shown(built.view(call))))
            }
            "delete_vpc_endpoint" => {
                self.0.remove(at);
                None
            }
            _ => None,
        }
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let id = ids.uuid();
        let mut document = json!({ "vpceId": id });
        merge(&mut document, &call.payload.value);
        let built = Built::begun(document, way(&call.payload.value), call);
        let answer = call.ok(&shown(built.view(call)));
        self.0.push((id, built));
        answer
    }
}

fn way(settings: &Value) -> Way {
    match (text(settings, "name"), text(settings, "serviceOwner")) {
        (name, _) if name.contains("fail") => FAILS,
        (_, "amazon") => BUILDS,
        _ => IS_ADMITTED,
    }
}

/// With the host names that an endpoint has once it works.
fn shown(mut endpoint: Value) -> Value {
    if text(&endpoint, "status") == "Available" && endpoint.get("dnsEntries").is_none() {
        let id = text(&endpoint, "vpceId").replace('-', "");
        let region = text(&endpoint, "serviceRegion");
        let name = format!("vpce-{id}.{region}.vpce.amazonaws.com");
        set(&mut endpoint, "dnsEntries", vec![name]);
    }
    endpoint
}

/// An endpoint as the list shows it.
fn summary(mut endpoint: Value) -> Value {
    if let Value::Object(members) = &mut endpoint {
        members.remove("status");
        members.remove("dnsEntries");
    }
    endpoint
}
