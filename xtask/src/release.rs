//! `cargo xtask release-plan`: prints which crates to publish, with which versions and in which order, and a draft of the changelog.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::diff::crates::{self, Next, Step};
use crate::diff::{self, Audience, Chapter, Finding, Report, Rule};

/// Prints the plan.
///
/// # Errors
/// There is no revision to compare with, or a version in the tree declares a break compatible.
pub fn command(root: &Path, revision: Option<&str>) -> Result<ExitCode> {
    let last = match revision {
        None => diff::last_release(root)?,
        named => named.map(str::to_owned),
    };
    if last.is_none() {
        eprintln!("note: there is no tag `v*` yet: the plan has the changes since main");
    }
    let report = diff::report(root, last.as_deref())?;
    write!(std::io::stdout(), "{}", plan(root, &report)?)?;
    Ok(ExitCode::SUCCESS)
}

/// The plan as text.
///
/// # Errors
/// A version in the tree declares a break compatible, or crates depend on each other.
pub fn plan(root: &Path, report: &Report) -> Result<String> {
    refuse(report)?;
    let moved = report
        .versions
        .iter()
        .filter(|next| next.step != Step::None);
    let moved = in_order(root, moved.collect())?;
    if moved.is_empty() {
        return Ok(
            "Nothing has changed that is visible to users: there is nothing to publish.\n"
                .to_owned(),
        );
    }
    let mut text =
        "Publish in this order, each crate after the crates before it can be downloaded:\n\n"
            .to_owned();
    for (index, next) in moved.iter().enumerate() {
        let Next {
            package, before, ..
        } = next;
        let (number, after) = (index + 1, version(next));
        let command = format!("cargo publish -p {package}");
        text += &format!("{number:>2}. {command:<48} {before} -> {after}\n");
    }
    text += "\nA draft for CHANGELOG.md:\n";
    for next in moved {
        let mut chapters = report.chapters.iter();
        let chapter = chapters.find(|chapter| chapter.package == next.package);
        text += &format!("\n### {} {}\n", next.package, version(next));
        text += &chapter.map_or_else(String::new, draft);
    }
    Ok(text)
}

/// The version in the tree, if it is higher than necessary; otherwise the next version.
fn version(next: &Next) -> &str {
    match crates::numbers(&next.declared) > crates::numbers(&next.after) {
        true => &next.declared,
        false => &next.after,
    }
}

/// Refuses versions that were increased, but not by enough.
fn refuse(report: &Report) -> Result<()> {
    let raised = report
        .versions
        .iter()
        .filter(|next| next.declared != next.before);
    let mut wrong = raised
        .filter(|next| crates::numbers(&next.declared) < crates::numbers(&next.after))
        .map(|next| {
            let Next { package, declared, after, .. } = next;
            let why = report.findings().find(|(chapter, it)| {
                let own = report.chapters.iter().any(|it| it.name == *chapter && it.package == *package);
                own && it.audience == Audience::Rust
            });
            let why = why.map_or_else(|| "it has changed".to_owned(), |(_, it)| told(it));
            format!("{package} {declared} is too low a version for this: {why}\n  help: it must be at least {after}")
        });
    match wrong.next() {
        Some(first) => bail!("{}", wrong.fold(first, |all, one| all + "\n" + &one)),
        None => Ok(()),
    }
}

fn told(finding: &Finding) -> String {
    format!("{} {}: {}", finding.rule, finding.at, finding.change())
}

/// The crates in an order in which each comes after its dependencies.
fn in_order<'n>(root: &Path, mut left: Vec<&'n Next>) -> Result<Vec<&'n Next>> {
    let mut ordered: Vec<&Next> = Vec::new();
    while !left.is_empty() {
        let names: BTreeSet<&str> = left.iter().map(|next| &*next.package).collect();
        let is_free = |next: &&Next| -> Result<bool> {
            Ok(crates::needs(root, &next.folder)?
                .iter()
                .all(|it| !names.contains(&**it)))
        };
        let mut free = Vec::new();
        let mut rest = Vec::new();
        for next in left.iter().copied() {
            if is_free(&next)? {
                free.push(next)
            } else {
                rest.push(next)
            }
        }
        if free.is_empty() {
            bail!(
                "these crates depend on each other: {}",
                Vec::from_iter(names).join(", ")
            );
        }
        ordered.append(&mut free);
        left = rest;
    }
    Ok(ordered)
}

/// A line for each finding, the most severe first.
fn draft(chapter: &Chapter) -> String {
    let lines = chapter
        .findings
        .iter()
        .filter(|it| it.audience != Audience::Words);
    lines.map(line).collect()
}

fn line(finding: &Finding) -> String {
    let kind = match finding.audience {
        Audience::Rust => "Changed (breaking)",
        Audience::Wire | Audience::Commands => "Changed",
        Audience::Compatible | Audience::Words => "Added",
    };
    if finding.rule == Rule::SourcesChanged {
        return format!("- Changed: say what ({})\n", finding.change());
    }
    let change = match (&finding.before, &finding.after) {
        (None, None) => String::new(),
        _ => format!(" ({})", finding.change()),
    };
    let meaning = finding.rule.meaning();
    let reason = finding.accepted.iter().map(|reason| format!(" {reason}"));
    let reason: String = reason.collect();
    format!("- {kind}: `{}`{change}: {meaning}{reason}\n", finding.at)
}
