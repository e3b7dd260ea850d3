//! Interceptors: steps of the caller's own around each call and each attempt.
//!
//! It must not give them what they could lose a secret by: no credentials, and no text that was not redacted.

mod context;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use ::http::HeaderMap;

use crate::error::{BoxError, Error, ErrorKind};
use crate::secret::redact::Secrets;
use crate::transport::Request;
pub use context::Intercepted;

/// Steps around each call and each attempt of a session. Every method does nothing by default.
///
/// # What it sees
/// Every request that the session sends: the calls of API clients and raw ones, each page of a list, each look of a wait or a
/// follower, each look-up of an environment, and logins, which are the operation `log_in`. For each call, in order:
///
/// 1. [`call_begins`](Self::call_begins), before anything is waited for. Headers that are set here go with each attempt.
/// 2. [`attempt_begins`](Self::attempt_begins), just before a request is sent, when its place under the limits and its token
///    are there. Headers that are set here go with this attempt only.
/// 3. [`attempt_ends`](Self::attempt_ends), when the head of the answer is there or the attempt has failed. A further attempt
///    goes on with 2.
/// 4. [`call_ends`](Self::call_ends), when the answer was read, before it is decoded, or the call has failed. An answer that is
///    read as a stream is still on its way then. A call that is dropped does not end.
///
/// Several interceptors begin in the order in which they were added, and end in the opposite order.
///
/// # What it may do
/// It may set headers, and end the call by an error. It runs on the thread of the call, so it must not block. It sees no
/// credentials, and what it is shown of the request and of errors has the secrets of the call taken out. Limits, credentials and
/// redaction are no interceptors: none of these can be in their way.
///
/// An interceptor that returns an error or panics ends its own call, with an error of the kind
/// [`ErrorKind::Interceptor`] that names it. No other call notices. Those that began before it still end.
///
/// # Examples
/// A header that marks the calls of one job:
///
/// ```
/// use anypoint_core::{BoxError, Intercepted, Interceptor, Session};
///
/// struct Correlation(String);
///
/// impl Interceptor for Correlation {
///     fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
///         Ok(call.set_header("x-correlation-id", &self.0)?)
///     }
/// }
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let session = Session::builder().interceptor(Correlation("job-17".to_owned())).host("http://127.0.0.1:8081").build()?;
/// # let _ = session;
/// # Ok(())
/// # }
/// ```
///
/// A metric of what each operation takes and how often it fails:
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// use anypoint_core::{BoxError, Intercepted, Interceptor};
///
/// #[derive(Clone, Default)]
/// struct Metric(Arc<Mutex<BTreeMap<(String, bool), Vec<Duration>>>>);
///
/// impl Interceptor for Metric {
///     fn call_ends(&self, call: &Intercepted) -> Result<(), BoxError> {
///         let key = (call.operation().to_owned(), call.error().is_some());
///         let mut times = self.0.lock().map_err(|_| "the metric is lost")?;
///         times.entry(key).or_default().push(call.elapsed());
///         Ok(())
///     }
/// }
/// ```
///
/// A log of all that was sent, without secrets:
///
/// ```
/// use std::io::Write;
/// use std::sync::Mutex;
///
/// use anypoint_core::{BoxError, Intercepted, Interceptor};
///
/// struct Audit(Mutex<Box<dyn Write + Send>>);
///
/// impl Interceptor for Audit {
///     fn attempt_ends(&self, attempt: &Intercepted) -> Result<(), BoxError> {
///         let mut log = self.0.lock().map_err(|_| "the log is lost")?;
///         let (method, url) = (attempt.method(), attempt.url());
///         let outcome = attempt.status().map_or("no answer".to_owned(), |status| status.to_string());
///         writeln!(log, "{method} {url} {:?}: {outcome}", attempt.body())?;
///         Ok(())
///     }
/// }
/// ```
pub trait Interceptor: Send + Sync + 'static {
    /// What errors call it; by default the name of its type.
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }

    /// A call begins.
    ///
    /// # Errors
    /// The call is to end by this error; nothing was sent.
    fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
        let _ = call;
        Ok(())
    }

    /// A request is about to be sent.
    ///
    /// # Errors
    /// The call is to end by this error.
    fn attempt_begins(&self, attempt: &mut Intercepted) -> Result<(), BoxError> {
        let _ = attempt;
        Ok(())
    }

    /// The head of the answer is there, or the attempt has failed.
    ///
    /// # Errors
    /// The call is to end by this error, whatever was answered.
    fn attempt_ends(&self, attempt: &Intercepted) -> Result<(), BoxError> {
        let _ = attempt;
        Ok(())
    }

    /// The call has succeeded or failed.
    ///
    /// # Errors
    /// The call is to end by this error, whatever was answered.
    fn call_ends(&self, call: &Intercepted) -> Result<(), BoxError> {
        let _ = call;
        Ok(())
    }
}

/// Those of a session, in order.
#[derive(Clone, Default)]
pub(crate) struct Interceptors(Arc<Vec<Arc<dyn Interceptor>>>);

/// Whether it is about a call or an attempt.
#[derive(Clone, Copy)]
enum Scope {
    Call,
    Attempt,
}

/// A call or attempt that has begun, and has to end.
pub(crate) struct Begun {
    interceptors: Interceptors,
    /// How many of them have begun.
    count: usize,
    context: Intercepted,
    scope: Scope,
}

/// What became of it: the status and headers of an answer, or an error.
pub(crate) type Outcome<'a> = Result<(u16, &'a HeaderMap), &'a Error>;

impl Interceptors {
    pub(crate) fn add(&mut self, interceptor: Arc<dyn Interceptor>) {
        Arc::make_mut(&mut self.0).push(interceptor);
    }

    pub(crate) fn call(
        &self,
        request: &Request,
        path: &str,
        now: Instant,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Option<Box<Begun>>, Error> {
        self.begin(Scope::Call, 0, request, path, now, secrets)
    }

    /// `number` is 1 for the first one.
    pub(crate) fn attempt(
        &self,
        number: u32,
        request: &Request,
        path: &str,
        now: Instant,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Option<Box<Begun>>, Error> {
        self.begin(Scope::Attempt, number, request, path, now, secrets)
    }

    /// Nothing where there are none.
    fn begin(
        &self,
        scope: Scope,
        number: u32,
        request: &Request,
        path: &str,
        now: Instant,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Option<Box<Begun>>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let secrets = &secrets();
        let mut begun = Box::new(Begun {
            interceptors: self.clone(),
            count: 0,
            context: Intercepted::new(number, request, path, secrets, now),
            scope,
        });
        for interceptor in self.0.iter() {
            let context = &mut begun.context;
            let step = || match scope {
                Scope::Call => interceptor.call_begins(context),
                Scope::Attempt => interceptor.attempt_begins(context),
            };
            if let Err(error) = guarded(&**interceptor, step, secrets) {
                // One error is enough.
                let _ = begun.end(Err(&error), secrets, now);
                return Err(error);
            }
            begun.count += 1;
        }
        Ok(Some(begun))
    }
}

impl Begun {
    /// The headers to send, with those that were set.
    pub(crate) fn headers(&self) -> &HeaderMap {
        self.context.headers()
    }

    /// The first error of an interceptor, after all have been told.
    pub(crate) fn end(
        self,
        outcome: Outcome<'_>,
        secrets: &Secrets,
        now: Instant,
    ) -> Result<(), Error> {
        let (mut context, scope) = (self.context, self.scope);
        context.over(outcome, secrets, now);
        let mut result = Ok(());
        for interceptor in self.interceptors.0[..self.count].iter().rev() {
            let step = || match scope {
                Scope::Call => interceptor.call_ends(&context),
                Scope::Attempt => interceptor.attempt_ends(&context),
            };
            let ended = guarded(&**interceptor, step, secrets);
            result = result.and(ended);
        }
        result
    }
}

/// The outcome of a step, which may fail or panic.
fn guarded(
    interceptor: &dyn Interceptor,
    step: impl FnOnce() -> Result<(), BoxError>,
    secrets: &Secrets,
) -> Result<(), Error> {
    let (how, why) = match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => ("ended the call", error.to_string()),
        Err(panic) => ("panicked", words(&*panic).to_owned()),
    };
    let name = catch_unwind(AssertUnwindSafe(|| interceptor.name().to_owned()));
    let name = name.unwrap_or_else(|_| "without a name".to_owned());
    let why = secrets.redactor().show(&why);
    let summary = format!("the interceptor {name} {how}: {why}");
    Err(Error::new(ErrorKind::Interceptor, summary))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}
