//! The region that `use` keeps, and where it is used.

mod support;

use std::time::Duration;

use anypoint_emulator::Emulator;
use support::{Outcome, Program, TestResult};

async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().step(Duration::from_millis(20));
    Program::with(emulator.start().await?)
}

async fn run(program: &Program, line: &str) -> Outcome {
    program.run(line.split(' ')).await
}

#[tokio::test]
async fn a_region_is_chosen_by_name_or_id() -> TestResult {
    let program = start().await?;
    let by_name = ["use", "--region", "eu (frankfurt)"];
    let outcome = program.run(by_name).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.messages.contains("eu-central-1"), "{outcome:?}");
    assert!(
        run(&program, "profiles")
            .await
            .output
            .contains("eu-central-1")
    );
    let unknown = run(&program, "use --region eu-central-9").await;
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(
        unknown.messages.contains("us-east-1 (US East"),
        "{unknown:?}"
    );
    assert!(
        run(&program, "profiles")
            .await
            .output
            .contains("eu-central-1")
    );
    assert_eq!(program.run(["use", "--region", ""]).await.code, 0);
    assert!(
        !run(&program, "profiles")
            .await
            .output
            .contains("eu-central-1")
    );
    Ok(())
}

#[tokio::test]
async fn what_is_created_is_in_the_region_unless_another_one_is_given() -> TestResult {
    let program = start().await?;
    let create = "cloudhub vpcs create --name office --cidr-block 10.0.0.0/24 --dry-run";
    assert_eq!(run(&program, create).await.code, 2);
    assert_eq!(run(&program, "use --region eu-central-1").await.code, 0);
    let outcome = run(&program, create).await;
    assert!(outcome.output.contains("eu-central-1"), "{outcome:?}");
    assert!(
        outcome.messages.contains("region eu-central-1"),
        "{outcome:?}"
    );
    let other = run(&program, &format!("{create} --region us-east-1")).await;
    assert!(!other.output.contains("eu-central-1"), "{other:?}");
    // What only reads is not filtered.
    let list = "cloudhub2 transit-gateways list-organization-transit-gateways --dry-run";
    let list = run(&program, list).await;
    assert!(
        list.code == 0 && !list.output.contains("eu-central-1"),
        "{list:?}"
    );
    Ok(())
}

#[tokio::test]
async fn what_is_deployed_anew_runs_in_the_region() -> TestResult {
    let program = start().await?;
    assert_eq!(run(&program, "use --region eu-central-1").await.code, 0);
    let outcome = run(&program, "deploy orders:1.0.0").await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let shown = run(&program, "apps show orders -o json").await.output;
    assert!(shown.contains("cloudhub-eu-central-1"), "{shown}");
    let file = program.file("order-desk.jar", "an archive")?;
    let outcome = run(&program, &format!("deploy {file}")).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let shown = run(&program, "apps show order-desk -o json").await.output;
    assert!(shown.contains("\"region\": \"eu-central-1\""), "{shown}");
    // It stays there.
    assert_eq!(run(&program, "use --region us-east-1").await.code, 0);
    assert_eq!(run(&program, &format!("deploy {file}")).await.code, 0);
    let shown = run(&program, "apps show order-desk -o json").await.output;
    assert!(shown.contains("\"region\": \"eu-central-1\""), "{shown}");
    Ok(())
}
