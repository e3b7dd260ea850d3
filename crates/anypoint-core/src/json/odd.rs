//! Values that do not fit their type.
//!
//! A visitor that gets one reads it to its end, stores it here and fails. The model, list or map that contains the value
//! then continues as if it were missing. So a value that fits costs nothing, and no model is compiled a second time for odd
//! values. The records belong to the answer that this thread is reading.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{Error, Expected, MapAccess, SeqAccess, Visitor as _};

use super::any::Any;
use super::memory;
use super::strict;
use super::trail::{self, Step};
use crate::unknown_members::{Part, Place};
use crate::{Json, UnknownMembers};

/// The methods of a visitor for the JSON types that do not fit: they store the value and fail.
macro_rules! odd_kinds {
    (scalars) => {
        odd_kinds!(bool, number, text);
    };
    (bool $($rest:tt)*) => {
        fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
            Err($crate::json::odd::put(&self, value.into()))
        }

        odd_kinds!($($rest)*);
    };
    (number $($rest:tt)*) => {
        fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
            Err($crate::json::odd::put(&self, value.into()))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
            Err($crate::json::odd::put(&self, value.into()))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
            Err($crate::json::odd::put(&self, value.into()))
        }

        odd_kinds!($($rest)*);
    };
    (text $($rest:tt)*) => {
        fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
            Err($crate::json::odd::put(&self, value.into()))
        }

        odd_kinds!($($rest)*);
    };
    (array $($rest:tt)*) => {
        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Err($crate::json::odd::put(&self, $crate::json::odd::array(seq)?))
        }

        odd_kinds!($($rest)*);
    };
    (object $($rest:tt)*) => {
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Err($crate::json::odd::put(&self, $crate::json::odd::object(map)?))
        }

        odd_kinds!($($rest)*);
    };
    () => {};
    (, $($rest:tt)*) => {
        odd_kinds!($($rest)*);
    };
}

pub(crate) use odd_kinds;

/// The memory of one record in a growing list, with the first steps of its path.
const NOTE: usize = 2 * size_of::<Found>() + 4 * size_of::<Step>();

/// A position for errors that are not shown. Without it `serde_json` would count lines from the start of the text for each
/// odd value, which takes quadratic time.
pub(crate) const NOWHERE: &str = " at line 1 column 0";

/// How many odd values of one answer are reported.
pub(crate) const TOLD: usize = 100;

/// A value that counts as missing.
#[derive(Debug)]
pub(crate) struct Found {
    number: usize,
    /// From the value outwards.
    steps: Vec<Step>,
    /// What was expected and what was found, without the value.
    pub(crate) problem: String,
    /// The value, until a model could keep it.
    raw: Option<Json>,
    /// The value stands for a missing member, which is not reported.
    is_blank: bool,
}

impl Found {
    pub(crate) fn path(&self) -> String {
        trail::path(&self.steps)
    }
}

/// A value that was just read and does not fit.
struct Aside {
    raw: Json,
    problem: String,
    /// An empty text: as a member it stands for a missing one.
    is_blank: bool,
}

/// The value that was just read is something else than documented.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Foreign {
    /// An object of this name without any known member.
    Object(&'static str),
    /// A list or a map in which no value fits.
    List,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(name) => write!(
                f,
                "expected an object ({name}), found one without any member of it"
            ),
            Self::List => f.write_str("none of the values in it is what was expected"),
        }
    }
}

thread_local! {
    static ASIDE: RefCell<Option<Aside>> = const { RefCell::new(None) };
    static FOUND: RefCell<Vec<Found>> = const { RefCell::new(Vec::new()) };
    /// The number of odd values, reported or not.
    static ODD: Cell<usize> = const { Cell::new(0) };
    /// The number of records. While values fit, only this is read.
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static FOREIGN: Cell<Option<Foreign>> = const { Cell::new(None) };
}

/// Removes the records of earlier answers.
pub(crate) fn clear() {
    trail::clear();
    ASIDE.set(None);
    FOREIGN.set(None);
    drop(take());
}

/// The odd values of the answer that was just read, in its order, and their total number.
pub(crate) fn take() -> (Vec<Found>, usize) {
    if COUNT.replace(0) == 0 {
        return (Vec::new(), 0);
    }
    let mut found = FOUND.take();
    found.truncate(TOLD);
    (found, ODD.replace(0))
}

/// Stores a value that does not fit. It must have been read to its end.
#[cold]
pub(crate) fn put<E: Error>(expected: &dyn Expected, raw: Json) -> E {
    let problem = format!("expected {expected}, found {}", kind(&raw));
    let error = match strict::is_on() {
        true => E::custom(&problem),
        false => E::custom(format_args!("{problem}{NOWHERE}")),
    };
    let is_blank = raw.as_str().is_some_and(|text| text.trim().is_empty());
    ASIDE.set(Some(Aside {
        raw,
        problem,
        is_blank,
    }));
    error
}

/// The JSON type of a value, in words.
pub(crate) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(number) if number.is_f64() => "a number with a fraction",
        Json::Number(_) => "a number",
        Json::String(text) if text.trim().is_empty() => "an empty text",
        Json::String(_) => "a text",
        Json::Array(items) => match items.len() {
            0 => "an empty array",
            1 => "an array",
            _ => "an array of several items",
        },
        Json::Object(_) => "an object",
    }
}

/// Records that the value that was just read is something else.
#[cold]
pub(crate) fn foreign(foreign: Foreign) {
    FOREIGN.set(Some(foreign));
    COUNT.set(COUNT.get() + 1);
}

pub(crate) fn take_foreign() -> Option<Foreign> {
    FOREIGN.take()
}

/// Reads an object that does not fit.
pub(crate) fn object<'de, A: MapAccess<'de>>(map: A) -> Result<Json, A::Error> {
    Any.visit_map(map)
}

/// Reads an array that does not fit.
pub(crate) fn array<'de, A: SeqAccess<'de>>(seq: A) -> Result<Json, A::Error> {
    Any.visit_seq(seq)
}

/// Where the odd values of a member are kept, and the name under which the member is sent.
pub(crate) type Keeper<'a> = Option<(&'a mut UnknownMembers, &'static str)>;

/// Keeps an odd value that is a member, or an item of it. A deeper one is not kept, because its place may change.
fn keep(rest: &mut UnknownMembers, name: &'static str, steps: &[Step], value: Json) {
    let at = match steps {
        [] => {
            rest.insert(name.to_owned(), value);
            return;
        }
        [Step::Index(index)] => Place::Index(*index),
        [Step::Member(key)] => Place::Key(key.clone()),
        _ => return,
    };
    rest.add_part(name, Part { at, value });
}

/// Detects records while the values of a container are read one after the other.
#[derive(Clone)]
pub(crate) struct Watch {
    seen: usize,
    odd: usize,
}

impl Watch {
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            seen: COUNT.get(),
            odd: ODD.get(),
        }
    }

    /// Whether there are new records since the last value.
    #[inline]
    pub(crate) fn is_noted(&self) -> bool {
        COUNT.get() != self.seen
    }

    /// Removes the new records.
    pub(crate) fn forget(self) {
        FOREIGN.set(None);
        FOUND.with_borrow_mut(|found| found.retain(|found| found.number < self.seen));
        ODD.set(ODD.get().min(self.odd));
        COUNT.set(self.seen);
    }

    /// Adds the step of a value to the paths of the new records, and returns whether the value itself does not fit.
    ///
    /// `member` is set for the member of a model, with its keeper if the model keeps odd values.
    #[cold]
    pub(crate) fn stands(&mut self, step: &Step, member: Option<Keeper<'_>>) -> bool {
        let is_member = member.is_some();
        let mut keeper = member.flatten();
        let mut unfit = FOREIGN.take().is_some();
        FOUND.with_borrow_mut(|found| {
            let start = found.partition_point(|found| found.number < self.seen);
            for found in found.iter_mut().skip(start) {
                unfit |= found.steps.is_empty() && !found.is_blank;
                if let Some(raw) = found.raw.take_if(|_| is_member)
                    && let Some((rest, name)) = &mut keeper
                {
                    keep(rest, name, &found.steps, raw);
                }
                found.steps.push(step.clone());
            }
            if is_member {
                found.retain(|found| !found.is_blank);
                found.truncate(TOLD);
            }
        });
        self.seen = COUNT.get();
        unfit
    }
}

/// Records a failure as an odd value if the value was stored because it does not fit. An empty text for a member is not
/// reported.
///
/// # Errors
/// The JSON is malformed, or the thread reads strictly.
#[cold]
pub(crate) fn pardon<E: Error>(error: E, is_member: bool) -> Result<(), E> {
    let Some(aside) = ASIDE.take().filter(|_| !strict::is_on()) else {
        return Err(error);
    };
    memory::take(NOTE + aside.problem.len())?;
    let number = COUNT.get();
    let is_blank = aside.is_blank && is_member;
    FOUND.with_borrow_mut(|found| {
        found.push(Found {
            number,
            steps: Vec::new(),
            problem: aside.problem,
            raw: Some(aside.raw),
            is_blank,
        });
    });
    ODD.set(ODD.get() + usize::from(!is_blank));
    COUNT.set(number + 1);
    Ok(())
}
