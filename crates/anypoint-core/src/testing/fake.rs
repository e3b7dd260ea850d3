//! A client that answers by a script.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;

use super::script::{Recorded, Script};
use super::{QuickClock, Reply};
use crate::http::{HttpClient, HttpError, Request, Sending};
use crate::{ErrorKind, Session, SessionBuilder};

/// Answers calls by a script, without a network: a session with it has no way to one.
///
/// Each expected request is named by its operation, such as `list_assets`, or by its method and path, such as
/// `GET /accounts/api/me`. A login is the operation `log_in`. All that the runtime does is done as usual: a 429 is repeated,
/// an answer is decoded, a secret is redacted. Waits take no time; see [`QuickClock`].
///
/// A request that was not expected is an error, and fails the test when the fake is dropped, as does a reply that nobody asked
/// for. [`FakeHttp::finish`] does so where you call it.
///
/// ```
/// use anypoint_core::testing::{FakeHttp, Reply};
///
/// let http = FakeHttp::new();
/// let busy = Reply::new(429).header("retry-after", "2");
/// http.on("list_assets", [busy, Reply::new(500), Reply::new(200).body("[]")]);
/// let session = http.session();
/// // Call what is tested with `session`, or with a client that is made from it.
/// # let _ = (session, std::mem::ManuallyDrop::new(http));
/// ```
#[derive(Default)]
pub struct FakeHttp {
    client: FakeClient,
    clock: Arc<QuickClock>,
}

/// What sessions have of a fake. They may outlive the test.
#[derive(Clone, Default)]
struct FakeClient(Arc<Mutex<Script>>);

impl FakeHttp {
    /// A fake that expects no requests yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects requests of an operation, or of a method and path, and answers them one after the other.
    ///
    /// Different requests may arrive in any order; see [`FakeHttp::in_order`].
    pub fn on(&self, request: impl Into<String>, replies: impl IntoIterator<Item = Reply>) {
        let replies = replies.into_iter().collect();
        self.client.script().expect(request.into(), replies);
    }

    /// Answers the requests that [`FakeHttp::on`] does not, unless `reply` returns `None`.
    pub fn respond(&self, reply: impl FnMut(&Recorded) -> Option<Reply> + Send + 'static) {
        self.client.script().ask(Box::new(reply));
    }

    /// From now on, requests have to arrive in the order in which they were expected.
    pub fn in_order(&self) {
        self.client.script().in_order = true;
    }

    /// The requests so far, in order.
    pub fn requests(&self) -> Vec<Recorded> {
        self.client.script().recorded.clone()
    }

    /// The time that waits would have taken.
    pub fn clock(&self) -> &QuickClock {
        &self.clock
    }

    /// A session without credentials whose requests go to this fake.
    ///
    /// # Panics
    /// Never, as the settings are valid.
    #[expect(clippy::expect_used, reason = "the settings are valid")]
    pub fn session(&self) -> Session {
        self.builder().build().expect("the settings are valid")
    }

    /// Like [`FakeHttp::session`], with further settings.
    pub fn builder(&self) -> SessionBuilder {
        Session::builder()
            .http_client(self.client.clone())
            .clock(self.clock.clone())
    }

    /// Fails the test if a request was not expected, or if an expected one was not made.
    ///
    /// # Panics
    /// In these cases.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for FakeHttp {
    #[expect(clippy::panic, reason = "it fails the test")]
    fn drop(&mut self) {
        let problem = self.client.script().problem();
        if let Some(problem) = problem.filter(|_| !std::thread::panicking()) {
            panic!("{problem}");
        }
    }
}

impl fmt::Debug for FakeHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeHttp").finish_non_exhaustive()
    }
}

impl FakeClient {
    /// A closure that panicked has failed the test already.
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeHttp")
    }
}

impl HttpClient for FakeClient {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            let request = recorded(request).await?;
            let name = request.to_string();
            let reply = self.script().reply(request);
            let unexpected = || {
                let summary = format!("the test did not expect {name}");
                HttpError::new(ErrorKind::InvalidRequest, summary)
            };
            reply.ok_or_else(unexpected)?.answer()
        })
    }
}

async fn recorded(mut request: Request) -> Result<Recorded, HttpError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = request.body.next().await {
        body.extend_from_slice(&chunk?);
    }
    Ok(Recorded {
        operation: request.operation().to_owned(),
        method: request.method,
        origin: request.origin().to_owned(),
        path: request.path().to_owned(),
        query: request.query().unwrap_or_default().to_owned(),
        body: body.freeze(),
        headers: request.headers,
    })
}
