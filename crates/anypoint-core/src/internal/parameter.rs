//! Values as the text of a path, query, header or form.
//!
//! It must not encode: each place has rules of its own, and they are in `call.rs`.

use crate::Secret;
use crate::secret::redact;

/// A value that a request can carry outside of a JSON body.
pub trait Parameter {
    /// Appends the texts of the value: none for `None`, several for a list.
    fn append(&self, out: &mut Vec<String>);
}

/// The texts of a value.
pub(crate) fn texts(value: &dyn Parameter) -> Vec<String> {
    let mut out = Vec::new();
    value.append(&mut out);
    out
}

macro_rules! displayed {
    ($($ty:ty),*) => {$(
        impl Parameter for $ty {
            fn append(&self, out: &mut Vec<String>) {
                out.push(self.to_string());
            }
        }
    )*};
}

displayed!(String, str, bool, i32, i64, f64);

impl Parameter for Secret {
    fn append(&self, out: &mut Vec<String>) {
        redact::note(self);
        out.push(self.expose().to_owned());
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn append(&self, out: &mut Vec<String>) {
        if let Some(value) = self {
            value.append(out);
        }
    }
}

impl<T: Parameter> Parameter for Vec<T> {
    fn append(&self, out: &mut Vec<String>) {
        for value in self {
            value.append(out);
        }
    }
}

impl<T: Parameter + ?Sized> Parameter for &T {
    fn append(&self, out: &mut Vec<String>) {
        (**self).append(out);
    }
}
