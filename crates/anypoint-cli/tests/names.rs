//! Names for shells: with what is kept, in a short time, or none.

mod support;

use std::time::{Duration, Instant};

use anypoint_emulator::{Emulator, Fault};
use support::{Program, TestResult};

async fn complete(program: &Program, words: &[&str]) -> String {
    let outcome = program.run(["complete", "--"].iter().chain(words)).await;
    assert_eq!((outcome.code, &*outcome.messages), (0, ""));
    outcome.output
}

/// The names, asked for again while the machine is too slow for the time that they have.
async fn found(program: &Program, words: &[&str]) -> String {
    for _ in 0..40 {
        let names = complete(program, words).await;
        if !names.is_empty() {
            return names;
        }
    }
    String::new()
}

#[tokio::test]
async fn names_are_completed_with_the_kept_token_and_then_from_a_file() -> TestResult {
    let program = Program::start().await?;
    assert_eq!(program.run(["whoami"]).await.code, 0);
    let names = found(&program, &["apps", "show", "order"]).await;
    assert!(names.contains("order-intake\t"), "{names}");
    let names = found(&program, &["use", ""]).await;
    assert!(
        names.contains("Sandbox\t") && names.contains("Production\t"),
        "{names}"
    );
    let requests = program.emulator().requests();
    assert!(
        complete(&program, &["apps", "stop", ""])
            .await
            .contains("order-intake\t")
    );
    let flag = complete(&program, &["apps", "list", "--environment", "S"]).await;
    assert!(flag.contains("Sandbox\t"), "{flag}");
    assert_eq!(program.emulator().requests(), requests);
    Ok(())
}

#[tokio::test]
async fn without_a_kept_token_nothing_is_asked() -> TestResult {
    let program = Program::start().await?;
    assert_eq!(complete(&program, &["apps", "show", ""]).await, "");
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

/// A margin of seconds, for a machine that is busy: the server hangs for ten minutes.
#[tokio::test]
async fn a_server_that_hangs_gives_no_names_and_holds_nobody_up() -> TestResult {
    let emulator = Emulator::start().await?;
    let program = Program::with(emulator)?;
    assert_eq!(program.run(["whoami"]).await.code, 0);
    let hang = Fault::on("*").delay(Duration::from_secs(600));
    program.emulator().fault(hang);
    let begun = Instant::now();
    assert_eq!(complete(&program, &["apps", "show", ""]).await, "");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_of_names_is_for_its_owner_alone() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::start().await?;
    assert_eq!(program.run(["whoami"]).await.code, 0);
    found(&program, &["apps", "show", ""]).await;
    let folder = std::fs::read_dir(program.home().join(".anypoint/kept"))?;
    let files: Vec<_> = folder.collect::<Result<_, _>>()?;
    let names = files
        .iter()
        .find(|it| it.path().extension().is_some_and(|it| it == "names"));
    let mode = names
        .ok_or("no names are kept")?
        .metadata()?
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    Ok(())
}
