//! Rules for the names in the manifest. They become crates, modules, features, and folders that the generator cleans.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use toml::Spanned;

use super::{FACADE, File, PATH, Table, line};
use crate::codegen::diag::{Code, Diagnostics, Diags};
use crate::codegen::format::SIGN;
use crate::codegen::names;

/// Crates that every client depends on.
const DEPENDENCIES: [&str; 4] = ["anypoint-core", "schemars", "serde", "tokio"];
/// Features of the facade and of every client that are not APIs.
const FEATURES: [&str; 9] = [
    "default",
    "full",
    "ring",
    "aws-lc-rs",
    "native-tls",
    "reqwest",
    "blocking",
    "testing",
    "schemars",
];
/// Where the crates are.
const HOMES: [&str; 2] = ["crates", "tests"];
/// The files that show whether the generator wrote a folder.
const SIGNED: [&str; 3] = ["Cargo.toml", "README.md", "src/lib.rs"];

/// # Errors
/// The complaints about every invalid name.
pub fn check(root: &Path, file: &File, text: &str) -> Result<(), Diagnostics> {
    let mut rules = Rules {
        root,
        text,
        diags: Diags::new(PATH),
        taken: BTreeMap::new(),
    };
    for name in &file.handwritten {
        rules.name("handwritten crate", name);
        rules.unique(
            "folder",
            name.span().start,
            &format!("crates/{}", name.get_ref()),
        );
        rules.unique("package", name.span().start, name.get_ref());
    }
    for (name, table) in &file.api {
        rules.name("API", name);
        rules.api(table);
    }
    rules.diags.finish(())
}

struct Rules<'a> {
    root: &'a Path,
    text: &'a str,
    diags: Diags,
    /// The names that were seen before, by their kind, with their lines.
    taken: BTreeMap<(&'static str, String), usize>,
}

impl Rules<'_> {
    fn api(&mut self, table: &Table) {
        let package = &table.package;
        self.name("package", package);
        if DEPENDENCIES.contains(&package.get_ref().as_str()) {
            self.refuse(
                Code::PackageReserved,
                package,
                "package",
                "is a crate that every client uses",
                "choose another",
            );
        }
        self.unique("package", package.span().start, package.get_ref());
        if let Some(feature) = &table.feature {
            self.feature(feature);
        }
        let folder = table.folder.as_ref().unwrap_or(package);
        self.folder(folder, &table.folder());
        self.spec(&table.spec);
        if let Some(version) = &table.version {
            self.version(version);
        }
    }

    fn version(&mut self, version: &Spanned<String>) {
        let is_number = |part: &str| {
            part.parse::<u64>()
                .is_ok_and(|number| number.to_string() == part)
        };
        let parts = version.get_ref().split('.');
        if parts.clone().count() != 3 || !parts.clone().all(is_number) {
            let help = "three numbers, as in `0.1.0`";
            self.refuse(Code::VersionForm, version, "version", "is not valid", help);
        }
    }

    fn feature(&mut self, feature: &Spanned<String>) {
        self.name("feature", feature);
        let module = names::crate_ident(feature.get_ref());
        let sources = self.root.join(FACADE).with_file_name("src");
        let has = |path: String| sources.join(path).symlink_metadata().is_ok();
        let is_name = names::is_kebab_case(feature.get_ref());
        let taken = if FEATURES.contains(&feature.get_ref().as_str()) {
            Some("already has a meaning")
        } else {
            let is_module = is_name && (has(format!("{module}.rs")) || has(module));
            is_module.then_some("is a module of the facade")
        };
        if let Some(what) = taken {
            let help = "name it like its API";
            self.refuse(Code::FeatureReserved, feature, "feature", what, help);
        }
        self.unique("feature", feature.span().start, feature.get_ref());
    }

    /// Checks a folder, because the generator deletes unknown files in it.
    fn folder(&mut self, place: &Spanned<String>, folder: &str) {
        let (home, name) = folder.split_once('/').unwrap_or_default();
        if !HOMES.contains(&home) || !names::is_kebab_case(name) || names::is_device(name) {
            let help =
                "`crates/NAME` or `tests/NAME`, in lower-case letters, digits and single hyphens";
            let problem = format!("folder `{folder}` is not valid");
            self.refuse_text(Code::FolderName, place, &problem, help);
            return;
        }
        self.unique("folder", place.span().start, folder);
        if let Err(reason) = self.holds_ours(folder) {
            self.refuse_text(
                Code::FolderNotOurs,
                place,
                &format!("folder `{folder}` {reason}"),
                "name another folder, or move its content away",
            );
        }
    }

    fn holds_ours(&self, folder: &str) -> Result<(), &'static str> {
        let path = self.root.join(folder);
        let Ok(found) = path.symlink_metadata() else {
            return Ok(());
        };
        if !found.is_dir() {
            return Err("is not a folder, but a link or a file");
        }
        let is_empty = fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
        let signed = SIGNED.iter().any(|file| is_signed(&path.join(file)));
        if is_empty || signed {
            Ok(())
        } else {
            Err("contains something that the generator has not written")
        }
    }

    fn spec(&mut self, spec: &Spanned<String>) {
        let path = spec.get_ref();
        let plain = |part: &str| {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(fits)
                && !names::is_device(part)
        };
        if !path.split('/').all(plain) || !path.ends_with(".yaml") {
            let help = "a path below the root such as `specs/name.yaml`";
            self.refuse(Code::SpecPath, spec, "spec", "is not valid", help);
            return;
        }
        let real = |path: &Path| path.canonicalize().ok();
        let (root, file) = (real(self.root), real(&self.root.join(path)));
        // The code that reads a file complains if it is missing.
        if let (Some(root), Some(file)) = (root, file)
            && !file.starts_with(&root)
        {
            self.refuse(
                Code::SpecOutside,
                spec,
                "spec",
                "leads out of the workspace",
                "copy it into `specs/`",
            );
        }
    }

    fn name(&mut self, kind: &str, name: &Spanned<String>) {
        let (what, help) = if let Some(what) = names::taken(name.get_ref()) {
            (format!("is {what}"), "choose another")
        } else if !names::is_kebab_case(name.get_ref()) {
            let help = "lower-case letters, digits and single hyphens, at most 64 characters, the first of which is a letter";
            ("is not valid".to_owned(), help)
        } else {
            return;
        };
        self.refuse(Code::ManifestName, name, kind, &what, help);
    }

    fn unique(&mut self, kind: &'static str, place: usize, name: &str) {
        let line = line(self.text, place);
        if let Some(first) = self.taken.insert((kind, name.to_owned()), line) {
            let problem = format!("{kind} `{name}` is already used in line {first}");
            self.diags.error(Code::ManifestNameTaken, line, problem);
        }
    }

    fn refuse(&mut self, code: Code, name: &Spanned<String>, kind: &str, what: &str, help: &str) {
        let problem = format!("{kind} `{}` {what}", name.get_ref().escape_debug());
        self.refuse_text(code, name, &problem, help);
    }

    fn refuse_text(&mut self, code: Code, place: &Spanned<String>, problem: &str, help: &str) {
        let line = line(self.text, place.span().start);
        self.diags.error_help(code, line, problem, help);
    }
}

/// Whether the first line is the mark of a generated file.
fn is_signed(path: &Path) -> bool {
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    let mut first = String::new();
    let read = |file| BufReader::new(file).read_line(&mut first).is_ok();
    is_file && fs::File::open(path).is_ok_and(read) && first.contains(SIGN)
}
