//! An application on any platform: on CloudHub 1.0 by its domain, on CloudHub 2.0 or Runtime Fabric by its deployment.

use anypoint::application_manager::EnvironmentClient;
use anypoint::application_manager::types::{Deployment, DeploymentId, Provider};
use anypoint::cloudhub::Client as CloudHub;
use anypoint::{Anypoint, EnvironmentId, Error, OrganizationId};
use clap::{Arg, ArgMatches};

use crate::failure::{Exit, Failure};
use crate::keep::Ids;
use crate::scope::place;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// Both platforms, in the environment that was chosen.
pub(crate) struct Home {
    pub(crate) anypoint: Anypoint,
    pub(crate) organization: String,
    pub(crate) cloudhub: CloudHub,
    pub(crate) manager: EnvironmentClient,
}

pub(crate) enum Application {
    CloudHub(Box<anypoint::cloudhub::types::Application>),
    Managed(Box<Deployment>),
}

/// What `--on` takes: CloudHub 1.0; CloudHub 2.0 and Runtime Fabric.
const PLATFORMS: [&str; 2] = ["cloudhub", "cloudhub2"];

/// The arguments that name one.
pub(crate) fn arguments() -> [Arg; 2] {
    [
        Arg::new("application")
            .value_name("NAME")
            .required(true)
            .help("The domain on CloudHub 1.0, else the name or the id of the deployment"),
        Arg::new("on")
            .long("on")
            .value_name("PLATFORM")
            .value_parser(PLATFORMS)
            .help("Where it runs, for a name that both have; `cloudhub2` is Runtime Fabric, too"),
    ]
}

impl Home {
    pub(crate) async fn new(settings: &Settings, terminal: &Terminal) -> Result<Self, Failure> {
        let (anypoint, ids) = place(settings, terminal).await?;
        Ok(Self::of(anypoint, ids))
    }

    /// Those of a platform that has the same environment.
    pub(crate) fn of(anypoint: Anypoint, ids: Ids) -> Self {
        let organization = OrganizationId::new(&ids.organization);
        let environment = EnvironmentId::new(&ids.environment);
        Self {
            cloudhub: anypoint.cloudhub(),
            manager: anypoint
                .application_manager()
                .in_environment(&organization, &environment),
            organization: ids.organization,
            anypoint,
        }
    }

    /// The application that the arguments name. One that is on both platforms is in doubt.
    pub(crate) async fn find(&self, matches: &ArgMatches) -> Result<Application, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let (name, on) = (text("application").unwrap_or_default(), text("on"));
        let managed = match on {
            Some("cloudhub") => None,
            _ => self.managed(name).await?,
        };
        let cloudhub = match on {
            Some("cloudhub2") => None,
            _ => there(self.cloudhub.get_application(name).send().await)?,
        };
        match (managed, cloudhub) {
            (Some(_), Some(_)) => Err(Failure::usage(format!(
                "`{name}` is on CloudHub 1.0 and on CloudHub 2.0"
            ))
            .hint("--on cloudhub, or --on cloudhub2")),
            (Some(deployment), None) => Ok(Application::Managed(Box::new(deployment))),
            (None, Some(application)) => {
                Ok(Application::CloudHub(Box::new(application.into_value())))
            }
            (None, None) => Err(Failure::failed(format!(
                "there is no application `{name}` in this environment"
            ))
            .with_exit(Exit::NotFound)
            .hint("anypoint apps list")),
        }
    }

    /// The deployment of that name or id on CloudHub 2.0 or Runtime Fabric.
    pub(crate) async fn managed(&self, name: &str) -> Result<Option<Deployment>, Failure> {
        let mut items = self.manager.list_deployments().items();
        while let Some(item) = items.next().await {
            let item = match item {
                Err(error) if is_elsewhere(&error) => return Ok(None),
                item => item?,
            };
            if item.name == name || item.id == *name {
                return Ok(Some(
                    self.manager
                        .get_deployment(&item.id)
                        .send()
                        .await?
                        .into_value(),
                ));
            }
        }
        Ok(None)
    }

    pub(crate) async fn deployment(&self, id: &DeploymentId) -> Result<Deployment, Failure> {
        Ok(self.manager.get_deployment(id).send().await?.into_value())
    }
}

/// What runs a deployment with a target of that provider.
pub(crate) fn platform(provider: Option<&Provider>) -> &'static str {
    match provider {
        Some(Provider::Mc) | None => "CloudHub 2.0",
        Some(_) => "Runtime Fabric",
    }
}

/// What a platform that one may not use has, too: nothing.
pub(crate) fn there<T>(answer: Result<T, Error>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_elsewhere(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn is_elsewhere(error: &Error) -> bool {
    matches!(error.status(), Some(403 | 404))
}
