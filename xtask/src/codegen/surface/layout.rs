//! The lines of a page: nesting by indentation, and long lines that are broken so that they can be joined again.

use std::fmt;

/// The most characters on a line.
const WIDTH: usize = 140;
/// The beginning of a line that continues the previous one: after a blank, and in the middle of a word.
const AFTER_BLANK: &str = "| ";
const WITHIN_WORD: &str = "|~";

/// A line with the lines that belong to it.
#[derive(Debug, Default)]
pub struct Node {
    pub line: usize,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// Adds its text and the texts of the lines that belong to it.
    pub fn lines(&self, lines: &mut Vec<String>) {
        lines.push(self.text.clone());
        self.children.iter().for_each(|child| child.lines(lines));
    }
}

/// A mistake in a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    pub page: String,
    pub line: usize,
    pub reason: String,
}

impl Mistake {
    pub fn new(line: usize, reason: impl Into<String>) -> Self {
        Self {
            page: String::new(),
            line,
            reason: reason.into(),
        }
    }

    pub fn on(self, page: &str) -> Self {
        Self {
            page: page.to_owned(),
            ..self
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: error: {}", self.page, self.line, self.reason)
    }
}

impl std::error::Error for Mistake {}

/// The text of a page. A blank line separates the first line, and things that have lines of their own.
pub fn text(nodes: &[Node]) -> String {
    let mut text = String::new();
    for (index, node) in nodes.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| &nodes[index]);
        let apart =
            |before: &Node| index == 1 || !before.children.is_empty() || !node.children.is_empty();
        if before.is_some_and(apart) {
            text.push('\n');
        }
        write(node, 0, &mut text);
    }
    text
}

fn write(node: &Node, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let mut rest: Vec<char> = node.text.chars().collect();
    let mut begin = "";
    loop {
        // Continued lines are indented by one more level.
        let room = WIDTH - indent.len() - 4;
        let (line, next) = broken(rest, room);
        let line: String = line.into_iter().collect();
        let more = if begin.is_empty() { "" } else { "  " };
        text.push_str(&format!("{indent}{more}{begin}{line}\n"));
        let Some((mark, following)) = next else { break };
        (begin, rest) = (mark, following);
    }
    for child in &node.children {
        write(child, depth + 1, text);
    }
}

type Rest = Option<(&'static str, Vec<char>)>;

/// As many characters as there is room for, up to the last single blank if there is one, and the rest.
fn broken(mut letters: Vec<char>, room: usize) -> (Vec<char>, Rest) {
    if letters.len() <= room {
        return (letters, None);
    }
    let single = |at: &usize| {
        let blank = |at: usize| letters.get(at) == Some(&' ');
        *at > 0 && blank(*at) && !blank(at - 1) && !blank(at + 1)
    };
    match (0..=room).rev().find(single) {
        Some(at) => {
            let rest = letters.split_off(at + 1);
            letters.pop();
            (letters, Some((AFTER_BLANK, rest)))
        }
        None => {
            let rest = letters.split_off(room);
            (letters, Some((WITHIN_WORD, rest)))
        }
    }
}

/// The lines of a page.
///
/// # Errors
/// A line belongs to no other line.
pub fn nodes(text: &str) -> Result<Vec<Node>, Mistake> {
    // The things that are open, the outermost first. When a thing ends, it is put into the one before it.
    let mut open = vec![Node::default()];
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim_start_matches(' ');
        if bare.is_empty() {
            continue;
        }
        if let Some(mark) = [AFTER_BLANK, WITHIN_WORD]
            .into_iter()
            .find(|mark| bare.starts_with(mark))
        {
            let blank = if mark == AFTER_BLANK { " " } else { "" };
            let last = open.last_mut().filter(|node| node.line > 0);
            let last = last.ok_or_else(|| Mistake::new(index + 1, "it continues no line"))?;
            last.text += &format!("{blank}{}", &bare[mark.len()..]);
            continue;
        }
        let depth = (line.len() - bare.len()) / 2;
        if depth + 1 > open.len() {
            return Err(Mistake::new(index + 1, "it is indented too much"));
        }
        close(&mut open, depth + 1);
        open.push(Node {
            line: index + 1,
            text: bare.to_owned(),
            children: Vec::new(),
        });
    }
    close(&mut open, 1);
    Ok(open.pop().map(|root| root.children).unwrap_or_default())
}

/// Puts the innermost things into those around them until this number of things is open.
fn close(open: &mut Vec<Node>, count: usize) {
    while open.len() > count {
        let Some(inner) = open.pop() else { return };
        if let Some(outer) = open.last_mut() {
            outer.children.push(inner);
        }
    }
}
