//! Explicit names for some things of a document: `x-name`, `x-was` and `x-values`.

use serde_json::{Value as Json, json};

use crate::draw::Draw;

/// Names no two of which are equal, nor what the rule gives.
pub fn names(document: &mut Json, draw: &mut Draw) {
    let branches = branches(document);
    let mut given = Given { draw, count: 0 };
    for item in members(&mut document["paths"]) {
        for operation in members(item.1) {
            given.name(operation.1, "given", true);
            let parameters = operation.1["parameters"].as_array_mut().unwrap();
            for parameter in parameters {
                let optional = parameter["required"] == false;
                given.name(parameter, "given", optional);
            }
        }
    }
    for (name, schema) in members(&mut document["components"]["schemas"]) {
        // A map has no type, and the variant of a union only one name.
        if schema.get("additionalProperties").is_none() {
            given.name(schema, "Given", !branches.contains(name));
        }
        let properties = schema.get_mut("properties");
        for (_, property) in properties.into_iter().flat_map(members) {
            if property.get("$ref").is_none() {
                given.name(property, "given", false);
            }
        }
        given.values(schema);
    }
}

fn members(of: &mut Json) -> impl Iterator<Item = (&String, &mut Json)> {
    of.as_object_mut().unwrap().iter_mut()
}

fn branches(document: &Json) -> Vec<String> {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let unions = schemas
        .values()
        .filter_map(|schema| schema["oneOf"].as_array());
    let branches = unions
        .flatten()
        .filter_map(|branch| branch["$ref"].as_str());
    let names = branches.filter_map(|path| path.rsplit('/').next());
    names.map(str::to_owned).collect()
}

struct Given<'a> {
    draw: &'a mut Draw,
    count: usize,
}

impl Given<'_> {
    fn fresh(&mut self, word: &str) -> Json {
        self.count += 1;
        format!("{word}{}", self.count).into()
    }

    fn name(&mut self, thing: &mut Json, word: &str, has_former: bool) {
        if self.draw.one_in(4) {
            thing["x-name"] = self.fresh(word);
        }
        if has_former && self.draw.one_in(4) {
            thing["x-was"] = json!([self.fresh(word), self.fresh(word)]);
        }
    }

    fn values(&mut self, schema: &mut Json) {
        let Some(values) = schema.get("enum").and_then(Json::as_array).cloned() else {
            return;
        };
        for value in values.iter().filter_map(Json::as_str) {
            let mut said = json!({});
            self.name(&mut said, "Given", true);
            if said != json!({}) {
                schema["x-values"][value] = said;
            }
        }
    }
}
