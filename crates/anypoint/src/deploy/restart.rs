//! Restarting a deployment: the service can only stop and start one.
//!
//! It must not know where a deployment is: the caller brings the client.

use std::pin::Pin;
use std::time::Duration;

use anypoint_application_manager::EnvironmentClient;
use anypoint_application_manager::types::{
    ApplicationSpecification, Deployment, DeploymentId, DeploymentUpdate, DesiredState,
};
use anypoint_core::internal::hinted;
use anypoint_core::{Error, IntoId};

use super::{Settings, application_manager};
use crate::Anypoint;

/// What to do when it was stopped and then something failed.
const STOPPED: &str = "the deployment was told to stop and was not started again: restart it again, or start it with \
     update_deployment and DesiredState::Started";

impl Anypoint {
    /// Restarts a deployment of CloudHub 2.0 or Runtime Fabric: stops it, waits until it has stopped, starts it, and waits until
    /// it runs.
    ///
    /// These platforms have no operation that restarts, so the application answers no requests meanwhile. One that is stopped
    /// is started. The deployment is looked for in the organization and environment that were set; names are looked up.
    ///
    /// ```no_run
    /// use anypoint::application_manager::types::DeploymentId;
    ///
    /// # async fn restart() -> Result<(), anypoint::Error> {
    /// # let anypoint = anypoint::Anypoint::from_env()?;
    /// let deployment = anypoint.restart_deployment(DeploymentId::new("4f1d…")).await?;
    /// println!("{} runs again", deployment.name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `update_deployment` and `wait_for_deployment` of `anypoint-application-manager`. If the deployment was told to stop
    /// and not to start, [`Error::hint`] says so; the same is true if the future is dropped in between.
    pub fn restart_deployment(&self, deployment: impl IntoId<DeploymentId>) -> Restart {
        Restart {
            anypoint: self.clone(),
            deployment: deployment.into_id(),
            settings: Settings::default(),
        }
    }
}

/// A restart that has not begun; see [`Anypoint::restart_deployment`].
#[must_use = "nothing is restarted until it is awaited"]
#[derive(Clone, Debug)]
pub struct Restart {
    anypoint: Anypoint,
    deployment: DeploymentId,
    settings: Settings,
}

impl Restart {
    /// The time limit for each of the two waits; 20 minutes by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// The poll interval; 5 seconds by default.
    pub fn every(mut self, pause: Duration) -> Self {
        self.settings.every = pause;
        self
    }

    async fn run(self) -> Result<Deployment, Error> {
        let client = application_manager::client(&self.anypoint, "the restart").await?;
        let stopping = self.told(&client, DesiredState::Stopped).await?;
        let starting = async {
            self.reached(&client, &stopping).await?;
            self.told(&client, DesiredState::Started).await
        };
        let starting = starting.await.map_err(|error| hinted(error, STOPPED))?;
        self.reached(&client, &starting).await
    }

    /// Asks for a state.
    async fn told(
        &self,
        client: &EnvironmentClient,
        state: DesiredState,
    ) -> Result<Deployment, Error> {
        let application = ApplicationSpecification::new().desired_state(state);
        let update = DeploymentUpdate::new().application(application);
        let mut answer = client
            .update_deployment(&self.deployment, update)
            .await?
            .into_value();
        // Whatever the answer says, this is what was changed.
        answer.id = self.deployment.clone();
        Ok(answer)
    }

    /// Waits for the state that was asked for.
    async fn reached(
        &self,
        client: &EnvironmentClient,
        asked: &Deployment,
    ) -> Result<Deployment, Error> {
        let Settings { timeout, every } = self.settings;
        let wait = client.wait_for_deployment(asked);
        wait.timeout(timeout).every(every).await
    }
}

impl IntoFuture for Restart {
    type Output = Result<Deployment, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
