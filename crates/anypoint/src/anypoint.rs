//! The entry point: one session for the clients of all APIs.
//!
//! It must not send anything, and must know only the constructor of each API's client.

use std::path::PathBuf;

use anypoint_core::internal::EnvironmentSetting;
use anypoint_core::{
    Credentials, EnvironmentId, Error, IntoId, OrganizationId, Region, Session, SessionBuilder,
};

#[cfg(feature = "access-management")]
use crate::by_name::ByName;
use crate::environment;
use crate::places::is_id;

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
}

impl Anypoint {
    /// Starts with the defaults: the US region, no credentials, the organization that the
    /// credentials belong to.
    pub fn builder() -> AnypointBuilder {
        AnypointBuilder::default()
    }

    /// Reads all settings from environment variables, which have the names of the official CLI, and
    /// missing ones from the profile file.
    ///
    /// | variable | |
    /// |---|---|
    /// | `ANYPOINT_BEARER` | an access token; it takes precedence |
    /// | `ANYPOINT_CLIENT_ID`, `ANYPOINT_CLIENT_SECRET` | a connected app; used if there is no token |
    /// | `ANYPOINT_USERNAME`, `ANYPOINT_PASSWORD` | a user; used if there is neither |
    /// | `ANYPOINT_HOST` | a host name or an origin; it takes precedence over the region |
    /// | `ANYPOINT_REGION` | `us` (the default), `eu1`, `ca1`, `jp1`, `in1`, `au1` or `gov`; not one of the CLI's |
    /// | `ANYPOINT_ORG`, `ANYPOINT_ENV` | organization and environment, by name or id; see [`AnypointBuilder::environment`] |
    /// | `ANYPOINT_PROFILE` | a profile in `~/.anypoint/credentials`; `default` if not set |
    ///
    /// [`CredentialChain`](crate::CredentialChain) describes the file and the order. With
    /// [`AnypointBuilder::load`], settings in code take precedence.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if there are no credentials, or
    /// only half of them, or if a value or the profile file is malformed. No error shows a secret.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().load()?.build()
    }

    /// Like [`Anypoint::from_env`], with the variables from a function. `HOME` (`USERPROFILE` on
    /// Windows) is used to find the profile file; without it, no file is read.
    ///
    /// ```
    /// use anypoint::Anypoint;
    ///
    /// let error = Anypoint::from_lookup(|_| None).unwrap_err();
    /// assert!(error.to_string().contains("ANYPOINT_BEARER"));
    /// ```
    ///
    /// # Errors
    /// See [`Anypoint::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        Self::builder().load_from(lookup)?.build()
    }

    /// The session of the clients, to create further clients.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The organization that was set, by name or id.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// The environment that was set, by name or id.
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

    /// The client of CloudHub 1.0: applications, logs, alerts, load balancers, VPCs and queues. It
    /// acts on the environment that was chosen; see [`AnypointBuilder::environment`].
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

    /// Looks up the ids of the organization and the environment, which most calls need.
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "access-management", feature = "application-manager"))]
    /// # async fn list() -> Result<(), anypoint::Error> {
    /// let anypoint = anypoint::Anypoint::from_env()?;
    /// let scope = anypoint.scope().await?;
    /// let manager = anypoint
    ///     .application_manager()
    ///     .in_environment(&scope.organization, &scope.environment);
    /// let deployments = manager.list_deployments().items();
    /// # let _ = deployments;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The organization is the one that was set, or else the one that the credentials belong to. The
    /// environment is the one that was set, or else `Sandbox`, or else the first that is neither for
    /// production nor for design, so that production is never used by accident. Ids are preferred to
    /// names, and exact names to names that differ in case. If no organization was set, the id of an
    /// environment is also looked up in other organizations.
    ///
    /// It makes two or three calls each time, and more if there are many environments, because it reads
    /// all pages. So store the result.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownName`](crate::ErrorKind::UnknownName) if there is no such organization or environment;
    /// the error lists those that exist. [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if several
    /// have that name, or if none may be taken by default. Otherwise the errors of the calls.
    #[cfg(feature = "access-management")]
    pub async fn scope(&self) -> Result<crate::Scope, Error> {
        crate::scope::find(
            &self.access_management(),
            self.organization(),
            self.environment(),
        )
        .await
    }

    /// The same platform with another organization and environment, for operations that read them from
    /// headers, such as those of CloudHub 1.0, and for deployments. It shares connections, token and
    /// limits with this one.
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
    /// The organization and environment of the builder need no such call: they are looked up
    /// automatically.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if an id is empty or cannot be the
    /// value of a header.
    #[cfg(feature = "access-management")]
    pub fn in_scope(&self, scope: &crate::Scope) -> Result<Self, Error> {
        self.in_environment(&scope.organization, &scope.environment)
    }

    /// The same platform with another organization and environment, by their ids. It shares connections, token and limits with
    /// this one. `in_scope` takes what `scope` has found.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when an id is empty or cannot
    /// be a header's value.
    pub fn in_environment(
        &self,
        organization: impl IntoId<OrganizationId>,
        environment: impl IntoId<EnvironmentId>,
    ) -> Result<Self, Error> {
        let (organization, environment) = (organization.into_id(), environment.into_id());
        Ok(Self {
            session: self.session.in_environment(&organization, &environment)?,
            organization: Some(organization.to_string()),
            environment: Some(environment.to_string()),
        })
    }
}

/// Configures [`Anypoint`].
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is configured until `build` is called"]
pub struct AnypointBuilder {
    /// It also has credentials, host and region, so that each setting is in one place.
    pub(crate) session: SessionBuilder,
    /// Neither this nor the environment is set if the session has ids or uses the service's default.
    pub(crate) organization: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) profile_file: Option<PathBuf>,
}

impl AnypointBuilder {
    /// The region that the organization lives in; [`Region::Us`] by default.
    pub fn region(mut self, region: Region) -> Self {
        self.session = self.session.region(region);
        self
    }

    /// A host instead of a region's: an origin such as `http://127.0.0.1:8081`, or a host name,
    /// which is reached over https.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        let host = host.into();
        let bare = !host.trim().is_empty() && !host.contains("://");
        self.session = self.session.host(if bare {
            format!("https://{}", host.trim())
        } else {
            host
        });
        self
    }

    /// The credentials of all calls; none by default.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.session = self.session.credentials(credentials);
        self
    }

    /// The organization or business group, by name or id; by default the one that the credentials
    /// belong to.
    pub fn organization(mut self, name_or_id: impl Into<String>) -> Self {
        self.session = self
            .session
            .environment_setting(EnvironmentSetting::Nothing);
        self.organization = Some(name_or_id.into());
        self
    }

    /// The environment, by name or id.
    ///
    /// Operations that read it from headers, such as those of CloudHub 1.0, are sent with its id. The
    /// first of them looks up the name, and the session remembers the id. If organization and
    /// environment are both ids, nothing is looked up. Without an environment such an operation fails
    /// before it is sent, and the error lists the existing environments.
    pub fn environment(mut self, name_or_id: impl Into<String>) -> Self {
        self.session = self
            .session
            .environment_setting(EnvironmentSetting::Nothing);
        self.environment = Some(name_or_id.into());
        self
    }

    /// Chooses no environment: operations that read it from headers are sent without one, and the
    /// service uses its own default. For CloudHub 1.0 that is the environment in the user name, as in
    /// `user@Staging`, or else, as documented, Production of the organization that the credentials
    /// belong to.
    ///
    /// It replaces [`AnypointBuilder::organization`] and [`AnypointBuilder::environment`], and takes
    /// precedence over what [`AnypointBuilder::load`] finds.
    pub fn service_default_environment(self) -> Self {
        self.session(SessionBuilder::service_default_environment)
    }

    /// All other settings of the session: timeouts, retries, limits, proxies, CA certificates.
    /// Credentials, region, host and environment can be set here, too; the last setting wins.
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
        if !matches!(
            self.session.given().environment,
            EnvironmentSetting::Nothing
        ) {
            (self.organization, self.environment) = (None, None);
        }
        self
    }

    /// Builds the platform. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) in the cases of
    /// [`SessionBuilder::build`], and if a profile was named but not read with
    /// [`AnypointBuilder::load`].
    pub fn build(mut self) -> Result<Anypoint, Error> {
        if self.profile.is_some() || self.profile_file.is_some() {
            return Err(environment::unread_profile());
        }
        match self.session.given().environment {
            EnvironmentSetting::Ids(organization, environment) => {
                self.organization = Some(organization.to_string());
                self.environment = Some(environment.to_string());
            }
            EnvironmentSetting::Nothing => {
                let setting = setting(self.organization.clone(), self.environment.clone());
                self.session = self.session.environment_setting(setting);
            }
            _ => {}
        }
        Ok(Anypoint {
            session: self.session.build()?,
            organization: self.organization,
            environment: self.environment,
        })
    }
}

/// Two ids are sent unchanged. Otherwise the first call that needs the environment looks it up, or
/// reports that it is missing.
fn setting(organization: Option<String>, environment: Option<String>) -> EnvironmentSetting {
    match (organization, environment) {
        (Some(organization), Some(environment)) if is_id(&organization) && is_id(&environment) => {
            let organization = OrganizationId::new(organization);
            EnvironmentSetting::Ids(organization, EnvironmentId::new(environment))
        }
        #[cfg(feature = "access-management")]
        (organization, environment) => EnvironmentSetting::Source(std::sync::Arc::new(ByName {
            organization,
            environment,
        })),
        // Each API that needs an environment enables the feature that looks it up.
        #[cfg(not(feature = "access-management"))]
        _ => EnvironmentSetting::Nothing,
    }
}
