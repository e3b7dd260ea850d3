//! The common parts of extensions: the method for the client, the object that it takes, and pointers into answers.

use serde::{Deserialize, Serialize};

use crate::codegen::contract::{self, Ty};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::dialect::{Key, SOURCE, Type, optional, required};
use crate::codegen::fields::{Fields, no_component, text};
use crate::codegen::spec::{Kind, Location, Operation, Property, Schema, Spec};
use crate::codegen::surface::Io;
use crate::codegen::{lint, media, names, reach};

// -------------------------------------------------------------------------------------------------------- in the spec

/// A method that an extension adds to the client besides that of the operation.
#[derive(Clone, Debug)]
pub struct ExtraMethod {
    pub name: String,
    pub name_line: usize,
    pub summary: String,
    pub summary_line: usize,
    pub description: String,
}

/// A JSON pointer into the answer, in which `*` is every item of a list.
#[derive(Clone, Debug)]
pub struct Pointer {
    pub line: usize,
    pub text: String,
}

/// The keys of an extension that adds a method to the client.
pub const METHOD: &[Key] = &[
    required("method", Type::Text),
    required("summary", Type::Text),
    optional("description", Type::Text),
    SOURCE,
];
pub const GIVEN: Key = optional("given", Type::Map(&Type::Text));
pub const POINTERS: Type = Type::List("a pointer", &Type::Text);

/// Path variables, and the members of an object that fill them.
pub type Fills = Vec<(String, String, usize)>;

pub fn method(fields: &mut Fields<'_>, diags: &mut Diags) -> ExtraMethod {
    let (name, name_line) = fields.required("method", diags);
    let (summary, summary_line) = fields.required("summary", diags);
    let description = fields.text("description", diags);
    ExtraMethod {
        name,
        name_line,
        summary,
        summary_line,
        description: description.map_or_else(String::new, |(text, _)| text),
    }
}

/// Path variables, and the members that fill them.
pub fn read_given(fields: &mut Fields<'_>, diags: &mut Diags) -> Fills {
    let entries = fields.map("given", diags).iter();
    entries
        .filter_map(|entry| Some((entry.key.clone(), text(&entry.value)?, entry.line)))
        .collect()
}

pub fn pointers(fields: &mut Fields<'_>, key: &'static str, diags: &mut Diags) -> Vec<Pointer> {
    let texts = fields.texts(key, diags).into_iter();
    texts.map(pointer).collect()
}

pub fn pointer((text, line): (String, usize)) -> Pointer {
    Pointer { line, text }
}

// --------------------------------------------------------------------------------------------------------------- checks

/// The component that a success returns.
pub fn answer<'a>(spec: &'a Spec, operation: &'a Operation) -> Option<(&'a str, &'a Schema)> {
    let content = lint::successes(operation).flat_map(|response| &response.content);
    let schema = content.filter_map(|media| media.schema.as_ref()).next()?;
    let name = reach::target(schema)?;
    reach::is_object(spec, schema).then_some((name, schema))
}

/// The same component, if it is required.
pub fn object<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
    what: &str,
    line: usize,
    diags: &mut Diags,
) -> Option<(&'a str, &'a Schema)> {
    let found = answer(spec, operation);
    if found.is_none() {
        let problem = format!("{what}, which does not answer one object in JSON");
        let help = "name the object as a component";
        diags.error_help(Code::AnswerNotAnObject, line, problem, help);
    }
    found
}

/// The name and the schema of the answer's component, and the schema of the body's.
pub fn sides<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
    (what, line): (&str, usize),
    diags: &mut Diags,
) -> Option<(&'a str, &'a Schema, &'a Schema)> {
    let answer = object(spec, operation, what, line, diags);
    let body = operation.body.as_ref().filter(|body| body.required);
    let body = body.and_then(|body| match &body.content[..] {
        [media] if media::request(&media.name) == Some(media::Request::Json) => {
            let schema = media.schema.as_ref()?;
            reach::is_object(spec, schema).then_some(schema)
        }
        _ => None,
    });
    if body.is_none() {
        let problem = format!("{what}, whose body is not one required object in JSON");
        diags.error(Code::BodyNotAnObject, line, problem);
    }
    let ((name, answer), body) = (answer?, body?);
    Some((name, answer, body))
}

pub fn more_than_a_look(what: &str, line: usize, help: &str, diags: &mut Diags) {
    let problem = format!("{what}, which does more than read");
    diags.error_help(Code::MoreThanALook, line, problem, help);
}

/// The members of a component that a method takes in place of path variables.
pub fn given(
    spec: &Spec,
    operation: &Operation,
    given: &Fills,
    (name, line): (&str, usize),
    diags: &mut Diags,
) {
    let Some(component) = spec.schema(name) else {
        no_component("schema", name, line, diags);
        return;
    };
    let properties = reach::properties(spec, &component.schema);
    for (parameter, member, line) in given {
        let known = operation.parameters.iter().any(|known| {
            known.name == *parameter
                && known.location == Location::Path
                && matches!(known.schema.kind, Kind::String { .. })
        });
        if !known {
            let problem = format!(
                "`{parameter}` is not a path variable of {} with text",
                operation.id
            );
            diags.error(Code::GivenParameter, *line, problem);
        }
        has_text(name, &properties, member, *line, diags);
        same_id(operation, &properties, (parameter, member), *line, diags);
    }
    let filled = |name: &String| given.iter().any(|(parameter, ..)| parameter == name);
    let left = operation
        .parameters
        .iter()
        .filter(|it| it.required && !filled(&it.name));
    let own = names::argument(&component.rust());
    for parameter in left.filter(|it| [&*own, "change"].contains(&&*it.rust())) {
        diags.error_help(
            Code::ArgumentTwice,
            line,
            format!(
                "`{}` would be two arguments of the same method",
                parameter.name
            ),
            "give the parameter another name, or fill it by a member of the object",
        );
    }
}

/// Checks that a member is the id of the same thing as the path variable.
fn same_id(
    operation: &Operation,
    properties: &[&Property],
    (parameter, member): (&str, &str),
    line: usize,
    diags: &mut Diags,
) {
    let mut parameters = operation.parameters.iter();
    let wanted = parameters.find(|it| it.name == parameter);
    let found = properties.iter().find(|it| it.name == member);
    if let (Some(wanted), Some(found)) = (wanted, found)
        && wanted.schema.id_of() != found.schema.id_of()
    {
        let problem = format!("`{member}` is not declared to be the same id as `{parameter}`");
        let help = "give both the same x-id";
        diags.error_help(Code::GivenOtherId, line, problem, help);
    }
}

/// Checks that an object has a member with plain text.
pub fn has_text(
    name: &str,
    properties: &[&Property],
    member: &str,
    line: usize,
    diags: &mut Diags,
) {
    let fits = |property: &&Property| property.name == member && is_id(property);
    if !properties.iter().any(fits) {
        let problem = format!("{name} has no member `{member}` that is plain text");
        diags.error(Code::MemberNotText, line, problem);
    }
}

pub fn is_id(property: &Property) -> bool {
    let schema = &property.schema;
    let plain = matches!(schema.kind, Kind::String { format: None });
    plain && !schema.is_secret() && !schema.lenient && !schema.nullable
}

/// The scalar that a pointer leads to, if there is one and it is not a secret.
pub fn lead<'a>(spec: &'a Spec, answer: &'a Schema, pointer: &str) -> Option<&'a Schema> {
    let mut schema = answer;
    for name in pointer.strip_prefix('/')?.split('/') {
        let inner = reach::resolve(spec, schema);
        schema = match &inner.kind {
            Kind::List(items) if name == "*" => items,
            _ => {
                let properties = reach::properties(spec, inner);
                let mut properties = properties.into_iter();
                &properties.find(|property| property.name == name)?.schema
            }
        };
    }
    let last = reach::resolve(spec, schema);
    let scalar = matches!(
        last.kind,
        Kind::Bool | Kind::Integer { .. } | Kind::Number | Kind::String { .. } | Kind::Enum(_)
    );
    (scalar && !last.is_secret()).then_some(last)
}

// ------------------------------------------------------------------------------------------------------ in the contract

/// A method that an extension adds to the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    pub name: String,
    pub summary: String,
    pub description: String,
}

/// An object that a method takes, and the arguments of the operation that its fields fill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The argument's name, and the component that it is.
    pub argument: String,
    pub of: String,
    pub given: Vec<Given>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub argument: String,
    pub field: String,
}

impl Taken {
    /// A component as an argument, and the path variables that its members fill.
    pub fn new(spec: &Spec, operation: &Operation, of: &str, given: &Fills) -> Option<Self> {
        let component = spec.schema(of)?;
        let given = given.iter().map(|(parameter, member, _)| Given {
            argument: operation.argument(parameter),
            field: reach::field(spec, &component.schema, member),
        });
        let of = component.rust();
        Some(Self {
            argument: names::argument(&of),
            of,
            given: given.collect(),
        })
    }

    /// The argument as a caller passes it.
    pub fn seen(&self) -> (String, Ty) {
        (self.argument.clone(), Ty::Named(self.of.clone()))
    }

    /// The field that fills an argument.
    pub fn fills(&self, argument: &str) -> Option<&str> {
        let mut given = self.given.iter();
        let given = given.find(|given| given.argument == argument)?;
        Some(&given.field)
    }
}

impl From<&ExtraMethod> for Extra {
    fn from(method: &ExtraMethod) -> Self {
        Self {
            name: method.name.clone(),
            summary: method.summary.clone(),
            description: method.description.clone(),
        }
    }
}

/// The body of an operation, as a caller passes it.
pub fn body(operation: &contract::Operation) -> Option<(String, Ty)> {
    let body = operation.required_body()?;
    Some(("body".to_owned(), body.ty.clone()))
}

pub fn texts(pointers: &[Pointer]) -> Vec<String> {
    pointers.iter().map(|it| it.text.clone()).collect()
}

// --------------------------------------------------------------------------------------------------------- on the pages

pub fn describe_taken(io: &mut Io<'_>, taken: &mut Taken) {
    io.line(|io| {
        io.word("takes");
        io.name(&mut taken.argument);
        io.mark(":");
        io.name(&mut taken.of);
    });
    describe_given(io, "given", &mut taken.given);
}

pub fn describe_given(io: &mut Io<'_>, word: &'static str, given: &mut Vec<Given>) {
    io.each(&[word], given, |io, given: &mut Given| {
        io.word(word);
        io.name(&mut given.argument);
        io.word("by");
        io.name(&mut given.field);
    });
}

/// A line of a word and a text.
pub fn line(io: &mut Io<'_>, word: &str, text: &mut String) {
    io.line(|io| named(io, word, text));
}

/// A word and a text.
pub fn named(io: &mut Io<'_>, word: &str, text: &mut String) {
    io.word(word);
    io.name(text);
}

pub fn describe_pointers(io: &mut Io<'_>, word: &str, pointers: &mut Vec<String>) {
    io.each(&[word], pointers, |io, at: &mut String| named(io, word, at));
}
