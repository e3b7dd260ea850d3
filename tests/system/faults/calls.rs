//! The calls of a run: rounds, each with an organization of its own.
//!
//! A round always makes the same number of calls. Where it does not know what it created, because
//! that failed, it asks for something else instead.

use anypoint_access_management::Client as AccessManagement;
use anypoint_access_management::types::{EnvironmentType, EnvironmentUpdate, NewEnvironment};
use anypoint_application_manager::Client as ApplicationManager;
use anypoint_application_manager::types::NewDeployment;
use anypoint_core::Session;
use anypoint_emulator::Builder;
use anypoint_experience_hub::Client as ExperienceHub;
use anypoint_experience_hub::types::{ApplicationUpdate, NewApplication};
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
    hub: ExperienceHub,
    manager: ApplicationManager,
    access: AccessManagement,
}

impl Apis {
    pub(crate) fn new(session: &Session) -> Self {
        Self {
            hub: ExperienceHub::new(session),
            manager: ApplicationManager::new(session),
            access: AccessManagement::new(session),
        }
    }

    pub(crate) async fn round(&self, round: usize, log: &Log) {
        let organization = organization(round);
        self.applications(round, &organization, log).await;
        self.deployments(round, &organization, log).await;
        self.environments(round, &organization, log).await;
    }

    async fn applications(&self, round: usize, organization: &str, log: &Log) {
        let name = format!("application-{round}");
        let body = NewApplication::new("instance", &name);
        let call =
            self.hub
                .create_application(organization, PORTAL, organization, "asset", "v1", body);
        let created = log.note(round, (1, "POST", "create_application"), call.send().await);
        let call = self.hub.list_applications(organization, PORTAL);
        let listed = log.note(round, (2, "GET", "list_applications"), call.send().await);
        let listed = listed.unwrap();
        assert!(listed.len() <= 1, "{listed:?}");
        assert!(created.is_none() || listed.len() == 1, "{listed:?}");
        let Some(id) = listed.first().map(|application| application.id.clone()) else {
            for step in 3..=6 {
                let call = self.hub.check_application_name(organization, PORTAL, &name);
                let answer = call.send().await;
                log.note(round, (step, "GET", "check_application_name"), answer);
            }
            return;
        };
        let call = self.hub.reset_client_secret(organization, PORTAL, &id);
        log.note(round, (3, "POST", "reset_client_secret"), call.send().await);
        let call = self.hub.get_application(organization, PORTAL, &id);
        let found = log.note(round, (4, "GET", "get_application"), call.send().await);
        assert_eq!(found.unwrap().name, name);
        let body = ApplicationUpdate::new(&name).description("changed");
        let call = self.hub.update_application(organization, PORTAL, &id, body);
        log.note(round, (5, "PUT", "update_application"), call.send().await);
        let call = self.hub.delete_application(organization, PORTAL, &id);
        log.note(
            round,
            (6, "DELETE", "delete_application"),
            call.send().await,
        );
    }

    async fn deployments(&self, round: usize, organization: &str, log: &Log) {
        let environment = &environment(round);
        let call = self
            .manager
            .create_deployment(organization, environment, deployment(round));
        let created = log.note(round, (7, "POST", "create_deployment"), call.send().await);
        let call = self.manager.list_deployments(organization, environment);
        let listed = log.note(round, (8, "GET", "list_deployments"), call.send().await);
        let listed = listed.unwrap().items;
        assert!(listed.len() <= 1, "{listed:?}");
        assert!(created.is_none() || listed.len() == 1, "{listed:?}");
        let Some(id) = listed.first().map(|deployment| deployment.id.clone()) else {
            for step in 9..=11 {
                let call = self.manager.list_deployments(organization, environment);
                log.note(round, (step, "GET", "list_deployments"), call.send().await);
            }
            return;
        };
        for step in 9..=10 {
            let call = self.manager.get_deployment(organization, environment, &id);
            log.note(round, (step, "GET", "get_deployment"), call.send().await);
        }
        let call = self
            .manager
            .delete_deployment(organization, environment, &id);
        log.note(
            round,
            (11, "DELETE", "delete_deployment"),
            call.send().await,
        );
    }

    async fn environments(&self, round: usize, organization: &str, log: &Log) {
        let name = format!("Environment{round}");
        let body = NewEnvironment::new(&name, false, EnvironmentType::Sandbox);
        let call = self.access.create_environment(organization, body);
        let created = log.note(round, (12, "POST", "create_environment"), call.send().await);
        let call = self.access.list_environments(organization);
        let listed = log.note(round, (13, "GET", "list_environments"), call.send().await);
        let mut listed = listed.unwrap().data.clone();
        listed.retain(|environment| environment.name == name);
        assert!(listed.len() <= 1, "{listed:?}");
        assert!(created.is_none() || listed.len() == 1, "{listed:?}");
        let Some(id) = listed.first().map(|environment| environment.id.clone()) else {
            for step in 14..=16 {
                let call = self.access.list_environments(organization);
                log.note(round, (step, "GET", "list_environments"), call.send().await);
            }
            return;
        };
        let call = self.access.get_environment(organization, &id);
        let found = log.note(round, (14, "GET", "get_environment"), call.send().await);
        assert_eq!(found.unwrap().name, name);
        let body = EnvironmentUpdate::new(format!("{name}Changed"));
        let call = self.access.update_environment(organization, &id, body);
        log.note(round, (15, "PUT", "update_environment"), call.send().await);
        let call = self.access.delete_environment(organization, &id);
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
