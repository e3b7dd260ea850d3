//! What people get wrong: each gives a line with what to try and its exit code, and nothing is sent.

mod support;

use anypoint_cli::Terminal;
use support::{Outcome, Program, TestResult, host};

async fn run(program: &Program, line: &str) -> Outcome {
    program
        .run(line.split(' ').filter(|it| !it.is_empty()))
        .await
}

/// The exit code, and all that the message must say.
fn says(outcome: &Outcome, code: u8, parts: &[&str]) {
    assert_eq!(outcome.code, code, "{outcome:?}");
    assert_eq!(outcome.output, "");
    for part in parts {
        assert!(
            outcome.messages.contains(part),
            "{part}: {}",
            outcome.messages
        );
    }
}

#[tokio::test]
async fn unknown_names_are_answered_with_the_nearest_one() -> TestResult {
    let program = Program::start().await?;
    says(
        &run(&program, "clodhub").await,
        2,
        &["clodhub", "'cloudhub'"],
    );
    says(
        &run(&program, "cloudhub aplications list").await,
        2,
        &["'applications'"],
    );
    says(
        &run(&program, "cloudhub applications lits").await,
        2,
        &["'list'"],
    );
    says(
        &run(&program, "cloudhub applications list --ouptut json").await,
        2,
        &["'--output'"],
    );
    says(
        &run(&program, "cloudhub applications list --output xml").await,
        2,
        &["xml", "ndjson"],
    );
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

#[tokio::test]
async fn arguments_of_the_wrong_kind_are_refused() -> TestResult {
    let program = Program::start().await?;
    says(
        &run(&program, "cloudhub vpcs list --page-size many").await,
        2,
        &["--page-size: expected an integer, not `many`"],
    );
    says(
        &run(&program, "cloudhub vpcs list --limit many").await,
        2,
        &["many"],
    );
    says(
        &run(&program, "application-manager deployments get").await,
        2,
        &["<DEPLOYMENT-ID>"],
    );
    says(
        &run(&program, "cloudhub vpcs list --query [").await,
        2,
        &["--query"],
    );
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

#[tokio::test]
async fn a_name_that_nothing_has_is_not_found() -> TestResult {
    let program = Program::start().await?;
    for (flag, what) in [("environment", "Nowhere"), ("organization", "Nobody")] {
        let outcome = run(&program, &format!("apps list --{flag} {what}")).await;
        let problem = format!("there is no {flag} \"{what}\"");
        says(&outcome, 4, &[&problem, "try:"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_body_is_checked_before_anything_is_sent() -> TestResult {
    let program = Program::start().await?;
    let create = "access-management environments create";
    let broken = run(&program, &format!("{create} --body {{\"name\":oops}}")).await;
    says(&broken, 2, &["--body is not JSON", "\n          ^"]);
    let wrong = run(
        &program,
        &format!("{create} --body {{\"name\":1,\"tpye\":\"sandbox\"}}"),
    )
    .await;
    says(
        &wrong,
        2,
        &[
            "body.name: expected a text, found a number",
            "body.tpye: there is no such member; did you mean `type`?",
        ],
    );
    says(&wrong, 2, &["body.type: it is required", "--no-check"]);
    says(&run(&program, create).await, 2, &["--body-template"]);
    says(
        &run(&program, &format!("{create} --body @no-such-file")).await,
        2,
        &["no-such-file is not there", "try:"],
    );
    says(
        &run(
            &program,
            &format!("{create} --body @{}", env!("CARGO_MANIFEST_DIR")),
        )
        .await,
        2,
        &["cannot be read", "try:"],
    );
    says(
        &run(
            &program,
            "cloudhub applications upload-file order-intake --file no-such.jar",
        )
        .await,
        2,
        &["no-such.jar"],
    );
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

#[tokio::test]
async fn without_credentials_it_says_where_they_come_from() -> TestResult {
    let program = Program::start()
        .await?
        .set("ANYPOINT_CLIENT_ID", "")
        .set("ANYPOINT_CLIENT_SECRET", "");
    let program = program
        .set("ANYPOINT_USERNAME", "")
        .set("ANYPOINT_PASSWORD", "");
    says(
        &run(&program, "cloudhub applications list").await,
        3,
        &["ANYPOINT_CLIENT_ID"],
    );
    Ok(())
}

#[tokio::test]
async fn exit_codes_tell_refusals_apart() -> TestResult {
    let program = Program::start().await?;
    says(
        &run(
            &program,
            "application-manager deployments get 00000000-0000-0000-0000-000000000000",
        )
        .await,
        4,
        &["404"],
    );
    let refused = program.set("ANYPOINT_CLIENT_SECRET", "wrong");
    says(
        &run(&refused, "application-manager deployments list").await,
        3,
        &["try:"],
    );
    Ok(())
}

#[tokio::test]
async fn what_deletes_or_stops_needs_a_yes() -> TestResult {
    let program = Program::start().await?;
    says(
        &run(&program, "cloudhub applications delete order-intake").await,
        2,
        &["--yes"],
    );
    says(
        &run(
            &program,
            "cloudhub applications change-status order-intake --status stop",
        )
        .await,
        2,
        &["--yes"],
    );
    says(
        &run(
            &program,
            "api delete /cloudhub/api/applications/order-intake",
        )
        .await,
        2,
        &["--yes"],
    );
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

#[tokio::test]
async fn errors_are_json_where_results_are() -> TestResult {
    let program = Program::start().await?;
    let outcome = run(
        &program,
        "-o json application-manager deployments get 00000000-0000-0000-0000-000000000000",
    )
    .await;
    let error: serde_json::Value = serde_json::from_str(&outcome.messages)?;
    assert_eq!(error["error"]["exitCode"], 4);
    assert_eq!(error["error"]["status"], 404);
    assert_eq!(error["error"]["operation"], "get_deployment");
    let outcome = run(&program, "-o json nonsense").await;
    let error: serde_json::Value = serde_json::from_str(&outcome.messages)?;
    assert_eq!(error["error"]["exitCode"], 2);
    Ok(())
}

#[tokio::test]
async fn a_host_that_is_none_of_the_platform_is_told_with_what_to_try() -> TestResult {
    for (content_type, body, part) in [
        (
            "text/html",
            "<html><title>Sign in\u{1b}[31m</title></html>",
            "an HTML page (title \"Sign in",
        ),
        (
            "application/json",
            "{\"data\":[",
            "cannot read the 200 answer",
        ),
    ] {
        let length = body.len();
        let head = format!("200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}");
        let mut program = Program::start()
            .await?
            .set("ANYPOINT_BEARER", "token")
            .set("ANYPOINT_HOST", &host(&head, body)?);
        for name in ["CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"] {
            program = program.set(&format!("ANYPOINT_{name}"), "");
        }
        let outcome = run(&program, "cloudhub vpcs list").await;
        says(&outcome, 1, &[part, "try:"]);
        assert!(!outcome.messages.contains('\u{1b}'), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_deployed_is_a_file_or_an_asset() -> TestResult {
    let program = Program::start().await?;
    for what in ["orders", "no-such.jar"] {
        let outcome = run(&program, &format!("deploy {what}")).await;
        says(&outcome, 2, &[what, "is not there", "GROUP:ASSET:VERSION"]);
    }
    let outcome = program.run(["deploy", ""]).await;
    says(&outcome, 2, &["is empty", "GROUP:ASSET:VERSION"]);
    assert_eq!(program.emulator().requests(), 0);
    Ok(())
}

#[tokio::test]
async fn a_dry_run_refuses_what_a_call_would_refuse() -> TestResult {
    let program = Program::start().await?;
    let outcome = run(&program, "cloudhub applications get .. --dry-run").await;
    says(&outcome, 2, &["domain is a relative path", "try:"]);
    Ok(())
}

/// What a hostile server sends does nothing to a terminal, in whatever form it is shown.
#[tokio::test]
async fn text_with_control_characters_is_spelled_out_on_a_screen() -> TestResult {
    let body = r#"{"name":"a\u001b]0;t\u0007b","note":"c\u202ed\u2066e\u200f","lines":"f\r\ng"}"#;
    let length = body.len();
    let head = format!("200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}");
    let program = Program::start().await?;
    let host = host(&head, body)?;
    let mut variables = program.variables().to_vec();
    variables.retain(|(name, _)| !name.starts_with("ANYPOINT_"));
    for (name, value) in [
        ("ANYPOINT_BEARER", "token"),
        ("ANYPOINT_HOST", &host),
        ("NO_COLOR", "1"),
    ] {
        variables.push((name.to_owned(), value.to_owned()));
    }
    for form in ["table", "json", "ndjson", "yaml", "csv"] {
        let (terminal, captured) = Terminal::captured("", variables.clone());
        let words = ["api", "get", "/any", "--output", form];
        let screen = terminal.with_screen(100);
        let outcome = program.run_on(screen, captured, words).await;
        assert_eq!(outcome.code, 0, "{form}: {outcome:?}");
        let harmful = |letter: char| {
            letter.is_control() && letter != '\n'
                || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!outcome.output.contains(harmful), "{form}: {outcome:?}");
        assert!(outcome.output.contains("202e"), "{form}: {outcome:?}");
    }
    Ok(())
}
