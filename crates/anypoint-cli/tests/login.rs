//! Profiles: signing in, choosing a place, signing out.

mod support;

use anypoint_cli::Terminal;
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

/// The token that the emulator always takes.
const TOKEN: &str = "emulator-token";

#[tokio::test]
async fn a_token_on_the_standard_input_signs_in() -> TestResult {
    let program = start().await?;
    let login = ["login", "--token-stdin", "--profile", "ci"];
    let outcome = program.run_with(&format!("{TOKEN}\n"), login).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.messages.contains(TOKEN), "{outcome:?}");
    assert!(outcome.messages.contains("exit code 3"), "{outcome:?}");
    assert_eq!(program.run(["whoami"]).await.code, 3);
    let program = program.set("ANYPOINT_PROFILE", "ci");
    assert_eq!(program.run(["whoami"]).await.code, 0);
    assert_eq!(program.emulator().token_fetches(), 0);
    let listed = program.run(["profiles"]).await.output;
    assert!(
        listed.contains("token") && !listed.contains(TOKEN),
        "{listed}"
    );
    let well = program.run(["doctor"]).await;
    assert!(well.code == 0 && well.output.contains("bearer"), "{well:?}");
    assert_eq!(program.run(["logout"]).await.code, 0);
    assert_eq!(program.run(["whoami"]).await.code, 3);
    Ok(())
}

#[tokio::test]
async fn a_login_of_another_kind_takes_the_place_of_a_token() -> TestResult {
    let program = start().await?;
    program.run_with(TOKEN, ["login", "--token-stdin"]).await;
    let login = ["login", "--client-id", "emulator"];
    assert_eq!(program.run_with("emulator-secret\n", login).await.code, 0);
    let listed = program.run(["profiles"]).await.output;
    assert!(listed.contains("connected app"), "{listed}");
    Ok(())
}

#[tokio::test]
async fn a_kept_token_that_has_expired_says_how_to_give_another_one() -> TestResult {
    let program = start().await?;
    program.run_with(TOKEN, ["login", "--token-stdin"]).await;
    program.emulator().expire_fixed_token();
    let outcome = program.run(["whoami"]).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(
        outcome.messages.contains("anypoint login --token-stdin"),
        "{outcome:?}"
    );
    // A token that nobody keeps is not the profile's.
    let outcome = program.set("ANYPOINT_BEARER", "old").run(["whoami"]).await;
    assert!(!outcome.messages.contains("login"), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_no_token_is_not_kept() -> TestResult {
    let program = start().await?;
    for (input, said) in [
        ("", "there is no token"),
        (" \n\n", "there is no token"),
        ("one\ntwo\n", "several"),
        ("Bearer one", "blanks"),
        ("one\u{7f}", "blanks"),
    ] {
        let outcome = program.run_with(input, ["login", "--token-stdin"]).await;
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.messages.contains(said), "{input:?}: {outcome:?}");
        assert!(outcome.messages.contains("try: "), "{outcome:?}");
    }
    let (terminal, captured) = Terminal::captured(TOKEN, program.variables().to_vec());
    let typed = program.run_on(
        terminal.with_keyboard(),
        captured,
        ["login", "--token-stdin"],
    );
    let typed = typed.await;
    assert!(
        typed.code == 2 && typed.messages.contains("terminal"),
        "{typed:?}"
    );
    let both = ["login", "--token-stdin", "--client-id", "x"];
    assert_eq!(program.run_with(TOKEN, both).await.code, 2);
    assert_eq!(
        program
            .run_with("wrong", ["login", "--token-stdin"])
            .await
            .code,
        3
    );
    assert!(!program.home().join(".anypoint/credentials").exists());
    Ok(())
}
