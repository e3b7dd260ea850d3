//! Logs with known lines, and the results of a follower.

use anypoint_application_manager::requests::ListLogs;
use anypoint_application_manager::types::{
    ArtifactReference, Deployment, LogEntry, NewApplication, NewDeployment, NewTarget, Provider,
};
use anypoint_application_manager::{Client, EnvironmentClient};
use anypoint_core::{EnvironmentId, Error, Follow, Lines, OrganizationId};
use anypoint_emulator::{Builder, LogLine};

use super::support::{ENV, ORG, World};

/// A deployment that runs and logs nothing by itself.
pub(crate) struct Log {
    pub(crate) world: World,
    pub(crate) client: EnvironmentClient,
    pub(crate) deployment: Deployment,
    written: usize,
}

impl Log {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let world = World::with(|builder| settings(builder.quiet_logs())).await;
        let client = inside(&world, ENV);
        let deployment = deploy(&client).await;
        Self {
            world,
            client,
            deployment,
            written: 0,
        }
    }

    /// Writes lines that say which they are.
    pub(crate) fn write(&mut self, count: usize) {
        let first = self.written;
        self.written += count;
        self.add((first..self.written).map(|number| LogLine::new(number.to_string())));
    }

    pub(crate) fn add(&self, lines: impl IntoIterator<Item = LogLine>) {
        let emulator = &self.world.emulator;
        emulator.write_log(&self.deployment.id, lines).unwrap();
    }

    pub(crate) fn follow(&self) -> Follow<ListLogs> {
        self.client.follow_logs(&self.deployment)
    }
}

/// The client for an environment of the emulator's organization.
pub(crate) fn inside(world: &World, environment: &str) -> EnvironmentClient {
    let client = Client::new(&world.session().build().unwrap());
    client.in_environment(OrganizationId::new(ORG), EnvironmentId::new(environment))
}

/// A deployment with two replicas that runs.
pub(crate) async fn deploy(client: &EnvironmentClient) -> Deployment {
    let artifact = ArtifactReference::new(ORG, "orders", "1.0.0", "jar");
    let target = NewTarget::new(Provider::Mc, "t").replicas(2);
    let body = NewDeployment::new("orders", target, NewApplication::new(artifact));
    let created = client.create_deployment(body).send().await;
    let created = created.unwrap().into_value();
    let running = client.wait_for_deployment(&created).await;
    running.unwrap()
}

/// The numbers of all lines that come until there is nothing new.
pub(crate) async fn numbers(follow: Follow<ListLogs>) -> Vec<usize> {
    let mut lines = follow.once().lines();
    let mut numbers = Vec::new();
    while let Some(line) = lines.next().await {
        numbers.push(number(&line.unwrap()));
    }
    numbers
}

pub(crate) async fn next(lines: &mut Lines<ListLogs>) -> usize {
    number(&lines.next().await.unwrap().unwrap())
}

/// The next lines have these numbers.
pub(crate) async fn come(lines: &mut Lines<ListLogs>, numbers: std::ops::Range<usize>) {
    for number in numbers {
        assert_eq!(next(lines).await, number);
    }
}

pub(crate) async fn end(follow: Follow<ListLogs>) -> Error {
    let mut lines = follow.lines();
    loop {
        match lines.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                assert!(lines.next().await.is_none(), "it went on after {error}");
                return error;
            }
            None => panic!("it ended without a word"),
        }
    }
}

fn number(entry: &LogEntry) -> usize {
    entry.message.as_ref().unwrap().parse().unwrap()
}
