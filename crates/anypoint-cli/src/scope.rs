//! The credentials, host, organization and environment of the calls.

use anypoint::places::{console_address, is_id};
use anypoint::{
    Anypoint, AnypointBuilder, Credentials, EnvironmentId, Error, OrganizationId, Session,
};
use anypoint_core::internal::Endpoint;
use anypoint_core::{Secret, TokenStore as _};

use crate::failure::{Exit, Failure};
use crate::keep::{Ids, Keep};
use crate::limits::SharedLimits;
use crate::profiles;
use crate::settings::Settings;
use crate::table::{Api, Command, Scope, Security};
use crate::terminal::Terminal;

/// How the program names itself to servers.
const AGENT: &str = concat!("anypoint-cli/", env!("CARGO_PKG_VERSION"));

/// The platform, by the flags, the variables and the profile, in this order.
pub(crate) fn platform(settings: &Settings, terminal: &Terminal) -> Result<Anypoint, Failure> {
    let keep = Keep::new(settings, terminal);
    built(settings, keep.as_ref(), terminal)
}

/// The same in the organization and environment that were chosen, by their ids.
pub(crate) async fn place(
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(Anypoint, Ids), Failure> {
    let keep = Keep::new(settings, terminal);
    let anypoint = built(settings, keep.as_ref(), terminal)?;
    within(&anypoint, keep.as_ref()).await
}

/// The same session: credentials are not looked for again, and a keyring is not asked again.
async fn within(anypoint: &Anypoint, keep: Option<&Keep>) -> Result<(Anypoint, Ids), Failure> {
    let ids = found(anypoint, keep).await?;
    let organization = OrganizationId::new(&ids.organization);
    let environment = EnvironmentId::new(&ids.environment);
    Ok((anypoint.in_environment(organization, environment)?, ids))
}

fn built(
    settings: &Settings,
    keep: Option<&Keep>,
    terminal: &Terminal,
) -> Result<Anypoint, Failure> {
    let mut builder = builder(settings, terminal);
    if let Some(keep) = keep.cloned() {
        builder = builder.session(|session| session.token_store(keep));
    }
    if let Some(credentials) = profiles::in_keyring(settings, terminal)? {
        builder = builder.credentials(credentials);
    }
    let builder = builder.load_from(|name| terminal.variable(name));
    builder
        .and_then(AnypointBuilder::build)
        .map_err(not_signed_in)
}

/// The platform with the token that is kept, which is never renewed, if there is one.
pub(crate) fn signed_in(settings: &Settings, keep: &Keep, terminal: &Terminal) -> Option<Anypoint> {
    let given = terminal.variable("ANYPOINT_BEARER").map(Secret::from);
    let token = given.or_else(|| Some(keep.load()?.secret))?;
    // First, so that no other credentials are looked for: a profile may have its secret in the keyring.
    let builder = chosen(settings).credentials(Credentials::bearer(token));
    let builder = builder.load_from(|name| terminal.variable(name));
    builder.ok()?.build().ok()
}

/// The ids by the names, asked once a day.
pub(crate) async fn found(anypoint: &Anypoint, keep: Option<&Keep>) -> Result<Ids, Failure> {
    if let (Some(organization), Some(environment)) =
        (anypoint.organization(), anypoint.environment())
        && is_id(organization)
        && is_id(environment)
    {
        return Ok(Ids::new(organization, environment));
    }
    let wanted = wanted(anypoint);
    if let Some(ids) = keep.and_then(|keep| keep.ids(&wanted)) {
        return Ok(ids);
    }
    let found = anypoint.scope().await?;
    let ids = Ids::new(
        found.organization.id.as_ref(),
        found.environment.id.as_ref(),
    );
    if let Some(keep) = keep {
        keep.keep_ids(&wanted, &ids);
    }
    Ok(ids)
}

/// What ids are kept by.
fn wanted(anypoint: &Anypoint) -> String {
    format!("{:?} {:?}", anypoint.organization(), anypoint.environment())
}

/// What is chosen, with the limits that processes share.
fn builder(settings: &Settings, terminal: &Terminal) -> AnypointBuilder {
    let builder = match SharedLimits::new(terminal) {
        Some(limits) => chosen(settings).session(|session| session.limit_store(limits)),
        None => chosen(settings),
    };
    match terminal.dry_run.clone() {
        Some(dry_run) => builder.session(|session| session.interceptor(dry_run)),
        None => builder,
    }
}

fn chosen(settings: &Settings) -> AnypointBuilder {
    let mut builder = Anypoint::builder().session(|session| session.user_agent(AGENT));
    if let Some(organization) = &settings.organization {
        builder = builder.organization(organization);
    }
    if let Some(environment) = &settings.environment {
        builder = builder.environment(environment);
    }
    if let Some(host) = &settings.host {
        builder = builder.host(host);
    }
    if let Some(profile) = &settings.profile {
        builder = builder.profile(profile);
    }
    builder
}

/// Whatever keeps credentials from being found.
fn not_signed_in(error: Error) -> Failure {
    Failure::from(error).with_exit(Exit::Denied)
}

/// Where an operation is called, and with which credentials.
pub(crate) struct Target {
    pub(crate) endpoint: Endpoint,
    anypoint: Option<Anypoint>,
    keep: Option<Keep>,
}

impl Target {
    pub(crate) async fn new(
        api: &Api,
        command: &Command,
        settings: &Settings,
        terminal: &Terminal,
    ) -> Result<Self, Failure> {
        if !api.platform {
            return console(api, settings, terminal);
        }
        let keep = Keep::new(settings, terminal);
        let anypoint = match built(settings, keep.as_ref(), terminal) {
            // What signs in needs no credentials yet; nothing is sent by a dry run.
            Err(_) if command.security == Security::None || settings.dry_run => {
                anonymous(settings, terminal).build()?
            }
            found => found?,
        };
        // An environment by its name is looked up once a day, and not by each process.
        let named = command.environment && anypoint.environment().is_some() && !settings.dry_run;
        let anypoint = match named {
            true => within(&anypoint, keep.as_ref()).await?.0,
            false => anypoint,
        };
        Ok(Self {
            endpoint: Endpoint::new(anypoint.session(), api.base),
            anypoint: Some(anypoint),
            keep,
        })
    }

    /// The ids of what the caller has chosen.
    pub(crate) async fn ids(&self, scopes: &[Scope]) -> Result<Vec<String>, Failure> {
        match (self.known(scopes), &self.anypoint) {
            (Some(ids), _) => Ok(ids),
            (None, None) => Ok(Vec::new()),
            (None, Some(anypoint)) => {
                let found = found(anypoint, self.keep.as_ref()).await?;
                Ok(scopes.iter().map(|it| found.of(*it).to_owned()).collect())
            }
        }
    }

    /// The same for what is only shown, with placeholders for ids that a call would ask for.
    pub(crate) fn shown_ids(&self, scopes: &[Scope], terminal: &mut Terminal) -> Vec<String> {
        self.known(scopes).unwrap_or_else(|| {
            let chosen = scopes.iter().map(|it| (*it, self.chosen(*it)));
            chosen
                .map(|(scope, chosen)| placeholder(scope, chosen, terminal))
                .collect()
        })
    }

    /// The ids for which nobody has to be asked.
    fn known(&self, scopes: &[Scope]) -> Option<Vec<String>> {
        let chosen = scopes.iter().map(|it| self.chosen(*it));
        let chosen: Option<Vec<_>> = chosen.map(|it| it.filter(|id| is_id(id))).collect();
        if let Some(ids) = chosen {
            return Some(ids.into_iter().map(str::to_owned).collect());
        }
        let kept = self.keep.as_ref()?.ids(&wanted(self.anypoint.as_ref()?))?;
        Some(scopes.iter().map(|it| kept.of(*it).to_owned()).collect())
    }

    /// The name or the id of what the caller has chosen.
    fn chosen(&self, scope: Scope) -> Option<&str> {
        let anypoint = self.anypoint.as_ref()?;
        match scope {
            Scope::Organization => anypoint.organization(),
            Scope::Environment => anypoint.environment(),
        }
    }
}

/// What stands in a request that is only shown for an id that a call would ask for.
fn placeholder(scope: Scope, chosen: Option<&str>, terminal: &mut Terminal) -> String {
    let (id, flag) = match scope {
        Scope::Organization => ("ORGANIZATION-ID", "--organization"),
        Scope::Environment => ("ENVIRONMENT-ID", "--environment"),
    };
    terminal.say(&match chosen {
        Some(name) => format!("note: {id} stands for the id of `{name}`, which a call asks for"),
        None => format!("note: {id} stands for an id: {flag}, or `anypoint use`, chooses one"),
    });
    id.to_owned()
}

/// The platform without credentials: only the host is taken from what is set.
pub(crate) fn anonymous(settings: &Settings, terminal: &Terminal) -> AnypointBuilder {
    let settings = Settings {
        host: settings
            .host
            .clone()
            .or_else(|| terminal.variable("ANYPOINT_HOST")),
        ..Settings::default()
    };
    builder(&settings, terminal)
}

/// A Mule Management Console, which has an address and users of its own.
fn console(api: &Api, settings: &Settings, terminal: &Terminal) -> Result<Target, Failure> {
    let variable = |name: &str| terminal.variable(name);
    let address = settings.host.clone().or_else(|| variable("ANYPOINT_HOST"));
    let Some(address) = address else {
        return Err(
            Failure::usage("a Mule Management Console has an address of its own")
                .hint("--host http://mule.example.com:8080/mmc"),
        );
    };
    let (Some(user), Some(password)) =
        (variable("ANYPOINT_USERNAME"), variable("ANYPOINT_PASSWORD"))
    else {
        return Err(Failure::usage("a console takes a user and a password")
            .with_exit(Exit::Denied)
            .hint("set ANYPOINT_USERNAME and ANYPOINT_PASSWORD to those of the console"));
    };
    let (origin, at) = console_address(&address);
    let session = Session::builder()
        .host(origin)
        .credentials(Credentials::basic(user, password))
        .user_agent(AGENT)
        .build()?;
    let endpoint = match at {
        Some(address) => Endpoint::at(&session, &address)?,
        None => Endpoint::new(&session, api.base),
    };
    Ok(Target {
        endpoint,
        anypoint: None,
        keep: None,
    })
}
