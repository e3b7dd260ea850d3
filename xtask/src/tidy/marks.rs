//! The marks of generated files: the first line of each, and `.gitattributes`, which lets reviews hide them.

use super::{Complaint, File};

const ATTRIBUTES: &str = ".gitattributes";

pub fn check(files: &[File]) -> Vec<Complaint> {
    let attributes = files.iter().find(|file| file.path == ATTRIBUTES);
    let lines = attributes.into_iter().flat_map(|file| file.text.lines());
    let marked = lines.enumerate().filter_map(|(at, line)| {
        let pattern = line.strip_suffix(" linguist-generated=true")?;
        Some((at + 1, pattern.strip_suffix("**").unwrap_or(pattern)))
    });
    let marked: Vec<(usize, &str)> = marked.collect();
    let holds = |prefix: &str, file: &File| match prefix.ends_with('/') {
        true => file.path.starts_with(prefix),
        false => file.path == prefix,
    };
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_generated()) {
        if !marked.iter().any(|(_, prefix)| holds(prefix, file)) {
            let problem = format!("this is generated: mark it in {ATTRIBUTES}");
            found.push(file.complaint(1, "not-marked", problem));
        }
    }
    let stale = |(_, prefix): &&(usize, &str)| !files.iter().any(|file| holds(prefix, file));
    for (line, prefix) in marked.iter().filter(stale) {
        let problem =
            format!("`{prefix}` is marked as generated and does not exist: remove the line");
        let complaint = attributes.map(|file| file.complaint(*line, "stale-mark", problem));
        found.extend(complaint);
    }
    found
}
