//! Suggests the operation that a wrong path most likely means.

use super::{Operation, Segment, catalog};

/// A segment that is left out or too much costs this many hundredths.
const GAP: usize = 100;
/// Another method costs less than a wrong segment.
const METHOD: usize = 30;
/// No operation has more segments, nor is any as long as so many letters: what goes beyond costs
/// time and finds nothing.
const SEGMENTS: usize = 20;
const LETTERS: usize = 40;

/// The nearest operation, as `GET /path/{variable}`.
pub(crate) fn nearest(method: &str, path: &str) -> Option<String> {
    let given = path.split('/').filter(|s| !s.is_empty());
    let given: Vec<&str> = given.take(SEGMENTS).collect();
    catalog()
        .iter()
        .flat_map(|api| &api.operations)
        .min_by_key(|operation| {
            let other = usize::from(operation.method != method) * METHOD;
            distance(operation, &given) + other
        })
        .map(|operation| format!("{} {}", operation.method, operation.template))
}

/// The edit distance, with segments as letters.
fn distance(operation: &Operation, given: &[&str]) -> usize {
    let mut row: Vec<usize> = (0..=given.len()).map(|n| n * GAP).collect();
    for segment in &operation.segments {
        let mut diagonal = row.first().copied().unwrap_or(0);
        let mut left = diagonal + GAP;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, text) in row.iter_mut().skip(1).zip(given) {
            let best = (diagonal + cost(segment, text))
                .min(*cell + GAP)
                .min(left + GAP);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

fn cost(segment: &Segment, text: &str) -> usize {
    match segment {
        Segment::Literal(literal) if literal == text => 0,
        Segment::Literal(literal) => 25 + letters(literal, text),
        Segment::Variable(_) | Segment::Rest(_) => 20,
    }
}

/// How many hundredths of the letters differ, at most 125.
fn letters(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(LETTERS).collect();
    let b: Vec<char> = b.chars().take(LETTERS).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let best = (diagonal + usize::from(x != y))
                .min(*cell + 1)
                .min(left + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
    }
    let edits = row.last().copied().unwrap_or(0);
    edits * 125 / a.len().max(b.len()).max(1)
}
