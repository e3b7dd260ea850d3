//! The page for those who come from the official tool.

mod support;

use support::{Program, TestResult};

#[tokio::test]
async fn the_page_from_the_official_tool_names_commands_that_there_are() -> TestResult {
    let program = Program::start().await?;
    let page = include_str!("../docs/from-the-official-tool.md");
    let mut commands = 0;
    for code in page.split('`').skip(1).step_by(2) {
        let Some(line) = code.strip_prefix("anypoint ") else {
            continue;
        };
        let words = line
            .split(' ')
            .filter(|word| word.to_lowercase() == **word && !word.starts_with("--"));
        let outcome = program.run(words.chain(["--help"])).await;
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        assert!(
            !outcome.output.contains("<COMMAND>"),
            "{line} is no whole command"
        );
        commands += 1;
    }
    assert!(commands > 35, "{commands}");
    Ok(())
}
