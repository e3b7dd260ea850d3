//! Rewrites JSON text value by value, and keeps the order, the form of numbers and repeated members.
//!
//! It must not know what a secret is.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep the JSON of a body may be nested: parsers accept little more. Deeper JSON is kept as text.
const DEEPEST: usize = 100;
/// The levels around a body in the file.
const AROUND: usize = 10;

/// The replacement of a text, by its place; `None` if it stays.
pub(super) type Rewrite<'a> = &'a dyn Fn(&str, Place<'_>) -> Option<String>;

/// The place of a text.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// The name of a member.
    Name,
    /// A value within members of these names, the innermost first.
    Value(&'a Within<'a>),
}

/// The names of the members that contain a value.
pub(super) enum Within<'a> {
    Top,
    Member(&'a str, &'a Within<'a>),
}

impl Within<'_> {
    /// Whether the predicate is true for one of the names.
    pub(super) fn any(&self, is: impl Fn(&str) -> bool) -> bool {
        let mut here = self;
        while let Within::Member(name, outer) = here {
            if is(name) {
                return true;
            }
            here = outer;
        }
        false
    }
}

/// The JSON of a file on indented lines.
pub(super) fn indented(json: &str) -> serde_json::Result<String> {
    write(json, &|_, _| None, DEEPEST + AROUND)
}

/// The JSON of a body on indented lines, with other texts.
pub(super) fn rewritten(json: &str, rewrite: Rewrite<'_>) -> serde_json::Result<String> {
    write(json, rewrite, DEEPEST)
}

fn write(json: &str, rewrite: Rewrite<'_>, deepest: usize) -> serde_json::Result<String> {
    let mut writer = Writer {
        out: String::with_capacity(json.len()),
        rewrite,
        depth: 0,
        deepest,
    };
    writer.value(json.trim(), &Within::Top)?;
    Ok(writer.out)
}

struct Writer<'a> {
    out: String,
    rewrite: Rewrite<'a>,
    depth: usize,
    deepest: usize,
}

impl Writer<'_> {
    fn value(&mut self, json: &str, within: &Within<'_>) -> serde_json::Result<()> {
        match json.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(json)?;
                self.each(['{', '}'], &members, |this, (name, value)| {
                    this.text(&serde_json::to_string(name)?, Place::Name)?;
                    this.out.push_str(": ");
                    this.value(value.get(), &Within::Member(name, within))
                })
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json)?;
                self.each(['[', ']'], &items, |this, item| {
                    this.value(item.get(), within)
                })
            }
            Some(b'"') => self.text(json, Place::Value(within)),
            _ => {
                // Check that it is valid JSON.
                let _: &RawValue = serde_json::from_str(json)?;
                self.out.push_str(json);
                Ok(())
            }
        }
    }

    /// A list in brackets, each item on a line of its own.
    fn each<T>(
        &mut self,
        [open, close]: [char; 2],
        things: &[T],
        mut write: impl FnMut(&mut Self, &T) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        if self.depth == self.deepest {
            return Err(serde_json::Error::custom("it is nested too deeply"));
        }
        self.out.push(open);
        self.depth += 1;
        for (number, thing) in things.iter().enumerate() {
            self.out.push_str(if number == 0 { "\n" } else { ",\n" });
            self.indent();
            write(self, thing)?;
        }
        self.depth -= 1;
        if !things.is_empty() {
            self.out.push('\n');
            self.indent();
        }
        self.out.push(close);
        Ok(())
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn text(&mut self, json: &str, place: Place<'_>) -> serde_json::Result<()> {
        let text: String = serde_json::from_str(json)?;
        match (self.rewrite)(&text, place) {
            None => self.out.push_str(json),
            Some(other) => self.out.push_str(&serde_json::to_string(&other)?),
        }
        Ok(())
    }
}

/// The members of an object in their order, including repeated ones.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_and_repeated_members_stay() {
        let json =
            r#"{"b": 1.10, "a" :[ ], "b":[12345678901234567890123, {"\u0041":null}] , "c":{}}"#;
        let expected = "{\n  \"b\": 1.10,\n  \"a\": [],\n  \"b\": [\n    12345678901234567890123,\n    {\n      \"A\": null\n    }\n  ],\n  \"c\": {}\n}";
        assert_eq!(indented(json).unwrap(), expected);
        assert_eq!(indented(expected).unwrap(), expected);
        assert!(indented("{\"a\": tru}").is_err() && indented("").is_err());
    }

    #[test]
    fn json_of_any_depth_is_bounded() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(rewritten(&nested(DEEPEST), &|_, _| None).is_ok());
        assert!(rewritten(&nested(DEEPEST + 1), &|_, _| None).is_err());
        assert!(rewritten(&nested(100_000), &|_, _| None).is_err());
        let text = rewritten(&nested(DEEPEST), &|_, _| None).unwrap();
        assert!(serde_json::from_str::<crate::Json>(&text).is_ok());
    }

    #[test]
    fn a_text_is_rewritten_by_the_names_around_it() {
        let rewrite = |text: &str, place: Place<'_>| match place {
            Place::Name => (text == "z").then(|| "y".to_owned()),
            Place::Value(within) => within.any(|name| name == "a").then(|| text.to_uppercase()),
        };
        let json = r#"{"a":["x",{"b":"x"}],"z":"x"}"#;
        let rewritten: String = rewritten(json, &rewrite)
            .unwrap()
            .split_whitespace()
            .collect();
        assert_eq!(rewritten, r#"{"a":["X",{"b":"X"}],"y":"x"}"#);
    }
}
