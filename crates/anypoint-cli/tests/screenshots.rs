//! The pictures of the guide are what the program shows. `SNAPSHOTS=overwrite cargo test -p anypoint-cli --test screenshots` takes them
//! anew.

mod support;

use std::path::PathBuf;
use std::time::Duration;

use anypoint_cli::Terminal;
use anypoint_emulator::Emulator;
use support::{Program, TestResult};

/// Columns of the screen.
const WIDTH: u16 = 100;
/// 2026-03-02, in milliseconds since 1970: the pictures say when they were taken by no clock of a machine.
const DAY: u64 = 1_772_445_600_000;
/// How long a state takes, and a look at it: short, and far enough apart for each state to be seen.
const STEP: Duration = Duration::from_millis(400);
const PAUSE: Duration = Duration::from_millis(50);

async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().step(STEP).epoch(DAY).start().await?;
    let program = Program::with(emulator)?;
    Ok(program
        .set("ANYPOINT_ENV", "Sandbox")
        .set("ANYPOINT_ORG", ""))
}

/// What somebody sees who types the line.
async fn shown(program: &Program, line: &str) -> Result<String, Box<dyn std::error::Error>> {
    let (terminal, captured) = Terminal::captured("", program.variables().to_vec());
    let terminal = terminal.with_screen(WIDTH).with_pause(PAUSE);
    let outcome = program.run_on(terminal, captured, line.split(' ')).await;
    match outcome.code {
        0 => Ok(format!(
            "$ anypoint {line}\n{}{}\n",
            outcome.messages, outcome.output
        )),
        code => Err(format!("{line}: {code}: {}", outcome.messages).into()),
    }
}

/// The picture in the guide, and the one that is taken of a text now; it replaces the other one on request.
fn pictures(name: &str, text: &str) -> Result<(String, String), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    let path = folder.join(format!("{name}.svg"));
    let taken = anstyle_svg::Term::new().render_svg(text.trim_end());
    if std::env::var_os("SNAPSHOTS").is_some_and(|it| it == "overwrite") {
        std::fs::write(&path, &taken)?;
    }
    Ok((std::fs::read_to_string(&path)?, taken))
}

/// The lines of text in a picture. How long something took is no part of them.
fn lines(picture: &str) -> Vec<String> {
    let (_, text) = picture.split_once("<text").unwrap_or_default();
    let text: String = text
        .split('<')
        .skip(1)
        .filter_map(|piece| Some(piece.split_once('>')?.1))
        .collect();
    let lines = text.lines().map(|line| {
        let digits = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
        line.trim_end().chars().map(digits).collect::<String>()
    });
    lines.filter(|line| !line.is_empty()).collect()
}

#[tokio::test]
async fn the_picture_of_a_table_is_true() -> TestResult {
    let program = start().await?;
    let text = shown(&program, "apps list").await? + &shown(&program, "cloudhub vpcs list").await?;
    let (kept, taken) = pictures("table", &text)?;
    assert!(kept == taken, "{text}");
    Ok(())
}

/// On a machine with much to do a state may be missed, and a line of the log may come later.
#[tokio::test]
async fn the_picture_of_a_deployment_is_true() -> TestResult {
    let program = start().await?;
    let line = "deploy order-desk:1.0.0 --target cloudhub-us-east-1";
    let text = shown(&program, line).await?;
    let (kept, taken) = pictures("deploy", &text)?;
    let (kept, taken) = (lines(&kept), lines(&taken));
    let parts = ["deploy order-desk", "is accepted", "has started", "APPLIED"];
    for part in parts {
        assert!(
            taken.iter().any(|line| line.contains(part)),
            "{part}: {text}"
        );
    }
    for line in taken.iter().filter(|line| !line.contains("Order 0")) {
        assert!(kept.contains(line), "{line}: {kept:#?}");
    }
    Ok(())
}
