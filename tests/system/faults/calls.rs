//! The calls of a run: rounds, each with an organization of its own.
//!
//! A round always makes the same number of calls. If a creation failed, so that there is no id, it makes
//! another call instead.

use anypoint_access_management::OrganizationClient;
use anypoint_access_management::types::{EnvironmentType, EnvironmentUpdate, NewEnvironment};
use anypoint_application_manager::EnvironmentClient;
use anypoint_application_manager::types::NewDeployment;
use anypoint_core::{EnvironmentId, OrganizationId, Session};
use anypoint_emulator::Builder;
use anypoint_experience_hub::PortalClient;
use anypoint_experience_hub::types::{
    ApplicationUpdate, AssetId, ExternalOrganizationId, GroupId, InstanceId, NewApplication,
    PortalId,
};
use anypoint_tests::wire::example;

use super::log::Log;

/// Six, five and five.
pub(crate) const CALLS_OF_A_ROUND: usize = 16;

const PORTAL: &str = "portal";

/// The organization of a round.
fn organization(round: usize) -> String {
    format!("organization-{round}")
}

/// The environment of a round.
fn environment(round: usize) -> String {
    format!("environment-of-{round}")
}

/// An emulator that knows what so many rounds name.
pub(crate) fn knowing(rounds: usize, builder: Builder) -> Builder {
    (0..rounds).fold(builder, |builder, round| {
        let organization = organization(round);
        builder
            .organization(&organization, &organization)
            .environment(&organization, environment(round), "Calls")
            .portal(organization, PORTAL)
    })
}

pub(crate) struct Apis {
    hub: anypoint_experience_hub::Client,
    manager: anypoint_application_manager::Client,
    access: anypoint_access_management::Client,
}

impl Apis {
    pub(crate) fn new(session: &Session) -> Self {
        Self {
            hub: anypoint_experience_hub::Client::new(session),
            manager: anypoint_application_manager::Client::new(session),
            access: anypoint_access_management::Client::new(session),
        }
    }

    pub(crate) async fn round(&self, round: usize, log: &Log) {
        let name = organization(round);
        let portal = ExternalOrganizationId::new(&name);
        let portal = self.hub.in_portal(portal, PortalId::new(PORTAL));
        Self::applications(&portal, round, GroupId::new(&name), log).await;
        let organization = OrganizationId::new(name);
        let environment = EnvironmentId::new(environment(round));
        let manager = self.manager.in_environment(&organization, environment);
        Self::deployments(&manager, round, log).await;
        let access = self.access.in_organization(organization);
        Self::environments(&access, round, log).await;
    }

    async fn applications(hub: &PortalClient, round: usize, group: GroupId, log: &Log) {
        let name = format!("application-{round}");
        let body = NewApplication::new(InstanceId::new("instance"), &name);
        let call = hub.create_application(group, AssetId::new("asset"), "v1", body);
        let created = log.note(round, (1, "POST", "create_application"), call.send().await);
        let call = hub.list_applications();
        let listed = log.note(round, (2, "GET", "list_applications"), call.send().await);
        let listed = listed.unwrap();
        assert!(listed.len() <= 1, "{listed:?}");
        assert!(created.is_none() || listed.len() == 1, "{listed:?}");
        let Some(id) = listed.first().map(|application| application.id.clone()) else {
            for step in 3..=6 {
                let call = hub.check_application_name(&name);
                let answer = call.send().await;
                log.note(round, (step, "GET", "check_application_name"), answer);
            }
            return;
        };
        let call = hub.reset_client_secret(&id);
        log.note(round, (3, "POST", "reset_client_secret"), call.send().await);
        let call = hub.get_application(&id);
        let found = log.note(round, (4, "GET", "get_application"), call.send().await);
        assert_eq!(found.unwrap().name, name);
        let body = ApplicationUpdate::new(&name).description("changed");
        let call = hub.update_application(&id, body);
        log.note(round, (5, "PUT", "update_application"), call.send().await);
        let call = hub.delete_application(&id);
        log.note(
            round,
            (6, "DELETE", "delete_application"),
            call.send().await,
        );
    }

    async fn deployments(manager: &EnvironmentClient, round: usize, log: &Log) {
        let call = manager.create_deployment(deployment(round));
        let created = log.note(round, (7, "POST", "create_deployment"), call.send().await);
        let call = manager.list_deployments();
        let listed = log.note(round, (8, "GET", "list_deployments"), call.send().await);
        let listed = listed.unwrap().items;
        assert!(listed.len() <= 1, "{listed:?}");
        assert!(created.is_none() || listed.len() == 1, "{listed:?}");
        let Some(id) = listed.first().map(|deployment| deployment.id.clone()) else {
            for step in 9..=11 {
                let call = manager.list_deployments();
                log.note(round, (step, "GET", "list_deployments"), call.send().await);
            }
            return;
        };
        for step in 9..=10 {
            let call = manager.get_deployment(&id);
            log.note(round, (step, "GET", "get_deployment"), call.send().await);
        }
        let call = manager.delete_deployment(&id);
        log.note(
            round,
            (11, "DELETE", "delete_deployment"),
            call.send().await,
        );
    }

    async fn environments(access: &OrganizationClient, round: usize, log: &Log) {
        let name = format!("Environment{round}");
        let body = NewEnvironment::new(&name, false, EnvironmentType::Sandbox);
        let call = access.create_environment(body);
        let created = log.note(round, (12, "POST", "create_environment"), call.send().await);
        let call = access.list_environments();
        let listed = log.note(round, (13, "GET", "list_environments"), call.send().await);
        let mut listed = listed.unwrap().data.clone();
        listed.retain(|environment| environment.name == name);
        assert!(listed.len() <= 1, "{listed:?}");
        assert!(created.is_none() || listed.len() == 1, "{listed:?}");
        let Some(id) = listed.first().map(|environment| environment.id.clone()) else {
            for step in 14..=16 {
                let call = access.list_environments();
                log.note(round, (step, "GET", "list_environments"), call.send().await);
            }
            return;
        };
        let call = access.get_environment(&id);
        let found = log.note(round, (14, "GET", "get_environment"), call.send().await);
        assert_eq!(found.unwrap().name, name);
        let body = EnvironmentUpdate::new(format!("{name}Changed"));
        let call = access.update_environment(&id, body);
        log.note(round, (15, "PUT", "update_environment"), call.send().await);
        let call = access.delete_environment(&id);
        log.note(
            round,
            (16, "DELETE", "delete_environment"),
            call.send().await,
        );
    }
}

fn deployment(round: usize) -> NewDeployment {
    let json = r#"{"name":"order-intake","target":{"provider":"MC","targetId":"target"},
        "application":{"ref":{"groupId":"group","artifactId":"order-intake","version":"1.4.0",
        "packaging":"jar"}}}"#;
    let mut deployment: NewDeployment = example(json);
    deployment.name = format!("order-intake-{round}");
    deployment
}
