//! `cargo xtask older-apis`: when the API crates of a revision are compiled against the core of the tree.

use std::process::ExitCode;

use xtask::packages::older_apis;

use crate::repository::Repository;

fn is_compiled(repository: &Repository) -> bool {
    let answer = older_apis(repository.root(), None);
    let compiled = repository.root().join("target/older-apis").exists();
    // The crates of this repository have no code, so what is compiled fails.
    assert_eq!(compiled, answer.is_err());
    match answer {
        Ok(code) => assert_eq!(code, ExitCode::SUCCESS),
        Err(refused) => {
            let said = format!("{refused:#}");
            assert!(said.starts_with("an API crate of "), "{said}");
            assert!(
                said.contains("declare the break in accepted-changes.toml"),
                "{said}"
            );
        }
    }
    compiled
}

#[test]
fn api_crates_are_compiled_when_the_core_changes_and_does_not_break() {
    let repository = Repository::new();
    repository.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/anypoint-things\"]\n[workspace.package]\nversion = \"0.3.1\"\nrust-version = \"1.88\"\n[workspace.dependencies]\nanypoint-core = { path = \"crates/anypoint-core\" }\n",
    );
    repository.commit("With the core");
    assert!(!is_compiled(&repository));
    let core = "crates/anypoint-core/src/lib.rs";
    repository.write(core, "//! Changed.");
    let declared = "[[declared]]\ncrate = \"anypoint-core\"\nreason = \"Sessions take a host.\"\n";
    repository.write("accepted-changes.toml", declared);
    assert!(!is_compiled(&repository));
    repository.write("accepted-changes.toml", "");
    assert!(is_compiled(&repository));
}
