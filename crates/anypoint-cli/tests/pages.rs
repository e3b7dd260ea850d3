//! What people see, as text to review: help, and results in each form. `SNAPSHOTS=overwrite` writes the pages anew.

mod support;

use std::fmt::Write as _;

use anypoint_cli::Terminal;
use snapbox::{Assert, Data};
use support::{Program, TestResult};

fn eq(name: &str, text: String) {
    let path = format!("{}/tests/pages/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let assert = Assert::new().action_env("SNAPSHOTS");
    assert.eq(
        text,
        Data::read_from(std::path::Path::new(&path), None).raw(),
    );
}

/// Runs the lines on a screen, one after the other, and holds the page against all that they show.
async fn page(name: &str, width: u16, lines: &[&str]) -> TestResult {
    let program = Program::start().await?;
    let mut page = String::new();
    for line in lines {
        let mut variables = program.variables().to_vec();
        variables.push(("NO_COLOR".to_owned(), "1".to_owned()));
        let (terminal, captured) = Terminal::captured("", variables);
        let outcome = program
            .run_on(terminal.with_screen(width), captured, line.split(' '))
            .await;
        writeln!(
            page,
            "$ anypoint {line}\n{}{}",
            outcome.output, outcome.messages
        )?;
        if outcome.code != 0 {
            writeln!(page, "(exit code {})", outcome.code)?;
        }
    }
    eq(
        name,
        page.replace(program.emulator().url(), "http://127.0.0.1:PORT"),
    );
    Ok(())
}

#[tokio::test]
async fn help() -> TestResult {
    let lines = [
        "--help",
        "cloudhub --help",
        "cloudhub vpcs --help",
        "cloudhub vpcs create -h",
        "application-manager deployments list --help",
        "api --help",
    ];
    page("help", 100, &lines).await
}

#[tokio::test]
async fn results_in_each_form() -> TestResult {
    let lines = [
        "cloudhub vpcs list",
        "cloudhub vpcs list -o json",
        "cloudhub vpcs list -o ndjson",
        "cloudhub vpcs list -o yaml",
        "cloudhub vpcs list -o csv",
        "cloudhub vpcs list --columns name,region,internalDns.dnsServers",
        "cloudhub vpcs list -o json --query [].name",
        "cloudhub vpcs list -o ndjson --query {n:name}",
        "cloudhub vpcs list --query length(@)",
        "cloudhub applications list",
        "cloudhub vpns list vpc-0f3a9c1e5b7d2486a",
        "cloudhub vpns list vpc-0f3a9c1e5b7d2486a -o csv",
        "cloudhub vpns list vpc-0f3a9c1e5b7d2486a --columns id,state.vpnConnectionStatus",
        "access-management environments list",
        "mmc servers list",
        "cloudhub applications get order-intake",
        "application-manager deployments list --limit 0",
        "cloudhub platform ping",
    ];
    page("results", 100, &lines).await
}

#[tokio::test]
async fn a_narrow_screen() -> TestResult {
    page(
        "narrow",
        20,
        &["cloudhub vpcs list", "cloudhub platform list-regions"],
    )
    .await
}

#[tokio::test]
async fn a_dry_run_shows_no_secret() -> TestResult {
    let lines = [
        "application-manager deployments list --dry-run",
        "cloudhub vpcs create --name office --region us-east-1 --cidr-block 10.0.0.0/24 --dry-run",
        "access-management authentication log-in --body {\"username\":\"ada\",\"password\":\"s3cret\"} --dry-run",
        "cloudhub applications delete order-intake --dry-run",
    ];
    page("dry_run", 100, &lines).await
}

#[tokio::test]
async fn single_answers_and_errors_in_each_form() -> TestResult {
    let lines = [
        "cloudhub vpcs get vpc-0f3a9c1e5b7d2486a",
        "cloudhub vpcs get vpc-0f3a9c1e5b7d2486a -o ndjson",
        "cloudhub vpcs get vpc-0f3a9c1e5b7d2486a -o yaml --query {n:name,c:cidrBlock}",
        "cloudhub vpcs get vpc-0f3a9c1e5b7d2486a -o csv --columns name,region",
        "cloudhub applications get nothing",
        "cloudhub applications get nothing -o json",
        "cloudhub vpcs lits",
        "apps set order-intake --on cloudhub --workers 2 --property a=b --dry-run",
    ];
    page("single", 100, &lines).await
}
