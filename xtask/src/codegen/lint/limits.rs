//! Rules about `x-rate-limit`.

use super::variables;
use crate::codegen::diag::{Code, Diags};
use crate::codegen::names;
use crate::codegen::spec::{Operation, RateLimit, Spec};

/// The limit that applies to every operation of its API.
pub const DEFAULT: &str = "default";
/// The regions for which a limit can have a separate number.
const REGIONS: [&str; 7] = ["us", "eu1", "ca1", "jp1", "in1", "au1", "gov"];

pub fn check(spec: &Spec, diags: &mut Diags) {
    for limit in &spec.limits {
        class(spec, limit, diags);
    }
    for operation in &spec.operations {
        for (name, line) in &operation.limits {
            match spec.limits.iter().find(|limit| limit.name == *name) {
                Some(limit) if name != DEFAULT => per(operation, limit, *line, diags),
                Some(_) => diags.error_help(
                    Code::LimitDefaultNamed,
                    *line,
                    "the rate limit `default` applies to every operation",
                    "leave it out",
                ),
                None => diags.error_help(
                    Code::LimitUndeclared,
                    *line,
                    format!("rate limit `{name}` is not declared"),
                    "add it to the document's `x-rate-limit`",
                ),
            }
        }
    }
}

fn class(spec: &Spec, limit: &RateLimit, diags: &mut Diags) {
    let name = &limit.name;
    if !names::is_snake_case(name) {
        let problem = format!("rate limit `{name}` is not snake_case");
        diags.error(Code::LimitName, limit.line, problem);
    }
    let mut operations = spec.operations.iter();
    let used = |operation: &Operation| operation.limits.iter().any(|(used, _)| used == name);
    if name != DEFAULT && !operations.any(used) {
        let problem = format!("no operation names the rate limit `{name}`");
        diags.error_help(Code::LimitUnused, limit.line, problem, "remove it");
    }
    if name == DEFAULT && limit.per.is_some() {
        let problem = "the rate limit `default` cannot be counted by a path parameter";
        diags.error(Code::LimitDefaultPer, limit.line, problem);
    }
    for (region, _) in &limit.regions {
        if !REGIONS.contains(&region.as_str()) {
            let help = format!("the regions are {}", REGIONS.join(", "));
            let problem = format!("`{region}` is not a region");
            diags.error_help(Code::LimitRegion, limit.line, problem, help);
        }
    }
}

fn per(operation: &Operation, limit: &RateLimit, line: usize, diags: &mut Diags) {
    let Some(parameter) = &limit.per else { return };
    if !variables(&operation.path).contains(&parameter.as_str()) {
        let problem = format!(
            "the rate limit `{}` is counted by `{parameter}`, which is not a path parameter of {}",
            limit.name, operation.id
        );
        diags.error(Code::LimitPer, line, problem);
    }
}
