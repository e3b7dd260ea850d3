//! The pages of the guide name commands, flags and files that there are.

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

/// Lines of shells, also those in the middle of YAML, from the word `anypoint` on.
fn lines_of(page: &str) -> impl Iterator<Item = &str> {
    let code = page.split("```").skip(1).step_by(2);
    let lines = code.flat_map(str::lines).map(str::trim);
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let at = line.find(" anypoint ").map(|at| at + 1);
        let at = at.or_else(|| line.starts_with("anypoint ").then_some(0))?;
        line.get(at + "anypoint ".len()..)
    })
}

#[tokio::test]
async fn the_page_about_containers_and_ci_names_commands_and_flags_that_there_are() -> TestResult {
    let program = Program::start().await?;
    let page = include_str!("../docs/containers-and-ci.md");
    let mut commands = 0;
    for line in lines_of(page).filter(|line| *line != ".") {
        let words = line.split(" > ").next().unwrap_or(line).split(' ');
        let outcome = program.run(words.chain(["--help"])).await;
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        commands += 1;
    }
    assert!(commands > 5, "{commands}");
    Ok(())
}

#[test]
fn the_dockerfile_names_a_package_a_profile_and_a_program_that_there_are() -> TestResult {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let file = include_str!("../docs/Dockerfile");
    let manifest = std::fs::read_to_string(format!("{root}/Cargo.toml"))?;
    assert!(file.contains("cargo build --locked --profile dist --package anypoint-cli\n"));
    assert_eq!(env!("CARGO_PKG_NAME"), "anypoint-cli");
    assert!(manifest.contains("\n[profile.dist]\n"));
    assert!(file.contains("/src/target/dist/anypoint /usr/local/bin/anypoint\n"));
    // Whoever runs it has no rights, and no credentials are in it.
    assert!(file.contains(":nonroot\n"));
    assert!(!file.contains("ENV ") && !file.contains("ARG "));
    let named = file.lines().find_map(|line| line.split_once("--file "));
    let named = named.and_then(|(_, rest)| rest.split(' ').next());
    assert!(
        std::path::Path::new(root)
            .join(named.unwrap_or("none"))
            .exists()
    );
    Ok(())
}
