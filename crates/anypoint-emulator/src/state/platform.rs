//! Access Management: organizations and environments.

use serde_json::{Value, json};

use super::{Call, example_of, example_of_parameter, example_of_schema, list, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;
use crate::settings::Added;

const API: &str = "access-management";
/// An id that [`Ids`] never hands out.
const DESIGN_ID: &str = "d0000000-0000-4000-8000-000000000000";

#[derive(Debug)]
pub(super) struct Platform {
    organizations: Vec<Value>,
    environments: Vec<Value>,
}

impl Platform {
    /// The organizations of the list, in full where the spec shows one in full, the environments
    /// Design, Sandbox and Production, and what was added.
    pub(super) fn seed(added: &Added) -> Self {
        let full = example_of_schema(API, "Organization");
        let mut organizations = list(&example_of(API, "list_organizations"), "");
        for organization in &mut organizations {
            if text(organization, "id") == text(&full, "id") {
                *organization = full.clone();
            }
        }
        let organization = example_of_parameter(API, "OrganizationId");
        let mut environments = vec![json!({
            "id": DESIGN_ID, "name": "Design", "organizationId": organization,
            "isProduction": false, "type": "design", "clientId": null,
        })];
        environments.extend(list(&example_of_schema(API, "EnvironmentPage"), "data"));
        organizations.extend(added.organizations.iter().map(
            |(id, name)| json!({ "id": id, "name": name, "isRoot": false, "isMaster": false }),
        ));
        environments.extend(added.environments.iter().map(|[organization, id, name]| {
            let production = name == "Production";
            json!({
                "id": id, "name": name, "organizationId": organization,
                "isProduction": production, "clientId": null,
                "type": if production { "production" } else { "sandbox" },
            })
        }));
        Self {
            organizations,
            environments,
        }
    }

    /// The ids of all environments.
    pub(super) fn environments(&self) -> impl Iterator<Item = &str> {
        let all = self.environments.iter();
        all.map(|environment| text(environment, "id"))
    }

    pub(super) fn has_organization(&self, id: &str) -> bool {
        let mut all = self.organizations.iter();
        all.any(|organization| text(organization, "id") == id)
    }

    fn is_root(&self, id: &str) -> bool {
        let mut all = self.organizations.iter();
        let root = Some(&Value::Bool(true));
        all.any(|organization| text(organization, "id") == id && organization.get("isRoot") == root)
    }

    /// Whether there is such an environment, in that organization if one is given.
    pub(super) fn has_environment(&self, id: &str, organization: Option<&str>) -> bool {
        let mut all = self.environments.iter();
        all.any(|environment| text(environment, "id") == id && is_in(environment, organization))
    }

    /// Where calls act that name no environment: production of that organization, or else of the
    /// first one.
    pub(super) fn default_environment(&self, organization: Option<&str>) -> Option<&str> {
        let first = || self.organizations.first().map(|first| text(first, "id"));
        let organization = organization.or_else(first);
        let production = |environment: &&Value| {
            environment.get("isProduction") == Some(&Value::Bool(true))
                && is_in(environment, organization)
        };
        let found = self.environments.iter().find(production);
        found.map(|environment| text(environment, "id"))
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_organizations" => Some(call.page(self.organizations.clone())),
            "create_organization" => Some(self.create_organization(call, ids)),
            "get_organization" | "update_organization" | "delete_organization" => {
                self.organization(call)
            }
            "list_environments" => Some(self.list(call)),
            "create_environment" => Some(self.create(call, ids)),
            "get_environment"
            | "get_environment_by_id"
            | "update_environment"
            | "delete_environment" => self.environment(call),
            _ => None,
        }
    }

    fn create_organization(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let mut organization = json!({
            "id": ids.uuid(), "clientId": ids.hex(), "isRoot": false, "isMaster": false,
            "parentId": call.member("parentOrganizationId"),
            "parentOrganizationIds": [call.member("parentOrganizationId")],
            "subOrganizationIds": [],
        });
        merge(&mut organization, &call.payload.value);
        self.organizations.push(organization.clone());
        call.ok(&organization)
    }

    fn organization(&mut self, call: &Call<'_>) -> Option<Reply> {
        let id = call.path("organizationId");
        if call.operation.method == "DELETE" {
            self.organizations.retain(|other| text(other, "id") != id);
            self.environments.retain(|other| !is_in(other, Some(id)));
            return None;
        }
        let mut all = self.organizations.iter_mut();
        let organization = all.find(|organization| text(organization, "id") == id)?;
        if call.operation.method == "PUT" {
            change(organization, call);
        }
        Some(call.ok(organization))
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let organization = call.path("organizationId");
        let parameter = |name: &str| call.parameters.query(name);
        // The business groups are below the one root organization.
        let all = parameter("expandAll") == Some("true");
        if all && !self.is_root(organization) {
            return Reply::problem(
                400,
                "expandAll: the organization is not a root organization",
            );
        }
        let search = parameter("search").map(str::to_lowercase);
        let keeps = |environment: &&Value| {
            let name = text(environment, "name");
            let production = environment.get("isProduction").and_then(Value::as_bool);
            (all || text(environment, "organizationId") == organization)
                && parameter("name").is_none_or(|wanted| wanted == name)
                && parameter("type").is_none_or(|wanted| wanted == text(environment, "type"))
                && parameter("isProduction")
                    .is_none_or(|wanted| production == wanted.parse::<bool>().ok())
                && search
                    .as_ref()
                    .is_none_or(|part| name.to_lowercase().contains(part))
        };
        call.page(self.environments.iter().filter(keeps).cloned().collect())
    }

    fn create(&mut self, call: &Call<'_>, ids: &mut Ids) -> Reply {
        let mut environment = call.payload.value.clone();
        set(&mut environment, "id", ids.uuid());
        set(
            &mut environment,
            "organizationId",
            call.path("organizationId"),
        );
        set(&mut environment, "clientId", ids.hex());
        self.environments.push(environment.clone());
        call.ok(&environment)
    }

    fn environment(&mut self, call: &Call<'_>) -> Option<Reply> {
        let id = call.path("environmentId");
        if call.operation.method == "DELETE" {
            self.environments.retain(|other| text(other, "id") != id);
            return None;
        }
        let mut all = self.environments.iter_mut();
        let environment = all.find(|environment| text(environment, "id") == id)?;
        if call.operation.method == "PUT" {
            change(environment, call);
        }
        Some(call.ok(environment))
    }
}

fn is_in(environment: &Value, organization: Option<&str>) -> bool {
    organization.is_none_or(|organization| text(environment, "organizationId") == organization)
}

/// Takes over what a request changes; ids stay.
fn change(document: &mut Value, call: &Call<'_>) {
    let mut patch = call.payload.value.clone();
    if let Value::Object(members) = &mut patch {
        members.remove("id");
        members.remove("organizationId");
    }
    merge(document, &patch);
}
