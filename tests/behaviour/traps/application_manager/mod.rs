//! Application Manager's answers differ from its specification in types, codes and forms.

mod calls;
mod models;

use anypoint_application_manager::{Client, EnvironmentClient};
use anypoint_core::{EnvironmentId, OrganizationId, Session};

use super::session;
use crate::support::Server;

const BASE: &str = "/amc/application-manager/api/v2/organizations/o-1/environments/e-1";

mod naive {
    use anypoint_core::internal::serde;

    naive! {
        Dates { created: "creationDate" as String }
        NumberOfCores { application: "application" as Cores }
        Cores { vcores: "vCores" as f64 }
        WithStatus { status: "status" as Status }
        Settings { target: "target" as SettingsTarget }
        SettingsTarget { settings: "deploymentSettings" as Http }
        Http { http: "http" as Inbound }
        Inbound { inbound: "inbound" as Security }
        Security { last_mile: "lastMileSecurity" as bool }
        Deployment { id: "id" as String }
        // The two members as spellings of one.
        SecureOnce { application: "application" as SecureApplication }
        SecureApplication { configuration: "configuration" as SecureConfiguration }
        SecureConfiguration { service: "mule.agent.application.properties.service" as Secure }
        Secure { secure: "secureproperties" as std::collections::BTreeMap<String, String> }
        ReplicasOfTarget { target: "target" as TargetWithReplicas }
        TargetWithReplicas { replicas: "replicas" as Vec<Deployment> }
        Entries { items: "items" as Vec<Deployment> }
        AlertPage { total: "total" as i32, data: "data" as Vec<Deployment> }
        AlertTexts { data: "data" as Vec<AlertWithTexts> }
        AlertWithTexts { actions: "actions" as Vec<ActionWithTexts> }
        ActionWithTexts { subject: "subject" as String }
    }

    /// The specification's list, closed.
    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub(super) enum Status {
        Starting,
        Started,
        Stopped,
        Applying,
        Applied,
        Failed,
    }
}

fn client(server: &Server) -> EnvironmentClient {
    inside(&session(server))
}

fn inside(session: &Session) -> EnvironmentClient {
    let (organization, environment) = (OrganizationId::new("o-1"), EnvironmentId::new("e-1"));
    Client::new(session).in_environment(organization, environment)
}
