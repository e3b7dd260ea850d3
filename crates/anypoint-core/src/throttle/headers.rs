//! The wait that the headers of an answer ask for.
//!
//! It must not trust the headers, which may have any content. Dates are compared with the `Date` of the
//! answer, because the local clock may be wrong.

use std::time::Duration;

use crate::clock::Clock;
use crate::timestamp::header_date;
use ::http::{HeaderMap, HeaderName};

static DATE: HeaderName = HeaderName::from_static("date");
static RETRY_AFTER: HeaderName = HeaderName::from_static("retry-after");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
/// A longer wait is treated as a mistake in a header.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// No documented limit has a longer interval in seconds: a larger reset is one in milliseconds.
const LONGEST_RESET: f64 = 3600.0;
/// Seconds since 1970 are above this, a wait is below.
const EPOCH_SECONDS: f64 = 1e9;
/// Milliseconds since 1970 are above this.
const EPOCH_MILLISECONDS: f64 = 1e11;

/// The wait that a refusal asks for: `Retry-After`, or else `X-RateLimit-Reset`. `unix_time` is the
/// local time, for an answer without a `Date`.
pub(crate) fn wait(headers: &HeaderMap, unix_time: Duration) -> Option<Duration> {
    retry_after(headers, unix_time).or_else(|| reset(headers, unix_time))
}

/// `Retry-After`, in seconds or as a date; the longest if there are several.
pub(crate) fn retry_after(headers: &HeaderMap, unix_time: Duration) -> Option<Duration> {
    let now = now(headers, unix_time);
    let waits = texts(headers, &RETRY_AFTER).filter_map(|text| until(text, now, |number| number));
    waits.max()
}

/// The wait after an answer that used the last permit of its window, regardless of its status.
pub(crate) fn exhausted(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let mut remaining = texts(headers, &REMAINING).filter_map(number);
    remaining
        .any(|left| left <= 0.0)
        .then(|| reset(headers, clock.unix_time()))?
}

/// `X-RateLimit-Reset`, which is documented without a unit. With several windows, the longest wait counts.
fn reset(headers: &HeaderMap, unix_time: Duration) -> Option<Duration> {
    let now = now(headers, unix_time);
    let seconds = |number| match number {
        number if number > LONGEST_RESET => number / 1000.0,
        number => number,
    };
    let waits = texts(headers, &RESET).filter_map(|text| until(text, now, seconds));
    waits.max()
}

/// The time of the server when it answered.
fn now(headers: &HeaderMap, unix_time: Duration) -> Duration {
    let date = headers.get(&DATE).and_then(|date| date.to_str().ok());
    date.and_then(header_date).unwrap_or(unix_time)
}

/// The wait until the time in a text: a date, or a number that `seconds` converts to a wait.
fn until(text: &str, now: Duration, seconds: impl Fn(f64) -> f64) -> Option<Duration> {
    let Some(number) = number(text) else {
        return Some(header_date(text)?.saturating_sub(now).min(LONGEST));
    };
    let seconds = if number >= EPOCH_MILLISECONDS {
        number / 1000.0 - now.as_secs_f64()
    } else if number >= EPOCH_SECONDS {
        number - now.as_secs_f64()
    } else {
        seconds(number)
    };
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST.as_secs_f64())).ok()
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// All values of a header. A list is split at its commas, unless it is a date.
fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| {
        let whole = header_date(text).is_some();
        let mut rest = Some(text);
        std::iter::from_fn(move || {
            let text = rest.take()?;
            let (one, more) = match text.split_once(',').filter(|_| !whole) {
                Some((one, more)) => (one, Some(more)),
                None => (text, None),
            };
            rest = more;
            Some(one.trim().trim_matches('"'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderValue;

    /// 2027-01-15 08:00:00.
    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const DATED: (&str, &str) = ("date", "Fri, 15 Jan 2027 08:00:00 GMT");
    /// A clock that is ten minutes behind, right, and ten minutes ahead.
    const CLOCKS: [u64; 3] = [1_799_999_400, 1_800_000_000, 1_800_000_600];

    /// A clock that stands still.
    #[derive(Debug)]
    struct At(Duration);

    impl Clock for At {
        fn unix_time(&self) -> Duration {
            self.0
        }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, text) in pairs {
            let value = HeaderValue::from_str(text).unwrap();
            headers.append(HeaderName::from_static(name), value);
        }
        headers
    }

    fn seconds(pairs: &[(&'static str, &str)]) -> Option<f64> {
        wait(&headers(pairs), NOW).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (text, expected) in [
            ("7", 7.0),
            ("1.5", 1.5),
            (" \"7\" ", 7.0),
            ("-5", 0.0),
            ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
            ("Fri, 15 Jan 2027 09:00:30 +0100", 30.0),
            ("Friday, 15-Jan-27 08:00:30 GMT", 30.0),
            ("Fri Jan 15 08:00:30 2027", 30.0),
            ("2027-01-15T08:00:30Z", 30.0),
            ("2027-01-15T09:00:30.500+01:00", 30.5),
            ("1800000030", 30.0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
            ("Sun, 06 Nov 1904 08:49:37 GMT", 0.0),
        ] {
            assert_eq!(seconds(&[("retry-after", text)]), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_reset_is_a_wait_or_a_time() {
        for (text, expected) in [
            ("12", 12.0),
            ("0.5", 0.5),
            ("3600", 3600.0),
            ("30000", 30.0),
            ("60000", 60.0),
            ("1800000012", 12.0),
            ("1800000012.5", 12.5),
            ("1800000012000", 12.0),
            ("Fri, 15 Jan 2027 08:00:12 GMT", 12.0),
            ("2027-01-15T08:00:12Z", 12.0),
        ] {
            assert_eq!(
                seconds(&[("x-ratelimit-reset", text)]),
                Some(expected),
                "{text}"
            );
        }
        let both = [("retry-after", "3"), ("x-ratelimit-reset", "12")];
        assert_eq!(seconds(&both), Some(3.0));
    }

    #[test]
    fn the_longest_of_several_waits_counts() {
        assert_eq!(seconds(&[("retry-after", "3, 9, soon, 5")]), Some(9.0));
        let twice = [("retry-after", "soon"), ("retry-after", "4")];
        assert_eq!(seconds(&twice), Some(4.0));
        assert_eq!(seconds(&[("x-ratelimit-reset", "2,60")]), Some(60.0));
    }

    #[test]
    fn nonsense_is_no_wait_or_a_bounded_one() {
        for text in [
            "",
            "soon",
            "NaN",
            "inf",
            "1e999",
            "1e999x",
            ",",
            "Fri, 45 Jan 2027",
        ] {
            assert_eq!(seconds(&[("retry-after", text)]), None, "{text}");
            assert_eq!(seconds(&[("x-ratelimit-reset", text)]), None, "{text}");
        }
        for text in ["1e300", "999999999", "Sun, 06 Nov 2994 08:49:37 GMT"] {
            let wait = seconds(&[("retry-after", text)]).unwrap_or_default();
            assert!(wait <= 86_400.0, "{text} {wait}");
        }
    }

    #[test]
    fn a_wrong_clock_of_this_machine_changes_nothing() {
        for (name, text) in [
            ("retry-after", "Fri, 15 Jan 2027 08:00:02 GMT"),
            ("retry-after", "2"),
            ("x-ratelimit-reset", "1800000002"),
            ("x-ratelimit-reset", "1800000002000"),
            ("x-ratelimit-reset", "2027-01-15T08:00:02Z"),
        ] {
            let headers = headers(&[DATED, (name, text), ("x-ratelimit-remaining", "0")]);
            for clock in CLOCKS.map(Duration::from_secs) {
                let two = Some(Duration::from_secs(2));
                assert_eq!(wait(&headers, clock), two, "{text}");
                if name != "retry-after" {
                    assert_eq!(exhausted(&headers, &At(clock)), two, "{text}");
                }
            }
        }
    }

    #[test]
    fn without_a_date_that_can_be_read_this_machines_clock_counts() {
        for date in ["", "yesterday"] {
            let pairs = [("date", date), ("retry-after", "1800000009")];
            assert_eq!(seconds(&pairs), Some(9.0));
        }
    }

    #[test]
    fn an_exhausted_window_says_when_it_ends() {
        let of = |remaining| {
            let pairs = [
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset", "9"),
            ];
            exhausted(&headers(&pairs), &At(NOW)).map(|wait| wait.as_secs())
        };
        for used_up in ["0", "-1", "0.0", "99, 0"] {
            assert_eq!(of(used_up), Some(9), "{used_up}");
        }
        for left in ["1", "?", "", "NaN"] {
            assert_eq!(of(left), None, "{left}");
        }
    }
}
