//! Interceptors: the caller's own code around each call and each attempt.
//!
//! It must not give them anything that could leak a secret: no credentials, and no text that was not redacted.

mod context;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use ::http::HeaderMap;

use crate::clock::Clock;
use crate::error::{BoxError, Error, ErrorKind};
use crate::secret::redact::Secrets;
use crate::transport::Request;
pub use context::{FormPart, Intercepted};

/// Code that runs around each call and each attempt of a session. Every method does nothing by default.
///
/// # What it sees
/// Every request of the session: calls of API clients, raw requests, each page of a list, each poll of a wait or follower, each
/// lookup of an environment, and logins, whose operation is called `log_in`. For each call, in this order:
///
/// 1. [`call_begins`](Self::call_begins), before anything else. Headers that are set here are sent with each attempt.
/// 2. [`attempt_begins`](Self::attempt_begins), just before a request is sent: the rate limits allow it, and there is a token.
///    Headers that are set here are sent with this attempt only.
/// 3. [`attempt_ends`](Self::attempt_ends), when the head of the answer has arrived or the attempt has failed. Another attempt
///    continues with 2.
/// 4. [`call_ends`](Self::call_ends), when the answer has been read and decoded, or when the call has failed, which includes
///    an answer that cannot be decoded. If the answer is read as a stream, its body has not been read yet. A call that is dropped does not end.
///
/// Several interceptors begin in the order in which they were added, and end in the opposite order.
///
/// # What it may do
/// It may set headers, and may end the call with an error. It runs on the thread of the call, so it must not block. It sees no
/// credentials, and secrets are removed from what it sees of the request and of errors. Limits, credentials and redaction are
/// not interceptors, so an interceptor cannot turn them off.
///
/// An interceptor that returns an error or panics ends its own call, with an error of the kind
/// [`ErrorKind::Interceptor`] that names it. Other calls are not affected. Interceptors that began before it still end.
///
/// # Examples
/// A header that marks the calls of a job:
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
/// The guide has a metric and an audit log.
pub trait Interceptor: Send + Sync + 'static {
    /// The name that errors show; by default the name of the type.
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }

    /// A call begins.
    ///
    /// # Errors
    /// Ends the call with this error; nothing is sent.
    fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
        let _ = call;
        Ok(())
    }

    /// A request is about to be sent.
    ///
    /// # Errors
    /// Ends the call with this error.
    fn attempt_begins(&self, attempt: &mut Intercepted) -> Result<(), BoxError> {
        let _ = attempt;
        Ok(())
    }

    /// The head of the answer has arrived, or the attempt has failed.
    ///
    /// # Errors
    /// Ends the call with this error, whatever the answer is.
    fn attempt_ends(&self, attempt: &Intercepted) -> Result<(), BoxError> {
        let _ = attempt;
        Ok(())
    }

    /// The call has succeeded or failed.
    ///
    /// # Errors
    /// Ends the call with this error, whatever the answer is.
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
        clock: &dyn Clock,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Option<Box<Begun>>, Error> {
        self.begin(Scope::Call, 0, request, path, clock, secrets)
    }

    /// `number` is 1 for the first one.
    pub(crate) fn attempt(
        &self,
        number: u32,
        request: &Request,
        path: &str,
        clock: &dyn Clock,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Option<Box<Begun>>, Error> {
        self.begin(Scope::Attempt, number, request, path, clock, secrets)
    }

    /// Nothing where there are none.
    fn begin(
        &self,
        scope: Scope,
        number: u32,
        request: &Request,
        path: &str,
        clock: &dyn Clock,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Option<Box<Begun>>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (secrets, now) = (&secrets(), clock.now());
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

    /// The first error of an interceptor, after all have been called.
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
