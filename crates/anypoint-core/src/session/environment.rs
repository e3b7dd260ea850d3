//! The settings of a session for the operations that read organization and environment from
//! headers.

use std::sync::Arc;

use super::{Session, SessionBuilder};
use crate::auth::Credentials;
use crate::error::Error;
use crate::id::{EnvironmentId, IntoId, OrganizationId};
use crate::region::Region;
use crate::session::choice::{self, Choice, EnvironmentSetting, FoundIds, Ids};

impl Session {
    /// The same session with another organization and environment, for operations that read the ids from
    /// headers, such as those of CloudHub 1.0. It shares everything else: connections, token, limits.
    ///
    /// It takes ids. `Anypoint` of the crate `anypoint` looks up names.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if an id is empty or cannot be the
    /// value of a header.
    pub fn in_environment(
        &self,
        organization: impl IntoId<OrganizationId>,
        environment: impl IntoId<EnvironmentId>,
    ) -> Result<Self, Error> {
        let ids = Ids::new(&organization.into_id(), &environment.into_id())?;
        Ok(self.with(Choice::Ids(Arc::new(ids))))
    }

    /// The same session for calls that need no environment; any other is refused.
    pub(crate) fn without_environment(&self) -> Self {
        self.with(Choice::Nothing)
    }

    fn with(&self, environment: Choice) -> Self {
        Self {
            shared: self.shared.clone(),
            environment,
        }
    }

    pub(crate) fn environment(&self) -> &Choice {
        &self.environment
    }

    /// The ids of organization and environment, which may need a lookup; `None` if the service decides.
    /// `call` is the name of the call for errors.
    #[doc(hidden)]
    pub async fn environment_ids(&self, call: &str) -> Result<Option<FoundIds>, Error> {
        let end = self.clock().now() + self.timeouts().total;
        choice::ids_by(self, call, end).await
    }
}

impl SessionBuilder {
    /// The ids of the organization and environment, for operations that read them from headers, such as
    /// those of CloudHub 1.0. Other operations take them as arguments.
    ///
    /// A session takes ids; `Anypoint` of the crate `anypoint` looks up names. By default there are none,
    /// and such an operation fails before it is sent, unless
    /// [`SessionBuilder::service_default_environment`] is set.
    pub fn environment(
        self,
        organization: impl IntoId<OrganizationId>,
        environment: impl IntoId<EnvironmentId>,
    ) -> Self {
        self.environment_setting(EnvironmentSetting::Ids(
            organization.into_id(),
            environment.into_id(),
        ))
    }

    /// Sends no ids with the operations that read organization and environment from headers, so that
    /// the service uses its own default: the environment in the user name, as in `user@Staging`, or
    /// else, as documented, Production. It replaces [`SessionBuilder::environment`].
    pub fn service_default_environment(self) -> Self {
        self.environment_setting(EnvironmentSetting::ServiceDefault)
    }

    /// For the crate `anypoint`, which looks up names.
    #[doc(hidden)]
    pub fn environment_setting(mut self, setting: EnvironmentSetting) -> Self {
        self.environment = setting;
        self
    }

    /// The settings so far, for the crate `anypoint`, which adds the others.
    #[doc(hidden)]
    pub fn given(&self) -> Given<'_> {
        Given {
            credentials: &self.credentials,
            region: self.region,
            host: self.host.as_deref(),
            environment: &self.environment,
        }
    }
}

/// The settings of a builder.
#[derive(Debug)]
pub struct Given<'a> {
    /// `None` for the default.
    pub credentials: &'a Credentials,
    /// The region, if one was set.
    pub region: Option<Region>,
    /// The host, if one was set; it has not been checked yet.
    pub host: Option<&'a str>,
    /// The environment.
    pub environment: &'a EnvironmentSetting,
}
