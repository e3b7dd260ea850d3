//! A point in time, in the form that a server uses.
//!
//! It must not change the form of a value: several servers compare what they are sent back byte by byte.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

use crate::Json;
use crate::date;
use crate::error::{Error, ErrorKind};
use crate::json::{Tolerant, number, odd, read, strict};
use crate::parameter::Parameter;

/// A point in time: ISO 8601 with a zone, without one (taken as UTC), or epoch milliseconds.
///
/// It is kept and sent back in the form in which it was received. A text from a server that is not a
/// time is kept as well; [`Timestamp::as_millis`] is `None` then.
///
/// Two timestamps are equal if their forms are equal, not if they mean the same instant. They are ordered by instant, and then
/// by form; a text that is not a time comes first.
///
/// It prints in its own form; [`Timestamp::to_iso`] returns ISO 8601 for any form.
///
/// ```
/// use anypoint_core::Timestamp;
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let zoned: Timestamp = "2024-03-01T12:00:00+01:00".parse()?;
/// assert_eq!(zoned.as_millis(), Some(1_709_290_800_000));
/// assert_eq!(zoned.to_string(), "2024-03-01T12:00:00+01:00");
/// let later = Timestamp::from_millis(1_709_290_800_001);
/// assert_eq!(later.to_iso().as_deref(), Some("2024-03-01T11:00:00.001Z"));
/// assert!(zoned < later);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    Text(String),
    Number(Number),
}

impl Timestamp {
    /// A timestamp that is sent as a JSON number, in milliseconds since the Unix epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self(Form::Number(millis.into()))
    }

    /// Milliseconds since the Unix epoch; `None` when the text is not a time.
    pub fn as_millis(&self) -> Option<i64> {
        match &self.0 {
            Form::Text(text) => parse(text),
            // A fraction of a millisecond says nothing here; `as` saturates at the ends.
            Form::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().map(|millis| millis as i64)),
        }
    }

    /// ISO 8601 in UTC with milliseconds, whatever the form; `None` when the text is not a time, or one outside of the years 0 to
    /// 9999.
    pub fn to_iso(&self) -> Option<String> {
        date::iso(self.as_millis()?)
    }

    /// The form it came in.
    fn wire(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Text(text) => Cow::Borrowed(text),
            Form::Number(number) => Cow::Owned(number.to_string()),
        }
    }

    /// The same instant as the standard library's type; `None` when the text is not a time or
    /// the platform cannot express it.
    pub fn as_system_time(&self) -> Option<SystemTime> {
        let millis = self.as_millis()?;
        let distance = Duration::from_millis(millis.unsigned_abs());
        if millis < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        }
    }
}

/// Reads every text form. A text of digits only is epoch milliseconds, as some servers quote it.
fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(millis) = text.parse::<i64>() {
        return Some(millis);
    }
    date::parse(text)
}

/// The time since 1970 of a date in a header: in the forms of RFC 9110, old ones included, or ISO 8601.
pub fn header_date(text: &str) -> Option<Duration> {
    let millis = date::parse_header(text).or_else(|| parse(text))?;
    // A date before 1970 is long ago.
    Some(Duration::from_millis(millis.try_into().unwrap_or_default()))
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Parses a time. A text in none of the forms is an error here, while one from a server is kept.
    fn from_str(text: &str) -> Result<Self, Error> {
        match parse(text) {
            Some(_) => Ok(Self(Form::Text(text.to_owned()))),
            None => Err(
                Error::new(ErrorKind::InvalidRequest, format!("{text:?} is not a time"))
                    .with_hint("use ISO 8601, such as 2024-03-01T12:00:00Z, or epoch milliseconds"),
            ),
        }
    }
}

impl From<SystemTime> for Timestamp {
    /// ISO 8601 in UTC with milliseconds; outside of the years 0 to 9999 a number. Use [`Timestamp::from_millis`] where an API
    /// wants a number.
    fn from(time: SystemTime) -> Self {
        let millis = |distance: Duration| i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        };
        match date::iso(millis) {
            Some(text) => Self(Form::Text(text)),
            None => Self::from_millis(millis),
        }
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_number = |time: &Self| matches!(time.0, Form::Number(_));
        let instants = self.as_millis().cmp(&other.as_millis());
        instants
            .then_with(|| is_number(self).cmp(&is_number(other)))
            .then_with(|| self.wire().cmp(&other.wire()))
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.wire())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Text(text) => serializer.serialize_str(text),
            Form::Number(number) => number::write(number, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Tolerant for Timestamp {
    fn absent() -> Self {
        Self(Form::Text(String::new()))
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::tolerant(deserializer)? {
            Json::Null => strict::null(Self::absent()),
            Json::String(text) => Ok(Self(Form::Text(text))),
            Json::Number(number) => Ok(Self(Form::Number(number))),
            other => Err(odd::put(&"a time as a text or a number", other)),
        }
    }
}

impl Parameter for Timestamp {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        take(&self.wire());
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "integer"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(json: &str) -> Option<i64> {
        let time: Timestamp = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json::to_string(&time).unwrap(),
            json,
            "the form changed"
        );
        time.as_millis()
    }

    #[test]
    fn every_form_means_the_same_instant_and_is_kept() {
        for form in [
            r#""2024-03-01T11:00:00Z""#,
            r#""2024-03-01T11:00:00.000Z""#,
            r#""2024-03-01T12:00:00+01:00""#,
            r#""2024-03-01T12:00:00+0100""#,
            r#""2024-03-01T11:00:00""#,
            r#""2024-03-01T11:00:00.000""#,
            r#""2024-03-01 11:00:00""#,
            r#""2024-03-01T11:00""#,
            r#""1709290800000""#,
            "1709290800000",
            "1709290800000.0",
        ] {
            assert_eq!(millis(form), Some(1_709_290_800_000), "{form}");
        }
        assert_eq!(millis(r#""2024-03-01""#), Some(1_709_251_200_000));
        assert_eq!(millis("-1"), Some(-1));
    }

    #[test]
    fn an_odd_text_is_kept_but_is_no_time() {
        assert_eq!(millis(r#""Mon, 1 Jan ART""#), None);
        assert_eq!(millis(r#""""#), None);
        assert!("yesterday".parse::<Timestamp>().is_err());
    }

    fn read(json: &str) -> Timestamp {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn any_form_is_given_as_iso_and_none_is_changed() {
        let noon = Some("2024-03-01T11:00:00.123Z");
        for (form, iso) in [
            ("1709290800123", noon),
            ("1709290800123.0", noon),
            (r#""1709290800123""#, noon),
            (r#""2024-03-01T12:00:00.123+01:00""#, noon),
            (r#""soon""#, None),
            (r#""""#, None),
            ("1e300", None),
        ] {
            assert_eq!(read(form).to_iso().as_deref(), iso, "{form}");
            let printed = form.trim_matches('"').replace("1e300", "1e+300");
            assert_eq!(read(form).to_string(), printed);
        }
    }

    #[test]
    fn times_are_ordered_by_their_instants() {
        let mut times = [
            "1709290800002",
            r#""2024-03-01T11:00:00.001Z""#,
            r#""soon""#,
            "1709290800000",
            r#""2024-03-01T12:00:00+01:00""#,
        ];
        times.sort_by_key(|time| read(time));
        assert_eq!(
            times,
            [
                r#""soon""#,
                r#""2024-03-01T12:00:00+01:00""#,
                "1709290800000",
                r#""2024-03-01T11:00:00.001Z""#,
                "1709290800002",
            ]
        );
        let (text, number) = (read(r#""1""#), read("1"));
        assert!(text != number && text.cmp(&number).is_ne());
    }

    #[test]
    fn system_time_goes_both_ways() {
        let time = UNIX_EPOCH + Duration::from_millis(1_709_290_800_123);
        let stamp = Timestamp::from(time);
        assert_eq!(stamp.to_string(), "2024-03-01T11:00:00.123Z");
        assert_eq!(stamp.as_system_time(), Some(time));
        let before = Timestamp::from_millis(-1).as_system_time();
        assert_eq!(before, UNIX_EPOCH.checked_sub(Duration::from_millis(1)));
    }
}
