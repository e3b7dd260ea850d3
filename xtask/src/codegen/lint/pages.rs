//! Rules about pagination: what `x-paginate` names must be there.

use crate::codegen::diag::{Code, Diags};
use crate::codegen::reach;
use crate::codegen::spec::{Kind, Location, Operation, Paginate, Property, Schema, Spec};

pub fn check(spec: &Spec, operation: &Operation, paginate: &Paginate, diags: &mut Diags) {
    let line = paginate.line;
    parameters(operation, paginate, diags);
    let answer = operation
        .responses
        .iter()
        .filter(|response| response.code.starts_with('2'))
        .flat_map(|response| &response.content);
    let Some(schema) = answer.filter_map(|media| media.schema.as_ref()).next() else {
        diags.error(
            Code::PageWithoutAnswer,
            line,
            format!("x-paginate on {}, which answers nothing", operation.id),
        );
        return;
    };
    let Some(items) = &paginate.items else {
        match &schema.kind {
            Kind::List(item) => id(spec, item, paginate, diags),
            _ => diags.error_help(
                Code::PageWithoutList,
                line,
                format!("{} answers no bare list", operation.id),
                "name the property that holds the items: `items: data`",
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
            format!("x-paginate names `{items}`, which is no list in the answer"),
        ),
    }
    if let Some(total) = &paginate.total
        && !find(total).is_some_and(|property| matches!(property.schema.kind, Kind::Integer { .. }))
    {
        diags.error(
            Code::PageTotal,
            line,
            format!("x-paginate names `{total}`, which is no integer in the answer"),
        );
    }
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
            diags.error(
                Code::PageParameter,
                paginate.line,
                format!(
                    "x-paginate names `{name}`, which is no optional integer query parameter of {}",
                    operation.id
                ),
            );
        }
    }
}

/// What tells the items apart must be in each of them, and must compare as text.
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
            diags.error_help(
                Code::PageId,
                paginate.line,
                format!("x-paginate names the id `{name}`, which no item has in a form that can be compared"),
                "a string, an integer or a map of strings, and no secret or date; `.` alone for items that are such themselves",
            );
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
