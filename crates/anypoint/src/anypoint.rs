//! The way in: one session behind the clients of all APIs.
//!
//! It must not send anything, and must not know an API besides its client's constructor.

use std::fmt;
use std::path::PathBuf;

use anypoint_core::{Credentials, Error, Region, Session, SessionBuilder};

use crate::environment;

/// Anypoint Platform, as one connected app or user sees it.
///
/// Clones are cheap and share everything: connections, credentials and token.
///
/// ```
/// use anypoint::{Anypoint, Credentials, Region};
///
/// # fn main() -> Result<(), anypoint::Error> {
/// let anypoint = Anypoint::builder()
///     .region(Region::Eu1)
///     .credentials(Credentials::connected_app("client-id", "client-secret"))
///     .organization("Acme")
///     .environment("Sandbox")
///     .build()?;
/// assert_eq!(anypoint.environment(), Some("Sandbox"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Anypoint {
    session: Session,
    organization: Option<String>,
    environment: Option<String>,
    /// Organization and environment are ids, which the session has, too.
    #[cfg_attr(
        not(any(feature = "application-manager", feature = "cloudhub")),
        allow(dead_code, reason = "only deployments need to know")
    )]
    in_scope: bool,
}

impl Anypoint {
    /// Starts with the defaults: the US region, no credentials, the organization that the
    /// credentials belong to.
    pub fn builder() -> AnypointBuilder {
        AnypointBuilder::default()
    }

    /// Takes everything from the process environment, under the names of the official CLI, and
    /// what is not there from the profile file.
    ///
    /// | variable | |
    /// |---|---|
    /// | `ANYPOINT_BEARER` | an access token; it comes first |
    /// | `ANYPOINT_CLIENT_ID`, `ANYPOINT_CLIENT_SECRET` | a connected app; it comes next |
    /// | `ANYPOINT_USERNAME`, `ANYPOINT_PASSWORD` | a user |
    /// | `ANYPOINT_HOST` | a host name or an origin; it comes before the region |
    /// | `ANYPOINT_REGION` | `us` (the default), `eu1`, `ca1`, `jp1` or `gov`; not one of the CLI's |
    /// | `ANYPOINT_ORG`, `ANYPOINT_ENV` | organization and environment, by name or id |
    /// | `ANYPOINT_PROFILE` | a profile in `~/.anypoint/credentials`; `default` if not set |
    ///
    /// [`CredentialChain`](crate::CredentialChain) describes the file and the order, and
    /// [`AnypointBuilder::load`] lets settings in code come first.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when there are no
    /// credentials, or half of them, and when a value or the profile file is malformed. No error
    /// shows a secret.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().load()?.build()
    }

    /// As [`Anypoint::from_env`], with the variables from somewhere else. `HOME` (`USERPROFILE`
    /// on Windows) leads to the profile file; without it, none is read.
    ///
    /// ```
    /// use anypoint::Anypoint;
    ///
    /// let error = Anypoint::from_lookup(|_| None).unwrap_err();
    /// assert!(error.to_string().contains("ANYPOINT_BEARER"));
    /// ```
    ///
    /// # Errors
    /// As [`Anypoint::from_env`] says.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        Self::builder().load_from(lookup)?.build()
    }

    /// The session behind the clients, to make further ones from.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The organization that was asked for, by name or id.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// The environment that was asked for, by name or id.
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// The client of Access Management: organizations, environments, connected apps.
    #[cfg(feature = "access-management")]
    pub fn access_management(&self) -> anypoint_access_management::Client {
        anypoint_access_management::Client::new(&self.session)
    }

    /// The client of the Application Manager: CloudHub 2.0 and Runtime Fabric.
    #[cfg(feature = "application-manager")]
    pub fn application_manager(&self) -> anypoint_application_manager::Client {
        anypoint_application_manager::Client::new(&self.session)
    }

    /// The client of CloudHub 1.0: applications, logs, alerts, load balancers, VPCs and queues.
    #[cfg(feature = "cloudhub")]
    pub fn cloudhub(&self) -> anypoint_cloudhub::Client {
        anypoint_cloudhub::Client::new(&self.session)
    }

    /// The client of CloudHub 2.0: private spaces and their networks.
    #[cfg(feature = "cloudhub2")]
    pub fn cloudhub2(&self) -> anypoint_cloudhub2::Client {
        anypoint_cloudhub2::Client::new(&self.session)
    }

    /// The client of the API Experience Hub.
    #[cfg(feature = "experience-hub")]
    pub fn experience_hub(&self) -> anypoint_experience_hub::Client {
        anypoint_experience_hub::Client::new(&self.session)
    }

    /// The ids of organization and environment, where they are known without a call.
    #[cfg(any(feature = "application-manager", feature = "cloudhub"))]
    pub(crate) fn ids(&self) -> Result<(String, String), Error> {
        match (&self.organization, &self.environment) {
            (Some(organization), Some(environment)) if self.in_scope => {
                Ok((organization.clone(), environment.clone()))
            }
            _ => Err(anypoint_core::internal::error(
                anypoint_core::ErrorKind::Configuration,
                "the ids of organization and environment are not known",
                "call Anypoint::in_scope with what Anypoint::scope finds, or set both by their ids",
            )),
        }
    }

    /// Finds the ids of the organization and environment, which most calls take.
    ///
    /// The organization is the one that was set, else the one that the credentials belong to.
    /// The environment is the one that was set, else `Sandbox`, else the first that is neither
    /// for production nor for design: production is never taken by chance. An id is looked for
    /// before a name, and a name in its exact letters before one that differs in case.
    ///
    /// It takes two or three calls each time, and more where there are many environments, as it
    /// reads all pages. So keep the result.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when there is no such
    /// organization or environment, with the ones that there are; else those of the calls.
    #[cfg(feature = "access-management")]
    pub async fn scope(&self) -> Result<crate::Scope, Error> {
        crate::scope::find(
            &self.access_management(),
            self.organization(),
            self.environment(),
        )
        .await
    }

    /// The same platform with the ids of a scope, for the operations that read them from headers,
    /// as those of CloudHub 1.0 do. It shares connections, token and limits with this one.
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "access-management", feature = "cloudhub"))]
    /// # async fn list() -> Result<(), anypoint::Error> {
    /// let anypoint = anypoint::Anypoint::from_env()?;
    /// let anypoint = anypoint.in_scope(&anypoint.scope().await?)?;
    /// for application in anypoint.cloudhub().list_applications().send().await?.iter() {
    ///     println!("{}", application.domain);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// With ids instead of names in [`AnypointBuilder::organization`] and
    /// [`AnypointBuilder::environment`] it is like that from the start, without a call.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when an id is empty or cannot
    /// be a header's value.
    #[cfg(feature = "access-management")]
    pub fn in_scope(&self, scope: &crate::Scope) -> Result<Self, Error> {
        let (organization, environment) = (&scope.organization.id, &scope.environment.id);
        Ok(Self {
            session: self.session.in_environment(organization, environment)?,
            organization: Some(organization.clone()),
            environment: Some(environment.clone()),
            in_scope: true,
        })
    }
}

/// Configures [`Anypoint`].
#[derive(Clone, Default)]
#[must_use = "nothing is configured until `build` is called"]
pub struct AnypointBuilder {
    pub(crate) session: SessionBuilder,
    pub(crate) credentials: Credentials,
    pub(crate) organization: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) region: Option<Region>,
    pub(crate) profile: Option<String>,
    pub(crate) profile_file: Option<PathBuf>,
}

impl fmt::Debug for AnypointBuilder {
    /// Without the host, which has not been checked for a password yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnypointBuilder")
            .field("session", &self.session)
            .field("credentials", &self.credentials)
            .field("organization", &self.organization)
            .field("environment", &self.environment)
            .field("region", &self.region)
            .field("profile", &self.profile)
            .field("profile_file", &self.profile_file)
            .finish_non_exhaustive()
    }
}

impl AnypointBuilder {
    /// The region that the organization lives in; [`Region::Us`] by default.
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// A host instead of a region's: an origin such as `http://127.0.0.1:8081`, or a host name,
    /// which is reached over https.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        let host = host.into();
        let bare = !host.trim().is_empty() && !host.contains("://");
        self.host = Some(if bare {
            format!("https://{}", host.trim())
        } else {
            host
        });
        self
    }

    /// How calls prove who makes them; none by default.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The organization or business group to work in, by name or id.
    pub fn organization(mut self, name_or_id: impl Into<String>) -> Self {
        self.organization = Some(name_or_id.into());
        self
    }

    /// The environment to work in, by name or id.
    pub fn environment(mut self, name_or_id: impl Into<String>) -> Self {
        self.environment = Some(name_or_id.into());
        self
    }

    /// Everything else that a session can be told: timeouts, retries, limits, proxies, CA
    /// certificates. Credentials, region and host of this builder come before those set here.
    ///
    /// ```
    /// use anypoint::Anypoint;
    /// use anypoint::core::Proxy;
    ///
    /// let builder = Anypoint::builder()
    ///     .session(|session| session.proxy(Proxy::new("http://proxy.example.com:3128")));
    /// # let _ = builder;
    /// ```
    pub fn session(mut self, set: impl FnOnce(SessionBuilder) -> SessionBuilder) -> Self {
        self.session = set(self.session);
        self
    }

    /// Builds it. Nothing is sent yet.
    ///
    /// Where organization and environment are both given by id, the operations that read them from
    /// headers get them; for names there is `Anypoint::in_scope`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) as
    /// [`SessionBuilder::build`] says, and when a profile was named that
    /// [`AnypointBuilder::load`] has not read.
    pub fn build(self) -> Result<Anypoint, Error> {
        if self.profile.is_some() || self.profile_file.is_some() {
            return Err(environment::unread_profile());
        }
        let mut session = self.session.credentials(self.credentials);
        let mut in_scope = false;
        if let (Some(organization), Some(environment)) = (&self.organization, &self.environment)
            && is_id(organization)
            && is_id(environment)
        {
            session = session.environment(organization, environment);
            in_scope = true;
        }
        if let Some(region) = self.region {
            session = session.region(region);
        }
        if let Some(host) = self.host {
            session = session.host(host);
        }
        Ok(Anypoint {
            session: session.build()?,
            organization: self.organization,
            environment: self.environment,
            in_scope,
        })
    }
}

/// Whether a text has the form of the platform's ids, `8-4-4-4-12` hexadecimal digits.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
