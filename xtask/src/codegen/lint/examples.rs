//! Every example validates against its schema.

use serde_json::{Map, Value as Json, json};

use super::secrets;
use crate::codegen::diag::{Code, Diags};
use crate::codegen::reach;
use crate::codegen::spec::{Example, Kind, Schema, Spec};

/// How many complaints about one example are shown.
const SHOWN: usize = 3;

pub fn check(spec: &Spec, diags: &mut Diags) {
    let mut claims = Claims::default();
    for component in &spec.schemas {
        claims.own(&component.schema, &component.name);
    }
    for operation in &spec.operations {
        for parameter in &operation.parameters {
            let what = format!("parameter {}", parameter.name);
            claims.add(parameter.example.as_ref(), &parameter.schema, &what);
            secrets::parameter(parameter, diags);
        }
        let body = operation.body.iter().flat_map(|body| &body.content);
        let answers = operation
            .responses
            .iter()
            .flat_map(|answer| &answer.content);
        for media in body.chain(answers) {
            let Some(schema) = &media.schema else {
                continue;
            };
            let what = format!("{} {}", operation.id, media.name);
            claims.add(media.example.as_ref(), schema, &what);
            if needs_example(schema) && media.example.is_none() {
                let problem = format!("{} of {} has no example", media.name, operation.id);
                let help = "a list, map or scalar needs one here";
                diags.error_help(Code::MediaTypeWithoutExample, media.line, problem, help);
            }
        }
    }
    for claim in &claims.0 {
        secrets::example(spec, claim.schema, claim.example, &claim.what, diags);
    }
    judge(spec, &claims.0, diags);
}

/// A component has its own example, and bytes have none.
fn needs_example(schema: &Schema) -> bool {
    !matches!(schema.kind, Kind::Ref(_) | Kind::AllOf(_) | Kind::Binary)
}

/// The claim that an example fits a schema.
struct Claim<'a> {
    example: &'a Example,
    schema: &'a Schema,
    what: String,
}

#[derive(Default)]
struct Claims<'a>(Vec<Claim<'a>>);

impl<'a> Claims<'a> {
    fn add(&mut self, example: Option<&'a Example>, schema: &'a Schema, what: &str) {
        self.0.extend(example.map(|example| Claim {
            example,
            schema,
            what: what.to_owned(),
        }));
    }

    /// The example and default of a schema and of the schemas inside it.
    fn own(&mut self, schema: &'a Schema, what: &str) {
        self.add(schema.example.as_ref(), schema, what);
        self.add(schema.default.as_ref(), schema, what);
        match &schema.kind {
            Kind::Object(properties) => properties.iter().for_each(|property| {
                self.own(&property.schema, &format!("{what}.{}", property.name));
            }),
            Kind::List(inner) | Kind::Map(inner) => self.own(inner, what),
            Kind::AllOf(parts) => parts.iter().for_each(|part| self.own(part, what)),
            _ => {}
        }
    }
}

/// All claims as one document, because compiling a schema takes far longer than checking an example against it.
fn judge(spec: &Spec, claims: &[Claim<'_>], diags: &mut Diags) {
    let components: Map<String, Json> = spec
        .schemas
        .iter()
        .map(|component| (component.name.clone(), json_schema(&component.schema)))
        .collect();
    if fits(&components, claims, diags).is_ok() {
        return;
    }
    // One of the schemas is invalid. Checking each claim separately shows which one.
    for claim in claims {
        let roots = claim.schema.refs().into_iter().map(|(name, _)| name);
        let reached = reach::reachable(spec, roots)
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), components.get(name)?.clone())));
        if let Err(error) = fits(&reached.collect(), std::slice::from_ref(claim), diags) {
            let problem = format!("{} cannot be checked: {error}", claim.what);
            diags.error(Code::ExampleNotChecked, claim.schema.line, problem);
        }
    }
}

/// Complains about the claims that are not true.
///
/// # Errors
/// A schema does not compile, for example because of an invalid `pattern`.
fn fits(
    components: &Map<String, Json>,
    claims: &[Claim<'_>],
    diags: &mut Diags,
) -> Result<(), String> {
    let schemas: Vec<Json> = claims
        .iter()
        .map(|claim| json_schema(claim.schema))
        .collect();
    let examples: Vec<Json> = claims
        .iter()
        .map(|claim| claim.example.value.clone())
        .collect();
    let validator = jsonschema::validator_for(&json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": components,
        "prefixItems": schemas,
    }))
    .map_err(|error| error.to_string())?;
    let mut complaints = vec![0; claims.len()];
    for error in validator.iter_errors(&Json::Array(examples)) {
        let path = error.instance_path().to_string();
        let (index, place) = first_segment(&path);
        let (Some(claim), Some(count)) = (claims.get(index), complaints.get_mut(index)) else {
            continue;
        };
        *count += 1;
        if *count > SHOWN {
            continue;
        }
        let place = if place.is_empty() {
            String::new()
        } else {
            format!(" at {place}")
        };
        let problem = format!("the example of {} does not fit{place}: {error}", claim.what);
        diags.error(Code::ExampleMismatch, claim.example.line, problem);
    }
    Ok(())
}

/// `/12/name/0` is `/name/0` of the example 12.
fn first_segment(path: &str) -> (usize, &str) {
    let path = path.trim_start_matches('/');
    let (index, place) = path.split_at(path.find('/').unwrap_or(path.len()));
    (index.parse().unwrap_or(usize::MAX), place)
}

/// An integer within the range of its type, in addition to the limits of its schema.
fn within(least: i64, most: i64) -> Json {
    json!({ "type": "integer", "allOf": [{ "minimum": least, "maximum": most }] })
}

/// The schema as JSON Schema 2020-12.
fn json_schema(schema: &Schema) -> Json {
    let mut out = match &schema.kind {
        Kind::Any | Kind::Binary => json!({}),
        Kind::Ref(name) => json!({ "$ref": format!("#/$defs/{name}") }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer { int32: true } => within(i32::MIN.into(), i32::MAX.into()),
        Kind::Integer { int32: false } => within(i64::MIN, i64::MAX),
        Kind::Number => json!({ "type": "number" }),
        // A time may be sent as milliseconds.
        Kind::String {
            format: Some(format),
        } if format == "date-time" => json!({ "type": ["string", "integer"] }),
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
