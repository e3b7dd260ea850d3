//! Calls git: revisions, the files of a revision, and the differences from it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The branch from which other branches start.
const TRUNKS: [&str; 2] = ["main", "origin/main"];

pub struct Repository<'r> {
    pub root: &'r Path,
}

impl Repository<'_> {
    fn git(&self, arguments: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.current_dir(self.root).args(arguments);
        git
    }

    /// The output of git, if it succeeds.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>> {
        let output = self.git(arguments).output();
        let output = output.context("`git` cannot be run\n  help: install it")?;
        let text = String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned();
        Ok(output.status.success().then_some(text))
    }

    /// The commit that a revision names, or the merge base with main.
    ///
    /// # Errors
    /// There is no such commit. The error has one line with the problem, and one with what to do.
    pub fn base(&self, revision: Option<&str>) -> Result<String> {
        if self.ask(&["rev-parse", "--git-dir"])?.is_none() {
            let folder = self.root.display();
            bail!("{folder} is not in a git repository\n  help: run this in a clone");
        }
        let Some(name) = revision else {
            return self.merge_base();
        };
        match self.commit(name)? {
            Some(commit) => Ok(commit),
            None => bail!("there is no revision `{name}`\n  help: {}", self.missing()?),
        }
    }

    /// The commit that a revision names.
    fn commit(&self, name: &str) -> Result<Option<String>> {
        let commit = format!("{name}^{{commit}}");
        self.ask(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ])
    }

    /// The nearest tag of a pattern that HEAD descends from.
    ///
    /// # Errors
    /// Git cannot be run.
    pub fn last_tag(&self, pattern: &str) -> Result<Option<String>> {
        self.ask(&["describe", "--tags", "--abbrev=0", "--match", pattern])
    }

    /// When HEAD was committed, in seconds since 1970.
    ///
    /// # Errors
    /// Git cannot be run, or there is no commit.
    pub fn time(&self) -> Result<u64> {
        let time = self.ask(&["log", "-1", "--format=%ct"])?;
        let time = time.and_then(|text| text.parse().ok());
        time.context("git has no commit\n  help: run this in a clone, or set SOURCE_DATE_EPOCH")
    }

    /// A hint how to get a missing revision.
    fn missing(&self) -> Result<&'static str> {
        Ok(match self.is_shallow()? {
            true => "this clone is shallow: `git fetch --unshallow`, then try again",
            false => {
                "`git branch --all` and `git tag` list the known revisions; `git fetch` gets new ones"
            }
        })
    }

    fn is_shallow(&self) -> Result<bool> {
        let shallow = self.ask(&["rev-parse", "--is-shallow-repository"])?;
        Ok(shallow.as_deref() == Some("true"))
    }

    fn merge_base(&self) -> Result<String> {
        let mut trunk = None;
        for name in TRUNKS {
            if self.commit(name)?.is_some() {
                trunk = Some(name);
                break;
            }
        }
        let Some(trunk) = trunk else {
            bail!(
                "there is no branch `main` to compare with\n  help: `git fetch origin main:main`, or name a revision: `cargo xtask diff REV`"
            );
        };
        match self.ask(&["merge-base", "HEAD", trunk])? {
            Some(commit) => Ok(commit),
            None if self.is_shallow()? => bail!(
                "this clone is shallow and does not contain the commit where HEAD and `{trunk}` diverge\n  help: `git fetch --unshallow`, or name a revision: `cargo xtask diff REV`"
            ),
            None => bail!(
                "HEAD and `{trunk}` have no commit in common\n  help: name a revision: `cargo xtask diff REV`"
            ),
        }
    }

    /// The files of a commit below some paths, by their names.
    ///
    /// # Errors
    /// Whatever git complains about.
    pub fn files(&self, commit: &str, below: &[&str]) -> Result<BTreeMap<String, String>> {
        let tree = [&["ls-tree", "-r", "-z", "--full-tree", commit, "--"], below].concat();
        let tree = self.ask(&tree)?;
        let tree = tree.with_context(|| format!("the files of {commit} cannot be listed"))?;
        // `100644 blob <object>\t<path>`.
        let entries = tree.split('\0').filter_map(|entry| {
            let (facts, path) = entry.split_once('\t')?;
            let object = facts.split(' ').nth(2)?;
            facts.contains(" blob ").then_some((object, path))
        });
        let entries: Vec<(&str, &str)> = entries.collect();
        let objects = entries.iter().map(|(object, _)| format!("{object}\n"));
        let texts = self.objects(objects.collect())?;
        let names = entries.into_iter().map(|(_, path)| path.to_owned());
        Ok(names.zip(texts).collect())
    }

    /// The texts of objects, one after the other.
    fn objects(&self, names: String) -> Result<Vec<String>> {
        let mut git = self
            .git(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("`git cat-file` cannot be run")?;
        let input = git.stdin.take();
        // On a separate thread, because otherwise both pipes could be full.
        let writer = std::thread::spawn(move || -> std::io::Result<()> {
            input.map_or(Ok(()), |mut input| input.write_all(names.as_bytes()))
        });
        let output = git.wait_with_output()?.stdout;
        writer.join().ok();
        let mut texts = Vec::new();
        let mut rest = output.as_slice();
        // `<object> blob <length>\n<text>\n`.
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let length = head.rsplit(' ').next().and_then(|word| word.parse().ok());
            let length: usize = length.with_context(|| format!("git said `{head}`"))?;
            let text = rest.get(end + 1..end + 1 + length);
            let text = text.context("git stopped in the middle of a file")?;
            texts.push(String::from_utf8_lossy(text).into_owned());
            rest = rest.get(end + length + 2..).unwrap_or_default();
        }
        Ok(texts)
    }

    /// Files that differ from a commit, and untracked files.
    ///
    /// # Errors
    /// Git cannot be run.
    pub fn changed(&self, commit: &str) -> Result<Vec<String>> {
        let differ = self.ask(&["diff", "--name-only", "-z", commit, "--"])?;
        let strays = self.ask(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let lists = [differ, strays].into_iter().flatten();
        let names = lists.flat_map(|list| list.split('\0').map(str::to_owned).collect::<Vec<_>>());
        Ok(names.filter(|name| !name.is_empty()).collect())
    }
}
