//! Finds the organization and environment by name, id or default.
//!
//! It must not keep anything: names and ids change on the server.

use anypoint_access_management::Client;
use anypoint_access_management::types::{Environment, EnvironmentType, Organization};
use anypoint_core::internal::error;
use anypoint_core::{Error, ErrorKind, Response};

use crate::anypoint::is_id;

/// How many names an error lists.
const LISTED: usize = 12;
/// The name that the platform gives the first environment of an organization.
const SANDBOX: &str = "Sandbox";

/// The organization and environment to work in. See [`Anypoint::scope`](crate::Anypoint::scope).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// The organization or business group.
    pub organization: Named,
    /// One of its environments.
    pub environment: Named,
}

/// Something with an id, for the API, and a name, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named {
    /// The id, which calls take.
    pub id: String,
    /// The name; the id once more where the credentials may not read it.
    pub name: String,
}

pub(crate) async fn find(
    client: &Client,
    organization: Option<&str>,
    environment: Option<&str>,
) -> Result<Scope, Error> {
    let organization = match organization {
        Some(wanted) => wanted_organization(client, wanted).await?,
        None => own_organization(client).await?,
    };
    let environments = client
        .list_environments(&organization.id)
        .items()
        .collect()
        .await?;
    let environment = match environment {
        Some(wanted) => wanted_environment(&organization, &environments, wanted)?,
        None => default_environment(&organization, &environments)?,
    };
    Ok(Scope {
        organization,
        environment,
    })
}

async fn wanted_organization(client: &Client, wanted: &str) -> Result<Named, Error> {
    if is_id(wanted) {
        // A connected app often may read its own organization and not the list.
        match client.get_organization(wanted).send().await {
            Ok(found) if found.id == wanted => return Ok(named(&found.id, &found.name)),
            Err(refused)
                if refused.kind() != ErrorKind::Status || refused.status() == Some(401) =>
            {
                return Err(refused);
            }
            _ => {}
        }
    }
    let all = client.list_organizations().send().await?.into_value();
    let all: Vec<Named> = all.iter().map(|one| named(&one.id, &one.name)).collect();
    choose(&all, wanted, "organization", "").cloned()
}

/// The organization that the credentials belong to.
async fn own_organization(client: &Client) -> Result<Named, Error> {
    let me = client.get_me().send().await?.into_value();
    let user = me.user.unwrap_or_default();
    let of_user = user.organization.unwrap_or_default();
    let ids = [
        me.client.and_then(|client| client.org_id),
        Some(of_user.id.clone()),
        user.organization_id,
    ];
    let Some(id) = ids.into_iter().flatten().find(|id| !id.is_empty()) else {
        return Err(configuration(
            "the access token names no organization",
            "set ANYPOINT_ORG or AnypointBuilder::organization",
        ));
    };
    if of_user.id == id && !of_user.name.is_empty() {
        return Ok(named(&id, &of_user.name));
    }
    match client
        .get_organization(&id)
        .send()
        .await
        .map(Response::into_value)
    {
        Ok(Organization { name, .. }) => Ok(named(&id, &name)),
        // The name is for people only; the environments will tell whether the id is any good.
        Err(refused)
            if refused.kind() == ErrorKind::Status
                && matches!(refused.status(), Some(403 | 404)) =>
        {
            Ok(named(&id, ""))
        }
        Err(other) => Err(other),
    }
}

fn wanted_environment(
    organization: &Named,
    all: &[Environment],
    wanted: &str,
) -> Result<Named, Error> {
    let all: Vec<Named> = all.iter().map(|one| named(&one.id, &one.name)).collect();
    let place = format!(" in organization {:?}", organization.name);
    choose(&all, wanted, "environment", &place).cloned()
}

fn default_environment(organization: &Named, all: &[Environment]) -> Result<Named, Error> {
    let harmless = |one: &&Environment| {
        one.is_production != Some(true)
            && !matches!(
                one.type_,
                Some(EnvironmentType::Production | EnvironmentType::Design)
            )
    };
    let mut candidates = all.iter().filter(harmless);
    let sandbox = candidates.clone().find(|one| one.name == SANDBOX);
    if let Some(found) = sandbox.or_else(|| candidates.next()) {
        return Ok(named(&found.id, &found.name));
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
fn choose<'a>(all: &'a [Named], wanted: &str, what: &str, place: &str) -> Result<&'a Named, Error> {
    let tests: [&dyn Fn(&Named) -> bool; 3] =
        [&|one| one.id == wanted, &|one| one.name == wanted, &|one| {
            one.name.to_lowercase() == wanted.to_lowercase()
        }];
    for test in tests {
        let found: Vec<&Named> = all.iter().filter(|one| test(one)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
                return Err(configuration(
                    format!("{} {what}s{place} are called {wanted:?}", several.len()),
                    format!("use the id: {}", shortened(&ids)),
                ));
            }
        }
    }
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    Err(configuration(
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

fn shortened(names: &[&str]) -> String {
    let text = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: if name.is_empty() { id } else { name }.to_owned(),
    }
}

fn configuration(summary: impl Into<String>, hint: impl Into<String>) -> Error {
    error(ErrorKind::Configuration, summary, hint)
}
