//! The archive of a release. The program in it is a short shell script.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use support::root;
use xtask::dist::{Entry, of_others, of_program, of_tree, pack};

const TIME: u64 = 1_700_000_000;
const PROGRAM: &str = "#!/bin/sh
case \"$1\" in
completions) echo \"lines for $2\" ;;
man) mkdir -p \"$3\" && echo '.TH anypoint' > \"$3/anypoint.1\" && echo '.TH anypoint-deploy' > \"$3/anypoint-deploy.1\" ;;
*) echo \"no command $1\" >&2; exit 2 ;;
esac
";

/// Written by another process: the system starts no file that this one may still have open when a test beside forks.
fn program(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("anypoint");
    let mut sh = Command::new("sh");
    sh.args(["-c", "printf %s \"$1\" > \"$2\" && chmod 700 \"$2\"", "sh"]);
    assert!(sh.arg(text).arg(&path).status().unwrap().success());
    path
}

/// The entries of an archive in their order: path, mode, time, and text.
fn unpacked(archive: &Path) -> Vec<(String, u32, u64, String)> {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive).unwrap()));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        let (mode, time) = (
            entry.header().mode().unwrap(),
            entry.header().mtime().unwrap(),
        );
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (path, mode, time, text)
    });
    entries.collect()
}

#[test]
fn an_archive_has_program_completions_pages_licences_and_a_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path(), PROGRAM);
    let mut entries = of_tree(&root()).unwrap();
    entries.extend(of_program(&program, &folder.path().join("pages")).unwrap());
    let archive = pack(folder.path(), "anypoint-1.2.3-here", entries, TIME).unwrap();
    assert_eq!(archive.file_name().unwrap(), "anypoint-1.2.3-here.tar.gz");

    let entries = unpacked(&archive);
    let paths: Vec<&str> = entries.iter().map(|(path, ..)| &**path).collect();
    assert!(paths.is_sorted(), "{paths:?}");
    let texts: BTreeMap<&str, &str> = entries
        .iter()
        .map(|(path, _, _, text)| (path.strip_prefix("anypoint-1.2.3-here/").unwrap(), &**text))
        .collect();
    assert_eq!(texts["anypoint"], PROGRAM);
    for (file, shell) in [
        ("anypoint.bash", "bash"),
        ("anypoint.fish", "fish"),
        ("_anypoint.ps1", "powershell"),
        ("_anypoint", "zsh"),
    ] {
        let lines = texts[format!("completions/{file}").as_str()];
        assert_eq!(lines, format!("lines for {shell}\n"));
    }
    assert_eq!(texts["man/man1/anypoint-deploy.1"], ".TH anypoint-deploy\n");
    for path in [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "docs/from-the-official-tool.md",
    ] {
        let source = root().join("crates/anypoint-cli").join(path);
        assert_eq!(texts[path], fs::read_to_string(source).unwrap());
    }
    for (path, mode, time, _) in &entries {
        let expected = if path.ends_with("/anypoint") {
            0o755
        } else {
            0o644
        };
        assert_eq!((*mode, *time), (expected, TIME), "{path}");
    }

    let sum = Sha256::digest(fs::read(&archive).unwrap());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    let checksum = fs::read_to_string(archive.with_file_name("anypoint-1.2.3-here.tar.gz.sha256"));
    assert_eq!(
        checksum.unwrap(),
        format!("{sum}  anypoint-1.2.3-here.tar.gz\n")
    );
}

#[test]
fn the_same_files_give_the_same_archive_in_whatever_order_they_come() {
    let folder = tempfile::tempdir().unwrap();
    let mut entries = of_tree(&root()).unwrap();
    let archive = |name: &str, entries| {
        let folder = folder.path().join(name);
        fs::read(pack(&folder, "anypoint", entries, TIME).unwrap()).unwrap()
    };
    let first = archive("first", entries.clone());
    entries.reverse();
    assert!(first == archive("second", entries));
}

#[test]
fn a_program_that_fails_or_cannot_be_started_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    let failing = program(
        folder.path(),
        "#!/bin/sh\necho 'no such shell' >&2; exit 2\n",
    );
    let error = of_program(&failing, &pages).unwrap_err().to_string();
    assert!(
        error.ends_with("completions bash failed: no such shell"),
        "{error}"
    );
    let other = program(folder.path(), "\u{7f}of another machine");
    let error = of_program(&other, &pages).unwrap_err().to_string();
    assert!(error.contains("cannot be started\n  help: "), "{error}");
}

#[test]
fn an_archive_that_cannot_be_written_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(5000);
    let pack = |name: &str, path: &str| {
        pack(
            folder.path(),
            name,
            vec![Entry::new(path, Vec::new())],
            TIME,
        )
    };
    // A path that no tar archive can have.
    let error = pack("anypoint", "../outside").unwrap_err();
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(pack(&long, "README.md").is_err());
}

#[test]
fn what_is_compiled_in_is_listed_with_the_text_of_its_licence() {
    let list = of_others(&root(), "x86_64-unknown-linux-gnu").unwrap();
    let list = String::from_utf8(list).unwrap();
    let (names, texts) = list.split_once("\n---- ").unwrap();
    for name in ["clap ", "reqwest ", "rustls ", "tokio "] {
        assert!(names.lines().any(|line| line.starts_with(name)), "{name}");
        assert!(texts.contains(name), "{name}");
    }
    // What only tests and other systems need is not in the program.
    for name in ["snapbox ", "tempfile ", "windows-sys ", "anypoint-core "] {
        assert!(!names.lines().any(|line| line.starts_with(name)), "{name}");
    }
}
