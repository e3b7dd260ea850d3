//! `x-paginate`: a list that is read page by page.

mod rust;

use serde::{Deserialize, Serialize};

use super::{Extension, Rust};
use crate::codegen::contract::{self, Gives, Index, Ty};
use crate::codegen::dialect::{Object, Type, optional, required};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::{Fields, text};
use crate::codegen::load::{Node, Value};
use crate::codegen::request::Request;
use crate::codegen::spec::{Kind, Location, Operation, Property, Schema, Spec};
use crate::codegen::surface::Io;
use crate::codegen::{lint, names, reach};

/// The extension in the spec.
#[derive(Debug)]
pub struct Paginate {
    pub line: usize,
    pub offset: String,
    pub limit: String,
    pub items: Option<String>,
    pub total: Option<String>,
    /// The properties that together identify an item; `.` is the item itself.
    pub id: Vec<String>,
}

/// How a list is read page by page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// The parameters that say where to begin, and how many items to return.
    pub offset: String,
    pub limit: String,
    /// The fields with the items and with their number. A bare list has neither.
    pub items: Option<String>,
    pub total: Option<String>,
    pub id: ItemId,
}

/// The identity of an item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemId {
    #[default]
    Nothing,
    /// The item is its own id.
    Itself,
    Fields(Vec<String>),
}

const ITEM_IDS: [(&str, ItemId); 3] = [
    ("nothing", ItemId::Nothing),
    ("itself", ItemId::Itself),
    ("fields", ItemId::Fields(Vec::new())),
];

static KEYS: Object = Object::new("x-paginate", &[&[
    required("offset", Type::Text),
    required("limit", Type::Text),
    optional("items", Type::Text),
    optional("total", Type::Text),
    optional("id", Type::OneOrMore("`id`", &Type::Text)),
]]);

impl Extension for Pages {
    const KEY: &'static str = "x-paginate";
    const WORD: &'static str = "pages";
    const KEYS: &'static Object = &KEYS;
    type Input = Paginate;

    fn read(node: &Node, diags: &mut Diags) -> Paginate {
        let mut fields = Fields::of(node, Self::KEY, Self::KEYS, diags);
        let paginate = Paginate {
            line: node.line,
            offset: fields.required("offset", diags).0,
            limit: fields.required("limit", diags).0,
            items: fields.text("items", diags).map(|(text, _)| text),
            total: fields.text("total", diags).map(|(text, _)| text),
            id: fields
                .take("id", diags)
                .map_or_else(Vec::new, |node| page_id(node, diags)),
        };
        fields.finish(diags);
        paginate
    }

    fn lint(paginate: &Paginate, spec: &Spec, operation: &Operation, diags: &mut Diags) {
        parameters(operation, paginate, diags);
        let responses = operation.responses.iter();
        let answers = responses.filter(|response| response.code.starts_with('2'));
        let mut answers = answers.flat_map(|response| &response.content);
        if let Some(schema) = answers.find_map(|media| media.schema.as_ref()) {
            page(paginate, spec, operation, schema, diags);
        } else {
            let problem = format!("x-paginate on {}, which has no answer", operation.id);
            diags.error(Code::PageWithoutAnswer, paginate.line, problem);
        }
    }

    fn refine(
        paginate: &Paginate,
        spec: &Spec,
        request: &Request<'_>,
        gives: &Gives,
    ) -> Option<Self> {
        let operation = request.operation;
        let content = lint::successes(operation).flat_map(|response| &response.content);
        let answer = content.filter_map(|media| media.schema.as_ref()).next()?;
        let properties = reach::properties(spec, answer);
        let items = paginate.items.as_ref().and_then(|items| {
            let found = properties.iter().find(|property| property.name == *items);
            found.map(|property| &property.schema)
        });
        let name = |wire: &String| reach::field(spec, answer, wire);
        let item_field = |wire: &String| match &items.unwrap_or(answer).kind {
            Kind::List(item) => reach::field(spec, item, wire),
            _ => names::argument(wire),
        };
        matches!(gives, Gives::Json(_)).then(|| Self {
            offset: operation.argument(&paginate.offset),
            limit: operation.argument(&paginate.limit),
            items: paginate.items.as_ref().map(name),
            total: paginate.total.as_ref().map(name),
            id: match &paginate.id[..] {
                [] => ItemId::Nothing,
                [only] if only == "." => ItemId::Itself,
                members => ItemId::Fields(members.iter().map(item_field).collect()),
            },
        })
    }

    /// Its methods are methods of the request.
    fn takes(&self, _: &contract::Operation) -> Vec<(String, Ty)> {
        Vec::new()
    }

    fn yields(&self, contract: &Index<'_>, operation: &contract::Operation) -> Option<Ty> {
        self.item(contract, operation).cloned()
    }

    fn describe(&mut self, io: &mut Io<'_>) {
        io.pair("offset", |io| io.name(&mut self.offset));
        io.pair("limit", |io| io.name(&mut self.limit));
        io.some("items", &mut self.items, Io::name);
        io.some("total", &mut self.total, Io::name);
        io.line(|io| {
            io.word("known-by");
            io.kind(&ITEM_IDS, &mut self.id);
            if let ItemId::Fields(names) = &mut self.id {
                io.items(names, Io::name);
            }
        });
    }

    fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust {
        rust::rust(self, contract, operation)
    }
}

impl Pages {
    /// The contents of the pages.
    pub fn item<'a>(
        &self,
        contract: &Index<'a>,
        operation: &'a contract::Operation,
    ) -> Option<&'a Ty> {
        let Gives::Json(page) = &operation.gives else {
            return None;
        };
        let page = page.present();
        let list = match &self.items {
            Some(name) => contract.field(page, name)?.ty.present(),
            None => page,
        };
        match list {
            Ty::List(item) => Some(item),
            _ => None,
        }
    }
}

/// The counted items, and their id.
fn page(
    paginate: &Paginate,
    spec: &Spec,
    operation: &Operation,
    schema: &Schema,
    diags: &mut Diags,
) {
    let line = paginate.line;
    let Some(items) = &paginate.items else {
        match &schema.kind {
            Kind::List(item) => id(spec, item, paginate, diags),
            _ => diags.error_help(
                Code::PageWithoutList,
                line,
                format!("{} does not answer a bare list", operation.id),
                "name the property that contains the items: `items: data`",
            ),
        }
        return;
    };
    let properties = reach::properties(spec, schema);
    let find = |name: &str| properties.iter().find(|property| property.name == name);
    match find(items).map(|property| &property.schema.kind) {
        Some(Kind::List(item)) => id(spec, item, paginate, diags),
        _ => diags.error(
            Code::PageItems,
            line,
            format!("x-paginate names `{items}`, which is not a list in the answer"),
        ),
    }
    if let Some(total) = &paginate.total
        && !find(total).is_some_and(|property| matches!(property.schema.kind, Kind::Integer { .. }))
    {
        let problem = format!("x-paginate names `{total}`, which is not an integer in the answer");
        diags.error(Code::PageTotal, line, problem);
    }
}

/// One property, or a list of them.
fn page_id(node: &Node, diags: &mut Diags) -> Vec<String> {
    let nodes = match &node.value {
        Value::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        let problem = "`id` names nothing";
        let help = "leave it out";
        diags.error_help(Code::PageIdEmpty, node.line, problem, help);
    }
    nodes.iter().filter_map(text).collect()
}

fn parameters(operation: &Operation, paginate: &Paginate, diags: &mut Diags) {
    for name in [&paginate.offset, &paginate.limit] {
        let found = operation
            .parameters
            .iter()
            .find(|parameter| parameter.name == *name && parameter.location == Location::Query);
        if !found.is_some_and(|parameter| {
            matches!(parameter.schema.kind, Kind::Integer { .. }) && !parameter.required
        }) {
            let problem = format!(
                    "x-paginate names `{name}`, which is not an optional integer query parameter of {}",
                    operation.id
                );
            diags.error(Code::PageParameter, paginate.line, problem);
        }
    }
}

/// The properties that identify the items must be in each item, and must be comparable as text.
fn id(spec: &Spec, item: &Schema, paginate: &Paginate, diags: &mut Diags) {
    let properties = reach::properties(spec, item);
    let whole = paginate.id.len() == 1;
    for name in &paginate.id {
        let fits = if name == "." {
            whole && is_id(spec, item)
        } else {
            let named = |property: &&&Property| property.name == *name;
            let found = properties.iter().find(named);
            found.is_some_and(|property| is_id(spec, &property.schema))
        };
        if !fits {
            let problem = format!("x-paginate names the id `{name}`, which no item has in a form that can be compared");
            let help = "a string, an integer or a map of strings, but not a secret or a date; `.` alone if the items themselves are of these types";
            diags.error_help(Code::PageId, paginate.line, problem, help);
        }
    }
}

fn is_id(spec: &Spec, schema: &Schema) -> bool {
    let plain = reach::resolve(spec, schema);
    match &plain.kind {
        Kind::Integer { .. } => true,
        Kind::String { format } => {
            format.as_deref() != Some("date-time") && !plain.is_secret() && !schema.is_secret()
        }
        Kind::Map(value) => matches!(value.kind, Kind::String { format: None }) && !value.lenient,
        _ => false,
    }
}
