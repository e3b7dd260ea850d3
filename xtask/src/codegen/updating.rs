//! `x-change` and `x-carry` of a linted spec to the IR.

use heck::ToSnakeCase as _;

use super::ir;
use super::names;
use super::reach;
use super::request::Request;
use super::spec::{Operation, Spec};

/// How single properties are changed, if the operation says so.
pub fn change(request: &Request<'_>, answer: &ir::Answer) -> Option<ir::Change> {
    let (Some(change), ir::Answer::Json(ty)) = (&request.operation.change, answer) else {
        return None;
    };
    Some(ir::Change {
        rules: change.clone(),
        answer: ty.clone(),
    })
}

/// Whether a change reads by this operation.
pub fn is_read_by_change(spec: &Spec, operation: &Operation) -> bool {
    let mut changes = spec.operations.iter().filter_map(|it| it.change.as_ref());
    changes.any(|change| change.read.0 == operation.id)
}

/// What a change takes over from the object as it was read, if the operation says so.
pub fn carry(spec: &Spec, request: &Request<'_>, answer: &ir::Answer) -> Option<ir::Carry> {
    let (Some(carry), ir::Answer::Json(ty)) = (&request.operation.carry, answer) else {
        return None;
    };
    let (of, _) = ir::outer(ty);
    let body = request.body.as_ref()?.media.schema.as_ref()?;
    let component = spec.schema(&of)?;
    let has = reach::properties(spec, &component.schema);
    let optional = |member: &str| {
        let mut has = has.iter();
        !has.any(|property| property.name == *member && property.required)
    };
    let given = carry.given.iter().map(|(parameter, member, _)| {
        let (parameter, field) = (names::argument(parameter), names::argument(member));
        (parameter, field, optional(member))
    });
    // In the order of the arguments of `new`.
    let needed = reach::properties(spec, body).into_iter();
    let needed = needed.filter(|property| property.required);
    let members = needed.map(|it| (names::argument(&it.name), optional(&it.name)));
    Some(ir::Carry {
        rules: carry.clone(),
        argument: of.to_snake_case(),
        of,
        given: given.collect(),
        members: members.collect(),
    })
}
