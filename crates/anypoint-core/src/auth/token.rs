//! The access token of a session: one login for all waiters, kept, renewed early.
//!
//! It must not let a failed renewal displace a token that is still good, and must not tie a
//! login to the call that started it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::endpoint::{self, Way};
use super::login::Login;
use super::source::{self, AccessToken};
use crate::clock;
use crate::error::Error;
use crate::flight::{Flight, UnderWay};
use crate::secret::Secret;
use crate::session::Session;

/// A token is renewed this long before it expires, or after 90 % of a shorter life, so that
/// none expires on its way to the server.
const RENEW_AHEAD: Duration = Duration::from_secs(60);
/// The platform's default life of a token, for an answer that leaves it out.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);
/// A bound for nonsense in `expires_in`: a 401 renews a token anyway.
pub(super) const MAX_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long renewals rest after one that did not succeed, while the old token is good.
const REST: Duration = Duration::from_secs(5);
/// How long a call waits for a renewal while the old token is good.
const PATIENCE: Duration = Duration::from_secs(10);

/// The token of one session.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<State>);

#[derive(Default)]
struct State {
    token: Option<Token>,
    login: UnderWay<Secret>,
    /// No renewal before: the last one has failed, or was dropped, or is not done.
    rest: Option<Instant>,
    /// How the endpoint was last asked with success.
    way: Way,
}

struct Token {
    secret: Secret,
    renew: Instant,
    expires: Instant,
}

enum Step {
    Use(Secret),
    /// There is a good token all the same, if the renewal comes to nothing.
    Renew(Flight<Secret>),
    Wait(Flight<Secret>),
}

impl TokenCache {
    /// A token that is good now. However many ask, there is one login.
    pub(crate) async fn get(&self, session: &Session, login: &Arc<Login>) -> Result<Secret, Error> {
        let outcome = match self.step(session, login) {
            Step::Use(secret) => return Ok(secret),
            Step::Wait(flight) => flight.await,
            Step::Renew(flight) => {
                let deadline = session.clock().now() + PATIENCE;
                match clock::by(session.clock(), deadline, flight.clone()).await {
                    Some(outcome) => outcome,
                    None => match self.give_up(session) {
                        Some(secret) => return Ok(secret),
                        None => flight.await,
                    },
                }
            }
        };
        outcome.or_else(|error| {
            let (state, now) = (self.state(), session.clock().now());
            state.good(now).map(Token::secret).ok_or(error)
        })
    }

    /// Drops a token that a server refused, unless it has been replaced already.
    pub(crate) fn invalidate(&self, refused: &Secret) {
        let mut state = self.state();
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.secret == *refused)
        {
            state.token = None;
        }
    }

    fn step(&self, session: &Session, login: &Arc<Login>) -> Step {
        let mut state = self.state();
        let now = session.clock().now();
        let running = state.login.get();
        let good = state.good(now);
        if let Some(token) = good {
            let resting = state.rest.is_some_and(|rest| now < rest);
            if now < token.renew || resting || running.is_some() {
                return Step::Use(token.secret());
            }
        }
        let renewal = good.is_some();
        // From the start: a renewal whose callers give up must not hold up the next call too.
        state.rest = Some(now + REST);
        let flight = running.unwrap_or_else(|| {
            let fetch = fetch(session.clone(), login.clone(), state.way);
            state.login.begin(fetch)
        });
        match renewal {
            true => Step::Renew(flight),
            false => Step::Wait(flight),
        }
    }

    /// Keeps what a login brought, before anyone learns of it, so that nobody joins one that
    /// is over.
    fn settle(
        &self,
        session: &Session,
        fetched: Result<(Token, Way), Error>,
    ) -> Result<Secret, Error> {
        let mut state = self.state();
        state.login.clear();
        match fetched {
            Ok((token, way)) => {
                let secret = token.secret();
                session.known().learn_token(&secret);
                state.token = Some(token);
                state.way = way;
                state.rest = None;
                Ok(secret)
            }
            Err(error) => {
                state.rest = Some(session.clock().now() + REST);
                Err(error)
            }
        }
    }

    /// A renewal that takes long must not hold up a call that has a good token.
    fn give_up(&self, session: &Session) -> Option<Secret> {
        let (mut state, now) = (self.state(), session.clock().now());
        state.rest = Some(now + REST);
        state.good(now).map(Token::secret)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn good(&self, now: Instant) -> Option<&Token> {
        self.token.as_ref().filter(|token| now < token.expires)
    }
}

impl Token {
    fn new(access: AccessToken, asked: Instant) -> Self {
        let life = access.expires_in.unwrap_or(DEFAULT_LIFE).min(MAX_LIFE);
        let ahead = RENEW_AHEAD.min(life / 10);
        Self {
            secret: access.secret,
            renew: asked + (life - ahead),
            expires: asked + life,
        }
    }

    fn secret(&self) -> Secret {
        self.secret.clone()
    }
}

/// One login from start to end. It owns what it needs, so that it belongs to no call.
async fn fetch(session: Session, login: Arc<Login>, way: Way) -> Result<Secret, Error> {
    // The life is counted from before the request, so that it is never overestimated.
    let asked = session.clock().now();
    let fetched = match login.order() {
        Ok(order) => endpoint::log_in(&session, &login, &order, way).await,
        Err(source) => source::ask(source).await.map(|token| (token, way)),
    };
    let token = fetched.map(|(access, way)| (Token::new(access, asked), way));
    session.tokens().settle(&session, token)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Barrier;

    use super::*;
    use crate::Credentials;
    use crate::internal::Auth;

    const TASKS: usize = 1000;

    /// A session whose logins are counted and take a while; the first token has this life.
    fn counted(life: Duration) -> (Session, Arc<AtomicUsize>) {
        let logins = Arc::new(AtomicUsize::new(0));
        let counter = logins.clone();
        let credentials = Credentials::custom(move || {
            let number = counter.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let token = AccessToken::new(format!("t{number}"));
                Ok(match number {
                    0 => token.with_life(life),
                    _ => token,
                })
            }
        });
        let builder = Session::builder().host("http://localhost");
        (builder.credentials(credentials).build().unwrap(), logins)
    }

    /// Runs a thousand tasks that start at the same time.
    async fn at_once<F>(task: impl Fn(Arc<Barrier>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let barrier = Arc::new(Barrier::new(TASKS));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(task(barrier.clone())))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn expectation_04_a_thousand_tasks_that_meet_an_expired_token_make_one_login() {
        let (session, logins) = counted(Duration::ZERO);
        session.authorize(Auth::Session).await.unwrap();
        at_once(|barrier| {
            let session = session.clone();
            async move {
                barrier.wait().await;
                session.authorize(Auth::Session).await.unwrap();
            }
        })
        .await;
        assert_eq!(logins.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn expectation_05_a_thousand_refusals_of_one_token_make_one_login() {
        let (session, logins) = counted(DEFAULT_LIFE);
        at_once(|barrier| {
            let session = session.clone();
            async move {
                let grant = session.authorize(Auth::Session).await.unwrap();
                barrier.wait().await;
                assert!(grant.renew(&session).await);
                let fresh = session.authorize(Auth::Session).await.unwrap();
                assert_eq!(fresh.token().map(Secret::expose), Some("t1"));
            }
        })
        .await;
        assert_eq!(logins.load(Ordering::SeqCst), 2);
    }
}
