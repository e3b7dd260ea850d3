//! A tool without `async`: prints the deployments of an environment that are not running, and exits with an error if there are
//! any: `cargo run -p anypoint --example blocking_tool`.

use std::io::Write;

use anypoint::Anypoint;
use anypoint::core::{BoxError, blocking};

fn main() -> Result<(), BoxError> {
    run(&Anypoint::from_env()?, &mut std::io::stdout())
}

pub(crate) fn run(anypoint: &Anypoint, out: &mut dyn Write) -> Result<(), BoxError> {
    let scope = blocking::wait(anypoint.scope())?;
    let manager = anypoint
        .application_manager()
        .in_environment(&scope.organization, &scope.environment);
    let mut idle = 0;
    for deployment in blocking::iter(manager.list_deployments().items()) {
        let deployment = blocking::wait(manager.get_deployment(&deployment?.id))?;
        let application = deployment.application.as_ref();
        let state = application.and_then(|application| application.status.as_ref());
        let state = state.map_or_else(|| "unknown".to_owned(), ToString::to_string);
        if state != "RUNNING" {
            idle += 1;
            writeln!(out, "{}: {state}", deployment.name)?;
        }
    }
    match idle {
        0 => Ok(()),
        idle => Err(format!("{idle} are not running").into()),
    }
}
