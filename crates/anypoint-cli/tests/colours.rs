//! Colours are on terminals alone.

mod support;

use anypoint_cli::Terminal;
use support::{Outcome, Program, TestResult};

const ESCAPE: char = '\u{1b}';

/// On a screen that is wide enough, with one more variable.
async fn on_screen(program: &Program, variable: (&str, &str), line: &str) -> Outcome {
    let mut variables = program.variables().to_vec();
    variables.push((variable.0.to_owned(), variable.1.to_owned()));
    let (terminal, captured) = Terminal::captured("", variables);
    program
        .run_on(terminal.with_screen(150), captured, line.split(' '))
        .await
}

#[tokio::test]
async fn a_screen_shows_headings_bold_and_states_in_colours() -> TestResult {
    let program = Program::start().await?;
    let list = "cloudhub applications list";
    let seen = on_screen(&program, ("TERM", "xterm"), list).await.output;
    assert!(seen.contains("\u{1b}[1mDOMAIN\u{1b}[0m"), "{seen:?}");
    assert!(seen.contains("\u{1b}[32mSTARTED\u{1b}[0m"), "{seen:?}");
    // Colours are no width.
    let plain = on_screen(&program, ("NO_COLOR", "1"), list).await.output;
    let stripped = ["1m", "32m", "0m"].iter().fold(seen, |seen, end| {
        seen.replace(&format!("{ESCAPE}[{end}"), "")
    });
    assert_eq!(stripped, plain);
    Ok(())
}

#[tokio::test]
async fn a_pipe_and_those_who_want_none_get_no_colours() -> TestResult {
    let program = Program::start().await?;
    for line in [
        "cloudhub applications list",
        "cloudhub applications get nothing",
        "nonsense",
    ] {
        let piped = program.run(line.split(' ')).await;
        let refused = on_screen(&program, ("NO_COLOR", "1"), line).await;
        let dumb = on_screen(&program, ("TERM", "dumb"), line).await;
        for outcome in [piped, refused, dumb] {
            let all = outcome.output + &outcome.messages;
            assert!(
                !all.contains(ESCAPE) && !all.contains('\u{200b}'),
                "{all:?}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn errors_begin_in_red_on_a_screen_whoever_finds_them() -> TestResult {
    let program = Program::start().await?;
    for line in ["cloudhub applications get nothing", "nonsense"] {
        let said = on_screen(&program, ("TERM", "xterm"), line).await.messages;
        assert!(said.starts_with("\u{1b}[31merror:\u{1b}[0m "), "{said:?}");
    }
    Ok(())
}
