//! Many documents as one crate, with a module for each, and the compiler's messages about it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;
use xtask::codegen::{Generated, alone};

use crate::support::{root, write};

/// A crate below the target folder, whose dependencies stay compiled from one run to the next.
pub struct Crate {
    pub folder: PathBuf,
    documents: Vec<String>,
}

/// `crate::types` gives `crate::name::types`, with or without blanks between.
fn further_down(text: &str, name: &str) -> String {
    let mut pieces = text.split("crate");
    let mut moved = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        moved += "crate";
        match piece.trim_start().strip_prefix("::") {
            Some(rest) => moved += &format!("::{name}::{rest}"),
            None => moved += piece,
        }
    }
    moved
}

impl Crate {
    /// A crate without documents, in the place of the last one of this name.
    pub fn new(name: &str) -> Self {
        let folder = root().join("target/accepted").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        Self {
            folder,
            documents: Vec::new(),
        }
    }

    /// The crate of a document becomes a module: all that it says of itself begins one level further down.
    pub fn add(&mut self, name: &str, generated: &Generated) {
        let package = format!("crates/anypoint-{}/", name.replace('_', "-"));
        let moved = |text: &str| {
            text.replace(
                &format!("anypoint_{name}::"),
                &format!("accepted::{name}::"),
            )
        };
        for (path, text) in &generated.set.files {
            if path.starts_with("tests/models/tables/") {
                write(&self.folder.join(name).join("models.rs"), &moved(text));
            }
            let Some(path) = path.strip_prefix(&package) else {
                continue;
            };
            if path == "Cargo.toml" {
                self.manifest(text);
                continue;
            }
            let text = moved(&further_down(text, name));
            if path == "README.md" {
                self.example(name, &text);
            }
            write(&self.folder.join(name).join(path), &text);
        }
        self.documents.push(name.to_owned());
    }

    fn manifest(&self, text: &str) {
        let text = alone::manifest(&root(), text).unwrap();
        let mut manifest: toml::Table = text.parse().unwrap();
        manifest["package"]["name"] = "accepted".into();
        manifest["package"].as_table_mut().unwrap().remove("readme");
        manifest["package"]["description"] = "Many documents".into();
        let development = manifest["dev-dependencies"].as_table_mut().unwrap();
        development.insert("serde_json".to_owned(), "1".into());
        write(&self.folder.join("Cargo.toml"), &manifest.to_string());
    }

    /// The program of the page is compiled like any other: as a test of the docs it would be linked, too.
    fn example(&self, name: &str, readme: &str) {
        let program = readme.split("```rust,no_run\n").nth(1);
        let program = program.and_then(|rest| rest.split("```").next());
        let program = program.unwrap_or("fn main() {}\n");
        write(&self.folder.join(name).join("example.rs"), program);
    }

    /// A module for each document, from the file of that name.
    fn modules(&self, path: &str, attributes: &str) -> String {
        let one = |name: &String| {
            format!(
                "{attributes}\n#[path = \"{}/{name}/{path}\"]\npub mod {name};\n",
                self.folder.display()
            )
        };
        self.documents.iter().map(one).collect()
    }

    /// Writes what holds the documents together.
    pub fn finish(&self) {
        let lib = "//! Many documents.\n".to_owned() + &self.modules("src/lib.rs", "");
        write(&self.folder.join("src/lib.rs"), &lib);
        fs::copy(root().join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
    }

    /// The example of each page.
    fn examples(&self) {
        let examples = "//! The example of each page.\n".to_owned()
            + &self.modules(
                "example.rs",
                "#[allow(dead_code, missing_docs, unreachable_pub, clippy::print_stdout)]",
            )
            + "fn main() {}\n";
        write(&self.folder.join("examples/all.rs"), &examples);
    }

    /// The program that reads and writes values of all components.
    fn program(&self) {
        let folder = self.folder.join("examples/recode");
        let one = |name: &String| format!("({name:?}, {name}::models()), ");
        let tables: String = self.documents.iter().map(one).collect();
        let tables = self.modules("models.rs", "")
            + "pub fn documents() -> Vec<(&'static str, Vec<crate::checks::Checks>)> {\nvec!["
            + &tables
            + "]\n}\n";
        write(&folder.join("main.rs"), include_str!("recode.rs"));
        write(&folder.join("tables.rs"), &tables);
        let checks = root().join("tests/models/checks.rs");
        fs::copy(checks, folder.join("checks.rs")).unwrap();
    }

    pub fn cargo(&self, command: &str, arguments: &[&str]) -> Command {
        let mut cargo = xtask::workspace::cargo();
        cargo
            .current_dir(&self.folder)
            .arg(command)
            .args(["--quiet", "--features", "schemars", "--target-dir"])
            .arg(root().join("target/accepted/target"))
            .args(arguments)
            .env("RUSTDOCFLAGS", "-D warnings");
        cargo
    }

    fn run(&self, mut command: Command) -> String {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{said}", self.folder.display());
        String::from_utf8(output.stdout).unwrap()
    }

    /// No warning of the compiler, of clippy or of rustdoc.
    pub fn check(&self) {
        self.finish();
        self.examples();
        self.run(self.cargo("clippy", &["--lib", "--examples", "--", "-D", "warnings"]));
        self.run(self.cargo("doc", &["--no-deps"]));
    }

    /// What comes back of values, each a line of document, component and value, in the linked crate.
    pub fn recode(&self, values: &str) -> Vec<Result<Json, String>> {
        self.finish();
        self.program();
        let file = self.folder.join("values.jsonl");
        write(&file, values);
        // Nothing is sent, so the TLS backends need not be compiled; nor does anyone debug it.
        let mut run = self.cargo("run", &["--no-default-features", "--example", "recode"]);
        run.env("CARGO_PROFILE_DEV_DEBUG", "0")
            .stdin(fs::File::open(file).unwrap());
        let written = self.run(run);
        let lines = written.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
