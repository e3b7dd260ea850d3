//! Reads credentials and related settings from arguments, environment variables and the profile file.
//!
//! It must not print a value: any of them may hold a secret that was pasted into the wrong one.

use std::env::VarError;
use std::fmt;
use std::path::PathBuf;

use crate::auth::Credentials;
use crate::auth::explanation::Explanation;
use crate::auth::search::{Search, Settings, variable};
use crate::error::{Error, ErrorKind};
use crate::region::Region;
use crate::session::{Session, SessionBuilder};

/// Looks for credentials, organization, environment and host: first in the arguments, then in
/// environment variables, then in the profile file.
///
/// The names are those of the official command line interface, except for `ANYPOINT_REGION`:
///
/// | setting | variable | in the profile |
/// |---|---|---|
/// | an access token | `ANYPOINT_BEARER` | `bearer` |
/// | a connected app | `ANYPOINT_CLIENT_ID`, `ANYPOINT_CLIENT_SECRET` | `client_id`, `client_secret` |
/// | a user | `ANYPOINT_USERNAME`, `ANYPOINT_PASSWORD` | `username`, `password` |
/// | organization and environment, by name or id | `ANYPOINT_ORG`, `ANYPOINT_ENV` | `organization`, `environment` |
/// | a host name or an origin | `ANYPOINT_HOST` | `host` |
/// | `us`, `eu1`, `ca1`, `jp1`, `in1`, `au1` or `gov`, unless there is a host | `ANYPOINT_REGION` | |
/// | the profile, `default` if not set | `ANYPOINT_PROFILE` | |
///
/// The profile file is `~/.anypoint/credentials`, with the home directory that `HOME`
/// (`USERPROFILE` on Windows) names: `{"default": {"client_id": "...", "client_secret": "..."}}`.
/// It is read if something is still missing, and may be absent unless a profile is named.
///
/// Credentials are taken from one source as a whole, and within a source in the order of the table,
/// because a token is usually given to a single run and a connected app to a machine. (The documents of
/// the interface do not specify an order.) Half of a pair is an error. An empty or blank value counts as
/// unset. Blanks around a value are removed, except around a password in the file.
///
/// ```
/// use anypoint_core::CredentialChain;
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let variables = |name: &str| match name {
///     "ANYPOINT_CLIENT_ID" => Some("an-id".to_owned()),
///     "ANYPOINT_CLIENT_SECRET" => Some("a-secret".to_owned()),
///     _ => None,
/// };
/// let found = CredentialChain::new().organization("Acme").resolve_from(variables)?;
/// let session = found.session().build()?;
/// let lines = found.explanation.to_string();
/// assert!(lines.starts_with("credentials: connected app, from ANYPOINT_CLIENT_ID"));
/// assert!(lines.contains("organization: from the arguments"));
/// # let _ = session;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing is looked for until `resolve` is called"]
pub struct CredentialChain {
    credentials: Credentials,
    settings: Settings,
    profile: Option<String>,
    file: Option<PathBuf>,
}

/// What a [`CredentialChain`] found.
#[derive(Clone)]
#[non_exhaustive]
pub struct Resolved {
    /// The credentials.
    pub credentials: Credentials,
    /// The organization or business group, by name or id.
    pub organization: Option<String>,
    /// The environment, by name or id.
    pub environment: Option<String>,
    /// An origin. Where there is one, there is no region.
    pub host: Option<String>,
    /// The region.
    pub region: Option<Region>,
    /// The source of each setting.
    pub explanation: Explanation,
}

impl Resolved {
    /// A session with these credentials at this host or region. Organization and environment
    /// are not set, since they may be names, and a session takes ids: set them with
    /// [`SessionBuilder::environment`] for the operations that read them from headers.
    pub fn session(&self) -> SessionBuilder {
        let builder = Session::builder()
            .credentials(self.credentials.clone())
            .region(self.region.unwrap_or_default());
        match &self.host {
            Some(host) => builder.host(host),
            None => builder,
        }
    }
}

impl fmt::Debug for Resolved {
    /// Without the host, which has not been checked for a password yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolved")
            .field("credentials", &self.credentials)
            .field("organization", &self.organization)
            .field("environment", &self.environment)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl CredentialChain {
    /// The environment variables that it reads, besides the one of the home directory.
    pub const VARIABLES: [&str; 10] = [
        variable::BEARER,
        variable::CLIENT_ID,
        variable::CLIENT_SECRET,
        variable::USERNAME,
        variable::PASSWORD,
        variable::HOST,
        variable::REGION,
        variable::ORGANIZATION,
        variable::ENVIRONMENT,
        variable::PROFILE,
    ];

    /// A chain without arguments: everything comes from environment variables and the profile file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Credentials that take precedence over all others.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// An organization or business group, by name or id, that takes precedence over all others.
    pub fn organization(mut self, name_or_id: impl Into<String>) -> Self {
        self.settings.organization = Some(name_or_id.into());
        self
    }

    /// An environment, by name or id, that takes precedence over all others.
    pub fn environment(mut self, name_or_id: impl Into<String>) -> Self {
        self.settings.environment = Some(name_or_id.into());
        self
    }

    /// A host name, which is reached over https, or an origin, that takes precedence over all others.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.settings.host = Some(host.into());
        self
    }

    /// A region that takes precedence over all others, and over hosts that are not arguments.
    pub fn region(mut self, region: Region) -> Self {
        self.settings.region = Some(region);
        self
    }

    /// The profile to take from the file, instead of the one that `ANYPOINT_PROFILE` names.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// A profile file instead of `~/.anypoint/credentials`.
    pub fn profile_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Looks in the environment variables of the process and in the profile file.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when there are no credentials, or half of them; when a
    /// variable is not UTF-8 or names no region; when the profile file cannot be read, is
    /// malformed, or lacks the profile that was named. No error shows a secret.
    pub fn resolve(&self) -> Result<Resolved, Error> {
        check_process()?;
        self.resolve_from(process)
    }

    /// As [`CredentialChain::resolve`], with the variables from somewhere else. The home
    /// directory is looked up there too.
    ///
    /// # Errors
    /// As [`CredentialChain::resolve`] says, but for UTF-8.
    pub fn resolve_from(&self, lookup: impl Fn(&str) -> Option<String>) -> Result<Resolved, Error> {
        let mut explanation = Explanation::default();
        let (credentials, settings) = self.search(&lookup, &mut explanation)?;
        Ok(Resolved {
            credentials,
            organization: settings.organization,
            environment: settings.environment,
            host: settings.host.map(|host| with_scheme(&host)),
            region: settings.region,
            explanation,
        })
    }

    /// Describes the source of each setting and where it was looked for, even if
    /// [`CredentialChain::resolve`] fails.
    pub fn explain(&self) -> Explanation {
        let mut explanation = self.explain_from(process);
        if let Err(error) = check_process() {
            explanation.problem = Some(error.to_string());
        }
        explanation
    }

    /// As [`CredentialChain::explain`], with the variables from somewhere else.
    pub fn explain_from(&self, lookup: impl Fn(&str) -> Option<String>) -> Explanation {
        let mut explanation = Explanation::default();
        if let Err(error) = self.search(&lookup, &mut explanation) {
            explanation.problem = Some(error.to_string());
        }
        explanation
    }

    fn search(
        &self,
        lookup: &dyn Fn(&str) -> Option<String>,
        explanation: &mut Explanation,
    ) -> Result<(Credentials, Settings), Error> {
        let mut search = Search::new(lookup, explanation);
        search.arguments(&self.credentials, self.settings.clone());
        search.environment()?;
        search.file(self.profile.as_deref(), self.file.as_deref())?;
        search.finish()
    }
}

impl fmt::Debug for CredentialChain {
    /// Without the host, which has not been checked for a password yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialChain")
            .field("credentials", &self.credentials)
            .field("organization", &self.settings.organization)
            .field("environment", &self.settings.environment)
            .field("region", &self.settings.region)
            .field("profile", &self.profile)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A value that is not UTF-8 is an error rather than unset.
fn check_process() -> Result<(), Error> {
    let broken = |name: &&&str| matches!(std::env::var(name), Err(VarError::NotUnicode(_)));
    match CredentialChain::VARIABLES.iter().find(broken) {
        Some(name) => Err(Error::new(
            ErrorKind::Configuration,
            format!("{name} is not UTF-8 text"),
        )
        .with_hint("set it again; it may be truncated or in another encoding")),
        None => Ok(()),
    }
}

/// A host name is reached over https.
fn with_scheme(host: &str) -> String {
    let host = host.trim();
    match host.is_empty() || host.contains("://") {
        true => host.to_owned(),
        false => format!("https://{host}"),
    }
}
