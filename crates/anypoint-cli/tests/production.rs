//! Profiles for production: what deletes or stops asks for the profile's name.

mod support;

use anypoint_cli::Terminal;
use support::{Outcome, Program, TestResult};

const DELETE: [&str; 4] = ["cloudhub", "applications", "delete", "order-intake"];

/// Signed in, with a profile `live` that is marked.
async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let mut program = Program::start().await?.set("ANYPOINT_PROFILE", "live");
    for name in ["CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"] {
        program = program.set(&format!("ANYPOINT_{name}"), "");
    }
    let login = ["login", "--client-id", "emulator", "--production"];
    let outcome = program.run_with("emulator-secret\n", login).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    Ok(program)
}

/// Somebody types an answer.
async fn typed(program: &Program, answer: &str, more: &[&str]) -> Outcome {
    let (terminal, captured) = Terminal::captured(answer, program.variables().to_vec());
    let words = DELETE.iter().chain(more);
    program
        .run_on(terminal.with_keyboard(), captured, words)
        .await
}

async fn given(program: &Program, more: &[&str]) -> Outcome {
    program.run(DELETE.iter().chain(more)).await
}

#[tokio::test]
async fn without_a_terminal_yes_is_not_enough() -> TestResult {
    let program = start().await?;
    let before = program.emulator().requests();
    for more in [&[][..], &["--yes"], &["--confirm", "live"]] {
        let outcome = given(&program, more).await;
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(
            outcome.messages.contains("--yes --confirm live"),
            "{outcome:?}"
        );
    }
    let other = given(&program, &["--yes", "--confirm", "Live"]).await;
    assert!(
        other.code == 2 && other.messages.contains("`Live`"),
        "{other:?}"
    );
    assert_eq!(program.emulator().requests(), before);
    let outcome = given(&program, &["--yes", "--confirm", "live"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn on_a_terminal_the_name_is_asked_for() -> TestResult {
    let program = start().await?;
    let before = program.emulator().requests();
    for answer in ["y\n", "\n", "LIVE\n"] {
        let outcome = typed(&program, answer, &["--yes"]).await;
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(outcome.messages.contains("nothing was sent"), "{outcome:?}");
    }
    assert_eq!(program.emulator().requests(), before);
    let outcome = typed(&program, "live\n", &[]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn daily_commands_and_requests_by_hand_ask_too() -> TestResult {
    let program = start().await?;
    for line in [
        "apps stop order-intake --on cloudhub --yes",
        "api DELETE /cloudhub/api/v2/applications/order-intake --yes",
        "cloudhub applications change-status order-intake --status stop --yes",
    ] {
        let outcome = program.run(line.split(' ')).await;
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.messages.contains("--confirm live"), "{outcome:?}");
    }
    assert_eq!(program.run(["apps", "list"]).await.code, 0);
    Ok(())
}

#[tokio::test]
async fn a_mark_is_listed_and_taken_away() -> TestResult {
    let program = start().await?;
    let listed = program.run(["profiles", "-o", "json"]).await.output;
    assert!(listed.contains("\"production\": true"), "{listed}");
    let outcome = program.run(["use", "--production=false"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(given(&program, &["--yes"]).await.code, 0);
    let outcome = program.run(["use", "--production"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(given(&program, &["--yes"]).await.code, 2);
    Ok(())
}

#[tokio::test]
async fn credentials_of_variables_are_not_those_of_the_default_profile() -> TestResult {
    let program = start().await?.set("ANYPOINT_PROFILE", "");
    let login = ["login", "--client-id", "emulator", "--production"];
    assert_eq!(program.run_with("emulator-secret\n", login).await.code, 0);
    assert_eq!(given(&program, &["--yes"]).await.code, 2);
    let program = program
        .set("ANYPOINT_CLIENT_ID", "emulator")
        .set("ANYPOINT_CLIENT_SECRET", "emulator-secret");
    assert_eq!(given(&program, &["--yes"]).await.code, 0);
    Ok(())
}
