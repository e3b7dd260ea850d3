//! Application Manager: a new deployment, or the update of one by its id.
//!
//! It must not know how states and lines become one stream.

use anypoint_application_manager::EnvironmentClient;
use anypoint_application_manager::types::{
    Deployment, DeploymentId, DeploymentUpdate, LogEntry, NewDeployment,
};
use anypoint_core::{Error, ErrorKind};

use super::log::Log;
use super::order::Begun;
use super::stream::states;
use super::{Accepted, Deployed, LogLine, Settings};
use crate::Anypoint;

/// The order.
#[derive(Clone, Debug)]
pub(super) enum Change {
    New(Box<NewDeployment>),
    Update {
        id: DeploymentId,
        update: Box<DeploymentUpdate>,
    },
}

/// The client for the organization and environment that were set.
pub(super) async fn client(anypoint: &Anypoint, call: &str) -> Result<EnvironmentClient, Error> {
    let place = anypoint.session().environment_ids(call).await?;
    let (organization, environment) = place.ok_or_else(no_default)?;
    let client = anypoint.application_manager();
    Ok(client.in_environment(organization, environment))
}

fn no_default() -> Error {
    anypoint_core::internal::error(
        ErrorKind::Configuration,
        "CloudHub 2.0 and Runtime Fabric have no default environment",
        "choose one with ANYPOINT_ENV, AnypointBuilder::environment or Anypoint::in_scope",
    )
}

/// Creates the deployment or updates it.
pub(super) async fn place(
    client: &EnvironmentClient,
    change: Change,
    settings: Settings,
) -> Result<Begun, Error> {
    let (answer, created) = match change {
        Change::New(deployment) => {
            let request = client.create_deployment(*deployment);
            (request.send().await?.into_value(), true)
        }
        Change::Update { id, update } => {
            let request = client.update_deployment(&id, *update);
            let mut answer = request.send().await?.into_value();
            // The deployment that was changed, even if the answer has another id.
            answer.id = id;
            (answer, false)
        }
    };
    Ok(follow(client, &answer, created, settings))
}

fn follow(
    client: &EnvironmentClient,
    answer: &Deployment,
    created: bool,
    settings: Settings,
) -> Begun {
    let wait = client.wait_for_deployment(answer);
    let wait = wait.timeout(settings.timeout).every(settings.every);
    let log = client.follow_logs(answer).every(settings.every);
    Begun {
        accepted: Accepted {
            id: answer.id.to_string(),
            version: answer.desired_version.as_ref().map(ToString::to_string),
            created,
        },
        states: states(wait, |deployment| {
            Deployed::ApplicationManager(Box::new(deployment))
        }),
        log: Log::since(log, answer.last_modified_date.clone(), created, line),
    }
}

fn line(entry: LogEntry) -> LogLine {
    LogLine {
        id: entry.doc_id,
        time: entry.timestamp,
        level: entry.log_level.map(|level| level.to_string()),
        source: entry.replica_id.map(|id| id.to_string()),
        logger: entry.context.and_then(|context| context.logger),
        message: entry.message.unwrap_or_default(),
    }
}
