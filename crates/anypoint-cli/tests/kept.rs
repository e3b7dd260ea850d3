//! What is kept between two runs.

mod support;

use support::{Program, TestResult};

#[tokio::test]
async fn a_list_with_a_kept_token_makes_one_request() -> TestResult {
    // By name, so that ids have to be found, too.
    let program = Program::start()
        .await?
        .set("ANYPOINT_ORG", "")
        .set("ANYPOINT_ENV", "Sandbox");
    let list = ["application-manager", "deployments", "list", "-o", "json"];
    let first = program.run(list).await;
    let before = program.emulator().requests();
    let second = program.run(list).await;
    assert_eq!((first.code, second.code), (0, 0));
    assert_eq!(first.output, second.output);
    assert_eq!(program.emulator().requests() - before, 1);
    assert_eq!(program.emulator().token_fetches(), 1);
    Ok(())
}

#[tokio::test]
async fn a_kept_token_that_the_server_no_longer_takes_is_replaced() -> TestResult {
    let program = Program::start().await?;
    let list = ["cloudhub", "applications", "list"];
    assert_eq!(program.run(list).await.code, 0);
    program.emulator().expire_tokens();
    assert_eq!(program.run(list).await.code, 0);
    assert_eq!(program.emulator().token_fetches(), 2);
    Ok(())
}

#[tokio::test]
async fn other_credentials_have_another_token() -> TestResult {
    let program = Program::start().await?;
    let list = ["cloudhub", "applications", "list"];
    assert_eq!(program.run(list).await.code, 0);
    let other = program.set("ANYPOINT_CLIENT_SECRET", "wrong");
    assert_eq!(other.run(list).await.code, 3);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_what_is_kept() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;

    let program = Program::start().await?;
    assert_eq!(
        program.run(["cloudhub", "applications", "list"]).await.code,
        0
    );
    let folder = program.home().join(".anypoint/kept");
    assert_eq!(
        std::fs::metadata(&folder)?.permissions().mode() & 0o777,
        0o700
    );
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o600);
        names.push(file.file_name().to_string_lossy().into_owned());
    }
    // The token, its lock, who logs in, and the limits.
    assert_eq!(names.len(), 4, "{names:?}");
    Ok(())
}
