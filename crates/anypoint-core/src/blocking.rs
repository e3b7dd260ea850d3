//! Calls without `async`: feature `blocking`.
//!
//! [`wait`] runs a future to its end, such as a request, a wait or an `async` block. [`iter`] turns a stream into an iterator,
//! such as pages, a follower or a download. They need no Tokio runtime, and also work inside one.
//!
//! The future is polled on the caller's thread. One thread for the whole process drives connections and timers. It is started
//! at the first use and keeps connections alive between calls.
//!
//! ```
//! use anypoint_core::http::Method;
//! use anypoint_core::testing::{FakeHttp, Reply};
//! use anypoint_core::{Error, Json, Session, blocking};
//!
//! /// The tool: no `async`, and no runtime.
//! fn user_name(session: &Session) -> Result<String, Error> {
//!     let request = session.request(Method::Get, "/accounts/api/me");
//!     let me = blocking::wait(request.send_json::<Json>())?;
//!     Ok(me["username"].as_str().unwrap_or_default().to_owned())
//! }
//!
//! # fn main() -> Result<(), Error> {
//! let http = FakeHttp::new();
//! let found = Reply::new(200).body(r#"{"username": "max"}"#);
//! http.on("GET /accounts/api/me", [Reply::new(500), found]);
//! assert_eq!(user_name(&http.session())?, "max");
//! # Ok(())
//! # }
//! ```

use std::future::{pending, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread, ThreadId};

use futures_core::Stream;
use tokio::runtime::{Builder, Handle};
use tokio::task::unconstrained;

use crate::error::{Error, ErrorKind};
use crate::runtime::HeldUp;

/// Runs a future to its end and returns its result.
///
/// It blocks the current thread. In an `async` function this also blocks the other tasks of the thread: what they have begun
/// continues only in another thread. A login that one of them has begun is not waited for but made once more. So use it inside a
/// runtime only where you cannot `await`.
///
/// # Errors
/// That of the future; or [`ErrorKind::Configuration`] if the thread for connections cannot be started, or if this is called
/// on that thread, by a task that was spawned there.
pub fn wait<F, T, E>(future: F) -> Result<T, E>
where
    F: IntoFuture<Output = Result<T, E>>,
    E: From<Error>,
{
    Driver::get()?.drive(future.into_future())
}

/// Turns a stream into an iterator that blocks for each item, like [`wait`].
///
/// ```
/// use anypoint_core::{Error, blocking};
/// use anypoint_core::testing::pages;
///
/// # fn main() -> Result<(), Error> {
/// let list = pages([Ok(vec!["a", "b"]), Ok(vec!["c"])]);
/// let mut names = Vec::new();
/// for name in blocking::iter(list.items()) {
///     names.push(name?);
/// }
/// assert_eq!(names, ["a", "b", "c"]);
/// # Ok(())
/// # }
/// ```
pub fn iter<S: Stream>(stream: S) -> Iter<S> {
    Iter(Some(Box::pin(stream)))
}

/// An iterator over the items of a stream, from [`iter`].
#[derive(Debug)]
#[must_use = "nothing is asked for until an item is"]
pub struct Iter<S>(Option<Pin<Box<S>>>);

impl<S, T, E> Iterator for Iter<S>
where
    S: Stream<Item = Result<T, E>>,
    E: From<Error>,
{
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.0.as_mut()?;
        let item = match Driver::get() {
            Ok(driver) => driver.drive(poll_fn(|task| stream.as_mut().poll_next(task))),
            Err(error) => {
                self.0 = None;
                return Some(Err(error.into()));
            }
        };
        if item.is_none() {
            self.0 = None;
        }
        item
    }
}

/// The thread that drives connections and timers.
#[derive(Clone)]
struct Driver {
    runtime: Handle,
    thread: ThreadId,
}

/// Begun by the first use, and never ended.
static DRIVER: Mutex<Option<Driver>> = Mutex::new(None);

impl Driver {
    fn get() -> Result<Self, Error> {
        let mut begun = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
        let driver = match &mut *begun {
            Some(driver) => driver.clone(),
            none => none.insert(Self::start().map_err(failed)?).clone(),
        };
        match driver.thread == thread::current().id() {
            true => Err(on_its_own_thread()),
            false => Ok(driver),
        }
    }

    /// The runtime is built, and on a failure dropped, on its thread: elsewhere Tokio might panic.
    fn start() -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let thread = thread::Builder::new().name("anypoint-blocking".to_owned());
        let thread = thread.spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            let handle = runtime.as_ref().map(|runtime| runtime.handle().clone());
            let told = tell.send(handle.map_err(|error| error.kind()));
            if let (Ok(runtime), Ok(())) = (runtime, told) {
                runtime.block_on(pending::<()>());
            }
        })?;
        Ok(Self {
            runtime: told.recv().map_err(io::Error::other)??,
            thread: thread.thread().id(),
        })
    }

    /// Polls a future on this thread. Within a runtime it must not use up the budget of the task that it stands in: without
    /// one left, Tokio's sockets and timers would put it off for ever.
    fn drive<F: Future>(&self, future: F) -> F::Output {
        let _held_up = HeldUp::begin();
        let _entered = self.runtime.enter();
        let mut future = pin!(unconstrained(future));
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut task = Context::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut task) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn failed(error: io::Error) -> Error {
    let summary = format!("the thread for blocking use cannot be started: {error}");
    Error::new(ErrorKind::Configuration, summary).with_source(error)
}

fn on_its_own_thread() -> Error {
    let summary = "blocking use within a task that it has spawned would never end";
    Error::new(ErrorKind::Configuration, summary).with_hint("await the future in that task")
}
