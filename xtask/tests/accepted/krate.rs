//! Many documents as one crate, a module each, and what compilers say about it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use xtask::codegen::{Generated, alone};

use crate::support::{root, write};

/// A crate below the target folder, whose dependencies stay compiled from one run to the next.
pub struct Crate {
    folder: PathBuf,
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
        for (path, text) in &generated.set.files {
            let Some(path) = path.strip_prefix(&package) else {
                continue;
            };
            if path == "Cargo.toml" {
                self.manifest(text);
                continue;
            }
            let text = further_down(text, name).replace(
                &format!("anypoint_{name}::"),
                &format!("accepted::{name}::"),
            );
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
        write(&self.folder.join("Cargo.toml"), &manifest.to_string());
    }

    /// The program of the page is compiled like any other: as a test of the docs it would be linked, too.
    fn example(&self, name: &str, readme: &str) {
        let program = readme.split("```rust,no_run\n").nth(1);
        let program = program.and_then(|rest| rest.split("```").next());
        let program = program.unwrap_or("fn main() {}\n");
        write(&self.folder.join(name).join("example.rs"), program);
    }

    /// Writes what holds the documents together.
    fn finish(&self) {
        let modules = |path: &str, attributes: &str| -> String {
            let one = |name: &String| {
                format!(
                    "{attributes}\n#[path = \"{}/{name}/{path}\"]\npub mod {name};\n",
                    self.folder.display()
                )
            };
            self.documents.iter().map(one).collect()
        };
        let lib = "//! Many documents.\n".to_owned() + &modules("src/lib.rs", "");
        write(&self.folder.join("src/lib.rs"), &lib);
        let examples = "//! The example of each page.\n".to_owned()
            + &modules(
                "example.rs",
                "#[allow(dead_code, missing_docs, unreachable_pub, clippy::print_stdout)]",
            )
            + "fn main() {}\n";
        write(&self.folder.join("examples/all.rs"), &examples);
        fs::copy(root().join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
    }

    fn cargo(&self, command: &str, arguments: &[&str]) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .current_dir(&self.folder)
            .arg(command)
            .args(["--quiet", "--features", "schemars", "--target-dir"])
            .arg(root().join("target/accepted/target"))
            .args(arguments)
            .env("RUSTDOCFLAGS", "-D warnings")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{said}", self.folder.display());
    }

    /// No warning of the compiler, of clippy or of rustdoc.
    pub fn check(&self) {
        self.finish();
        self.cargo("clippy", &["--lib", "--examples", "--", "-D", "warnings"]);
        self.cargo("doc", &["--no-deps"]);
    }
}
