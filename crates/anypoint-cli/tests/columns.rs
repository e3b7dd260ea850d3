//! Which columns a table has: those that were asked for, those that the spec names, or those that say most.

mod support;

use anypoint_cli::Terminal;
use support::{Program, TestResult};

/// The words of the first line that a command prints on a screen of so many columns.
async fn head(
    program: &Program,
    width: u16,
    line: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let (terminal, captured) = Terminal::captured("", program.variables().to_vec());
    let outcome = program
        .run_on(terminal.with_screen(width), captured, line.split(' '))
        .await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let first = outcome.output.lines().next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    Ok(words.join(" "))
}

#[tokio::test]
async fn a_table_has_the_columns_that_the_spec_names() -> TestResult {
    let program = Program::start().await?.set("NO_COLOR", "1");
    let list = "access-management environments list";
    let found = head(&program, 100, list).await?;
    assert_eq!(found, "NAME ID TYPE IS PRODUCTION");
    Ok(())
}

#[tokio::test]
async fn the_items_of_a_page_are_its_rows() -> TestResult {
    let program = Program::start().await?.set("NO_COLOR", "1");
    let found = head(&program, 150, "cloudhub vpns list vpc-0f3a9c1e5b7d2486a").await?;
    assert!(
        found.starts_with("NAME ID STATE VPN CONNECTION STATUS"),
        "{found}"
    );
    let found = head(
        &program,
        150,
        "cloudhub vpns list vpc-0f3a9c1e5b7d2486a --columns id",
    )
    .await?;
    assert_eq!(found, "ID");
    Ok(())
}

#[tokio::test]
async fn a_narrow_screen_shows_the_first_columns_of_the_spec() -> TestResult {
    let program = Program::start().await?.set("NO_COLOR", "1");
    let found = head(&program, 20, "access-management environments list").await?;
    assert_eq!(found, "NAME");
    Ok(())
}

#[tokio::test]
async fn a_query_makes_rows_of_its_own() -> TestResult {
    let program = Program::start().await?.set("NO_COLOR", "1");
    let list = "cloudhub vpns list vpc-0f3a9c1e5b7d2486a --query data[].{label:name}";
    assert_eq!(head(&program, 100, list).await?, "LABEL");
    Ok(())
}
