//! How numbers with a fraction are written.
//!
//! A whole one is written without it: `1.0` as `1`, which is how the services show it and what a strict reader of integers takes.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::Nullable;

/// Every integer below this one has an `f64` of its own: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number, or what holds some.
pub trait Number {
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Writes a field whose type holds `f64`.
///
/// # Errors
/// Those of the serializer.
pub fn number<T: Number, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

/// Carries [`Number`] to where serde wants a value.
struct Written<'a, T>(&'a T);

impl<T: Number> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl Number for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.fract() == 0.0 && self.abs() < EXACT {
            serializer.serialize_i64(*self as i64)
        } else {
            serializer.serialize_f64(*self)
        }
    }
}

impl<T: Number> Number for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => serializer.serialize_some(&Written(value)),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: Number> Number for Nullable<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.write(serializer),
            Self::Null => serializer.serialize_unit(),
        }
    }
}

impl<T: Number> Number for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }
}

impl<T: Number> Number for BTreeMap<String, T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (name, Written(value))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Number>(value: T) -> String {
        serde_json::to_string(&Written(&value)).unwrap()
    }

    #[test]
    fn whole_numbers_have_no_fraction() {
        assert_eq!(written(1.0), "1");
        assert_eq!(written(-2.0), "-2");
        assert_eq!(written(0.1), "0.1");
        assert_eq!(written(EXACT - 1.0), "9007199254740991");
        assert_eq!(written(EXACT), "9007199254740992.0");
        assert_eq!(written(f64::NAN), "null");
    }

    #[test]
    fn containers_write_their_numbers_so() {
        assert_eq!(written(Some(1.0)), "1");
        assert_eq!(written(None::<f64>), "null");
        assert_eq!(written(Nullable::from(1.0)), "1");
        assert_eq!(written(Nullable::<f64>::Null), "null");
        assert_eq!(written(vec![1.0, 0.5]), "[1,0.5]");
        let map = BTreeMap::from([("a".to_owned(), vec![2.0])]);
        assert_eq!(written(map), r#"{"a":[2]}"#);
    }
}
