//! What a server says about how long to wait.
//!
//! It must not trust what it reads: a header may hold anything.

use std::time::Duration;

use crate::transport::{HeaderName, Headers};

static RETRY_AFTER: HeaderName = HeaderName::from_static("retry-after");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
/// A longer wait is a mistake in a header.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Seconds since 1970 are above this, seconds to wait below.
const EPOCH_SECONDS: f64 = 1e9;
/// Milliseconds since 1970 are above this.
const EPOCH_MILLISECONDS: f64 = 1e12;

/// The wait that a refusal asks for: `Retry-After`, as seconds or as a date, else
/// `X-RateLimit-Reset`.
pub(crate) fn wait(headers: &Headers, unix_time: Duration) -> Option<Duration> {
    retry_after(headers, unix_time).or_else(|| reset(headers, unix_time))
}

/// The wait after an answer that used up what its window allows, whatever its status.
pub(crate) fn exhausted(headers: &Headers, unix_time: Duration) -> Option<Duration> {
    let remaining: f64 = text(headers, &REMAINING)?.parse().ok()?;
    (remaining <= 0.0).then(|| reset(headers, unix_time))?
}

fn retry_after(headers: &Headers, unix_time: Duration) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = text.parse() {
        return bounded(seconds);
    }
    let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    let date = Duration::from_secs(date.timestamp().try_into().ok()?);
    Some(date.saturating_sub(unix_time).min(LONGEST))
}

/// `X-RateLimit-Reset` is documented without its unit. Large numbers are points in time.
fn reset(headers: &Headers, unix_time: Duration) -> Option<Duration> {
    let number: f64 = text(headers, &RESET)?.parse().ok()?;
    let now = unix_time.as_secs_f64();
    bounded(if number >= EPOCH_MILLISECONDS {
        number / 1000.0 - now
    } else if number >= EPOCH_SECONDS {
        number - now
    } else {
        number
    })
}

fn bounded(seconds: f64) -> Option<Duration> {
    let seconds = seconds.max(0.0).min(LONGEST.as_secs_f64());
    Duration::try_from_secs_f64(seconds).ok()
}

fn text<'a>(headers: &'a Headers, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::HeaderValue;

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn headers(pairs: &[(&'static str, &str)]) -> Headers {
        let pair = |(name, text): &(&'static str, &str)| {
            let name = crate::transport::HeaderName::from_static(name);
            (name, HeaderValue::from_str(text).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn seconds(pairs: &[(&'static str, &str)]) -> Option<u64> {
        wait(&headers(pairs), NOW).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(seconds(&[("retry-after", "7")]), Some(7));
        let date = "Fri, 15 Jan 2027 08:00:30 GMT";
        assert_eq!(seconds(&[("retry-after", date)]), Some(30));
        let past = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(seconds(&[("retry-after", past)]), Some(0));
    }

    #[test]
    fn a_reset_is_a_wait_or_a_time() {
        assert_eq!(seconds(&[("x-ratelimit-reset", "12")]), Some(12));
        assert_eq!(seconds(&[("x-ratelimit-reset", "1800000012")]), Some(12));
        assert_eq!(seconds(&[("x-ratelimit-reset", "1800000012000")]), Some(12));
        let both = [("retry-after", "3"), ("x-ratelimit-reset", "12")];
        assert_eq!(seconds(&both), Some(3));
    }

    #[test]
    fn nonsense_is_no_wait_or_a_bounded_one() {
        for text in ["", "soon", "NaN", "1e999x"] {
            assert_eq!(seconds(&[("retry-after", text)]).unwrap_or(0), 0, "{text}");
        }
        assert_eq!(seconds(&[("retry-after", "1e300")]), Some(86_400));
        assert_eq!(seconds(&[("retry-after", "-5")]), Some(0));
    }

    #[test]
    fn an_exhausted_window_says_when_it_ends() {
        let of = |remaining| {
            let pairs = [
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset", "9"),
            ];
            exhausted(&headers(&pairs), NOW).map(|wait| wait.as_secs())
        };
        assert_eq!(of("0"), Some(9));
        assert_eq!(of("1"), None);
        assert_eq!(of("?"), None);
    }
}
