//! Profiles: signing in, choosing a place, signing out.

mod support;

use support::{Program, TestResult};

/// Without variables that come before a profile.
async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let mut program = Program::start().await?;
    for name in [
        "CLIENT_ID",
        "CLIENT_SECRET",
        "USERNAME",
        "PASSWORD",
        "ORG",
        "ENV",
    ] {
        program = program.set(&format!("ANYPOINT_{name}"), "");
    }
    Ok(program)
}

#[tokio::test]
async fn who_has_signed_in_needs_no_variables() -> TestResult {
    let program = start().await?;
    let file = program.home().join(".anypoint/credentials");
    std::fs::create_dir_all(program.home().join(".anypoint"))?;
    std::fs::write(
        &file,
        r#"{"other":{"client_id":"x","client_secret":"y","note":1}}"#,
    )?;
    assert_eq!(program.run(["whoami"]).await.code, 3);
    let outcome = program
        .run_with("emulator-secret\n", ["login", "--client-id", "emulator"])
        .await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.messages.contains("emulator-secret"));
    let outcome = program.run(["use", "Production"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(program.run(["whoami"]).await.output.contains("Production"));
    let listed = program.run(["profiles"]).await.output;
    assert!(
        listed.contains("connected app") && listed.contains("other"),
        "{listed}"
    );
    assert!(!listed.contains("secret"));
    assert!(std::fs::read_to_string(&file)?.contains("\"note\": 1"));
    assert_eq!(program.run(["logout"]).await.code, 0);
    assert!(!program.home().join(".anypoint/kept").exists());
    assert_eq!(program.run(["whoami"]).await.code, 3);
    Ok(())
}

#[tokio::test]
async fn credentials_that_do_not_work_are_not_kept() -> TestResult {
    let program = start().await?;
    let outcome = program
        .run_with("wrong\n", ["login", "--client-id", "emulator"])
        .await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(!program.home().join(".anypoint/credentials").exists());
    assert_eq!(
        program
            .run_with("", ["login", "--client-id", "emulator"])
            .await
            .code,
        2
    );
    Ok(())
}

#[tokio::test]
async fn an_environment_that_is_not_there_is_not_chosen() -> TestResult {
    let program = start().await?;
    program
        .run_with("emulator-secret\n", ["login", "--client-id", "emulator"])
        .await;
    let outcome = program.run(["use", "Sandbax"]).await;
    assert_ne!(outcome.code, 0);
    assert!(outcome.messages.contains("Sandbox"), "{outcome:?}");
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_profile() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;

    let program = start().await?;
    program
        .run_with("emulator-secret\n", ["login", "--username", "ada"])
        .await;
    let file = std::fs::metadata(program.home().join(".anypoint/credentials"))?;
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    Ok(())
}
