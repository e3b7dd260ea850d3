//! Every example validates against its schema.

use serde_json::{Map, Value as Json, json};

use crate::codegen::diag::Diags;
use crate::codegen::reach;
use crate::codegen::spec::{Example, Kind, Schema, Spec};

pub fn check(spec: &Spec, diags: &mut Diags) {
    let components: Map<String, Json> = spec
        .schemas
        .iter()
        .map(|component| (component.name.clone(), json_schema(&component.schema)))
        .collect();
    let judge = Judge { spec, components };
    for component in &spec.schemas {
        judge.own(&component.schema, &component.name, diags);
    }
    for operation in &spec.operations {
        for parameter in &operation.parameters {
            judge.example(
                parameter.example.as_ref(),
                &parameter.schema,
                &format!("parameter {}", parameter.name),
                diags,
            );
        }
        let body = operation.body.iter().flat_map(|body| &body.content);
        for media in body.chain(
            operation
                .responses
                .iter()
                .flat_map(|response| &response.content),
        ) {
            if let Some(schema) = &media.schema {
                judge.example(
                    media.example.as_ref(),
                    schema,
                    &format!("{} {}", operation.id, media.name),
                    diags,
                );
                if needs_example(schema) && media.example.is_none() {
                    diags.error_help(
                        media.line,
                        format!("{} of {} has no example", media.name, operation.id),
                        "a list, map or scalar needs one here",
                    );
                }
            }
        }
    }
}

/// A component brings its own example; bytes have none.
fn needs_example(schema: &Schema) -> bool {
    !matches!(schema.kind, Kind::Ref(_) | Kind::AllOf(_) | Kind::Binary)
}

struct Judge<'a> {
    spec: &'a Spec,
    components: Map<String, Json>,
}

impl Judge<'_> {
    /// The example and default of a schema and of the schemas inside it.
    fn own(&self, schema: &Schema, what: &str, diags: &mut Diags) {
        self.example(schema.example.as_ref(), schema, what, diags);
        self.example(schema.default.as_ref(), schema, what, diags);
        match &schema.kind {
            Kind::Object(properties) => properties.iter().for_each(|property| {
                self.own(
                    &property.schema,
                    &format!("{what}.{}", property.name),
                    diags,
                )
            }),
            Kind::List(inner) | Kind::Map(inner) => self.own(inner, what, diags),
            Kind::AllOf(parts) => parts.iter().for_each(|part| self.own(part, what, diags)),
            _ => {}
        }
    }

    /// The components that a schema reaches; compiling all for each example would take most of a run.
    fn definitions(&self, schema: &Schema) -> Json {
        let roots = schema.refs().into_iter().map(|(name, _)| name);
        let reached = reach::reachable(self.spec, roots);
        let reached = reached.into_iter().filter_map(|name| {
            let component = self.components.get(name)?;
            Some((name.to_owned(), component.clone()))
        });
        Json::Object(reached.collect())
    }

    fn example(&self, example: Option<&Example>, schema: &Schema, what: &str, diags: &mut Diags) {
        let Some(example) = example else { return };
        let mut document = json_schema(schema);
        if let Some(object) = document.as_object_mut() {
            object.insert(
                "$schema".into(),
                "https://json-schema.org/draft/2020-12/schema".into(),
            );
            object.insert("$defs".into(), self.definitions(schema));
        }
        match jsonschema::validator_for(&document) {
            Ok(validator) => {
                for error in validator.iter_errors(&example.value).take(3) {
                    let place = error.instance_path().to_string();
                    let place = if place.is_empty() {
                        String::new()
                    } else {
                        format!(" at {place}")
                    };
                    diags.error(
                        example.line,
                        format!("the example of {what} does not fit{place}: {error}"),
                    );
                }
            }
            Err(error) => diags.error(schema.line, format!("{what} cannot be checked: {error}")),
        }
    }
}

/// The schema as JSON Schema 2020-12.
fn json_schema(schema: &Schema) -> Json {
    let mut out = match &schema.kind {
        Kind::Any | Kind::Binary => json!({}),
        Kind::Ref(name) => json!({ "$ref": format!("#/$defs/{name}") }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer { .. } => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::String { .. } => json!({ "type": "string" }),
        Kind::Enum(values) => {
            json!({ "enum": values.iter().map(|(value, _)| value).collect::<Vec<_>>() })
        }
        Kind::List(item) => json!({ "type": "array", "items": json_schema(item) }),
        Kind::Map(values) => {
            json!({ "type": "object", "additionalProperties": json_schema(values) })
        }
        Kind::AllOf(parts) => json!({ "allOf": parts.iter().map(json_schema).collect::<Vec<_>>() }),
        Kind::OneOf { branches, .. } => {
            json!({ "anyOf": branches.iter().map(|branch| json!({ "$ref": format!("#/$defs/{}", branch.component) })).collect::<Vec<_>>() })
        }
        Kind::Object(properties) => {
            let members: Map<String, Json> = properties
                .iter()
                .map(|property| (property.name.clone(), json_schema(&property.schema)))
                .collect();
            let required: Vec<&str> = properties
                .iter()
                .filter(|property| property.required)
                .map(|property| property.name.as_str())
                .collect();
            json!({ "type": "object", "properties": members, "required": required })
        }
    };
    if schema.lenient {
        out = json!({ "type": ["string", "integer", "number"] });
    }
    if let Some(object) = out.as_object_mut() {
        object.extend(schema.limits.iter().cloned());
    }
    if schema.nullable {
        json!({ "anyOf": [out, { "type": "null" }] })
    } else {
        out
    }
}
