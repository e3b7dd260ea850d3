//! Access Management: organizations and environments.

use serde_json::{Value, json};

use super::{Call, example_of, example_of_parameter, example_of_schema, list, merge, set, text};
use crate::ids::Ids;
use crate::reply::Reply;

const API: &str = "access-management";
const DESIGN_ID: &str = "e0000000-0000-4000-8000-0000000000d0";

#[derive(Debug)]
pub(super) struct Platform {
    organizations: Vec<Value>,
    environments: Vec<Value>,
}

impl Platform {
    /// The organizations of the list, in full where the spec shows one in full, and the
    /// environments Design, Sandbox and Production.
    pub(super) fn seed() -> Self {
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
        Self {
            organizations,
            environments,
        }
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_organizations" => Some(call.page(self.organizations.clone())),
            "create_organization" => Some(self.create_organization(call, ids)),
            "get_organization" | "update_organization" | "delete_organization" => {
                Some(self.organization(call))
            }
            "list_environments" => Some(self.list(call)),
            "create_environment" => Some(self.create(call, ids)),
            "get_environment"
            | "get_environment_by_id"
            | "update_environment"
            | "delete_environment" => Some(self.environment(call)),
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

    fn organization(&mut self, call: &Call<'_>) -> Reply {
        let id = call.path("organizationId");
        let mut all = self.organizations.iter();
        let Some(at) = all.position(|organization| text(organization, "id") == id) else {
            return Reply::problem(404, "No organization with this id");
        };
        if call.operation.method == "DELETE" {
            self.organizations.remove(at);
            return call.example();
        }
        let Some(organization) = self.organizations.get_mut(at) else {
            return call.example();
        };
        if call.operation.method == "PUT" {
            merge(organization, &call.payload.value);
        }
        call.ok(organization)
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let organization = call.path("organizationId");
        let parameter = |name: &str| call.parameters.query(name);
        let search = parameter("search").map(str::to_lowercase);
        let keeps = |environment: &&Value| {
            let name = text(environment, "name");
            let production = environment.get("isProduction").and_then(Value::as_bool);
            text(environment, "organizationId") == organization
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

    fn environment(&mut self, call: &Call<'_>) -> Reply {
        let id = call.path("environmentId");
        let organization = call.path("organizationId");
        let found = self.environments.iter().position(|environment| {
            let there =
                organization.is_empty() || text(environment, "organizationId") == organization;
            text(environment, "id") == id && there
        });
        let Some(at) = found else {
            return Reply::problem(404, "No environment with this id");
        };
        if call.operation.method == "DELETE" {
            self.environments.remove(at);
            return call.example();
        }
        let Some(environment) = self.environments.get_mut(at) else {
            return call.example();
        };
        if call.operation.method == "PUT" {
            merge(environment, &call.payload.value);
        }
        call.ok(environment)
    }
}
