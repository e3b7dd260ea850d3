//! The files of the workspace that list its APIs, with a line for each.

use crate::codegen::manifest::FIRST_VERSION;

/// Adds an API to a file, by its name and title; `None` if the file has no place for it.
type Add = fn(&str, &str, &str) -> Option<String>;

pub const ALL: &[(&str, Add)] = &[
    ("specs/apis.toml", apis),
    ("Cargo.toml", workspace),
    ("crates/anypoint/Cargo.toml", facade),
    ("tests/Cargo.toml", tests),
    (".gitattributes", attributes),
    ("README.md", readme),
    ("CHANGELOG.md", changelog),
];

fn apis(text: &str, name: &str, _: &str) -> Option<String> {
    let block = format!(
        "[api.{name}]\nspec = \"specs/{name}.yaml\"\npackage = \"anypoint-{name}\"\nfeature = \"{name}\"\nversion = \"{FIRST_VERSION}\"\n"
    );
    beside(text, &block, |line| line.starts_with("[api."))
}

fn workspace(text: &str, name: &str, _: &str) -> Option<String> {
    let member = format!("    \"crates/anypoint-{name}\",");
    let text = beside(text, &member, |line| {
        line.starts_with("    \"crates/anypoint-")
    })?;
    let dependency = format!(
        "anypoint-{name} = {{ path = \"crates/anypoint-{name}\", version = \"{FIRST_VERSION}\", default-features = false }}"
    );
    beside(&text, &dependency, |line| {
        line.starts_with("anypoint-") && line.contains("path = \"crates/")
    })
}

fn facade(text: &str, name: &str, _: &str) -> Option<String> {
    let is_full = |line: &&str| line.starts_with("full = [");
    let full = text.lines().find(is_full)?;
    let mut apis: Vec<&str> = full.split('"').skip(1).step_by(2).collect();
    apis.push(name);
    apis.sort_unstable();
    let all = format!("full = [\"{}\"]", apis.join("\", \""));
    let text = text.replacen(full, &all, 1);
    let feature = format!("{name} = [\"dep:anypoint-{name}\"]");
    let text = beside(&text, &feature, |line| line.contains("\"dep:anypoint-"))?;
    let dependency = format!("anypoint-{name} = {{ workspace = true, optional = true }}");
    beside(&text, &dependency, |line| {
        line.starts_with("anypoint-") && line.ends_with("optional = true }")
    })
}

fn tests(text: &str, name: &str, _: &str) -> Option<String> {
    let dependency = format!("anypoint-{name}.workspace = true");
    let text = beside(text, &dependency, |line| {
        line.starts_with("anypoint-") && line.ends_with(".workspace = true")
    })?;
    let dependency = format!("anypoint-{name} = {{ workspace = true, features = [\"schemars\"] }}");
    beside(&text, &dependency, |line| {
        line.starts_with("anypoint-") && line.contains("\"schemars\"")
    })
}

fn attributes(text: &str, name: &str, _: &str) -> Option<String> {
    let line = format!("crates/anypoint-{name}/** linguist-generated=true");
    beside(text, &line, |line| {
        line.starts_with("crates/anypoint-") && !line.contains("/specs/") && line.contains("/** ")
    })
}

fn readme(text: &str, name: &str, title: &str) -> Option<String> {
    let row = format!("| `anypoint-{name}` | {title}: PLACEHOLDER | 1 | PLACEHOLDER |");
    let is_api = |line: &str| {
        let mut cells = line.split(" | ");
        line.starts_with("| `anypoint-") && cells.nth(2).is_some_and(|it| it.parse::<u32>().is_ok())
    };
    beside(text, &row, is_api)
}

fn changelog(text: &str, name: &str, _: &str) -> Option<String> {
    let section = format!("### anypoint-{name}\n- PLACEHOLDER: what users get.\n\n### xtask\n");
    let (before, after) = text.split_once("### xtask\n")?;
    Some(format!("{before}{section}{after}"))
}

/// Adds a line, or a block and an empty line, to the text: before the first greater line of the same kind, or after the last one.
fn beside(text: &str, added: &str, is_peer: impl Fn(&str) -> bool) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let peers = || lines.iter().enumerate().filter(|(_, line)| is_peer(line));
    let last = peers().next_back()?.0;
    let greater = peers().find(|(_, line)| ***line > *added).map(|(at, _)| at);
    // A comment stays with the line after it.
    let above = |at: usize| {
        let comments = lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.starts_with('#'));
        at - comments.count()
    };
    let at = greater.map_or(last + 1, above);
    let mut all: Vec<&str> = lines[..at].to_vec();
    all.extend(added.split('\n'));
    all.extend(&lines[at..]);
    Some(all.join("\n") + "\n")
}
