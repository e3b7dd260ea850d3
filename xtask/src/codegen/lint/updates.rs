//! Rules about unknown members: an update must not lose them silently.

use crate::codegen::diag::{Code, Diags};
use crate::codegen::reach;
use crate::codegen::spec::Spec;
use crate::codegen::update::{self, Update};

/// The field that keeps unknown members.
pub const REST: &str = "other";

pub fn check(spec: &Spec, diags: &mut Diags) {
    let updates: Vec<Update<'_>> = update::updates(spec).collect();
    for update in &updates {
        let operation = update.operation;
        let extensions = &operation.extensions;
        let safe = extensions.change.is_some() || extensions.carry.is_some();
        if update.says().is_none() && !safe {
            let problem = format!(
                "{} sends {}, and {} reads {}: members that are unknown to both would be lost",
                operation.id, update.sent, update.get.id, update.read
            );
            let help = "add `x-unknown-members: kept` (the models keep them and send them back) or `merged` (the service keeps members that are not sent)";
            diags.error_help(Code::UpdateLosesMembers, operation.id_line, problem, help);
        }
    }
    for operation in &spec.operations {
        let is_update = updates
            .iter()
            .any(|it| std::ptr::eq(it.operation, operation));
        if let (Some((_, line)), false) = (operation.unknown, is_update) {
            let problem = format!(
                "{} takes nothing that a GET of its path returns",
                operation.id
            );
            diags.error_help(Code::UnknownMembersMisplaced, line, problem, "leave it out");
        }
    }
    for name in update::keeping(spec) {
        let component = spec.schema(name);
        let properties = component.map(|it| reach::properties(spec, &it.schema));
        for property in properties.into_iter().flatten() {
            if property.rust() == REST {
                let problem = format!(
                    "`{}` of {name} has the name of the field that keeps unknown members",
                    property.name
                );
                let help = "give it another name with `x-name`";
                diags.error_help(Code::RestTaken, property.line, problem, help);
            }
        }
    }
}
