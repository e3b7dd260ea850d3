//! Whether this machine's clock agrees with the host's: tokens and certificates have a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anypoint_core::internal::header_date;
use anypoint_core::{BoxError, Intercepted, Interceptor};

use super::Found;
use crate::failure::Failure;

/// More than this makes trouble, and no answer takes as long.
const TOLERATED: Duration = Duration::from_secs(60);

/// How far the clocks are apart, by the last answer with a date.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Option<Apart>>>);

#[derive(Clone, Copy)]
struct Apart {
    by: Duration,
    /// Whether this machine's clock is ahead of the host's.
    ahead: bool,
}

impl Interceptor for Heard {
    fn name(&self) -> &str {
        "doctor"
    }

    fn attempt_ends(&self, attempt: &Intercepted) -> Result<(), BoxError> {
        let date = attempt.answer_header("date");
        if let Some(theirs) = date.as_deref().and_then(header_date) {
            let ours = SystemTime::now().duration_since(UNIX_EPOCH);
            let ours = ours.unwrap_or_default();
            let apart = Apart {
                by: ours.abs_diff(theirs),
                ahead: ours > theirs,
            };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(apart);
        }
        Ok(())
    }
}

impl Heard {
    pub(super) fn verdict(&self) -> Found {
        let heard = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match heard {
            None => Found::Unknown("no answer of the host has a date".to_owned()),
            Some(Apart { by, .. }) if by <= TOLERATED => {
                Found::Fine("within a minute of the host's".to_owned())
            }
            Some(Apart { by, ahead }) => {
                let side = if ahead { "ahead of" } else { "behind" };
                let problem = format!("this machine's clock is {} {side} the host's", told(by));
                Found::Wrong(Failure::failed(problem).hint(
                    "set it by a time server: `timedatectl set-ntp true`, `sntp -sS time.apple.com` or `w32tm /resync`",
                ))
            }
        }
    }
}

/// The two largest units of a duration.
fn told(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let units = units.iter().skip_while(|(number, _)| *number == 0).take(2);
    let units = units.filter(|(number, _)| *number > 0);
    let units: Vec<_> = units
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    units.join(" ")
}
