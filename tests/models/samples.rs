//! The examples of the components in a spec, and the rules for examples without a component.

use std::fmt;

use serde_json::Value as Json;

use crate::spec::{Media, Spec, reference, target};

/// A value that the type of a component must read.
pub(crate) struct Sample {
    pub(crate) component: String,
    /// Where the spec shows it.
    pub(crate) place: String,
    pub(crate) value: Json,
}

/// All that a spec shows.
#[derive(Default)]
pub(crate) struct Samples {
    /// From the examples that hold components, every value of an enum, and the branches of a union.
    pub(crate) shown: Vec<Sample>,
    /// Examples that hold components.
    pub(crate) checked: usize,
    /// Examples of texts, numbers, lists and maps of such, and of any JSON: they have no type of their own.
    pub(crate) plain: usize,
    /// Empty lists and maps of components.
    pub(crate) empty: usize,
    /// Examples of multipart forms, which are written part by part and never read.
    pub(crate) forms: usize,
    /// Examples of text and bytes.
    pub(crate) no_json: usize,
}

impl Samples {
    /// Every example, by whichever rule.
    pub(crate) fn count(&self) -> usize {
        self.checked + self.plain + self.empty + self.forms + self.no_json
    }

    pub(crate) fn of(spec: &Spec) -> Self {
        let mut samples = Self::default();
        let forms = spec.forms();
        for (name, schema) in spec.components() {
            match schema.get("example") {
                Some(_) if forms.contains(name) => samples.forms += 1,
                Some(example) => samples.add("its example", &reference(name), example),
                None => {}
            }
            samples.values(name, schema);
            samples.branches(spec, name, schema);
        }
        for media in spec.media() {
            if let Some(example) = media.value.get("example") {
                samples.media(&media, example);
            }
        }
        samples
    }

    fn media(&mut self, media: &Media<'_>, example: &Json) {
        match () {
            () if media.is_form() => self.forms += 1,
            () if media.is_json() => self.add(&media.place, &media.value["schema"], example),
            () => self.no_json += 1,
        }
    }

    /// An enum shows its values, with or without an example.
    fn values(&mut self, name: &str, schema: &Json) {
        let values = schema["enum"].as_array().into_iter().flatten();
        self.shown.extend(values.map(|value| Sample {
            component: name.to_owned(),
            place: "its values".to_owned(),
            value: value.clone(),
        }));
    }

    /// A union shows the examples of its branches, with or without one of its own.
    fn branches(&mut self, spec: &Spec, name: &str, schema: &Json) {
        let branches = schema["oneOf"].as_array().into_iter().flatten();
        for branch in branches.filter_map(target) {
            self.shown.push(Sample {
                component: name.to_owned(),
                place: format!("the example of {branch}"),
                value: spec.component(branch)["example"].clone(),
            });
        }
    }

    fn add(&mut self, place: &str, schema: &Json, example: &Json) {
        if !names_component(schema) {
            self.plain += 1;
            return;
        }
        let before = self.shown.len();
        split(schema, example, place, &mut self.shown);
        if self.shown.len() == before {
            self.empty += 1;
        } else {
            self.checked += 1;
        }
    }
}

/// Whether values of the schema are components, or lists or maps of components.
fn names_component(schema: &Json) -> bool {
    let inside = [schema.get("items"), schema.get("additionalProperties")];
    target(schema).is_some() || inside.into_iter().flatten().any(names_component)
}

/// Takes lists and maps apart down to components.
fn split(schema: &Json, value: &Json, place: &str, shown: &mut Vec<Sample>) {
    if let Some(component) = target(schema) {
        shown.push(Sample {
            component: component.to_owned(),
            place: place.to_owned(),
            value: value.clone(),
        });
        return;
    }
    match value {
        Json::Array(items) => {
            for item in items {
                split(&schema["items"], item, place, shown);
            }
        }
        Json::Object(members) => {
            for member in members.values() {
                split(&schema["additionalProperties"], member, place, shown);
            }
        }
        _ => {}
    }
}

/// The counts alone: the samples would fill pages.
impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samples")
            .field("shown", &self.shown.len())
            .field("checked", &self.checked)
            .field("plain", &self.plain)
            .field("empty", &self.empty)
            .field("forms", &self.forms)
            .field("no_json", &self.no_json)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_are_taken_apart_down_to_components() {
        let link = |schema: Json, example: Json| json!({"schema": schema, "example": example});
        let list = json!({"type": "array", "items": reference("A")});
        let map = json!({"type": "object", "additionalProperties": {"allOf": [reference("A")]}});
        let spec = Spec::new(json!({
            "components": {"schemas": {
                "A": {"type": "object", "example": {"content": {"a/b": {"example": 1}}}},
                "U": {"oneOf": [reference("A")]},
                "E": {"type": "string", "enum": ["X", "Y"]},
                "F": {"type": "object", "example": {"f": 1}},
            }},
            "paths": {"/p": {"post": {
                "requestBody": {"content": {"multipart/form-data": link(reference("F"), json!({"f": 2}))}},
                "responses": {
                    "200": {"content": {"application/json": link(list.clone(), json!([{"n": 1}, {"n": 2}]))}},
                    "201": {"content": {"application/x+json": link(map, json!({"k": {"n": 3}}))}},
                    "202": {"content": {"application/json": link(json!({"type": "string"}), json!("text"))}},
                    "204": {"content": {"application/json": link(list.clone(), json!([]))}},
                    "203": {"content": {"text/plain": link(json!({"type": "string"}), json!("text"))}},
                },
            }}},
        }));
        let samples = Samples::of(&spec);
        let shown = |component: &str| -> Vec<&Json> {
            let own = samples
                .shown
                .iter()
                .filter(|sample| sample.component == component);
            own.map(|sample| &sample.value).collect()
        };
        assert_eq!(shown("E"), [&json!("X"), &json!("Y")]);
        assert_eq!(
            shown("A")[1..],
            [&json!({"n": 1}), &json!({"n": 2}), &json!({"n": 3})]
        );
        assert_eq!(shown("U"), [shown("A")[0]]);
        assert_eq!(shown("F"), Vec::<&Json>::new());
        let counts = [
            samples.checked,
            samples.plain,
            samples.empty,
            samples.forms,
            samples.no_json,
        ];
        assert_eq!(counts, [3, 1, 1, 2, 1]);
        assert_eq!(spec.count_examples(), samples.count());
    }
}
