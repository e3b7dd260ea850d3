//! Finds the ids of the organization and environment that were set, for operations that read them from
//! headers. The session calls it once and stores the ids.

use anypoint_access_management::Client;
use anypoint_core::internal::{EnvironmentSource, FindIds, error};
use anypoint_core::{Error, ErrorKind, Session};

use crate::scope;

const HOW: &str = "choose one with ANYPOINT_ENV or AnypointBuilder::environment, or ask for the \
    service's own default, which may be production, with \
    AnypointBuilder::service_default_environment";

/// The organization and environment that were set, by name or id.
#[derive(Clone, Debug)]
pub(crate) struct ByName {
    pub(crate) organization: Option<String>,
    pub(crate) environment: Option<String>,
}

impl EnvironmentSource for ByName {
    fn find<'a>(&'a self, session: &'a Session) -> FindIds<'a> {
        Box::pin(async {
            let client = Client::new(session);
            let (organization, environment) =
                (self.organization.as_deref(), self.environment.as_deref());
            if environment.is_none() {
                return Err(nothing_chosen(&client, organization).await);
            }
            let found = scope::find(&client, organization, environment).await?;
            Ok((found.organization.id, found.environment.id))
        })
    }
}

/// The error if no environment was set: none is chosen by default, so that production is never used by
/// accident.
async fn nothing_chosen(client: &Client, organization: Option<&str>) -> Error {
    let there = match listed(client, organization).await {
        Ok(there) => format!("; {there}"),
        Err(error) => format!(", and the environments cannot be listed: {error}"),
    };
    let summary = format!("no environment is chosen{there}");
    error(ErrorKind::Configuration, summary, HOW)
}

async fn listed(client: &Client, organization: Option<&str>) -> Result<String, Error> {
    let organization = scope::organization(client, organization).await?;
    let all = scope::environments(client, &organization).await?;
    let marked: Vec<String> = all
        .iter()
        .map(|one| match scope::is_production(one) {
            true => format!("{} (production)", one.name),
            false => one.name.clone(),
        })
        .collect();
    let names: Vec<&str> = marked.iter().map(String::as_str).collect();
    let names = match names.as_slice() {
        [] => "none that these credentials see".to_owned(),
        names => scope::shortened(names),
    };
    Ok(format!("organization {:?} has {names}", organization.name))
}
