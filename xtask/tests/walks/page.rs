//! The blocks of CONTRIBUTING.md: commands with their output, changes of files, and programs.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use crate::support::root;

const PATH: &str = "CONTRIBUTING.md";

pub enum Block {
    /// A command, and the lines of the page that hold what it prints.
    Console {
        at: Range<usize>,
        command: String,
        said: String,
    },
    Diff(String),
    Program(String),
}

/// The page, and what its commands print now.
pub struct Page {
    lines: Vec<String>,
    notes: BTreeMap<usize, (usize, String)>,
}

impl Page {
    pub fn read() -> Self {
        let text = fs::read_to_string(root().join(PATH)).unwrap();
        Self {
            lines: text.lines().map(str::to_owned).collect(),
            notes: BTreeMap::new(),
        }
    }

    /// The blocks below a heading, up to the next one.
    pub fn section(&self, heading: &str) -> Vec<Block> {
        let heading = format!("## {heading}");
        let start = self.lines.iter().position(|line| *line == heading);
        let start = start.unwrap_or_else(|| panic!("{PATH} has no `{heading}`")) + 1;
        let mut blocks = Vec::new();
        let mut open: Option<(&str, usize)> = None;
        for (at, line) in self.lines.iter().enumerate().skip(start) {
            match (line.strip_prefix("```"), open) {
                (Some(language), None) => open = Some((language, at + 1)),
                (Some(""), Some((language, from))) => {
                    blocks.extend(self.block(language, from..at));
                    open = None;
                }
                (None, None) if line.starts_with("## ") => break,
                _ => {}
            }
        }
        assert!(!blocks.is_empty(), "{heading}");
        blocks
    }

    fn block(&self, language: &str, lines: Range<usize>) -> Vec<Block> {
        let text = self.text(lines.clone());
        match language {
            "console" => self.commands(lines),
            "diff" => vec![Block::Diff(text)],
            "rust" => vec![Block::Program(text)],
            other => panic!("{PATH} has a block of `{other}` in a walk"),
        }
    }

    fn text(&self, lines: Range<usize>) -> String {
        self.lines[lines]
            .iter()
            .map(|line| format!("{line}\n"))
            .collect()
    }

    /// Each command begins with `$ ` and goes on with `>`.
    fn commands(&self, lines: Range<usize>) -> Vec<Block> {
        let starts = lines.clone().filter(|at| self.lines[*at].starts_with("$ "));
        let starts: Vec<usize> = starts.collect();
        let ends = starts.iter().skip(1).copied().chain([lines.end]);
        let blocks = starts.iter().zip(ends).map(|(start, end)| {
            let rest = self.lines[start + 1..end].iter();
            let more: Vec<&str> = rest.map_while(|line| line.strip_prefix('>')).collect();
            let first = self.lines[*start][2..].to_owned();
            let more_text = more.iter().map(|line| format!("\n{}", line.trim_start()));
            let at = start + 1 + more.len()..end;
            Block::Console {
                command: first + &more_text.collect::<String>(),
                said: self.text(at.clone()),
                at,
            }
        });
        blocks.collect()
    }

    /// What a command prints now, in the place of some lines.
    pub fn note(&mut self, at: Range<usize>, said: String) {
        self.notes.insert(at.start, (at.end, said));
    }

    /// Writes what was noted, where snapshots are accepted.
    pub fn write(&self) -> bool {
        if !std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
            return false;
        }
        let mut text = String::new();
        let mut at = 0;
        for (start, (end, said)) in &self.notes {
            text += &self.text(at..*start);
            text += said;
            at = *end;
        }
        text += &self.text(at..self.lines.len());
        fs::write(root().join(PATH), text).unwrap();
        true
    }
}
