//! The house rules: this tree follows them, and each rule detects a violation.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::process::Command;

use support::{fixtures, root, workspace, write};
use xtask::codegen::format::SIGN;
use xtask::tidy::check;

#[test]
fn this_tree_is_tidy() {
    let found = check(&root()).unwrap();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What is said of a workspace of one API, with these files.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let mut specs = fixtures("good").into_iter();
    let spec = specs.find(|(name, _)| name == "json_answer").unwrap().1;
    let folder = workspace(&spec);
    let root = folder.path();
    xtask::codegen::command(root, None, false).unwrap();
    let generated = "crates/anypoint-things/** linguist-generated=true
tests/src/wire/calls/** linguist-generated=true
tests/src/wire/calls.rs linguist-generated=true
tests/models/tables/** linguist-generated=true
tests/models/tables.rs linguist-generated=true
crates/anypoint/src/apis.rs linguist-generated=true
crates/anypoint-emulator/** linguist-generated=true
crates/anypoint-cli/** linguist-generated=true
";
    for (path, text) in [
        (".gitattributes", generated),
        ("xtask/Cargo.toml", "[package]\nname = \"xtask\"\n"),
    ] {
        write(&root.join(path), text);
    }
    for (path, text) in files {
        write(&root.join(path), text);
    }
    let mut git = Command::new("git");
    git.current_dir(root).args(["init", "--quiet"]);
    assert!(git.status().unwrap().success());
    let found = check(root).unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_workspace_that_follows_the_rules_is_tidy() {
    assert_eq!(told(&[]), Vec::<String>::new());
}

#[test]
fn a_file_without_a_header_or_with_an_odd_name_is_told() {
    assert_eq!(
        told(&[("xtask/src/a-b.rs", "use std::fmt;\n")]),
        [
            "xtask/src/a-b.rs:1: error[file-name]: `a-b` is not a valid name of a module: use lower case, with underscores",
            "xtask/src/a-b.rs:1: error[no-header]: the first line is not a `//!` comment that describes this file",
        ]
    );
}

#[test]
fn a_long_file_is_told() {
    let text = "//! Long.\n".to_owned() + &"\n".repeat(500);
    assert_eq!(
        told(&[("xtask/src/a.rs", &text)]),
        [
            "xtask/src/a.rs:501: error[long-file]: 501 lines, more than 500: split it into two modules"
        ]
    );
}

#[test]
fn a_long_function_is_told_and_comments_docs_and_tests_count_for_nothing() {
    let function = |lines: usize, what: &str| {
        let body = format!("    {what}\n").repeat(lines);
        format!("    fn f() {{\n{body}    }}\n")
    };
    let text = format!(
        "//! Long.\n\nstruct S;\n\nimpl S {{\n{}}}\n",
        function(59, "g();")
    );
    assert_eq!(
        told(&[("xtask/src/a.rs", &text)]),
        [
            "xtask/src/a.rs:6: error[long-function]: `f` has 61 lines, more than 60: split it into functions"
        ]
    );
    for short in [
        function(58, "g();"),
        function(100, "// Nothing."),
        format!("#[test]\n{}", function(100, "g();")),
        format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function(100, "g();")),
    ] {
        let text = format!("//! Short.\n\n{short}");
        assert_eq!(told(&[("xtask/src/a.rs", &text)]), Vec::<String>::new());
    }
}

#[test]
fn what_is_generated_is_marked_and_no_mark_is_stale() {
    let marked =
        |line: &str| format!("crates/anypoint-things/** linguist-generated=true\n{line}\n");
    let found = told(&[(".gitattributes", &marked("old/** linguist-generated=true"))]);
    let stale = ".gitattributes:2: error[stale-mark]: `old/` is marked as generated and does not exist: remove the line";
    assert!(found.contains(&stale.to_owned()), "{found:?}");
    let unmarked = "crates/anypoint/src/apis.rs:1: error[not-marked]: this is generated: mark it in .gitattributes";
    assert!(found.contains(&unmarked.to_owned()), "{found:?}");
    // It is held to its marks alone.
    let text = format!("// {SIGN}x. Do not edit.\n{}", "\n".repeat(600));
    let found = told(&[("crates/anypoint-things/src/a.rs", &text)]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn dependencies_that_nothing_uses_are_told() {
    let manifest = "[package]\nname = \"xtask\"\n\n[features]\nf = [\"forwarded/x\"]\n\n[dependencies]\nforwarded = \"1\"\nin-code = \"1\"\nunused = \"1\"\n\n[target.'cfg(unix)'.dev-dependencies]\nunused-too = \"1\"\n";
    let found = told(&[
        ("xtask/Cargo.toml", manifest),
        ("xtask/src/a.rs", "//! A.\nuse in_code::b;\nuse unused_x;\n"),
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/anypoint-things\"]\n[workspace.dependencies]\nnobodys = \"1\"\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "Cargo.toml:4: error[unused-dependency]: no package of the workspace uses `nobodys`: remove it",
            "xtask/Cargo.toml:10: error[unused-dependency]: `unused` is used nowhere in xtask: remove it",
            "xtask/Cargo.toml:13: error[unused-dependency]: `unused-too` is used nowhere in xtask: remove it",
        ]
    );
}

#[test]
fn a_crate_in_the_manifest_of_apis_that_is_not_there_is_told() {
    let manifest = "handwritten = [\"anypoint\", \"anypoint-cli\", \"anypoint-emulator\", \"anypoint-gone\"]\n[api.things]\nspec = \"specs/things.yaml\"\npackage = \"anypoint-things\"\nfeature = \"things\"\n";
    assert_eq!(
        told(&[("specs/apis.toml", manifest)]),
        ["specs/apis.toml:1: error[unused-entry]: there is no crates/anypoint-gone: remove it"]
    );
}

#[test]
fn links_and_paths_lead_to_what_is_there() {
    let page = "# A page

[good](docs/b.md#the-end), [here](#a-page), [web](https://a.example/b.md), [`S`](crate::S), `specs/x.yaml`,
`specs/apis.toml`, `crates/NAME`, `xtask/**`.

[gone](docs/c.md) and [no heading](docs/b.md#end) and [none](#b).

Paths: `specs/gone.yaml`.
";
    assert_eq!(
        told(&[
            ("A.md", page),
            ("docs/b.md", "# The `end`\n\n[up](../A.md)\n"),
            (
                "crates/anypoint/README.md",
                "# A page\n\n[here](#a-page) and [there](../../A.md).\n"
            ),
        ]),
        [
            "A.md:6: error[dead-link]: A.md has no heading `#b`",
            "A.md:6: error[dead-link]: `docs/c.md` does not exist",
            "A.md:6: error[dead-link]: docs/b.md has no heading `#end`",
            "A.md:8: error[dead-link]: `specs/gone.yaml` does not exist",
            "crates/anypoint/README.md:3: error[dead-link]: `../../A.md` has no target on docs.rs and crates.io, which show this page without its folder: name the file, or link to a web page",
        ]
    );
}

#[test]
fn names_are_spelled_one_way_in_prose() {
    let page = "# Cloudhub\n\n`Cloudhub` in code.\n\n```rust\nCloudhub\n```\n";
    let code = "//! Of Github.\n\n/// `Http` and Http.\npub struct Http;\n";
    assert_eq!(
        told(&[("A.md", page), ("xtask/src/a.rs", code)]),
        [
            "A.md:1: error[spelling]: `Cloudhub` is spelled CloudHub",
            "xtask/src/a.rs:1: error[spelling]: `Github` is spelled GitHub",
            "xtask/src/a.rs:3: error[spelling]: `Http` is spelled HTTP",
        ]
    );
}
