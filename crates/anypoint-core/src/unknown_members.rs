//! What a model keeps of an object beyond its own members.
//!
//! It must not show a value, because an unknown member may be a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use serde_json::Map;

use crate::Json;

/// Members of a JSON object that its model does not know, and values that do not fit its types.
///
/// It dereferences to a map of the members. When the model is sent, the following are sent unchanged:
///
/// - an unknown member;
/// - a known member whose value does not fit, unless its field has been set since;
/// - an item of a known list, or a value of a known map, that does not fit. It is sent at its original place. `remove` with the
///   name of the list leaves it out.
///
/// `Debug` prints the names without the values.
///
/// ```
/// use anypoint_core::{Json, UnknownMembers};
///
/// let mut other = UnknownMembers::new();
/// other.insert("owner".to_owned(), Json::from("ada"));
/// assert_eq!(other["owner"], "ada");
/// assert_eq!(format!("{other:?}"), "{owner}");
/// ```
#[derive(Clone, Default)]
pub struct UnknownMembers(Option<Box<Kept>>);

/// Boxed: nearly every model keeps nothing, and lists of models move.
#[derive(Clone, PartialEq, Default)]
struct Kept {
    members: BTreeMap<String, Json>,
    /// Of known lists and maps, in the order in which they came.
    parts: BTreeMap<&'static str, Vec<Part>>,
}

static NOTHING: Kept = Kept {
    members: BTreeMap::new(),
    parts: BTreeMap::new(),
};

/// An item of a list, or a value of a map.
#[derive(Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) at: Place,
    pub(crate) value: Json,
}

/// The place of a part.
#[derive(Clone, PartialEq)]
pub(crate) enum Place {
    Index(usize),
    Key(String),
}

impl UnknownMembers {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Whether there is neither a member nor a part of one.
    pub fn is_empty(&self) -> bool {
        *self.kept() == NOTHING
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Removes a member, and the values that do not fit in the known list or map of that name. Returns the member.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let kept = self.0.as_mut()?;
        kept.parts.remove(name);
        kept.members.remove(name)
    }

    fn kept(&self) -> &Kept {
        self.0.as_deref().unwrap_or(&NOTHING)
    }

    fn kept_mut(&mut self) -> &mut Kept {
        self.0.get_or_insert_default()
    }

    pub(crate) fn add_part(&mut self, name: &'static str, part: Part) {
        self.kept_mut().parts.entry(name).or_default().push(part);
    }

    /// An empty list or map, if there are parts of the one of this name.
    pub(crate) fn nothing_but_parts(&self, name: &str) -> Option<Json> {
        let part = self.kept().parts.get(name)?.first()?;
        Some(match part.at {
            Place::Index(_) => Json::Array(Vec::new()),
            Place::Key(_) => Json::Object(Map::new()),
        })
    }

    pub(crate) fn into_members(self) -> BTreeMap<String, Json> {
        self.0.map(|kept| kept.members).unwrap_or_default()
    }

    /// A list or a map with the parts that do not fit its type.
    pub(crate) fn complete(&self, name: &str, mut value: Json) -> Json {
        for part in self.kept().parts.get(name).into_iter().flatten() {
            match (&mut value, &part.at) {
                (Json::Array(items), Place::Index(index)) => {
                    items.insert((*index).min(items.len()), part.value.clone());
                }
                (Json::Object(entries), Place::Key(key)) => {
                    let entry = entries.entry(key.clone());
                    entry.or_insert_with(|| part.value.clone());
                }
                _ => {}
            }
        }
        value
    }
}

impl PartialEq for UnknownMembers {
    fn eq(&self, other: &Self) -> bool {
        self.kept() == other.kept()
    }
}

impl Deref for UnknownMembers {
    type Target = BTreeMap<String, Json>;

    fn deref(&self) -> &Self::Target {
        &self.kept().members
    }
}

impl DerefMut for UnknownMembers {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.kept_mut().members
    }
}

impl From<BTreeMap<String, Json>> for UnknownMembers {
    fn from(members: BTreeMap<String, Json>) -> Self {
        let parts = BTreeMap::new();
        Self((!members.is_empty()).then(|| Box::new(Kept { members, parts })))
    }
}

impl FromIterator<(String, Json)> for UnknownMembers {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(members: I) -> Self {
        BTreeMap::from_iter(members).into()
    }
}

impl<'a> IntoIterator for &'a UnknownMembers {
    type Item = (&'a String, &'a Json);
    type IntoIter = std::collections::btree_map::Iter<'a, String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        (**self).iter()
    }
}

impl fmt::Debug for UnknownMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.kept().parts.iter().flat_map(|(name, parts)| {
            parts.iter().map(move |part| match &part.at {
                Place::Index(index) => format!("{name}[{index}]"),
                Place::Key(key) => format!("{name}.{key}"),
            })
        });
        Names(self.keys().cloned().chain(parts).collect()).fmt(f)
    }
}

/// Names of members, which are shown instead of their values: `{id, owner}`.
pub(crate) struct Names(pub(crate) Vec<String>);

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(Name)).finish()
    }
}

/// A name without quotes.
struct Name<'a>(&'a String);

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_debug())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for UnknownMembers {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "UnknownMembers".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, Json>::json_schema(generator)
    }
}
