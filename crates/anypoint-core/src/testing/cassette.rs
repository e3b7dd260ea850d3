//! Records real traffic to a file, and replays it without a network.

mod clean;
mod content;
mod file;
mod json;
mod player;
mod tape;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::QuickClock;
use crate::error::Error;
use crate::secret::redact::Ledger;
use crate::session::SessionBuilder;
use clean::{Cleaner, Replaced};
use player::Player;
use tape::{Recorder, Tape};

/// Records the traffic of sessions to a file, or replays it, so that a test runs against the answers of the real service
/// without a network.
///
/// ```no_run
/// use anypoint_core::testing::Cassette;
/// use anypoint_core::{Credentials, Error, Session};
///
/// // Recorded again with `RECORD=1 cargo test` and the credentials in the environment.
/// fn cassette() -> Result<Cassette, Error> {
///     match std::env::var_os("RECORD") {
///         Some(_) => Ok(Cassette::record("tests/cassettes/environments.json")),
///         None => Cassette::replay("tests/cassettes/environments.json"),
///     }
/// }
///
/// # async fn what_is_tested(_: &Session) -> Result<(), Error> { Ok(()) }
/// # async fn test() -> Result<(), Error> {
/// let variable = |name| std::env::var(name).unwrap_or_default();
/// let cassette = cassette()?.replace(&variable("ANYPOINT_CLIENT_ID"), "the-client-id");
/// let credentials = Credentials::connected_app("the-client-id", "unused in a replay");
/// # let _ = credentials;
/// # let credentials = Credentials::bearer("a-token");
/// let session = cassette.attach(Session::builder().credentials(credentials)).build()?;
/// what_is_tested(&session).await?;
/// cassette.finish()?;
/// # Ok(())
/// # }
/// ```
///
/// # What is in the file
///
/// The file is JSON with a list of exchanges, including logins, in the order in which they began. It may be edited. JSON bodies
/// are reformatted, other text is kept unchanged, and other bytes are in base64. Of a streamed upload, and of a form with files,
/// only the length is kept. A body of more than 4 MiB, or one in a content encoding, cannot be recorded.
///
/// `***` replaces secrets:
///
/// - the secrets that the session knows: its credentials, all tokens, and each [`Secret`](crate::Secret) in a request or an
///   answer, wherever it appears and however it is encoded;
/// - the values of `Authorization`, `Cookie` and similar headers, and of headers that are marked as secret;
/// - texts in JSON, forms and queries whose names end like those of secrets, such as `clientSecret` or `db.password`.
///
/// A login is recorded without its body, and its token is not kept. Pass everything else that must not be in the file to
/// [`Cassette::replace`]. A secret that the session does not know, such as a password in a log entry, is not detected.
///
/// # What a replay does
///
/// A request gets the first unused answer that was recorded for its method, path, query and body. The body of a login, of a
/// streamed upload and of a form with files is not compared, nor are headers and the host. The last login answers all further
/// ones. Waits take no time, as with [`QuickClock`]. A connection that broke during the recording breaks in the replay, too.
///
/// A request that was not recorded fails its call and the test, with an error that names it and lists the content of the cassette.
/// A recorded request that is not made is not a failure. A session that replays has no client for the network.
#[must_use = "a cassette does nothing until sessions are attached to it"]
pub struct Cassette {
    path: PathBuf,
    replaced: Arc<Replaced>,
    ledger: Ledger,
    mode: Mode,
    finished: bool,
}

enum Mode {
    Record(Tape),
    Replay(Arc<Player>),
}

impl Cassette {
    /// Records to a file. [`Cassette::finish`] writes it.
    pub fn record(path: impl Into<PathBuf>) -> Self {
        Self::new(path.into(), Mode::Record(Tape::default()))
    }

    /// Replays a file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read, and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if it is not a cassette; the error says where.
    pub fn replay(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let player = Player::new(file::load(&path)?, &path);
        Ok(Self::new(path, Mode::Replay(Arc::new(player))))
    }

    fn new(path: PathBuf, mode: Mode) -> Self {
        Self {
            path,
            replaced: Arc::default(),
            ledger: Ledger::default(),
            mode,
            finished: false,
        }
    }

    /// Replaces a value, such as the id of an organization or the name of a user, with a stand-in wherever it appears in requests
    /// and answers, in any encoding and case. An empty value is ignored. Call it before sessions are attached.
    ///
    /// In a replay, answers contain the stand-in; requests with the value and requests with the stand-in are treated as equal.
    pub fn replace(mut self, value: &str, stand_in: &str) -> Self {
        Arc::make_mut(&mut self.replaced).add(value, stand_in);
        self
    }

    /// Records or replays what a session sends. Several sessions may share one cassette.
    pub fn attach(&self, builder: SessionBuilder) -> SessionBuilder {
        let builder = builder.noted_in(self.ledger.clone());
        match &self.mode {
            Mode::Record(tape) => {
                let tape = tape.clone();
                builder.wrap_http_client(move |client| Recorder::new(client, tape.clone()))
            }
            Mode::Replay(player) => {
                let cleaner = (self.replaced.clone(), self.ledger.clone());
                builder
                    .answered_by(player::Client::new(player.clone(), cleaner))
                    .clock(Arc::new(QuickClock::new()))
            }
        }
    }

    /// Ends the cassette. A recording is written to the file, which replaces an older one completely or not at all.
    ///
    /// # Errors
    /// The recording contains something that a cassette cannot hold, or the file cannot be written. In a replay: a request was
    /// made that was not recorded.
    pub fn finish(mut self) -> Result<(), Error> {
        self.finished = true;
        match &self.mode {
            Mode::Record(tape) => {
                self.ledger.note(&tape.marked());
                let cleaner = Cleaner::new(&self.replaced, &self.ledger);
                file::save(&self.path, tape.exchanges(&cleaner)?)
            }
            Mode::Replay(player) => match player.problem() {
                None => Ok(()),
                Some(problem) => Err(Error::invalid(problem)),
            },
        }
    }

    fn problem(&self) -> Option<String> {
        match &self.mode {
            Mode::Record(_) => Some(format!(
                "nothing was written to {}: call Cassette::finish when the recording is complete",
                self.path.display()
            )),
            Mode::Replay(player) => player.problem(),
        }
    }
}

impl Drop for Cassette {
    #[expect(clippy::panic, reason = "it fails the test")]
    fn drop(&mut self) {
        if self.finished || std::thread::panicking() {
            return;
        }
        if let Some(problem) = self.problem() {
            panic!("{problem}");
        }
    }
}

impl fmt::Debug for Cassette {
    /// Without what was recorded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassette")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
