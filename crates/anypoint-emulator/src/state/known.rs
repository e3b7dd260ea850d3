//! Checks that the organizations, environments, portals and groups that a request names exist.
//!
//! It uses the names of parameters and knows no operation.

use hyper::HeaderMap;

use super::State;
use super::portal::problem;
use crate::reply::Reply;
use crate::spec::{Api, Operation};
use crate::validate::Parameters;

/// What a parameter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Organization,
    Environment,
    Portal,
    AssetGroup,
    ServerGroup,
    UserGroup,
}

const PARAMETERS: [(&str, Kind); 7] = [
    ("organizationId", Kind::Organization),
    ("environmentId", Kind::Environment),
    ("portalId", Kind::Portal),
    ("groupId", Kind::AssetGroup),
    ("serverGroupId", Kind::ServerGroup),
    ("group", Kind::ServerGroup),
    ("userGroupName", Kind::UserGroup),
];

/// The same for the headers of what acts in an environment.
const HEADERS: [(&str, Kind); 2] = [
    ("X-ANYPNT-ORG-ID", Kind::Organization),
    ("X-ANYPNT-ENV-ID", Kind::Environment),
];

/// The name of a parameter or a header, what it is, and its value.
type Named = (&'static str, Kind, String);

impl State {
    /// The environment that a request acts in, as far as headers name it; the default one of its
    /// organization if they name none.
    ///
    /// # Errors
    /// The refusal of a request that names something that is not there.
    pub(crate) fn locate(
        &self,
        api: &Api,
        operation: &Operation,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<String, Reply> {
        let named = named(operation, parameters, headers);
        let first = |wanted| {
            let mut all = named.iter().filter(|(_, kind, _)| *kind == wanted);
            all.next().map(|(_, _, id)| id.as_str())
        };
        let organization = first(Kind::Organization);
        let refuse = |name: &str, what| Err(refusal(api, operation, &format!("{name}: {what}")));
        for (name, kind, id) in &named {
            if !self.knows(*kind, id, organization) {
                return refuse(name, kind.complaint());
            }
        }
        if !operation.in_environment {
            return Ok(String::new());
        }
        let default = || self.platform.default_environment(organization);
        match first(Kind::Environment).or_else(default) {
            Some(environment) => Ok(environment.to_owned()),
            None => refuse(
                "X-ANYPNT-ENV-ID",
                "the organization has no default environment",
            ),
        }
    }

    fn knows(&self, kind: Kind, id: &str, organization: Option<&str>) -> bool {
        let (platform, portal) = (&self.platform, &self.portal);
        match kind {
            Kind::Organization => platform.has_organization(id) || portal.has_organization(id),
            Kind::Environment => platform.has_environment(id, organization),
            Kind::Portal => portal.has(id, organization),
            // Most groups of assets are organizations.
            Kind::AssetGroup => portal.has_group(id) || platform.has_organization(id),
            Kind::ServerGroup => self.server_groups.has(id),
            Kind::UserGroup => self.user_groups.has(id),
        }
    }
}

impl Kind {
    fn complaint(self) -> &'static str {
        match self {
            Self::Organization => "there is no such organization",
            Self::Environment => "the organization has no such environment",
            Self::Portal => "the organization has no such portal",
            Self::AssetGroup => "there is no such group",
            Self::ServerGroup => "there is no such server group",
            Self::UserGroup => "there is no such user group",
        }
    }
}

/// All that a request names: organizations first, as the others are looked for in them.
fn named(operation: &Operation, parameters: &Parameters, headers: &HeaderMap) -> Vec<Named> {
    let mut named = Vec::new();
    for parameter in &operation.parameters {
        let mut known = PARAMETERS.into_iter();
        if let Some((name, kind)) = known.find(|(name, _)| *name == parameter.name) {
            let ids = parameters.all(parameter, headers).into_iter();
            named.extend(ids.map(|id| (name, kind, id)));
        }
    }
    for (name, kind) in HEADERS.into_iter().filter(|_| operation.in_environment) {
        let ids = headers.get_all(name).iter();
        let ids = ids.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        named.extend(ids.map(|id| (name, kind, id)));
    }
    named.sort_by_key(|(_, kind, _)| *kind != Kind::Organization);
    named
}

fn refusal(api: &Api, operation: &Operation, message: &str) -> Reply {
    match api.name {
        "experience-hub" => problem(operation.unknown, "NotFound", message),
        _ => Reply::problem(operation.unknown, message),
    }
}
