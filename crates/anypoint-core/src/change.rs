//! Changes single properties where a service accepts only all of them at once, and shows some as masks.
//!
//! It must not know an API: generated code gives the calls and says where the properties are.

mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use crate::Json;
use crate::call::Call;
use crate::error::Error;
use crate::json::Tolerant;
use crate::response::{Answer, DecodeError, Response, Sending};
use crate::secret::Secret;

/// Where the properties are; a `static` in generated code.
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
    /// The mask that is shown for a secret.
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
/// The service replaces all properties at once and shows the secure ones as masks. So this reads the
/// current properties, applies the changes to the plain ones, and sends them together with the secure
/// ones in one request. **The values of all secure properties must be given with
/// [`set_secret`](Self::set_secret)**, including those that do not change, because they cannot be
/// read. If one is missing, the error names it and nothing is sent. A mask is never sent. If there are
/// no secure properties, only the change itself is needed.
///
/// If nothing would change, nothing is sent: no secret is given, nothing is removed, and the plain
/// properties already have the values. The result is then the answer that was read.
///
/// The service cannot detect concurrent changes. So wait until an earlier change is in force before
/// you make another one, and let only one process at a time change the same resource: of two
/// concurrent changes, the later one undoes the earlier.
///
/// # Errors
/// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), before the change is sent: the value of a
/// secure property is missing, a value is a mask, or a property to be removed does not exist.
/// [`Decode`](crate::ErrorKind::Decode): the current properties are not UTF-8, so sending them back
/// would change them. Otherwise the error of one of the two calls.
#[must_use = "nothing is sent until it is awaited"]
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

impl<T: Tolerant + Send + 'static> Change<T> {
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

    /// Sets a plain property, whether it exists or not. A secure property of the same name becomes a
    /// plain one.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.edits.insert(name.into(), Edit::Plain(value.into()));
        self
    }

    /// Sets a secure property, to a new value or to its current one. A plain property of the same
    /// name becomes a secure one.
    pub fn set_secret(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.edits.insert(name.into(), Edit::Secret(value.into()));
        self
    }

    /// Removes a plain or secure property. It has to exist.
    pub fn remove(mut self, name: impl Into<String>) -> Self {
        self.edits.insert(name.into(), Edit::Removed);
        self
    }

    /// Reads the properties and sends the change.
    ///
    /// # Errors
    /// See [`Change`].
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

impl<T: Tolerant + Send + 'static> IntoFuture for Change<T> {
    type Output = Result<Response<T>, Error>;
    type IntoFuture = Sending<T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// An answer as it is, so that members that no type knows are kept and no text changes on its way
/// back, and as its type.
fn both<T: Tolerant>(answer: &Answer) -> Result<(Json, T), DecodeError> {
    Ok((answer.exact_json()?, answer.json()?))
}

/// Names only, because plain values do not belong in a log either.
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
