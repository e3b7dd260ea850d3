//! Completions, manual pages, and how far the answers are from what is documented.

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
async fn the_manual_pages_of_all_commands_are_files_on_request() -> TestResult {
    let program = Program::start().await?;
    let folder = program.home().join("man");
    let out = folder.display().to_string();
    let outcome = program.run(["man", "--out", &out]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let pages = std::fs::read_dir(&folder)?.count();
    assert!(
        pages > 312 && outcome.messages.contains(&format!("{pages} pages")),
        "{pages}: {outcome:?}"
    );
    for (name, part) in [
        ("anypoint", "deploy"),
        ("anypoint-apps-stop", "NAME"),
        ("anypoint-cloudhub-vpcs-create", "cidr"),
    ] {
        let page = std::fs::read_to_string(folder.join(format!("{name}.1")))?;
        assert!(page.contains(part), "{name}: {page}");
    }
    // What only shells call has none.
    assert!(!folder.join("anypoint-complete.1").exists());
    let file = program.file("taken", "")?;
    let outcome = program.run(["man", "--out", &file]).await;
    assert_eq!(outcome.code, 1);
    assert!(outcome.messages.contains("taken cannot be written"));
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
