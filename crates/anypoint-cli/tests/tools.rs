//! Completions, manual pages, the doctor, and how far the answers are from what is documented.

mod support;

use support::{Program, TestResult};

#[tokio::test]
async fn words_are_completed_at_each_depth() -> TestResult {
    let program = Program::start().await?;
    let complete = async |words: &[&str]| {
        let line = ["complete", "--"].iter().chain(words);
        program.run(line).await.output
    };
    assert!(complete(&["cl"]).await.contains("cloudhub\t"));
    assert!(
        complete(&["cloudhub", ""])
            .await
            .contains("vpcs\tVirtual Private Clouds")
    );
    assert!(
        complete(&["cloudhub", "vpcs", "c"])
            .await
            .starts_with("create\tCreates")
    );
    let flags = complete(&["cloudhub", "vpcs", "create", "--c"]).await;
    assert!(
        flags.contains("--cidr-block\t") && flags.contains("--columns\t"),
        "{flags}"
    );
    assert_eq!(complete(&["apps", "show", "x"]).await, "");
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

#[tokio::test]
async fn every_shell_has_its_lines_and_every_command_its_page() -> TestResult {
    let program = Program::start().await?;
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let lines = program.run(["completions", shell]).await.output;
        assert!(lines.contains("anypoint complete"), "{shell}");
    }
    let page = program
        .run(["man", "cloudhub", "vpcs", "create"])
        .await
        .output;
    assert!(page.starts_with(".ie") || page.contains(".TH"), "{page}");
    assert!(page.contains("cidr"));
    assert_eq!(program.run(["man", "nonsense"]).await.code, 2);
    Ok(())
}

#[tokio::test]
async fn the_doctor_finds_nothing_or_says_what_is_wrong() -> TestResult {
    let program = Program::start().await?;
    let well = program.run(["doctor"]).await;
    assert_eq!(well.code, 0, "{well:?}");
    assert_eq!(well.output.matches("fine").count(), 4, "{well:?}");
    let program = program.set("ANYPOINT_CLIENT_SECRET", "wrong");
    let ill = program.run(["doctor"]).await;
    assert_eq!(ill.code, 3, "{ill:?}");
    assert!(
        ill.output.contains("wrong") && ill.output.contains("try:"),
        "{ill:?}"
    );
    let program = program.set("ANYPOINT_HOST", "http://127.0.0.1:1");
    assert!(program.run(["doctor"]).await.output.contains("connect"));
    Ok(())
}

#[tokio::test]
async fn answers_that_nobody_has_described_are_named_without_their_values() -> TestResult {
    let program = Program::start().await?;
    for api in [
        "access-management",
        "application-manager",
        "cloudhub",
        "cloudhub2",
    ] {
        let same = program.run(["drift", api, "-o", "json"]).await;
        assert_eq!(same.output.trim(), "[]", "{same:?}");
    }
    // A server that is a version ahead.
    program.emulator().future(true);
    let other = program.run(["drift", "cloudhub"]).await;
    assert!(
        other.output.contains("there is no such member"),
        "{other:?}"
    );
    assert!(!other.output.contains("order-intake"), "{other:?}");
    Ok(())
}
