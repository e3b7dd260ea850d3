//! The program at the end of the walkthrough, with only the crates that it needs: a build of the whole tree would take minutes.

use std::fs;

use xtask::new;

use crate::page::{Block, Page};
use crate::support::{copy_to, root, write};

/// With the features and the profile of the tree, so that whatever is compiled for its tests serves here, too.
const MANIFEST: &str = r#"
[workspace]

[package]
name = "first-call"
version = "0.0.0"
edition = "2024"

[dependencies]
anypoint-core = { path = "../tree/crates/anypoint-core", features = ["schemars"] }
anypoint-emulator = { path = "../tree/crates/anypoint-emulator" }
anypoint-runtime-fabric = { path = "../tree/crates/anypoint-runtime-fabric" }
schemars = { version = "1", default-features = false, features = ["derive", "std"] }
tokio = { version = "1", default-features = false, features = ["fs", "io-util", "macros", "net", "process", "rt-multi-thread", "test-util"] }
tokio-rustls = { version = "0.26", default-features = false, features = ["ring", "tls12"] }

[profile.dev]
debug = "line-tables-only"

[profile.dev.package.sha2]
opt-level = 3
"#;

#[test]
fn the_first_call_of_a_new_api_works() {
    let blocks = Page::read().section("Walkthrough: a new API");
    let program = blocks.iter().find_map(|block| match block {
        Block::Program(text) => Some(text),
        _ => None,
    });
    let (command, said) = match blocks.last() {
        Some(Block::Console { command, said, .. }) => (command, said),
        _ => panic!("the walk ends with the call"),
    };
    assert_eq!(
        command,
        "cargo run --quiet -p anypoint-tests --example first_call"
    );
    let tree = root().join("target/first-call/tree");
    copy_to(&tree);
    let folder = root().join("target/first-call/program");
    new::create(&tree, "runtime-fabric").unwrap();
    write(&folder.join("Cargo.toml"), MANIFEST);
    write(&folder.join("src/main.rs"), program.unwrap());
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut run = xtask::workspace::cargo();
    run.current_dir(&folder)
        .args(["run", "--offline", "--target-dir"]);
    let output = run.arg(root().join("target")).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), *said);
}
