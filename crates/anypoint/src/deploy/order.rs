//! Orders: what to deploy, and to which platform.
//!
//! It must not send anything.

use anypoint_core::Error;

use super::log::Log;
use super::stream::States;
use super::{Accepted, Deploy};

/// What to deploy, and to which platform.
#[derive(Clone, Debug)]
pub struct Order(Kind);

#[derive(Clone, Debug)]
enum Kind {
    #[cfg(feature = "cloudhub")]
    CloudHub(super::cloudhub::Source),
    #[cfg(feature = "application-manager")]
    ApplicationManager(super::application_manager::Change),
}

#[cfg(feature = "cloudhub")]
impl Order {
    /// Deploys a file to CloudHub 1.0.
    ///
    /// If the environment has an application with the domain of the settings, it is updated; otherwise
    /// a new one is created. The application is started; `auto_start(false)` is an error, because there
    /// would be nothing to follow.
    pub fn cloudhub_file(upload: anypoint_cloudhub::types::ApplicationUpload) -> Self {
        Self(Kind::CloudHub(super::cloudhub::Source::File(Box::new(
            upload,
        ))))
    }

    /// Deploys an Exchange asset to CloudHub 1.0; otherwise like [`cloudhub_file`](Self::cloudhub_file).
    pub fn cloudhub_asset(application: anypoint_cloudhub::types::NewApplication) -> Self {
        let application = Box::new(application);
        Self(Kind::CloudHub(super::cloudhub::Source::Asset(application)))
    }
}

#[cfg(feature = "application-manager")]
impl Order {
    /// Deploys an Exchange asset to CloudHub 2.0 or Runtime Fabric, as a new deployment. The service
    /// refuses it if there is a deployment with the same name; nothing is replaced.
    pub fn new_deployment(deployment: anypoint_application_manager::types::NewDeployment) -> Self {
        let change = super::application_manager::Change::New(Box::new(deployment));
        Self(Kind::ApplicationManager(change))
    }

    /// Updates a deployment on CloudHub 2.0 or Runtime Fabric.
    pub fn update_deployment(
        deployment: impl anypoint_core::IntoId<anypoint_application_manager::types::DeploymentId>,
        update: anypoint_application_manager::types::DeploymentUpdate,
    ) -> Self {
        let (id, update) = (deployment.into_id(), Box::new(update));
        let change = super::application_manager::Change::Update { id, update };
        Self(Kind::ApplicationManager(change))
    }
}

#[cfg(feature = "cloudhub")]
impl Order {
    /// The same order, with an upload that reports its progress.
    pub(super) fn watched(self, sent: &super::sent::Sent) -> Self {
        Self(match self.0 {
            Kind::CloudHub(source) => Kind::CloudHub(source.watched(sent)),
            #[cfg(feature = "application-manager")]
            other => other,
        })
    }
}

/// An accepted order, and the streams that follow it.
pub(super) struct Begun {
    pub(super) accepted: Accepted,
    pub(super) states: States,
    pub(super) log: Log,
}

/// Sends the order.
pub(super) async fn place(deploy: Deploy) -> Result<Begun, Error> {
    let Deploy {
        anypoint,
        order: Order(kind),
        settings,
    } = deploy;
    match kind {
        #[cfg(feature = "cloudhub")]
        Kind::CloudHub(source) => {
            super::cloudhub::place(&anypoint.cloudhub(), source, settings).await
        }
        #[cfg(feature = "application-manager")]
        Kind::ApplicationManager(change) => {
            let client = super::application_manager::client(&anypoint, "the deployment").await?;
            super::application_manager::place(&client, change, settings).await
        }
    }
}
