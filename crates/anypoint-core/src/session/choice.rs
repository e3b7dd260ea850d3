//! Which environment a call acts on, for the operations that read it from headers.
//!
//! It must not know how a name is looked up: an [`EnvironmentSource`] does.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::clock;
use crate::error::{Error, ErrorKind};
use crate::flight::{Flight, UnderWay};
use crate::id::{EnvironmentId, OrganizationId};
use crate::session::Session;
use ::http::{HeaderMap, HeaderValue};

const ORGANIZATION: &str = "x-anypnt-org-id";
const ENVIRONMENT: &str = "x-anypnt-env-id";

/// An organization and an environment.
pub type FoundIds = (OrganizationId, EnvironmentId);

/// The future that finds them.
pub type FindIds<'a> = Pin<Box<dyn Future<Output = Result<FoundIds, Error>> + Send + 'a>>;

/// Finds the ids of the organization and environment that were set by name.
pub trait EnvironmentSource: Send + Sync + 'static {
    /// Called once for all calls that wait; the result is kept in the session. The session that it
    /// receives has no environment.
    ///
    /// # Errors
    /// There is no such environment, or the lookup failed. The next call tries again.
    fn find<'a>(&'a self, session: &'a Session) -> FindIds<'a>;
}

/// The setting of a builder for the environment.
#[derive(Clone, Default)]
pub enum EnvironmentSetting {
    /// Nothing: operations that need an environment are refused.
    #[default]
    Nothing,
    /// An organization and an environment, by their ids.
    Ids(OrganizationId, EnvironmentId),
    /// What the source finds.
    Source(Arc<dyn EnvironmentSource>),
    /// No ids are sent: the service uses its own default.
    ServiceDefault,
}

impl EnvironmentSetting {
    /// The choice of one session.
    pub(crate) fn choice(self) -> Result<Choice, Error> {
        Ok(match self {
            Self::Nothing => Choice::Nothing,
            Self::Ids(organization, environment) => {
                Choice::Ids(Arc::new(Ids::new(&organization, &environment)?))
            }
            Self::Source(source) => Choice::Wanted(Arc::new(Search {
                source,
                state: Mutex::default(),
            })),
            Self::ServiceDefault => Choice::ServiceDefault,
        })
    }
}

impl fmt::Debug for EnvironmentSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Ids(organization, environment) => {
                write!(f, "Ids({organization}, {environment})")
            }
            Self::Source(_) => f.write_str("Source"),
            Self::ServiceDefault => f.write_str("ServiceDefault"),
        }
    }
}

/// The environment of the calls of a session. Clones share the result of a lookup.
#[derive(Clone)]
pub(crate) enum Choice {
    Nothing,
    Ids(Arc<Ids>),
    Wanted(Arc<Search>),
    ServiceDefault,
}

impl Choice {
    /// The ids to send; `None` if the service decides.
    async fn ids(&self, session: &Session) -> Result<Option<Arc<Ids>>, Error> {
        match self {
            Self::Nothing => Err(nothing_chosen()),
            Self::Ids(ids) => Ok(Some(ids.clone())),
            Self::Wanted(search) => search.ids(session).await.map(Some),
            Self::ServiceDefault => Ok(None),
        }
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Ids(ids) => ids.fmt(f),
            Self::Wanted(search) => match &search.state().found {
                Some(ids) => ids.fmt(f),
                None => f.write_str("Wanted"),
            },
            Self::ServiceDefault => f.write_str("ServiceDefault"),
        }
    }
}

/// An organization and an environment as headers.
#[derive(Debug)]
pub(crate) struct Ids {
    organization: HeaderValue,
    environment: HeaderValue,
}

impl Ids {
    pub(crate) fn new(
        organization: &OrganizationId,
        environment: &EnvironmentId,
    ) -> Result<Self, Error> {
        let header = |name: &str, text: &str| match HeaderValue::from_str(text) {
            Ok(value) if !text.is_empty() => Ok(value),
            _ => Err(Error::new(
                ErrorKind::Configuration,
                format!("the {name} id {text:?} is empty or not plain text"),
            )),
        };
        Ok(Self {
            organization: header("organization", organization.as_str())?,
            environment: header("environment", environment.as_str())?,
        })
    }
}

/// A lookup and its result.
pub(crate) struct Search {
    source: Arc<dyn EnvironmentSource>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    found: Option<Arc<Ids>>,
    look_up: UnderWay<Arc<Ids>>,
}

enum Step {
    Found(Arc<Ids>),
    /// A lookup that this call has started.
    Begun(Flight<Arc<Ids>>),
    /// A lookup that another call has started.
    Joined(Flight<Arc<Ids>>),
}

impl Search {
    /// There is one lookup for any number of calls.
    async fn ids(self: &Arc<Self>, session: &Session) -> Result<Arc<Ids>, Error> {
        match self.step(session) {
            Step::Found(ids) => Ok(ids),
            Step::Begun(look_up) => look_up.await,
            Step::Joined(look_up) => match look_up.await {
                // It may have stalled long before this call, because nobody polled it.
                Err(error) if error.is_timeout() => self.step(session).outcome().await,
                outcome => outcome,
            },
        }
    }

    fn step(self: &Arc<Self>, session: &Session) -> Step {
        let mut state = self.state();
        if let Some(ids) = &state.found {
            return Step::Found(ids.clone());
        }
        if let Some(look_up) = state.look_up.get() {
            return Step::Joined(look_up);
        }
        let (search, session) = (self.clone(), session.without_environment());
        let look_up = async move { search.look_up(&session).await };
        Step::Begun(state.look_up.begin(look_up))
    }

    async fn look_up(&self, session: &Session) -> Result<Arc<Ids>, Error> {
        let found = self.source.find(session).await;
        let ids = found
            .and_then(|(organization, environment)| Ids::new(&organization, &environment))
            .map(Arc::new);
        let mut state = self.state();
        state.look_up.clear();
        state.found = ids.as_ref().ok().cloned();
        ids
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Step {
    async fn outcome(self) -> Result<Arc<Ids>, Error> {
        match self {
            Self::Found(ids) => Ok(ids),
            Self::Begun(look_up) | Self::Joined(look_up) => look_up.await,
        }
    }
}

/// Sets the headers of an operation that reads them. Headers that the caller set have precedence, and
/// then no other environment is needed.
pub(crate) async fn enter(
    session: &Session,
    operation: &str,
    headers: &mut HeaderMap,
    end: Instant,
) -> Result<(), Error> {
    let ids = match session.environment() {
        Choice::Ids(ids) => Some(ids.clone()),
        _ if headers.contains_key(ENVIRONMENT) => None,
        // Boxed: its future is large.
        _ => Box::pin(by(session, operation, end)).await?,
    };
    if let Some(ids) = ids {
        let organization = headers.entry(ORGANIZATION);
        organization.or_insert_with(|| ids.organization.clone());
        let environment = headers.entry(ENVIRONMENT);
        environment.or_insert_with(|| ids.environment.clone());
    }
    Ok(())
}

/// Whether nothing says which environment a request acts on.
pub(crate) fn is_missing(headers: &HeaderMap) -> bool {
    !headers.contains_key(ENVIRONMENT)
}

/// The ids for a call, found before its deadline; `None` if the service decides.
async fn by(session: &Session, call: &str, end: Instant) -> Result<Option<Arc<Ids>>, Error> {
    let ids = pin!(session.environment().ids(session));
    let ids = clock::by(session.clock(), end, ids).await;
    let ids = ids.unwrap_or_else(|| {
        let summary = "looking up the environment took all of the call's total timeout";
        Err(Error::new(ErrorKind::Timeout, summary))
    });
    ids.map_err(|error| not_sent(error, call))
}

/// Like [`by`], for calls that have the ids elsewhere.
pub(crate) async fn ids_by(
    session: &Session,
    call: &str,
    end: Instant,
) -> Result<Option<FoundIds>, Error> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let ids = by(session, call, end).await?;
    Ok(ids.map(|ids| {
        let organization = OrganizationId::new(text(&ids.organization));
        (organization, EnvironmentId::new(text(&ids.environment)))
    }))
}

/// The error of a failed lookup, which names the call. The answer to the lookup, such as a 404, must not be
/// taken as the answer to the call.
fn not_sent(error: Error, call: &str) -> Error {
    if error.operation().is_none() {
        return error;
    }
    let passing = error.is_retryable() || error.is_throttled();
    let of_call = error.kind() != ErrorKind::Status || passing || error.status() == Some(401);
    let note = format!("{call} was not sent: its environment had to be looked up first");
    let hint = match error.hint() {
        Some(hint) => format!("{note}; {hint}"),
        None => note,
    };
    let error = if of_call {
        error
    } else {
        error.without_status()
    };
    error.with_hint(hint)
}

fn nothing_chosen() -> Error {
    Error::new(ErrorKind::Configuration, "no environment is chosen").with_hint(
        "set the ids (not the names) of organization and environment with SessionBuilder::environment or \
         Session::in_environment, or ask for the service's own default, which may be production, with \
         SessionBuilder::service_default_environment",
    )
}
