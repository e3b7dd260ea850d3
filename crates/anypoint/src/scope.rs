//! Finds the organization and environment by name, id or default.
//!
//! It must not store anything, because names and ids change on the server. The session stores the ids
//! that calls act on.

use std::fmt;
use std::pin::Pin;

use anypoint_access_management::Client;
use anypoint_access_management::types::{Environment, EnvironmentType};
use anypoint_core::internal::error;
use anypoint_core::{EnvironmentId, Error, ErrorKind, OrganizationId};

use crate::places::is_id;

/// How many names an error lists.
const LISTED: usize = 12;
/// The name of the first environment of an organization, which the platform creates.
const SANDBOX: &str = "Sandbox";

/// An organization and one of its environments. See [`Anypoint::scope`](crate::Anypoint::scope).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// The organization or business group.
    pub organization: Named<OrganizationId>,
    /// One of its environments.
    pub environment: Named<EnvironmentId>,
}

/// An id with its name. Calls that take the id accept a reference to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named<T> {
    /// The id.
    pub id: T,
    /// The name, or the id if the credentials may not read the name.
    pub name: String,
}

anypoint_core::has_id!(Named<OrganizationId>, id: OrganizationId);
anypoint_core::has_id!(Named<EnvironmentId>, id: EnvironmentId);

impl<T: Clone + fmt::Display> Named<T> {
    fn new(id: &T, name: &str) -> Self {
        let name = match name {
            "" => id.to_string(),
            name => name.to_owned(),
        };
        Self {
            id: id.clone(),
            name,
        }
    }
}

/// Boxed, so that it is compiled here, with the models that it reads, and not in every crate that awaits it.
pub(crate) fn find<'a>(
    client: &'a Client,
    organization: Option<&'a str>,
    environment: Option<&'a str>,
) -> Pin<Box<dyn Future<Output = Result<Scope, Error>> + Send + 'a>> {
    Box::pin(found(client, organization, environment))
}

async fn found(
    client: &Client,
    organization: Option<&str>,
    environment: Option<&str>,
) -> Result<Scope, Error> {
    let place = self::organization(client, organization).await?;
    let all = environments(client, &place).await?;
    let found = match environment {
        Some(wanted) => wanted_environment(&place, &all, wanted),
        None => default_environment(&place, &all),
    };
    match (found, environment) {
        (Ok(environment), _) => Ok(Scope {
            organization: place,
            environment,
        }),
        (Err(missing), Some(id)) if organization.is_none() && is_id(id) => {
            let elsewhere = in_any_organization(client, id).await?;
            elsewhere.ok_or(missing)
        }
        (Err(missing), _) => Err(missing),
    }
}

/// The requested organization, or else the one that the credentials belong to.
pub(crate) async fn organization(
    client: &Client,
    wanted: Option<&str>,
) -> Result<Named<OrganizationId>, Error> {
    match wanted {
        Some(wanted) => wanted_organization(client, wanted).await,
        None => own_organization(client).await,
    }
}

/// All environments of an organization.
pub(crate) async fn environments(
    client: &Client,
    organization: &Named<OrganizationId>,
) -> Result<Vec<Environment>, Error> {
    let all = client
        .in_organization(organization)
        .list_environments()
        .items();
    all.collect().await
}

/// Whether an environment is for production, according to either of two members.
pub(crate) fn is_production(environment: &Environment) -> bool {
    environment.is_production == Some(true)
        || matches!(environment.type_, Some(EnvironmentType::Production))
}

/// An environment by its id only, which may be in a business group.
async fn in_any_organization(client: &Client, id: &str) -> Result<Option<Scope>, Error> {
    let id = EnvironmentId::new(id);
    let found = match client.get_environment_by_id(&id).send().await {
        Ok(found) => found.into_value(),
        Err(error) if is_refusal(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let organization = found.organization_id.filter(|id| *id != "");
    let Some(organization) = organization.filter(|_| found.id == id) else {
        return Ok(None);
    };
    Ok(Some(Scope {
        organization: by_id(client, &organization).await?,
        environment: Named::new(&id, &found.name),
    }))
}

async fn wanted_organization(
    client: &Client,
    wanted: &str,
) -> Result<Named<OrganizationId>, Error> {
    if is_id(wanted) {
        // A connected app often may read its own organization, but not the list.
        let id = OrganizationId::new(wanted);
        match client.get_organization(&id).send().await {
            Ok(found) if found.id == id => return Ok(Named::new(&id, &found.name)),
            Err(refused)
                if refused.kind() != ErrorKind::Status || refused.status() == Some(401) =>
            {
                return Err(refused);
            }
            _ => {}
        }
    }
    let all = client.list_organizations().send().await?.into_value();
    let all: Vec<_> = all
        .iter()
        .map(|one| Named::new(&one.id, &one.name))
        .collect();
    choose(&all, wanted, "organization", "").cloned()
}

/// The organization that the credentials belong to.
async fn own_organization(client: &Client) -> Result<Named<OrganizationId>, Error> {
    let me = client.get_me().send().await?.into_value();
    let user = me.user.unwrap_or_default();
    let of_user = user.organization.unwrap_or_default();
    let ids = [
        me.client.and_then(|client| client.org_id),
        Some(of_user.id.clone()),
        user.organization_id,
    ];
    let Some(id) = ids.into_iter().flatten().find(|id| *id != "") else {
        return Err(configuration(
            "the access token names no organization",
            "set ANYPOINT_ORG or AnypointBuilder::organization",
        ));
    };
    if of_user.id == id && !of_user.name.is_empty() {
        return Ok(Named::new(&id, &of_user.name));
    }
    by_id(client, &id).await
}

/// The organization with this id, and its name if the credentials may read it; the name is only shown
/// to people.
async fn by_id(client: &Client, id: &OrganizationId) -> Result<Named<OrganizationId>, Error> {
    match client.get_organization(id).send().await {
        Ok(found) => Ok(Named::new(id, &found.name)),
        Err(error) if is_refusal(&error) => Ok(Named::new(id, "")),
        Err(error) => Err(error),
    }
}

/// Whether something is not there, or not for these credentials.
fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Status && matches!(error.status(), Some(403 | 404))
}

fn wanted_environment(
    organization: &Named<OrganizationId>,
    all: &[Environment],
    wanted: &str,
) -> Result<Named<EnvironmentId>, Error> {
    let all: Vec<_> = all
        .iter()
        .map(|one| Named::new(&one.id, &one.name))
        .collect();
    let place = format!(" in organization {:?}", organization.name);
    choose(&all, wanted, "environment", &place).cloned()
}

fn default_environment(
    organization: &Named<OrganizationId>,
    all: &[Environment],
) -> Result<Named<EnvironmentId>, Error> {
    let harmless = |one: &&Environment| {
        !is_production(one) && !matches!(one.type_, Some(EnvironmentType::Design))
    };
    let mut candidates = all.iter().filter(harmless);
    let sandbox = candidates.clone().find(|one| one.name == SANDBOX);
    if let Some(found) = sandbox.or_else(|| candidates.next()) {
        return Ok(Named::new(&found.id, &found.name));
    }
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    Err(configuration(
        format!(
            "organization {:?} has no environment to take by default",
            organization.name
        ),
        match names.as_slice() {
            [] => listed("environment", &names),
            _ => format!(
                "set ANYPOINT_ENV or AnypointBuilder::environment; {}",
                listed("environment", &names)
            ),
        },
    ))
}

/// The one with that id, else with that name, else with that name in another case.
fn choose<'a, T: AsRef<str>>(
    all: &'a [Named<T>],
    wanted: &str,
    what: &str,
    place: &str,
) -> Result<&'a Named<T>, Error> {
    type Test<'a, T> = &'a dyn Fn(&Named<T>) -> bool;
    let tests: [Test<'_, T>; 3] = [
        &|one| one.id.as_ref() == wanted,
        &|one| one.name == wanted,
        &|one| one.name.to_lowercase() == wanted.to_lowercase(),
    ];
    for test in tests {
        let found: Vec<&Named<T>> = all.iter().filter(|one| test(one)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_ref()).collect();
                return Err(configuration(
                    format!("{} {what}s{place} are called {wanted:?}", several.len()),
                    format!("use the id: {}", shortened(&ids)),
                ));
            }
        }
    }
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    Err(error(
        ErrorKind::UnknownName,
        format!("there is no {what} {wanted:?}{place}"),
        listed(what, &names),
    ))
}

fn listed(what: &str, names: &[&str]) -> String {
    match names {
        [] => format!(
            "these credentials see no {what} at all; check that there is one, and their scopes"
        ),
        [one] => format!("the only {what} is {one}"),
        _ => format!("the {what}s are {}", shortened(names)),
    }
}

pub(crate) fn shortened(names: &[&str]) -> String {
    let text = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

fn configuration(summary: impl Into<String>, hint: impl Into<String>) -> Error {
    error(ErrorKind::Configuration, summary, hint)
}
