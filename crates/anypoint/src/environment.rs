//! Fills a builder from the environment and the profile file.
//!
//! It must not override settings in code, and must not print a value.

use anypoint_core::internal::{EnvironmentSetting, error};
use anypoint_core::{CredentialChain, Error, ErrorKind, Explanation, Resolved};

use crate::AnypointBuilder;

/// The environment variables that [`Anypoint::from_env`](crate::Anypoint::from_env) reads.
pub const VARIABLES: [&str; 10] = CredentialChain::VARIABLES;

/// A placeholder for a setting without name or id, so that none is looked up.
const SERVICE_DEFAULT: &str = "the service's default";

impl AnypointBuilder {
    /// The profile to read from the file, instead of the one in `ANYPOINT_PROFILE`. It is read by
    /// [`AnypointBuilder::load`].
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// A profile file instead of `~/.anypoint/credentials`, for [`AnypointBuilder::load`].
    pub fn profile_file(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.profile_file = Some(path.into());
        self
    }

    /// Reads settings that were not set yet from environment variables, and then from the profile file.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), anypoint::Error> {
    /// let anypoint = anypoint::Anypoint::builder().environment("Staging").load()?.build()?;
    /// # let _ = anypoint;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`CredentialChain::resolve`].
    pub fn load(self) -> Result<Self, Error> {
        let found = self.chain().resolve()?;
        Ok(self.filled(found))
    }

    /// Like [`AnypointBuilder::load`], with the variables from a function, including the one of the home
    /// directory.
    ///
    /// # Errors
    /// See [`CredentialChain::resolve_from`].
    pub fn load_from(self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let found = self.chain().resolve_from(lookup)?;
        Ok(self.filled(found))
    }

    /// Describes the source of each setting for [`AnypointBuilder::load`], and where it looks. It shows
    /// no values.
    pub fn explain(&self) -> Explanation {
        self.chain().explain()
    }

    /// The settings in code, as arguments of a chain.
    fn chain(&self) -> CredentialChain {
        let given = self.session.given();
        let mut chain = CredentialChain::new().credentials(given.credentials.clone());
        let (organization, environment) = match given.environment {
            EnvironmentSetting::Ids(organization, environment) => {
                (Some(organization.as_str()), Some(environment.as_str()))
            }
            EnvironmentSetting::ServiceDefault => (Some(SERVICE_DEFAULT), Some(SERVICE_DEFAULT)),
            _ => (self.organization.as_deref(), self.environment.as_deref()),
        };
        if let Some(organization) = organization {
            chain = chain.organization(organization);
        }
        if let Some(environment) = environment {
            chain = chain.environment(environment);
        }
        if let Some(host) = given.host {
            chain = chain.host(host);
        }
        if let Some(region) = given.region {
            chain = chain.region(region);
        }
        if let Some(profile) = &self.profile {
            chain = chain.profile(profile);
        }
        if let Some(file) = &self.profile_file {
            chain = chain.profile_file(file);
        }
        chain
    }

    fn filled(self, found: Resolved) -> Self {
        let mut session = self.session.credentials(found.credentials);
        if let Some(region) = found.region {
            session = session.region(region);
        }
        if let Some(host) = found.host {
            session = session.host(host);
        }
        // The choice of the session was set in code, and has precedence.
        let (organization, environment) = match session.given().environment {
            EnvironmentSetting::Nothing => (found.organization, found.environment),
            _ => (None, None),
        };
        Self {
            session,
            organization,
            environment,
            profile: None,
            profile_file: None,
        }
    }
}

/// The error of a profile that was named but not read.
pub(crate) fn unread_profile() -> Error {
    error(
        ErrorKind::Configuration,
        "a profile was named and not read",
        "call AnypointBuilder::load before build",
    )
}
