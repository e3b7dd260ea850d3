//! A report as text: for people at a terminal, and for a pull request.

use super::crates::Step;
use super::finding::Finding;
use super::report::{Chapter, Report, short};
use super::rules::Audience;

/// The findings chapter by chapter, the most severe first.
pub fn people(report: &Report) -> String {
    let mut text = format!("Compared with {}.\n", short(&report.base));
    for chapter in &report.chapters {
        text += &format!("\n{}\n", chapter.name);
        for (audience, findings) in by_audience(chapter) {
            text += &format!("  {}\n", audience.heading());
            for it in findings {
                text += &format!("    {:<20} {}: {}\n", it.rule, it.at, it.change());
                text += &format!("    {:<20} {}:{}\n", "", it.file, it.line);
                if let Some(reason) = &it.accepted {
                    text += &format!("    {:<20} accepted: {reason}\n", "");
                }
            }
        }
    }
    text + "\n" + &versions(report)
}

fn versions(report: &Report) -> String {
    let mut text = String::new();
    for next in &report.versions {
        text += &match next.step {
            Step::None => format!("{:<30} {} stays\n", next.package, next.before),
            step => format!(
                "{:<30} {} -> {} ({})\n",
                next.package,
                next.before,
                next.after,
                word(step)
            ),
        };
    }
    text
}

pub fn word(step: Step) -> &'static str {
    match step {
        Step::None => "nothing",
        Step::Patch => "compatible",
        Step::Break => "breaks",
    }
}

fn by_audience(chapter: &Chapter) -> Vec<(Audience, Vec<&Finding>)> {
    let of = |audience| {
        let findings = chapter.findings.iter();
        findings
            .filter(|it| it.audience == audience)
            .collect::<Vec<_>>()
    };
    let all = Audience::ALL.map(|audience| (audience, of(audience)));
    all.into_iter()
        .filter(|(_, findings)| !findings.is_empty())
        .collect()
}

/// A comment: the versions first, then a table for each audience.
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "## What this changes\n\nCompared with `{}`.\n",
        short(&report.base)
    );
    let moves = report
        .versions
        .iter()
        .filter(|next| next.step != Step::None);
    let rows = moves.map(|next| {
        let (package, before, after) = (&next.package, &next.before, &next.after);
        format!(
            "| `{package}` | {before} | **{after}** | {} |\n",
            word(next.step)
        )
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return text + "\nNothing that is visible to users.\n";
    }
    text += &format!("\n| crate | version | next | |\n|---|---|---|---|\n{rows}");
    for audience in Audience::ALL {
        text += &table(report, audience);
    }
    text
}

fn table(report: &Report, audience: Audience) -> String {
    let found: Vec<_> = report
        .findings()
        .filter(|(_, it)| it.audience == audience)
        .collect();
    if found.is_empty() {
        return String::new();
    }
    let rows = found.iter().map(|(chapter, it)| {
        let change = cell(&it.change());
        let accepted = it.accepted.iter();
        let accepted: String = accepted
            .map(|why| format!("<br>accepted: {}", cell(why)))
            .collect();
        let (rule, at, file, line) = (it.rule, cell(&it.at), &it.file, it.line);
        format!("| {chapter} | {rule} | {at} | {change}{accepted} | {file}:{line} |\n")
    });
    let rows: String = rows.collect();
    let table = format!("| | rule | what | change | where |\n|---|---|---|---|---|\n{rows}");
    let heading = audience.heading();
    let (count, folded) = (found.len(), audience > Audience::Commands);
    match folded {
        true => {
            format!("\n<details><summary>{heading} ({count})</summary>\n\n{table}\n</details>\n")
        }
        false => format!("\n### {heading}\n\n{table}"),
    }
}

/// Escapes text so that it stays in its cell and is shown unchanged.
fn cell(text: &str) -> String {
    let plain = text
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('\n', " ");
    plain.replace('*', "\\*").replace('_', "\\_")
}
