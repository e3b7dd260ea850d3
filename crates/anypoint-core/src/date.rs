//! Dates as text, and milliseconds since 1970.
//!
//! It must not know where a date comes from. All times are UTC; a leap second is the second after it.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The days in 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// ISO 8601 with a zone, without one, without seconds, or without a time of day.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let mut rest = Rest(text.trim());
    let year = rest.number(4, 4)?;
    let month = rest.after('-')?.number(1, 2)?;
    let day = rest.after('-')?.number(1, 2)?;
    let days = days(year, month, day)?;
    if rest.0.is_empty() {
        return Some(days * DAY);
    }
    rest = Rest(rest.0.strip_prefix(['T', 't', ' '])?.trim_start());
    let time = rest.time()?;
    let zone = rest.zone()?;
    Some(days * DAY + time - zone)
}

/// The forms of RFC 9110: the form of RFC 5322, and the two obsolete ones.
pub(crate) fn parse_header(text: &str) -> Option<i64> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let weekday = |word: &&str| {
        let name = word.trim_end_matches(',').to_ascii_lowercase();
        WEEKDAYS.iter().any(|day| name.starts_with(day))
    };
    if words.first().is_some_and(weekday) {
        words.remove(0);
    }
    let dashed: Vec<&str>;
    let (day, month, year, time, zone) = match words[..] {
        [day, month, year, time, zone] => (day, month, year, time, zone),
        [date, time, zone] => {
            dashed = date.split('-').collect();
            let [day, month, year] = dashed[..] else {
                return None;
            };
            (day, month, year, time, zone)
        }
        [month, day, time, year] => (day, month, year, time, "GMT"),
        _ => return None,
    };
    let month = month.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let days = days(whole_year(year)?, month, whole(day, 1, 2)?)?;
    let mut rest = Rest(time);
    let time = rest.time()?;
    let zone = match zone {
        "GMT" | "UTC" | "UT" => 0,
        other => Rest(other).zone()?,
    };
    (rest.0.is_empty()).then_some(days * DAY + time - zone)
}

/// A year; two digits stand for one near 2000.
fn whole_year(text: &str) -> Option<i64> {
    let year = whole(text, 2, 4)?;
    Some(match text.len() {
        2 if year < 70 => year + 2000,
        2 => year + 1900,
        _ => year,
    })
}

fn whole(text: &str, least: usize, most: usize) -> Option<i64> {
    let mut rest = Rest(text);
    let number = rest.number(least, most)?;
    rest.0.is_empty().then_some(number)
}

/// ISO 8601 in UTC, with milliseconds; `None` outside of the years 0 to 9999.
pub(crate) fn iso(millis: i64) -> Option<String> {
    let seconds = iso_seconds(millis)?;
    let fraction = millis.rem_euclid(1000);
    Some(format!("{}.{fraction:03}Z", seconds.trim_end_matches('Z')))
}

/// Like [`iso`], in seconds.
pub(crate) fn iso_seconds(millis: i64) -> Option<String> {
    let (year, month, day) = civil(millis.div_euclid(DAY));
    let time = millis.rem_euclid(DAY);
    let (hour, minute, second) = (time / HOUR, time / MINUTE % 60, time / 1000 % 60);
    let known = (0..10_000).contains(&year);
    known.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// The days from 1970-01-01 to a date, if the date exists.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // In a year that begins in March the leap day is the last one.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let before = year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5;
    Some(era * ERA + before + day - 1 - EPOCH)
}

/// The year, month and day that is `days` after 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(EPOCH);
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    match month < 10 {
        true => (year, month + 3, day),
        false => (year + 1, month - 9, day),
    }
}

/// The rest of a text that is being parsed.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self.0.bytes().take(most).take_while(u8::is_ascii_digit);
        let count = digits.count();
        let (number, rest) = self.0.split_at(count);
        self.0 = rest;
        (count >= least).then(|| number.parse().ok())?
    }

    fn after(&mut self, sign: char) -> Option<&mut Self> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(self)
    }

    /// A time of day in milliseconds.
    fn time(&mut self) -> Option<i64> {
        let hour = self.number(1, 2)?;
        let minute = self.after(':')?.number(1, 2)?;
        let (mut second, mut millis) = (0, 0);
        if self.after(':').is_some() {
            second = self.number(1, 2)?;
            if self.after('.').is_some() {
                millis = self.fraction()?;
            }
        }
        let real = hour < 24 && minute < 60 && second <= 60;
        real.then_some(hour * HOUR + minute * MINUTE + second * 1000 + millis)
    }

    fn fraction(&mut self) -> Option<i64> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.0.split_at(digits);
        self.0 = rest;
        let millis = fraction.get(..3).unwrap_or(fraction);
        let millis: i64 = millis.parse().ok()?;
        Some(millis * [1, 100, 10][digits.min(3) % 3])
    }

    /// The offset of a zone from UTC, in milliseconds, at the end of the text.
    fn zone(&mut self) -> Option<i64> {
        let text = self.0.trim_start();
        let ahead = match text.get(..1) {
            None | Some("Z" | "z") if text.len() < 2 => return Some(0),
            Some("+") => 1,
            Some("-") => -1,
            _ => return None,
        };
        self.0 = &text[1..];
        let hours = self.number(2, 2)?;
        let _ = self.after(':');
        let minutes = match self.0.is_empty() {
            true => 0,
            false => self.number(2, 2)?,
        };
        let real = self.0.is_empty() && hours < 24 && minutes < 60;
        real.then_some(ahead * (hours * HOUR + minutes * MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every day of 800 years, counted one by one.
    #[test]
    fn the_calendar_is_right() {
        let (mut year, mut month, mut day) = (1600, 1, 1);
        let first = days(year, month, day).unwrap();
        assert_eq!(days(1970, 1, 1), Some(0));
        for number in first..first + 2 * ERA {
            assert_eq!(days(year, month, day), Some(number));
            assert_eq!(civil(number), (year, month, day));
            match days(year, month, day + 1) {
                Some(_) => day += 1,
                None if month == 12 => (year, month, day) = (year + 1, 1, 1),
                None => (month, day) = (month + 1, 1),
            }
        }
        assert_eq!((year, month, day), (2400, 1, 1));
        for (year, month, day) in [
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 13, 1),
            (2024, 4, 31),
            (2024, 1, 0),
        ] {
            assert_eq!(days(year, month, day), None);
        }
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("2024-03-01T12:00:00.123+01:00", 1_709_290_800_123),
            ("2024-03-01T12:00:00.1239+0100", 1_709_290_800_123),
            ("2024-03-01 05:30:00.1 -0530", 1_709_290_800_100),
            ("2024-03-01T12:00:00+01", 1_709_290_800_000),
            ("2024-03-01t11:00:00.02z", 1_709_290_800_020),
            ("2024-03-01T11:00", 1_709_290_800_000),
            ("2024-3-1", 1_709_251_200_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "2024",
            "2024-03-01T",
            "2024-03-01T25:00",
            "2024-03-01T11:00:00.Z",
            "2024-03-01T11:00+1",
            "2024-03-01T11:00 CET",
            "2024-03-01T11:00Zulu",
            "24-03-01",
            "2024-03-01T11:00:00+01:00x",
            "2024-ä",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_form_of_a_header_is_read() {
        for text in [
            "Wed, 02 Apr 2025 09:16:04 GMT",
            "2 apr 2025 11:16:04 +0200",
            "Wednesday, 02-Apr-25 09:16:04 GMT",
            "Wed Apr  2 09:16:04 2025",
        ] {
            assert_eq!(parse_header(text), Some(1_743_585_364_000), "{text}");
        }
        assert_eq!(
            parse_header("Sun Nov  6 08:49:37 1994"),
            Some(784_111_777_000)
        );
        assert_eq!(
            parse_header("Sunday, 06-Nov-94 08:49:37 GMT"),
            Some(784_111_777_000)
        );
        for text in [
            "",
            "soon",
            "Wed, 31 Feb 2025 09:16:04 GMT",
            "Wed, 02 Apr 2025 09:16:04 CET",
            "1-2 3 4",
            "GMT",
        ] {
            assert_eq!(parse_header(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_written_as_it_is_read() {
        for millis in [
            0,
            -1,
            1_709_290_800_123,
            -62_167_219_200_000,
            253_402_300_799_999,
        ] {
            let text = iso(millis).unwrap();
            assert_eq!(parse(&text), Some(millis), "{text}");
        }
        assert_eq!(iso(-1).as_deref(), Some("1969-12-31T23:59:59.999Z"));
        assert_eq!(
            iso_seconds(1_709_290_800_123).as_deref(),
            Some("2024-03-01T11:00:00Z")
        );
        for millis in [-62_167_219_200_001, 253_402_300_800_000, i64::MIN, i64::MAX] {
            assert_eq!(iso(millis), None);
        }
    }
}
