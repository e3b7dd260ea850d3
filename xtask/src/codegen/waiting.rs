//! `x-wait` of a linted spec to the IR: whose members fill which arguments.

use heck::ToSnakeCase as _;

use super::ir;
use super::names;
use super::reach;
use super::request::Request;
use super::spec::Spec;

/// How an operation's end is waited for, if it says so.
pub fn refine(spec: &Spec, request: &Request<'_>, answer: &ir::Answer) -> Option<ir::Wait> {
    let (Some(wait), ir::Answer::Json(ty)) = (&request.operation.wait, answer) else {
        return None;
    };
    let (answer_name, _) = ir::outer(ty);
    let of = wait.of.as_ref().map_or(&answer_name, |(name, _)| name);
    let component = spec.schema(of)?;
    let properties = reach::properties(spec, &component.schema);
    let given = wait.given.iter().map(|(parameter, member, _)| {
        let mut properties = properties.iter();
        let always = properties.any(|property| property.name == *member && property.required);
        (names::argument(parameter), names::argument(member), !always)
    });
    Some(ir::Wait {
        rules: wait.clone(),
        answer: ty.clone(),
        of: of.clone(),
        argument: of.to_snake_case(),
        given: given.collect(),
        follows: *of == answer_name,
    })
}
