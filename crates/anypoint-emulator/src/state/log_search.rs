//! Searches in a log of Application Manager: which lines match, and which of them are on the page. It
//! must not know deployments.

use std::ops::Range;

use jsonschema::{PatternOptions, Validator};
use serde_json::json;

use super::Call;
use super::logs::{Line, Log};
use crate::reply::Reply;

pub(super) struct Search<'a> {
    after: Option<&'a str>,
    start: Option<u64>,
    end: Option<u64>,
    pattern: Option<Validator>,
    replicas: Vec<&'a str>,
    levels: Vec<&'a str>,
    descending: bool,
    overlap: usize,
}

impl<'a> Search<'a> {
    /// What a call asks for.
    ///
    /// # Errors
    /// When `regexp` is no regular expression.
    pub(super) fn new(call: &'a Call<'_>) -> Result<Self, Reply> {
        let query = &call.parameters;
        let time = |name: &str| query.query(name).and_then(|text| text.parse().ok());
        Ok(Self {
            after: query.query("afterDocId"),
            start: time("startTime"),
            end: time("endTime"),
            pattern: query.query("regexp").map(pattern).transpose()?,
            replicas: query.all_of("replicaId").collect(),
            levels: query.all_of("logLevel").collect(),
            descending: query.query("descending") == Some("true"),
            overlap: call.logs.overlap,
        })
    }

    /// A page: the lines after the one that is named; otherwise the first ones from a time on;
    /// otherwise the newest ones.
    ///
    /// # Errors
    /// When the log has no such line to start after.
    pub(super) fn page<'l>(&self, log: &'l Log, length: usize) -> Result<Vec<&'l Line>, Reply> {
        let range = log.within(self.start, self.end);
        let mut lines: Vec<&Line> = match self.after {
            Some(id) => {
                let Some(at) = log.position(id) else {
                    let message = format!("afterDocId: the log has no entry {id}");
                    return Err(Reply::problem(400, message));
                };
                self.following(log, at, range, length)
            }
            None if self.start.is_some() && !self.descending => {
                self.within(log, range).take(length).collect()
            }
            None => {
                let newest = self.within(log, range).rev().take(length);
                let mut newest: Vec<&Line> = newest.collect();
                newest.reverse();
                newest
            }
        };
        if self.descending {
            lines.reverse();
        }
        Ok(lines)
    }

    /// The next lines after a position, with some up to there in front.
    fn following<'l>(
        &self,
        log: &'l Log,
        at: usize,
        range: Range<usize>,
        length: usize,
    ) -> Vec<&'l Line> {
        let rest = range.start.max(at + 1)..range.end;
        let mut next: Vec<&Line> = self.within(log, rest).take(length).collect();
        // At least one line has to be new, or a reader would never get on.
        let room = length.saturating_sub(next.len().min(1));
        let known = self.within(log, 0..at + 1).rev();
        let mut lines: Vec<&Line> = known.take(self.overlap.min(room)).collect();
        lines.reverse();
        next.truncate(length - lines.len());
        lines.extend(next);
        lines
    }

    fn within<'l>(
        &self,
        log: &'l Log,
        range: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = &'l Line> {
        let lines = log.lines().get(range).unwrap_or_default().iter();
        lines.filter(|line| self.finds(line))
    }

    fn finds(&self, line: &Line) -> bool {
        let is_one_of = |wanted: &[&str], value: &str| wanted.is_empty() || wanted.contains(&value);
        let matches = |pattern: &Validator| pattern.is_valid(&json!(line.message));
        line.is_within(self.start, self.end)
            && is_one_of(&self.replicas, &line.source)
            && is_one_of(&self.levels, &line.level)
            && self.pattern.as_ref().is_none_or(matches)
    }
}

/// A regular expression as a schema: that is the means at hand. Its engine never goes back, so
/// that no expression takes longer than its text and the line are long.
fn pattern(text: &str) -> Result<Validator, Reply> {
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    let complaint = |_| Reply::problem(400, "regexp: it is no regular expression");
    options
        .build(&json!({ "pattern": text }))
        .map_err(complaint)
}
