//! Values as text in a path, query, header or form.
//!
//! It must not encode them: each place has its own rules, which are in `call.rs`.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

use crate::Secret;

/// A value that a request can have outside of a JSON body.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Parameter {
    /// Passes the texts of the value to `take`: none for `None`, several for a list.
    fn each(&self, take: &mut dyn FnMut(&str));

    /// Passes the secrets of the value to `take`.
    fn secrets(&self, take: &mut dyn FnMut(&Secret)) {
        let _ = take;
    }

    /// Whether it is or has an empty id, because the answer that it was taken from had none.
    fn lacks_id(&self) -> bool {
        false
    }
}

/// The texts of a value.
pub(crate) fn texts(value: &dyn Parameter) -> Vec<String> {
    let mut texts = Vec::new();
    value.each(&mut |text| texts.push(text.to_owned()));
    texts
}

/// The texts of a value, joined by commas; `None` if there are none.
pub(crate) fn joined(value: &dyn Parameter) -> Option<String> {
    let mut joined: Option<String> = None;
    value.each(&mut |text| match &mut joined {
        None => joined = Some(text.to_owned()),
        Some(joined) => {
            joined.push(',');
            joined.push_str(text);
        }
    });
    joined
}

macro_rules! displayed {
    ($($ty:ty),*) => {$(
        impl Parameter for $ty {
            fn each(&self, take: &mut dyn FnMut(&str)) {
                take(&self.to_string());
            }
        }
    )*};
}

displayed!(bool, i64, f64);

impl Parameter for str {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        take(self);
    }
}

impl Parameter for String {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        take(self);
    }
}

impl Parameter for Secret {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        take(self.expose());
    }

    fn secrets(&self, take: &mut dyn FnMut(&Secret)) {
        take(self);
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        if let Some(value) = self {
            value.each(take);
        }
    }

    fn secrets(&self, take: &mut dyn FnMut(&Secret)) {
        if let Some(value) = self {
            value.secrets(take);
        }
    }

    fn lacks_id(&self) -> bool {
        self.as_ref().is_some_and(T::lacks_id)
    }
}

impl<T: Parameter> Parameter for Vec<T> {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        for value in self {
            value.each(take);
        }
    }

    fn secrets(&self, take: &mut dyn FnMut(&Secret)) {
        for value in self {
            value.secrets(take);
        }
    }

    fn lacks_id(&self) -> bool {
        self.iter().any(T::lacks_id)
    }
}

impl<T: Parameter + ?Sized> Parameter for &T {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        (**self).each(take);
    }

    fn secrets(&self, take: &mut dyn FnMut(&Secret)) {
        (**self).secrets(take);
    }

    fn lacks_id(&self) -> bool {
        (**self).lacks_id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_in_every_wrapper() {
        let secret = || Secret::from("hidden");
        let several = Some(vec![Some(secret()), None, Some(secret())]);
        let all: [(&dyn Parameter, usize); 5] = [
            (&secret(), 1),
            (&Some(&secret()), 1),
            (&several, 2),
            (&"open", 0),
            (&None::<Secret>, 0),
        ];
        for (value, count) in all {
            let mut found = Vec::new();
            value.secrets(&mut |secret| found.push(secret.expose().to_owned()));
            assert_eq!(found, vec!["hidden"; count]);
        }
    }
}
