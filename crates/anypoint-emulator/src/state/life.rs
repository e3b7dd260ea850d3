//! Life cycles of resources that take a while to be created, changed or deleted.
//!
//! It must not know the kinds of resources.

use std::time::Duration;

use serde_json::Value;

use super::{Call, merge, set};

/// The states that something goes through. Each takes a step, but the last one, which stays.
pub(super) type Way = &'static [&'static str];

/// Something with a life cycle, whose state stands in its `status`.
#[derive(Debug)]
pub(super) struct Built {
    /// What it is in the end, but for its state.
    document: Value,
    /// Its way and when that began; none for what was there from the start.
    way: Option<(Way, Duration)>,
    /// What a look showed before the last change, and how many looks are still to show it.
    stale: (Value, u32),
}

impl Built {
    /// What was there from the start.
    pub(super) fn seeded(document: Value) -> Self {
        Self {
            document,
            way: None,
            stale: (Value::Null, 0),
        }
    }

    /// What begins its way now.
    pub(super) fn begun(document: Value, way: Way, call: &Call<'_>) -> Self {
        Self {
            way: Some((way, call.now)),
            ..Self::seeded(document)
        }
    }

    pub(super) fn is_seeded(&self) -> bool {
        self.way.is_none()
    }

    /// The members that no life cycle changes.
    pub(super) fn document(&self) -> &Value {
        &self.document
    }

    /// Takes over a merge patch and sets out on another way.
    pub(super) fn change(&mut self, patch: &Value, way: Way, call: &Call<'_>) {
        self.stale = (self.view(call), call.stale);
        merge(&mut self.document, patch);
        self.way = Some((way, call.now));
    }

    /// What a look shows, which may be behind.
    pub(super) fn look(&mut self, call: &Call<'_>) -> Value {
        let (before, left) = &mut self.stale;
        if *left > 0 {
            *left -= 1;
            return before.clone();
        }
        self.view(call)
    }

    /// It as it is now.
    pub(super) fn view(&self, call: &Call<'_>) -> Value {
        let mut view = self.document.clone();
        if let Some(state) = self.state(call.step, call.now) {
            set(&mut view, "status", state);
        }
        view
    }

    /// The state now; none for what was there from the start.
    pub(super) fn state(&self, step: Duration, now: Duration) -> Option<&'static str> {
        let (way, since) = self.way?;
        let age = now.saturating_sub(since).as_nanos();
        let steps = age.checked_div(step.as_nanos());
        let steps = steps.and_then(|steps| usize::try_from(steps).ok());
        way.get(steps.unwrap_or(usize::MAX)).or(way.last()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_but_the_last_takes_a_step() {
        let mut built = Built::seeded(Value::Null);
        let start = Duration::from_secs(9);
        let state = |built: &Built, step, age| {
            let now = start + Duration::from_millis(age);
            built.state(Duration::from_secs(step), now)
        };
        assert_eq!(state(&built, 1, 0), None);
        built.way = Some((&["a", "b", "c"], start));
        let states = [0, 999, 1000, 1999, 2000, 9000].map(|age| state(&built, 1, age).unwrap());
        assert_eq!(states, ["a", "a", "b", "b", "c", "c"]);
        assert_eq!(state(&built, 0, 0), Some("c"), "without a step it is there");
    }
}
