//! Follows the log of a deployment into a file: `cargo run -p anypoint --example log_to_file DEPLOYMENT FILE`. It may be killed
//! at any time. When it is started again, it continues without losing or repeating a line.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anypoint::Anypoint;
use anypoint::application_manager::requests::ListLogs;
use anypoint::application_manager::types::DeploymentId;
use anypoint::core::{BoxError, Follow, Timestamp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(deployment), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("which deployment, and into which file?".into());
    };
    let anypoint = Anypoint::from_env()?;
    let scope = anypoint.scope().await?;
    let manager = anypoint.application_manager();
    let manager = manager.in_environment(&scope.organization, &scope.environment);
    let follow = manager.follow_logs(DeploymentId::new(deployment));
    run(follow, Path::new(&file)).await
}

/// Beside the file stands how long it was, and where that is in the service's log. What was written behind is written again.
pub(crate) async fn run(follow: Follow<ListLogs>, file: &Path) -> Result<(), BoxError> {
    let place = file.with_extension("place");
    let mut log = OpenOptions::new().create(true).append(true).open(file)?;
    let follow = match fs::read_to_string(&place) {
        Ok(kept) => {
            let (length, position) = kept.split_once(' ').ok_or("the place is damaged")?;
            log.set_len(length.parse()?)?;
            follow.resume(position.parse()?)
        }
        Err(_) => follow.since(Timestamp::from_millis(0))?,
    };
    let mut lines = follow.lines();
    while let Some(line) = lines.next().await {
        writeln!(log, "{}", line?.message.unwrap_or_default())?;
        if let Some(position) = lines.position() {
            // Replaced at once, so that there is always a whole one.
            let new = file.with_extension("new-place");
            fs::write(&new, format!("{} {position}", log.metadata()?.len()))?;
            fs::rename(&new, &place)?;
        }
    }
    Ok(())
}
