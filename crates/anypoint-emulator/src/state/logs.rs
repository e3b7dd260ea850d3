//! A log: lines that are only appended, and found by id or time. It must not know whose log it is, nor
//! how a line is shown.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use crate::random::mix;

/// A line in a log.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: String,
    /// When it was written, in milliseconds since 1970.
    pub(super) millis: u64,
    /// The specification or the deployment that it belongs to.
    pub(super) deployment: String,
    /// The replica or the instance that wrote it.
    pub(super) source: String,
    pub(super) level: String,
    pub(super) message: String,
    /// What answers show in the place of the line.
    pub(super) raw: Option<Value>,
}

#[derive(Debug)]
pub(super) struct Log {
    /// Where the numbers of this log begin, of which its ids are made.
    first: u64,
    lines: Vec<Line>,
    positions: HashMap<String, usize>,
    /// The time of the last line, if all are in the order of their times.
    last: Option<u64>,
}

impl Log {
    /// An empty log. The key, below 2^32, is another one for each log, so that no two lines have
    /// the same id.
    pub(super) fn new(key: u64) -> Self {
        Self {
            first: key << 32,
            lines: Vec::new(),
            positions: HashMap::new(),
            last: Some(0),
        }
    }

    /// An id for the next line; the order of ids says nothing.
    pub(super) fn next_id(&self) -> String {
        format!("AZ{:016x}", mix(self.first + self.lines.len() as u64))
    }

    pub(super) fn push(&mut self, line: Line) {
        self.last = self.last.filter(|last| *last <= line.millis);
        self.last = self.last.map(|_| line.millis);
        // The first of two lines with the same id is the one that is found.
        let at = self.lines.len();
        self.positions.entry(line.id.clone()).or_insert(at);
        self.lines.push(line);
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// Whether all lines are in the order of their times.
    pub(super) fn is_ordered(&self) -> bool {
        self.last.is_some()
    }

    /// Where lines of a time can stand, both ends of the time included. Without an order of times
    /// that is everywhere.
    pub(super) fn within(&self, start: Option<u64>, end: Option<u64>) -> Range<usize> {
        let all = 0..self.lines.len();
        if !self.is_ordered() {
            return all;
        }
        let before = |time: u64| self.lines.partition_point(|line| line.millis < time);
        let from = start.map_or(0, before);
        let to = end.map_or(all.end, |end| before(end.saturating_add(1)));
        from..to.max(from)
    }
}

impl Line {
    /// Whether it was written within a time, both ends included.
    pub(super) fn is_within(&self, start: Option<u64>, end: Option<u64>) -> bool {
        start.is_none_or(|start| self.millis >= start) && end.is_none_or(|end| self.millis <= end)
    }

    /// The line as text files have it.
    pub(super) fn text(&self) -> String {
        match &self.raw {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => {
                let (millis, level) = (self.millis, &self.level);
                format!("{millis} {level} {} {}", self.source, self.message)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(times: &[u64]) -> Log {
        let mut log = Log::new(1);
        for millis in times {
            let id = log.next_id();
            log.push(Line {
                id,
                millis: *millis,
                deployment: String::new(),
                source: String::new(),
                level: String::new(),
                message: String::new(),
                raw: None,
            });
        }
        log
    }

    #[test]
    fn a_time_is_looked_up_with_both_of_its_ends() {
        let log = log(&[10, 20, 20, 30]);
        assert_eq!(log.within(Some(20), Some(20)), 1..3);
        assert_eq!(log.within(Some(21), None), 3..4);
        assert_eq!(log.within(None, Some(9)), 0..0);
        assert_eq!(log.within(Some(31), Some(5)), 4..4);
    }

    #[test]
    fn without_an_order_of_times_lines_can_be_anywhere() {
        let mut late = log(&[10, 30, 20]);
        assert!(!late.is_ordered());
        assert_eq!(late.within(Some(20), Some(20)), 0..3);
        let id = late.next_id();
        assert_eq!(late.position(&id), None);
        late.lines.truncate(2);
        assert!(!late.is_ordered());
    }

    #[test]
    fn ids_differ_and_do_not_sort_as_the_lines_do() {
        let log = log(&[0; 100]);
        let ids: Vec<&str> = log.lines().iter().map(|line| line.id.as_str()).collect();
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(log.position(id), Some(at));
        }
        assert!(!ids.is_sorted());
    }
}
