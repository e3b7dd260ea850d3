//! The access token of a session: one login for all calls that wait, kept, and renewed early.
//!
//! A failed renewal must not replace a token that is still valid, and a login must not depend on the
//! call that started it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::endpoint::{self, Way};
use super::login::Login;
use super::nesting;
use super::signer::Signer;
use super::source::{self, AccessToken};
use crate::clock;
use crate::error::{Error, ErrorKind};
use crate::flight::{Flight, UnderWay};
use crate::secret::Secret;
use crate::throttle::Throttle;
use crate::transport::Bearer;

/// A token is renewed this long before it expires, or after 90 % of a shorter life, so that it does
/// not expire on the way to the server.
const RENEW_AHEAD: Duration = Duration::from_secs(60);
/// The platform's default lifetime of a token, for an answer without one.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);
/// An upper bound for `expires_in`; a 401 renews a token in any case.
pub(super) const MAX_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long no renewal is tried after one that did not succeed, while the old token is valid.
const REST: Duration = Duration::from_secs(5);
/// How long a call waits for a renewal while the old token is valid.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long no login is sent after the first refusal; twice as long after each further one. Services
/// lock an account after some five wrong passwords in half an hour.
const REFUSED: Duration = Duration::from_secs(60);
const LONGEST_REFUSED: Duration = Duration::from_secs(3600);

/// How often a session asks for the permit to log in while another process has it.
const PERMIT: Duration = Duration::from_millis(50);

/// The token of one signer.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<State>);

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// The last token, even if it was refused.
    last: Option<Arc<Bearer>>,
    /// The store was called; its token is known, or was refused.
    asked: bool,
    login: UnderWay<Arc<Bearer>>,
    /// No renewal before this time: the last one has failed, was dropped, or is not done.
    rest: Option<Instant>,
    closed: Option<Closed>,
    /// How often the credentials were refused in a row.
    refusals: u32,
    /// The kind of request that last succeeded at the endpoint.
    way: Way,
}

struct Token {
    bearer: Arc<Bearer>,
    renew: Instant,
    expires: Instant,
}

/// A pause in which no login is sent.
#[derive(Clone)]
struct Closed {
    until: Instant,
    /// The error that caused it.
    error: Error,
    /// The credentials were refused, so waiting does not help.
    is_refusal: bool,
}

enum Step {
    Use(Arc<Bearer>),
    Closed(Closed),
    /// A renewal. If it fails, the old token is still valid.
    Renew(Flight<Arc<Bearer>>),
    Wait(Flight<Arc<Bearer>>),
}

impl TokenCache {
    /// A token that is valid now, for a call with a deadline. All callers share one login.
    pub(crate) async fn get(
        &self,
        signer: &Arc<Signer>,
        login: &Arc<Login>,
        deadline: Instant,
    ) -> Result<Arc<Bearer>, Error> {
        match self.step(signer, login)? {
            Step::Use(bearer) => Ok(bearer),
            // Boxed: it is rare, and its future is large.
            step => Box::pin(self.wait(step, signer, login, deadline)).await,
        }
    }

    /// The token, once the step is over that gets it.
    async fn wait(
        &self,
        mut step: Step,
        signer: &Arc<Signer>,
        login: &Arc<Login>,
        deadline: Instant,
    ) -> Result<Arc<Bearer>, Error> {
        let clock = &*signer.clock;
        let outcome = loop {
            match step {
                Step::Use(bearer) => return Ok(bearer),
                Step::Closed(closed) if closed.is_refusal || closed.until >= deadline => {
                    return Err(closed.into_error(clock.now()));
                }
                Step::Closed(closed) => {
                    let left = closed.until.saturating_duration_since(clock.now());
                    clock.sleep(left).await;
                    step = self.step(signer, login)?;
                }
                Step::Wait(flight) => break flight.await,
                Step::Renew(flight) => {
                    let patience = clock.now() + PATIENCE;
                    match clock::by(clock, patience, flight.clone()).await {
                        Some(outcome) => break outcome,
                        None => match self.give_up(signer) {
                            Some(bearer) => return Ok(bearer),
                            None => break flight.await,
                        },
                    }
                }
            }
        };
        outcome.or_else(|error| {
            let (state, now) = (self.state(), clock.now());
            state.good(now).map(Token::bearer).ok_or(error)
        })
    }

    /// Drops a token that a server refused; false if it has been replaced already.
    pub(crate) fn invalidate(&self, refused: &Secret) -> bool {
        let mut state = self.state();
        let token = &mut state.token;
        token
            .take_if(|token| token.bearer.token == *refused)
            .is_some()
    }

    fn step(&self, signer: &Arc<Signer>, login: &Arc<Login>) -> Result<Step, Error> {
        let mut state = self.state();
        let now = signer.clock.now();
        if let Some(store) = signer.store.as_ref().filter(|_| !state.asked) {
            state.asked = true;
            let kept = store.load().and_then(|kept| Token::new(kept, now).ok());
            state.token = kept.map(|token| signer.learned(token));
            state.last = state.token.as_ref().map(Token::bearer);
        }
        let running = state.login.get();
        let good = state.good(now);
        let closed = state.closed.as_ref().filter(|closed| now < closed.until);
        if let Some(token) = good {
            let resting = state.rest.is_some_and(|rest| now < rest) || closed.is_some();
            if now < token.renew || resting || running.is_some() {
                return Ok(Step::Use(token.bearer()));
            }
        } else {
            nesting::check(self)?;
            if let Some(closed) = closed {
                return Ok(Step::Closed(closed.clone()));
            }
        }
        let renewal = good.is_some();
        // From the start: a renewal whose callers are cancelled must not delay the next call, too.
        state.rest = Some(now + REST);
        let flight = running.unwrap_or_else(|| {
            let fetch = fetch(signer.clone(), login.clone(), state.way, state.last.clone());
            state.login.begin(fetch)
        });
        Ok(match renewal {
            true => Step::Renew(flight),
            false => Step::Wait(flight),
        })
    }

    /// Keeps the result of a login before any caller gets it, so that no call joins one that is over.
    fn settle(
        &self,
        signer: &Arc<Signer>,
        fetched: Result<(Token, Way), Error>,
    ) -> Result<Arc<Bearer>, Error> {
        let mut state = self.state();
        state.login.clear();
        match fetched {
            Ok((token, way)) => {
                let token = signer.learned(token);
                let bearer = token.bearer();
                state.last = Some(bearer.clone());
                state.token = Some(token);
                state.way = way;
                state.rest = None;
                state.closed = None;
                state.refusals = 0;
                Ok(bearer)
            }
            Err(error) => {
                let now = signer.clock.now();
                state.rest = Some(now + REST);
                state.close(&error, now, signer.timeouts.total);
                Err(error)
            }
        }
    }

    /// The old token, if it is still valid when a renewal takes too long.
    fn give_up(&self, signer: &Arc<Signer>) -> Option<Arc<Bearer>> {
        let (mut state, now) = (self.state(), signer.clock.now());
        state.rest = Some(now + REST);
        state.good(now).map(Token::bearer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn good(&self, now: Instant) -> Option<&Token> {
        self.token.as_ref().filter(|token| now < token.expires)
    }

    /// Starts a pause after a failed login, if one is needed.
    fn close(&mut self, error: &Error, now: Instant, total_timeout: Duration) {
        let asked = error.retry_after();
        let asked = asked.map(|wait| wait.min(Throttle::LONGEST_PAUSE).min(total_timeout));
        let is_refusal = is_refusal(error);
        let refused = is_refusal.then(|| {
            let rest = REFUSED.saturating_mul(1 << self.refusals.min(16));
            self.refusals = self.refusals.saturating_add(1);
            rest.min(LONGEST_REFUSED)
        });
        self.closed = asked.max(refused).map(|rest| Closed {
            until: now + rest,
            error: error.clone(),
            is_refusal,
        });
    }
}

impl Closed {
    fn into_error(self, now: Instant) -> Error {
        let left = self.until.saturating_duration_since(now);
        let next = format!("the next login is sent in {left:.0?} at the soonest");
        self.error.with_retry_after(Some(left)).and_hint(&next)
    }
}

/// Whether an endpoint has refused the credentials.
fn is_refusal(error: &Error) -> bool {
    let status = error
        .status()
        .filter(|_| error.kind() == ErrorKind::Authentication);
    matches!(status, Some(400..=499)) && !matches!(status, Some(404 | 405 | 408 | 415 | 429))
}

impl Token {
    fn new(access: AccessToken, asked: Instant) -> Result<Self, Error> {
        let life = access.expires_in.unwrap_or(DEFAULT_LIFE).min(MAX_LIFE);
        let ahead = RENEW_AHEAD.min(life / 10);
        Ok(Self {
            bearer: Bearer::new(access.secret)?,
            renew: asked + (life - ahead),
            expires: asked + life,
        })
    }

    fn bearer(&self) -> Arc<Bearer> {
        self.bearer.clone()
    }
}

impl Signer {
    /// Registers a token as a secret of the session.
    fn learned(&self, token: Token) -> Token {
        self.known.learn_token(&token.bearer.token);
        token
    }
}

/// One login from start to end. It owns its data, so that it does not depend on a call.
async fn fetch(
    signer: Arc<Signer>,
    login: Arc<Login>,
    way: Way,
    last: Option<Arc<Bearer>>,
) -> Result<Arc<Bearer>, Error> {
    let permit = permit(&signer).await;
    // The lifetime is counted from before the request, so that it is never overestimated.
    let asked = signer.clock.now();
    let kept = signer.store.as_ref().and_then(|store| store.load());
    let last = last.as_deref().map(|last| &last.token);
    let kept = kept.filter(|kept| Some(&kept.secret) != last);
    if let Some(kept) = kept.and_then(|kept| Token::new(kept, asked).ok()) {
        // Another process has logged in meanwhile.
        return signer.tokens.settle(&signer, Ok((kept, way)));
    }
    let fetched = match login.order() {
        Ok(order) => endpoint::log_in(&signer, &login, &order, way).await,
        Err(source) => {
            let asked = source::ask(source);
            let asked = nesting::Serving::new(&signer.tokens, asked).await;
            asked.map(|token| (token, way))
        }
    };
    if let (Some(store), Ok((access, _))) = (&signer.store, &fetched) {
        store.save(access);
    }
    drop(permit);
    let token = fetched.and_then(|(access, way)| Ok((Token::new(access, asked)?, way)));
    signer.tokens.settle(&signer, token)
}

/// The permit of the store to log in, unless another process takes too long.
async fn permit(signer: &Signer) -> Option<Box<dyn Send>> {
    let store = signer.store.as_ref()?;
    let end = signer.clock.now() + signer.timeouts.attempt;
    loop {
        let permit = store.permit();
        if permit.is_some() || signer.clock.now() >= end {
            return permit;
        }
        signer.clock.sleep(PERMIT).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Barrier;

    use super::*;
    use crate::auth::Grant;
    use crate::operation::Auth;
    use crate::{Credentials, Session};

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

    async fn authorize(session: &Session) -> Grant {
        let deadline = session.clock().now() + DEFAULT_LIFE;
        session.authorize(Auth::Session, deadline).await.unwrap()
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
        authorize(&session).await;
        at_once(|barrier| {
            let session = session.clone();
            async move {
                barrier.wait().await;
                authorize(&session).await;
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
                let grant = authorize(&session).await;
                barrier.wait().await;
                assert!(grant.renew(session.signer()).await);
                let fresh = authorize(&session).await;
                assert_eq!(fresh.token().map(Secret::expose), Some("t1"));
            }
        })
        .await;
        assert_eq!(logins.load(Ordering::SeqCst), 2);
    }
}
