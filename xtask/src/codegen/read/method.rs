//! What every extension says that gives the client another method: its name and its docs.

use crate::codegen::diag::Diags;
use crate::codegen::fields::Fields;
use crate::codegen::spec::ExtraMethod;

pub fn method(fields: &mut Fields<'_>, diags: &mut Diags) -> ExtraMethod {
    let (name, name_line) = fields.require_text("method", diags);
    let (summary, summary_line) = fields.require_text("summary", diags);
    let description = fields.text("description", diags);
    ExtraMethod {
        name,
        name_line,
        summary,
        summary_line,
        description: description.map_or_else(String::new, |(text, _)| text),
    }
}
