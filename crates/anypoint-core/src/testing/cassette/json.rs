//! JSON text, rewritten value by value: order, numbers and repeated members stay as they were.
//!
//! It must not know what is secret.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What becomes of a text, by the name of the innermost member that it is in; `None` if it stays. Names come without one.
pub(super) type Rewrite<'a> = &'a dyn Fn(&str, Place<'_>) -> Option<String>;

/// Where a text stands.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// The name of a member.
    Name,
    /// A value within members of these names, the innermost first.
    Value(&'a Within<'a>),
}

/// The names of the members that a value is in.
pub(super) enum Within<'a> {
    Top,
    Member(&'a str, &'a Within<'a>),
}

impl Within<'_> {
    /// Whether one of the names is such.
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

/// JSON on indented lines.
pub(super) fn indented(json: &str) -> serde_json::Result<String> {
    rewritten(json, &|_, _| None)
}

/// JSON on indented lines, with other texts.
pub(super) fn rewritten(json: &str, rewrite: Rewrite<'_>) -> serde_json::Result<String> {
    let mut writer = Writer {
        out: String::with_capacity(json.len()),
        rewrite,
        depth: 0,
    };
    writer.value(json.trim(), &Within::Top)?;
    Ok(writer.out)
}

struct Writer<'a> {
    out: String,
    rewrite: Rewrite<'a>,
    depth: usize,
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
                // Whatever it is, it must be JSON.
                let _: &RawValue = serde_json::from_str(json)?;
                self.out.push_str(json);
                Ok(())
            }
        }
    }

    /// A list of things in brackets, each on a line of its own.
    fn each<T>(
        &mut self,
        [open, close]: [char; 2],
        things: &[T],
        mut write: impl FnMut(&mut Self, &T) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
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

/// The members of an object as they stand, repeated ones, too.
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
