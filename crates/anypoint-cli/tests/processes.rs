//! Several processes at once, as a loop of a shell starts them.

mod support;

use std::process::Output;
use std::time::{Duration, Instant};

use anypoint_emulator::{Emulator, Fault};
use support::{Program, TestResult};

fn assert_fine(ended: &[Output]) {
    for one in ended {
        let said = String::from_utf8_lossy(&one.stderr);
        assert!(one.status.success(), "{}: {said}", one.status);
    }
}

#[tokio::test]
async fn ten_processes_at_once_log_in_once() -> TestResult {
    let program = Program::start().await?;
    // All of them are there before the first one has its token.
    let slow = Fault::on("request_token")
        .times(20)
        .delay(Duration::from_millis(700));
    program.emulator().fault(slow);
    let ended = program
        .processes(10, &["access-management", "users", "get-me"])
        .await?;
    assert_fine(&ended);
    assert_eq!(program.emulator().token_fetches(), 1);
    Ok(())
}

#[tokio::test]
async fn a_login_that_fails_leaves_the_permit_to_the_next_process() -> TestResult {
    let program = Program::start().await?;
    program
        .emulator()
        .fault(Fault::on("request_token").times(1).status(403));
    let ended = program
        .processes(3, &["access-management", "users", "get-me"])
        .await?;
    let refused = ended
        .iter()
        .filter(|it| it.status.code() == Some(3))
        .count();
    assert_eq!((refused, program.emulator().token_fetches()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn processes_that_sign_in_at_once_keep_each_others_profiles() -> TestResult {
    let program = Program::start().await?;
    let names: Vec<_> = (0..6).map(|number| format!("profile-{number}")).collect();
    let lines = names
        .iter()
        .map(|name| ["use", "--production", "--profile", name]);
    let all: Result<Vec<_>, _> = lines.map(|line| program.command(line).spawn()).collect();
    let all = all?;
    let ended: Vec<Output> = tokio::task::spawn_blocking(move || {
        all.into_iter()
            .filter_map(|it| it.wait_with_output().ok())
            .collect()
    })
    .await?;
    assert_fine(&ended);
    let file = std::fs::read_to_string(program.home().join(".anypoint/credentials"))?;
    for name in &names {
        assert!(file.contains(name), "{name}: {file}");
    }
    Ok(())
}

#[tokio::test]
async fn processes_share_the_limits_of_their_machine() -> TestResult {
    // Its windows are half as long, so that a request may be late on its way by half a second.
    let begun = Instant::now();
    let emulator = Emulator::builder().clock(move || begun.elapsed() * 2);
    let program = Program::with(emulator.enforce_limits().start().await?)?;
    // More requests than a second allows.
    let ended = program
        .processes(4, &["drift", "cloudhub", "--quiet"])
        .await?;
    assert_fine(&ended);
    assert!(
        program.emulator().requests() > 50,
        "{}",
        program.emulator().requests()
    );
    assert_eq!(program.emulator().throttled(), 0);
    Ok(())
}
