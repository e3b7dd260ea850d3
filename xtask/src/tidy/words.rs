//! The spelling of names of products and formats in prose.

use super::{Complaint, File};

/// Wrong spellings, and the correct ones.
const WORDS: &[(&str, &str)] = &[
    ("Api", "API"),
    ("Cloudhub", "CloudHub"),
    ("Github", "GitHub"),
    ("Graphql", "GraphQL"),
    ("Http", "HTTP"),
    ("Javascript", "JavaScript"),
    ("Mulesoft", "MuleSoft"),
    ("Oauth", "OAuth"),
    ("OpenApi", "OpenAPI"),
    ("Openapi", "OpenAPI"),
    ("Rustls", "rustls"),
    ("Toml", "TOML"),
    ("Yaml", "YAML"),
];

pub fn check(file: &File) -> Vec<Complaint> {
    let comment = match (file.has_ending("rs"), file.has_ending("md")) {
        (true, _) => true,
        (_, true) => false,
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        let prose = match comment {
            true => line.strip_prefix("///").or(line.strip_prefix("//!")),
            false => Some(line),
        };
        let Some(prose) = prose else { continue };
        if prose.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        // Every second part is a code span.
        let parts = prose.split('`').step_by(2);
        for word in parts.flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric())) {
            let known = WORDS.iter().find(|(wrong, _)| *wrong == word);
            if let Some((wrong, right)) = known.filter(|_| !fenced) {
                let problem = format!("`{wrong}` is spelled {right}");
                found.push(file.complaint(index + 1, "spelling", problem));
            }
        }
    }
    found
}
