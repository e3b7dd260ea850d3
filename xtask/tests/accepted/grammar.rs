//! Valid documents produced by a grammar: a number always gives the same document.

use serde_json::{Map, Value as Json, json};

use crate::draw::Draw;
use crate::given;

/// Names that Rust, the runtime or emitted code has, and some of every form.
const TYPES: &[&str] = &[
    "Thing",
    "Order",
    "HTTPSettings",
    "OSType",
    "Result",
    "Option",
    "Vec",
    "String",
    "Box",
    "Some",
    "Ok",
    "Default",
    "Clone",
    "Error",
    "Client",
    "Response",
    "Method",
    "Auth",
    "Json",
    "Number",
    "Secret",
    "Nullable",
    "Upload",
    "Timestamp",
    "BTreeMap",
    "Type",
    "D",
    "S",
    "T",
    "Any",
    "Iterator",
    "Wait",
    "Items",
    "Operation",
];
const MEMBERS: &[&str] = &[
    "id",
    "name",
    "self",
    "Self",
    "type",
    "new",
    "default",
    "clone",
    "add",
    "not",
    "hash",
    "parts",
    "items",
    "clientId",
    "host-name",
    "X-Host",
    "0day",
    "async",
    "dyn",
    "value",
    "map",
    "field",
    "absent",
    "from",
    "into",
    "fooBar2",
    "a b",
    "naïve",
    "crate",
    "super",
    "box",
    "try",
];
const PARAMETERS: &[&str] = &[
    "id",
    "self",
    "client",
    "request",
    "new",
    "builder",
    "map",
    "name",
    "read",
    "write",
    "answer",
    "type",
    "page",
    "offset_by",
    "x-trace",
    "value",
    "stretch",
    "change",
    "session",
];
const VALUES: &[&str] = &[
    "on air",
    "off_",
    " lead",
    "2-step",
    "5xx",
    "0.1",
    "1.2",
    "",
    "+",
    "*",
    "Some",
    "none",
    "unknown",
    "unknown_value",
    "self",
    "default",
    "a\"b",
    "c\\d",
    "UPPER_CASE",
    "camelCase",
    "ünï",
];
const TEXTS: &[&str] = &[
    "A plain text.",
    "See https://a.example for <name> or [the list].",
    "```\n{\"a\": 1}\n```\nand more",
    "    indented\n\n- [ ] `x`",
    "*/ crate::x [Self] [`Vec`]",
    "A \"quote\" and a \\ and {braces}.",
    "| a |\n|---|",
];
const VERBS: &[&str] = &[
    "get", "list", "create", "send", "at", "builder", "result", "default", "call",
];

/// One document.
pub fn document(number: u64) -> String {
    let mut draw = Draw::new(number);
    let mut grammar = Grammar {
        draw: &mut draw,
        schemas: Map::new(),
    };
    let mut document = grammar.document();
    given::names(&mut document, &mut draw);
    document.to_string()
}

struct Grammar<'a> {
    draw: &'a mut Draw,
    schemas: Map<String, Json>,
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

impl Grammar<'_> {
    fn document(&mut self) -> Json {
        self.schemas.insert("Problem".into(), json!({
            "type": "object", "description": "An error.",
            "properties": { "message": { "type": "string" } }, "example": { "message": "refused" },
        }));
        let mut paths = Map::new();
        for number in 0..=self.draw.below(4) {
            let (path, item) = self.operation(number);
            paths.insert(path, item);
        }
        let text = self.text();
        json!({
            "openapi": "3.0.3",
            "info": { "title": "A \"made-up\" <API>", "version": "1.0.0", "description": text },
            "servers": [{ "url": "https://anypoint.mulesoft.com/fixture" }],
            "security": [{ "bearer": [] }],
            "tags": [{ "name": "things", "description": self.text() }],
            "paths": paths,
            "components": {
                "responses": { "Problem": {
                    "description": "What went wrong.",
                    "content": { "application/json": { "schema": reference("Problem") } },
                } },
                "schemas": self.schemas.clone(),
            },
        })
    }

    fn text(&mut self) -> String {
        self.draw.pick(TEXTS).to_owned()
    }

    fn operation(&mut self, number: usize) -> (String, Json) {
        let verb = self.draw.pick(VERBS);
        let sends = self.draw.one_in(2);
        let mut operation = json!({
            "operationId": format!("{verb}_{}", ["one", "two", "three", "four", "five"][number]),
            "tags": ["things"],
            "summary": "Does a thing.",
            "description": self.text(),
            "deprecated": self.draw.one_in(6),
            "parameters": self.parameters(),
            "responses": self.responses(),
        });
        if sends {
            operation["requestBody"] = self.body();
        }
        let method = if sends { "post" } else { "get" };
        let mut item = Map::new();
        item.insert(method.to_owned(), operation);
        (format!("/p{number}/{{place}}"), item.into())
    }

    fn parameters(&mut self) -> Json {
        let mut all = vec![
            json!({ "name": "place", "in": "path", "required": true, "description": "K.",
            "schema": { "type": "string" }, "example": "a" }),
        ];
        for name in self.draw.some(PARAMETERS, 5) {
            let (mut schema, mut example) = self.scalar();
            self.id(&mut schema);
            if self.draw.one_in(4) {
                (schema, example) = (
                    json!({ "type": "array", "items": schema }),
                    json!([example]),
                );
            }
            all.push(
                json!({ "name": name, "in": "query", "required": self.draw.one_in(3),
                "description": self.text(), "schema": schema, "example": example }),
            );
        }
        all.into()
    }

    fn responses(&mut self) -> Json {
        let mut responses = json!({ "default": { "$ref": "#/components/responses/Problem" } });
        responses["200"] = json!({ "description": "Fine." });
        if !self.draw.one_in(5) {
            let (schema, example) = self.schema(2);
            responses["200"]["content"] =
                json!({ "application/json": { "schema": schema, "example": example } });
        }
        match self.draw.below(4) {
            0 => responses["204"] = json!({ "description": "Nothing." }),
            1 => {
                let (schema, example) = self.schema(1);
                responses["202"] = json!({ "description": "Later.",
                    "content": { "application/json": { "schema": schema, "example": example } } });
            }
            _ => {}
        }
        responses
    }

    fn body(&mut self) -> Json {
        let form = self.draw.one_in(4);
        let (schema, example, media) = if form {
            let (schema, example) = self.form();
            (schema, example, "multipart/form-data")
        } else {
            let (schema, example) = self.schema(2);
            (schema, example, "application/json")
        };
        let mut content = Map::new();
        content.insert(
            media.to_owned(),
            json!({ "schema": schema, "example": example }),
        );
        json!({ "required": form || !self.draw.one_in(4), "description": "It.", "content": content })
    }

    /// A component of a name that is free, in whichever position it is used.
    fn name(&mut self) -> String {
        let mut name = self.draw.pick(TYPES).to_owned();
        while self.schemas.contains_key(&name) {
            name.push_str(["Kind", "Part", "Of", "It"][self.draw.below(4)]);
        }
        // Taken at once: what is inside of it must not take it.
        self.schemas.insert(name.clone(), Json::Null);
        name
    }

    /// Names of members that differ in Rust, too.
    fn members(&mut self, most: usize) -> Vec<&'static str> {
        let mut idents = Vec::new();
        let mut members = self.draw.some(MEMBERS, most);
        members.retain(|member| {
            let ident = member
                .to_lowercase()
                .replace(['-', ' '], "")
                .replace("xhost", "host");
            let is_free = !idents.contains(&ident);
            idents.push(ident);
            is_free
        });
        members
    }

    fn form(&mut self) -> (Json, Json) {
        let name = self.name();
        let mut properties = Map::new();
        properties.insert(
            "file".into(),
            json!({ "type": "string", "format": "binary" }),
        );
        properties.insert(
            "files".into(),
            json!({ "type": "array", "items": { "type": "string", "format": "binary" } }),
        );
        let mut example = Map::new();
        for member in self.members(4) {
            let (schema, value) = self.scalar();
            properties.insert(member.to_owned(), schema);
            example.insert(member.to_owned(), value);
        }
        let text = self.text();
        self.schemas.insert(
            name.clone(),
            json!({ "type": "object", "description": text,
            "properties": properties, "example": example }),
        );
        (reference(&name), example.into())
    }

    fn scalar(&mut self) -> (Json, Json) {
        match self.draw.below(8) {
            0 => (json!({ "type": "boolean" }), json!(true)),
            1 => (
                json!({ "type": "integer", "format": "int32", "default": 3 }),
                json!(7),
            ),
            2 => (
                json!({ "type": "integer", "minimum": 0, "maximum": 9 }),
                json!(8),
            ),
            3 => (json!({ "type": "number", "default": 1.5 }), json!(2.5)),
            4 => (
                json!({ "type": "string", "format": "date-time" }),
                json!("2020-01-01T00:00:00Z"),
            ),
            5 => self.values(),
            6 => (json!({ "type": "string", "x-lenient": true }), json!("7")),
            _ => (
                json!({ "type": "string", "minLength": 1, "default": "d\"\\" }),
                json!("a \"b\""),
            ),
        }
    }

    /// Says of a text what it is the id of.
    fn id(&mut self, schema: &mut Json) {
        let of = self.draw.pick(TYPES);
        let plain = schema["type"] == "string" && schema.get("format").is_none();
        // As a type is called.
        let spoken = !of.contains("HTTP") && !of.contains("OS");
        if plain && spoken && self.draw.one_in(2) {
            schema["x-id"] = of.into();
        }
    }

    fn values(&mut self) -> (Json, Json) {
        let name = self.name();
        let mut values = self.draw.some(VALUES, 6);
        values.push("last");
        let example = values[self.draw.below(values.len())];
        let text = self.text();
        self.schemas.insert(
            name.clone(),
            json!({ "type": "string", "description": text, "enum": values }),
        );
        (reference(&name), json!(example))
    }

    /// A schema that may stand in a body, an answer or a member.
    fn schema(&mut self, depth: usize) -> (Json, Json) {
        if depth == 0 {
            return self.scalar();
        }
        match self.draw.below(9) {
            0 => {
                let (mut item, example) = self.schema(depth - 1);
                self.id(&mut item);
                self.nullable(&mut item);
                (json!({ "type": "array", "items": item }), json!([example]))
            }
            1 => {
                let (mut value, example) = self.schema(depth - 1);
                self.nullable(&mut value);
                (
                    json!({ "type": "object", "additionalProperties": value }),
                    json!({ "k": example }),
                )
            }
            2 => (json!({ "type": "object" }), json!({ "a": [1, null] })),
            3 => self.union(depth),
            4 => {
                let name = self.name();
                let (value, example) = self.schema(depth - 1);
                let text = self.text();
                self.schemas.insert(
                    name.clone(),
                    json!({ "type": "object", "description": text,
                    "additionalProperties": value }),
                );
                (reference(&name), json!({ "k": example }))
            }
            5 => self.scalar(),
            _ => self.object(depth, None),
        }
    }

    /// A `$ref` takes no other members.
    fn nullable(&mut self, schema: &mut Json) {
        if self.draw.one_in(4) && schema.get("$ref").is_none() {
            schema["nullable"] = true.into();
        }
    }

    fn object(&mut self, depth: usize, tag: Option<(&str, &str)>) -> (Json, Json) {
        let name = self.name();
        let (mut properties, mut example, mut required) = (Map::new(), Map::new(), Vec::new());
        if let Some((tag, value)) = tag {
            properties.insert(tag.to_owned(), json!({ "type": "string" }));
            example.insert(tag.to_owned(), value.into());
            required.push(tag.to_owned());
        }
        for member in self.members(6) {
            let (mut schema, value) = self.schema(depth - 1);
            self.nullable(&mut schema);
            if schema.get("$ref").is_none() {
                schema["deprecated"] = self.draw.one_in(6).into();
                schema["description"] = self.text().into();
            }
            properties.insert(member.to_owned(), schema);
            example.insert(member.to_owned(), value);
            if self.draw.one_in(3) {
                required.push(member.to_owned());
            }
        }
        // One that may hold itself, directly or in a list.
        if self.draw.one_in(4) {
            properties.insert("again".into(), reference(&name));
            properties.insert(
                "others".into(),
                json!({ "type": "array", "items": reference(&name) }),
            );
        }
        if properties.is_empty() {
            properties.insert("only".into(), json!({ "type": "string" }));
        }
        let schema = json!({ "type": "object", "description": self.text(), "required": required,
            "deprecated": self.draw.one_in(8), "properties": properties, "example": example });
        self.schemas.insert(name.clone(), schema);
        (reference(&name), example.into())
    }

    fn union(&mut self, depth: usize) -> (Json, Json) {
        let name = self.name();
        let (mut one_of, mut mapping, mut example) = (Vec::new(), Map::new(), Json::Null);
        for value in ["circle", "square x"].iter().take(1 + self.draw.below(2)) {
            let (branch, shown) = self.object(depth, Some(("kind of", value)));
            mapping.insert((*value).to_owned(), branch["$ref"].clone());
            // It may lead back to the union, required or not.
            if self.draw.one_in(3) {
                let component = branch["$ref"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .to_owned();
                self.schemas[&component]["properties"]["up"] = reference(&name);
            }
            one_of.push(branch);
            example = shown;
        }
        let schema = json!({ "description": self.text(), "oneOf": one_of,
            "discriminator": { "propertyName": "kind of", "mapping": mapping } });
        self.schemas.insert(name.clone(), schema);
        (reference(&name), example)
    }
}
