//! Rules that make operations fail on demand.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::random::mix;
use crate::reply::Reply;

/// A rule: which operation fails, how often and how.
///
/// The first rule that applies to a call is used. Without [`times`](Self::times) or
/// [`chance`](Self::chance) a rule applies to every call. A rule has one effect, the one set last;
/// [`delay`](Self::delay) and [`retry_after`](Self::retry_after) can be combined with any.
///
/// ```
/// use anypoint_emulator::Fault;
/// let fault = Fault::on("get_deployment").times(2).status(503).retry_after(1);
/// # let _ = fault;
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rule does nothing until it is given to the emulator"]
pub struct Fault {
    operation: String,
    remaining: Option<u32>,
    chance: Option<Chance>,
    delay: Option<Duration>,
    retry_after: Option<u64>,
    effect: Option<Effect>,
}

#[derive(Clone, Debug)]
struct Chance {
    probability: f64,
    state: u64,
}

/// The effect on the answer.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Answer {
        status: u16,
        media: Option<String>,
        body: Bytes,
    },
    Truncate(u64),
    TruncateHalf,
    Slow(Duration),
    ResetBeforeRead,
    ResetAfterRead,
    ResetAfterProcessing,
    ExpireToken,
}

/// A rule that applies to the current call.
#[derive(Debug)]
pub(crate) struct Shot {
    pub(crate) delay: Option<Duration>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) effect: Option<Effect>,
}

impl Fault {
    /// Creates a rule for an operation id (`get_deployment`), for the operation of a single API
    /// (`mmc/get_deployment`), or for all operations including token requests (`*`).
    pub fn on(operation: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            remaining: None,
            chance: None,
            delay: None,
            retry_after: None,
            effect: None,
        }
    }

    /// Applies to the next `count` calls only.
    pub fn times(mut self, count: u32) -> Self {
        self.remaining = Some(count);
        self
    }

    /// Applies with a probability between 0 and 1; the same seed gives the same sequence.
    pub fn chance(mut self, probability: f64, seed: u64) -> Self {
        self.chance = Some(Chance {
            probability,
            state: seed,
        });
        self
    }

    /// Answers with a status and a JSON body with a `message`.
    pub fn status(self, code: u16) -> Self {
        self.effect(problem(code))
    }

    /// Answers with a status, a body and its content type.
    pub fn status_with(
        self,
        code: u16,
        body: impl Into<Vec<u8>>,
        content_type: impl Into<String>,
    ) -> Self {
        self.effect(Effect::Answer {
            status: code,
            media: Some(content_type.into()),
            body: Bytes::from(body.into()),
        })
    }

    /// Answers with the HTML page of a proxy.
    pub fn html(self, code: u16) -> Self {
        self.effect(html(code))
    }

    /// Answers with a status and no body.
    pub fn empty(self, code: u16) -> Self {
        self.effect(empty(code))
    }

    /// Adds `Retry-After`; without an effect the answer is a 429.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Waits before anything else; without an effect the answer is not changed.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Declares the full length of the answer, sends this many bytes and closes the connection.
    pub fn truncate(self, bytes: usize) -> Self {
        self.effect(Effect::Truncate(u64::try_from(bytes).unwrap_or(u64::MAX)))
    }

    /// Closes the connection before the request body is read.
    pub fn reset_before_read(self) -> Self {
        self.effect(Effect::ResetBeforeRead)
    }

    /// Reads the whole request and closes the connection without an answer.
    pub fn reset_after_read(self) -> Self {
        self.effect(Effect::ResetAfterRead)
    }

    /// Processes the request and closes the connection without an answer.
    pub fn reset_after_processing(self) -> Self {
        self.effect(Effect::ResetAfterProcessing)
    }

    /// Sends the body of the answer in four pieces, each after a quarter of this time.
    pub fn slow(self, time: Duration) -> Self {
        self.effect(Effect::Slow(time))
    }

    /// Makes all issued tokens invalid and answers with a 401. The fixed `emulator-token` stays
    /// valid for the calls after this one.
    pub fn expire_token(self) -> Self {
        self.effect(Effect::ExpireToken)
    }

    fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Whether the rule applies to this call; counts it if so.
    fn applies(&mut self, api: &str, operation: &str) -> bool {
        let named = match self.operation.split_once('/') {
            Some((name, id)) => name == api && id == operation,
            None => self.operation == "*" || self.operation == operation,
        };
        if !named || self.remaining == Some(0) {
            return false;
        }
        if self.chance.as_mut().is_some_and(|chance| !chance.hits()) {
            return false;
        }
        self.remaining = self.remaining.map(|count| count - 1);
        true
    }

    fn shot(&self) -> Shot {
        let throttled = self.retry_after.is_some() && self.effect.is_none();
        let effect = if throttled {
            self.clone().status(429).effect
        } else {
            self.effect.clone()
        };
        Shot {
            delay: self.delay,
            retry_after: self.retry_after,
            effect,
        }
    }
}

impl Chance {
    fn hits(&mut self) -> bool {
        self.state = self.state.wrapping_add(1);
        let high = u32::try_from(mix(mix(self.state)) >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0) < self.probability
    }
}

/// A status with a JSON message.
pub(crate) fn problem(code: u16) -> Effect {
    Effect::Answer {
        status: code,
        media: Some("application/json".to_owned()),
        body: Bytes::from_static(br#"{"message":"a fault rule says so"}"#),
    }
}

/// A status with the page of a proxy.
pub(crate) fn html(code: u16) -> Effect {
    let page = format!(
        "<html><head><title>{code}</title></head>\
         <body><h1>{code} from a proxy</h1></body></html>"
    );
    Effect::Answer {
        status: code,
        media: Some("text/html; charset=utf-8".to_owned()),
        body: Bytes::from(page),
    }
}

/// A status alone.
pub(crate) fn empty(code: u16) -> Effect {
    Effect::Answer {
        status: code,
        media: None,
        body: Bytes::new(),
    }
}

impl Shot {
    /// The answer with what the rule adds to it.
    pub(crate) fn finish(&self, mut reply: Reply) -> Reply {
        match self.effect {
            Some(Effect::Truncate(bytes)) => reply.truncate = Some(bytes),
            // Half of an empty body would be the whole body.
            Some(Effect::TruncateHalf) if reply.length() > 0 => {
                reply.truncate = Some(reply.length() / 2);
            }
            Some(Effect::Slow(time)) => reply.slow = Some(time),
            _ => {}
        }
        match self.retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}

/// The rules of one emulator.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The first rule that applies.
    pub(crate) fn fire(&self, api: &str, operation: &str) -> Option<Shot> {
        let mut rules = self.lock();
        let rule = rules.iter_mut().find_map(|rule| {
            let applies = rule.applies(api, operation);
            applies.then_some(rule)
        })?;
        Some(rule.shot())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_sequence() {
        let draw = |seed| {
            let mut fault = Fault::on("*").chance(0.5, seed);
            (0..64).map(|_| fault.applies("a", "b")).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let hits = draw(7).iter().filter(|hit| **hit).count();
        assert!((16..48).contains(&hits), "{hits}");
    }

    #[test]
    fn names_an_operation_of_one_api() {
        let mut fault = Fault::on("mmc/get_deployment").times(1);
        assert!(!fault.applies("application-manager", "get_deployment"));
        assert!(fault.applies("mmc", "get_deployment"));
        assert!(!fault.applies("mmc", "get_deployment"));
    }
}
