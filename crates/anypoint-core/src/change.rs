//! Changing single properties where a service takes only all of them, and shows some as masks.
//!
//! It must not know an API: the emitted code gives the calls and says where the properties are.

mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use crate::Json;
use crate::call::Call;
use crate::error::Error;
use crate::json::Tolerant;
use crate::response::{Answer, DecodeError, Response};
use crate::secret::Secret;

/// Where the properties are; emitted as a `static`.
#[derive(Debug, Clone, Copy)]
pub struct Changing {
    /// The client's method, for errors.
    pub method: &'static str,
    /// The request body's media type.
    pub content_type: &'static str,
    /// A JSON pointer to the object that holds both maps, the same in the answer and the request.
    pub within: &'static str,
    /// The map of those that can be read.
    pub plain: &'static str,
    /// The map of those that come back as masks.
    pub secret: &'static str,
    /// What stands in the place of a secret.
    pub mask: &'static str,
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Changing {
    #[must_use]
    pub const fn new(method: &'static str, content_type: &'static str) -> Self {
        Self {
            method,
            content_type,
            within: "",
            plain: "",
            secret: "",
            mask: "",
        }
    }

    #[must_use]
    pub const fn with_within(self, within: &'static str) -> Self {
        Self { within, ..self }
    }

    #[must_use]
    pub const fn with_plain(self, plain: &'static str) -> Self {
        Self { plain, ..self }
    }

    #[must_use]
    pub const fn with_secret(self, secret: &'static str, mask: &'static str) -> Self {
        Self {
            secret,
            mask,
            ..self
        }
    }
}

/// Changes single properties and keeps the others: `client.change_properties(…).set(…).send()`.
///
/// The service replaces all properties at once and shows the secure ones as masks. So this reads
/// what is there, takes over the plain properties with the changes, and sends them together with
/// the secure ones, in one request. **The values of all secure properties have to be given by
/// [`set_secret`](Self::set_secret)**, those that stay as they are, too, because nobody can read
/// them; if one is missing, the error names it and nothing is sent. A mask is never sent. Where
/// there are no secure properties, nothing but the change itself is needed.
///
/// Nothing is sent either when nothing would change: no secret is given, nothing is removed, and
/// the plain properties have the values already. The answer is then what was read.
///
/// The service cannot refuse a change that is based on something outdated. So wait for an
/// earlier change to be in force before you make another one, and let only one process at a
/// time change the same thing: of two at once, the later one undoes the earlier.
///
/// # Errors
/// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), before anything is sent that changes
/// something: the value of a secure property is missing, a value is a mask, or what is to be
/// removed is not there. [`Decode`](crate::ErrorKind::Decode): what is there is not UTF-8, and
/// sending it back would change it. Otherwise the error of the call that reads or of the one that changes.
#[must_use = "nothing is sent until `send` is called"]
pub struct Change<T> {
    facts: &'static Changing,
    read: Call,
    write: Call,
    edits: Edits,
    answer: PhantomData<fn() -> T>,
}

type Edits = BTreeMap<String, Edit>;

/// What becomes of one property.
enum Edit {
    Plain(String),
    Secret(Secret),
    Removed,
}

impl<T: Tolerant + Send> Change<T> {
    /// Both calls are for the same thing; the second one gets its body here.
    #[doc(hidden)]
    pub fn new(facts: &'static Changing, read: Call, write: Call) -> Self {
        Self {
            facts,
            read,
            write,
            edits: Edits::new(),
            answer: PhantomData,
        }
    }

    /// Gives a plain property a value, whether it is there already or not. A secure property of
    /// this name becomes a plain one.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.edits.insert(name.into(), Edit::Plain(value.into()));
        self
    }

    /// Gives a secure property a value, a new one or the one that it has. A plain property of
    /// this name becomes a secure one.
    pub fn set_secret(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.edits.insert(name.into(), Edit::Secret(value.into()));
        self
    }

    /// Takes a property away, a plain or a secure one. It has to be there.
    pub fn remove(mut self, name: impl Into<String>) -> Self {
        self.edits.insert(name.into(), Edit::Removed);
        self
    }

    /// Reads, and sends the change.
    ///
    /// # Errors
    /// As [`Change`] says.
    pub async fn send(self) -> Result<Response<T>, Error> {
        let facts = self.facts;
        let named = |error: Error| error.in_operation(facts.method);
        plan::without_masks(facts, &self.edits).map_err(named)?;
        let found = self.read.send_by_status(both::<T>).await?;
        let body = plan::body(facts, &self.edits, &found.value().0, &found.redactor());
        match body.map_err(named)? {
            None => Ok(found.map(|(_, value)| value)),
            Some(body) => self.write.json(facts.content_type, &body).send_json().await,
        }
    }
}

/// An answer as it is, so that members that no type knows are kept and no text changes on its way
/// back, and as its type.
fn both<T: Tolerant>(answer: &Answer) -> Result<(Json, T), DecodeError> {
    Ok((answer.exact_json()?, answer.json()?))
}

/// Names only: plain values are nobody's business in a log either.
impl<T> fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |wanted: fn(&Edit) -> bool| -> Vec<&str> {
            let edits = self.edits.iter().filter(|(_, edit)| wanted(edit));
            edits.map(|(name, _)| name.as_str()).collect()
        };
        f.debug_struct("Change")
            .field("by", &self.facts.method)
            .field("set", &names(|edit| matches!(edit, Edit::Plain(_))))
            .field("set_secret", &names(|edit| matches!(edit, Edit::Secret(_))))
            .field("remove", &names(|edit| matches!(edit, Edit::Removed)))
            .finish_non_exhaustive()
    }
}
