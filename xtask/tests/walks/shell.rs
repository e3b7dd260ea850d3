//! A copy of the tree in which commands run. `cargo xtask` is the generator that was already built.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{copy, write};

pub struct Shell {
    copy: TempDir,
    programs: TempDir,
}

impl Shell {
    /// A repository with all of the tree in one commit on `main`.
    pub fn new() -> Self {
        let programs = tempfile::tempdir().unwrap();
        let shell = Self {
            copy: copy(),
            programs,
        };
        let (xtask, root) = (env!("CARGO_BIN_EXE_xtask"), shell.root().display());
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let program = format!(
            "#!/bin/sh\n[ \"$1\" = xtask ] || exec '{cargo}' \"$@\"\nshift\nCARGO_MANIFEST_DIR='{root}/xtask' exec '{xtask}' \"$@\"\n"
        );
        let path = shell.programs.path().join("cargo");
        write(&path, &program);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        for command in [
            "git init --quiet --initial-branch=main",
            "git add --all",
            "git commit --quiet --message All",
        ] {
            assert_eq!(shell.run(command), "");
        }
        shell
    }

    pub fn root(&self) -> &Path {
        self.copy.path()
    }

    /// All that a command prints, in the order of printing.
    pub fn run(&self, command: &str) -> String {
        let said = self.programs.path().join("said");
        let file = fs::File::create(&said).unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", self.programs.path().display());
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir(self.root())
            .env("PATH", path)
            .env_remove("INSTA_UPDATE")
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file);
        for who in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{who}_NAME"), "A test");
            shell.env(format!("GIT_{who}_EMAIL"), "test@example.org");
        }
        shell.status().unwrap();
        fs::read_to_string(said).unwrap()
    }

    /// Applies a change of files.
    pub fn apply(&self, diff: &str) {
        let path: PathBuf = self.programs.path().join("change.diff");
        write(&path, diff);
        let said = self.run(&format!("git apply '{}'", path.display()));
        assert_eq!(said, "", "{diff}");
    }
}
