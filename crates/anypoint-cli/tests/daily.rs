//! What people do daily, from the first deployment to the last log line.

mod support;

use std::time::Duration;

use anypoint_emulator::{Emulator, Fault};
use support::{Outcome, Program, TestResult};

/// An emulator that is fast, and a program that looks as often.
async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let emulator = Emulator::builder()
        .step(Duration::from_millis(20))
        .start()
        .await?;
    Ok(Program::with(emulator)?
        .set("ANYPOINT_ENV", "Sandbox")
        .set("ANYPOINT_ORG", ""))
}

async fn run(program: &Program, line: &str) -> Outcome {
    program.run(line.split(' ')).await
}

async fn done(program: &Program, line: &str) -> Result<String, Box<dyn std::error::Error>> {
    let outcome = run(program, line).await;
    match outcome.code {
        0 => Ok(outcome.output + &outcome.messages),
        code => Err(format!("{line}: {code}: {}", outcome.messages).into()),
    }
}

#[tokio::test]
async fn an_asset_is_deployed_followed_stopped_scaled_and_deleted() -> TestResult {
    let program = start().await?;
    let said = done(&program, "deploy orders:1.0.0 --target cloudhub-us-east-1").await?;
    for part in [
        "is accepted",
        "APPLIED",
        "RUNNING",
        "The application has started.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        done(&program, "apps list --columns name,status,platform")
            .await?
            .contains("orders")
    );
    let updated = done(&program, "deploy orders:1.1.0").await?;
    assert!(updated.contains("APPLIED"), "{updated}");
    assert!(
        done(&program, "apps stop orders --yes --wait")
            .await?
            .contains("NOT_RUNNING")
    );
    assert!(
        done(&program, "apps start orders --wait")
            .await?
            .contains("RUNNING")
    );
    done(&program, "apps restart orders --yes").await?;
    assert!(
        done(&program, "apps show orders")
            .await?
            .contains("RUNNING")
    );
    done(&program, "apps scale orders 2 --wait").await?;
    assert!(
        done(&program, "apps show orders")
            .await?
            .contains("target.replicas")
    );
    assert!(done(&program, "wait orders").await?.contains("RUNNING"));
    done(&program, "apps delete orders --yes").await?;
    assert_eq!(run(&program, "apps show orders").await.code, 4);
    Ok(())
}

#[tokio::test]
async fn a_file_is_deployed_to_cloudhub() -> TestResult {
    let program = start().await?;
    let file = program.file("order-desk.jar", "an archive")?;
    let said = done(&program, &format!("deploy {file}")).await?;
    assert!(said.contains("STARTED"), "{said}");
    done(&program, "apps restart order-desk --yes --wait").await?;
    done(&program, "apps scale order-intake 3 --on cloudhub").await?;
    assert!(
        done(&program, "apps stop order-desk --yes --wait")
            .await?
            .contains("UNDEPLOYED")
    );
    done(&program, "apps delete order-desk --yes").await?;
    Ok(())
}

#[tokio::test]
async fn a_deployment_that_fails_has_an_exit_code_of_its_own() -> TestResult {
    let program = start().await?;
    let file = program.file("order-fail.jar", "an archive")?;
    let outcome = run(&program, &format!("deploy {file}")).await;
    assert_eq!(outcome.code, 6, "{outcome:?}");
    assert!(outcome.messages.contains("DEPLOY_FAILED"), "{outcome:?}");
    let outcome = run(&program, "deploy fails:1.0.0 --target cloudhub-us-east-1").await;
    assert_eq!(outcome.code, 6, "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_log_goes_on_where_the_last_run_was() -> TestResult {
    let program = start().await?;
    done(&program, "deploy orders:1.0.0 --target cloudhub-us-east-1").await?;
    let place = program.home().join("position").display().to_string();
    let line = format!("logs orders --output ndjson --resume-file {place}");
    let first = done(&program, &line).await?;
    done(&program, "apps stop orders --yes --wait").await?;
    let second = done(&program, &line).await?;
    assert!(!first.is_empty() && !second.is_empty());
    for entry in first.lines() {
        assert!(!second.contains(entry), "twice: {entry}");
    }
    assert!(
        done(&program, "logs orders --since 1h")
            .await?
            .contains("The application has started.")
    );
    assert_eq!(run(&program, "logs orders --since yesterday").await.code, 2);
    Ok(())
}

#[tokio::test]
async fn a_new_deployment_needs_a_target() -> TestResult {
    let program = start().await?;
    let outcome = run(&program, "deploy orders:1.0.0").await;
    assert_eq!(outcome.code, 2);
    assert!(outcome.messages.contains("--target"));
    Ok(())
}

#[tokio::test]
async fn waiting_until_something_has_stopped_ends_at_its_timeout() -> TestResult {
    let program = start().await?;
    let goes_on = r#"{"domain":"order-intake","status":"UNDEPLOYING"}"#;
    let fault = Fault::on("cloudhub/get_application");
    let fault = fault.status_with(200, goes_on, "application/json");
    program.emulator().fault(fault);
    let line = "apps stop order-intake --on cloudhub --yes --wait --timeout 1";
    let outcome = run(&program, line).await;
    assert_eq!(outcome.code, 5, "{outcome:?}");
    let said = "order-intake has not stopped within 1 s: it is UNDEPLOYING";
    assert!(outcome.messages.contains(said), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_dry_run_marks_the_ids_that_only_a_call_finds() -> TestResult {
    let program = Program::start()
        .await?
        .set("ANYPOINT_ORG", "")
        .set("ANYPOINT_ENV", "Sandbox");
    let line = "application-manager deployments list";
    let outcome = run(&program, &format!("{line} --dry-run")).await;
    let path = "/organizations/ORGANIZATION-ID/environments/ENVIRONMENT-ID/deployments";
    assert!(outcome.output.contains(path), "{outcome:?}");
    for note in [
        "ORGANIZATION-ID stands for an id: --organization, or `anypoint use`, chooses one",
        "ENVIRONMENT-ID stands for the id of `Sandbox`",
    ] {
        assert!(outcome.messages.contains(note), "{outcome:?}");
    }
    // What a run has found is shown from then on.
    done(&program, line).await?;
    let outcome = run(&program, &format!("{line} --dry-run")).await;
    let id = anypoint_emulator::SANDBOX;
    assert!(outcome.output.contains(id), "{outcome:?}");
    assert_eq!(outcome.messages, "");
    Ok(())
}

/// The answer of `apps show` as JSON.
async fn shown(program: &Program, name: &str) -> Result<String, Box<dyn std::error::Error>> {
    done(program, &format!("apps show {name} -o json --show-secrets")).await
}

#[tokio::test]
async fn set_changes_replicas_runtime_and_properties_on_cloudhub_2() -> TestResult {
    let program = start().await?;
    done(&program, "deploy orders:1.0.0 --target cloudhub-us-east-1").await?;
    let secret = program.file("password", "not-a-real-password\n")?;
    let line = format!(
        "apps set orders --replicas 2 --runtime 4.9.1 --property log.level=DEBUG --secure-property db.password=@{secret} --wait"
    );
    let said = done(&program, &line).await?;
    assert!(!said.contains("not-a-real"), "{said}");
    let now = shown(&program, "orders").await?;
    for part in [
        "\"replicas\": 2",
        "4.9.1",
        "\"log.level\": \"DEBUG\"",
        "\"db.password\": \"******\"",
    ] {
        assert!(now.contains(part), "{part}: {now}");
    }
    // What is not named stays, and a mask is never stored.
    let line = "apps set orders --property region=eu";
    let outcome = run(&program, line).await;
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(
        outcome.messages.contains("--secure-property NAME=@FILE"),
        "{outcome:?}"
    );
    done(
        &program,
        &format!("{line} --secure-property db.password=@{secret} --wait"),
    )
    .await?;
    let now = shown(&program, "orders").await?;
    assert!(
        now.contains("DEBUG") && now.contains("\"replicas\": 2"),
        "{now}"
    );
    Ok(())
}

#[tokio::test]
async fn set_changes_workers_and_properties_on_cloudhub_1() -> TestResult {
    let program = start().await?;
    let line = "apps set order-intake --on cloudhub --workers 3 --property log.level=DEBUG";
    done(&program, line).await?;
    let now = done(
        &program,
        "apps show order-intake --on cloudhub -o json --show-secrets",
    )
    .await?;
    for part in ["\"amount\": 3", "\"log.level\": \"DEBUG\"", "orders.user"] {
        assert!(now.contains(part), "{part}: {now}");
    }
    let words = [
        "apps",
        "set",
        "order-intake",
        "--on",
        "cloudhub",
        "--secure-property",
        "key=-",
    ];
    let outcome = program.run_with("not-a-real-key\n", words).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // Without its value the mask would be stored.
    let outcome = run(
        &program,
        "apps set order-intake --on cloudhub --property a=b",
    )
    .await;
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(
        outcome.messages.contains("--secure-property key=@FILE"),
        "{outcome:?}"
    );
    Ok(())
}

#[tokio::test]
async fn set_takes_no_secret_as_an_argument_and_needs_a_change() -> TestResult {
    let program = start().await?;
    let outcome = run(
        &program,
        "apps set order-intake --secure-property key=s3cret",
    )
    .await;
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(!outcome.messages.contains("s3cret"), "{outcome:?}");
    assert_eq!(run(&program, "apps set order-intake").await.code, 2);
    Ok(())
}

#[tokio::test]
async fn a_dry_run_of_a_daily_command_changes_nothing() -> TestResult {
    let program = start().await?;
    let file = program.file("order-desk.jar", "an archive")?;
    let secret = program.file("secret.txt", "on")?;
    let secret = format!("--secure-property orders.password=@{secret}");
    let applications = "/cloudhub/api/v2/applications";
    let deployments = "/deployments/";
    let lines = [
        (
            "apps delete order-intake --on cloudhub",
            "DELETE",
            applications,
        ),
        (
            "apps stop order-intake --on cloudhub",
            "POST",
            "/order-intake/status",
        ),
        (
            "apps restart order-intake --on cloudhub2",
            "PATCH",
            deployments,
        ),
        (
            "apps delete order-intake --on cloudhub2",
            "DELETE",
            deployments,
        ),
        (
            "apps scale order-intake 4 --on cloudhub",
            "PUT",
            "{\"amount\":4,",
        ),
        (
            &format!("apps set order-intake --on cloudhub {secret}"),
            "PUT",
            "\"orders.password\":\"***\"",
        ),
        (
            &format!("apps set order-intake --on cloudhub2 {secret}"),
            "PATCH",
            "\"orders.password\":\"***\"",
        ),
        (&format!("deploy {file}"), "POST", "-F file=@order-desk.jar"),
        (
            "deploy orders:1.0.0 --target cloudhub-us-east-1",
            "POST",
            "\"targetId\":\"cloudhub-us-east-1\"",
        ),
        (
            "api DELETE /cloudhub/api/v2/applications/order-intake?x=1",
            "DELETE",
            "/order-intake?x=1",
        ),
        ("api GET /accounts/api/me", "GET", "/accounts/api/me"),
    ];
    let before = done(&program, "apps list -o json").await?;
    for (line, method, part) in lines {
        let outcome = run(&program, &format!("{line} --dry-run")).await;
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        let start = format!("curl -X {method} -H \"Authorization: Bearer $ANYPOINT_BEARER\"");
        assert!(outcome.output.starts_with(&start), "{line}: {outcome:?}");
        assert!(outcome.output.contains(part), "{line}: {outcome:?}");
        assert!(!outcome.output.contains("\"on\""), "{line}: {outcome:?}");
    }
    assert_eq!(done(&program, "apps list -o json").await?, before);
    Ok(())
}
