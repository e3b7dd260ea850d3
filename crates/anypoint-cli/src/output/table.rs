//! Tables for people.

use comfy_table::{ContentArrangement, Table, presets};

use super::columns::{cell, columns, shown};
use crate::terminal::{Terminal, printable};
use crate::value::Value;

/// How many columns a table has unless they are named.
const MOST: usize = 6;
/// The blanks between two columns.
const PADDING: usize = 2;
/// No table is laid out for less.
const NARROWEST: u16 = 20;

pub(crate) fn table(answer: &Value, wanted: &[String], terminal: &Terminal) -> String {
    match answer {
        Value::List(items) if items.is_empty() => String::new(),
        Value::List(items) => match items.iter().any(|it| matches!(it, Value::Object(_))) {
            true => rows(items, wanted, terminal),
            false => items
                .iter()
                .map(|it| printable(&shown(it), "") + "\n")
                .collect(),
        },
        Value::Object(_) if !wanted.is_empty() => {
            rows(std::slice::from_ref(answer), wanted, terminal)
        }
        Value::Object(_) => members(answer, terminal),
        scalar => printable(&shown(scalar), "") + "\n",
    }
}

/// A row for each item.
fn rows(items: &[Value], wanted: &[String], terminal: &Terminal) -> String {
    let mut columns = match wanted {
        [] => columns(items, MOST),
        wanted => wanted.to_vec(),
    };
    loop {
        let mut table = empty(terminal);
        table.set_header(columns.iter().map(|it| printable(&title(it), "")));
        for item in items {
            table.add_row(columns.iter().map(|it| printable(&cell(item, it), "")));
        }
        // Columns that nobody asked for and that do not fit would only break the others.
        let fits = columns.len() == 1 || !wanted.is_empty() || fits(&table, terminal);
        if fits {
            return trimmed(&table);
        }
        columns.pop();
    }
}

fn fits(table: &Table, terminal: &Terminal) -> bool {
    let widths = table.column_max_content_widths();
    let needed: usize = widths
        .iter()
        .map(|width| usize::from(*width) + PADDING)
        .sum();
    terminal
        .width
        .is_none_or(|width| needed <= usize::from(width) + PADDING)
}

/// A row for each plain value in an object, however deep.
fn members(object: &Value, terminal: &Terminal) -> String {
    let mut table = empty(terminal);
    let mut found = Vec::new();
    flat("", object, &mut found);
    for (name, value) in found {
        table.add_row([printable(&name, ""), printable(&value, "")]);
    }
    trimmed(&table)
}

fn flat(before: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let dot = if before.is_empty() { "" } else { "." };
                flat(&format!("{before}{dot}{name}"), value, found);
            }
        }
        other => found.push((before.to_owned(), shown(other))),
    }
}

fn empty(terminal: &Terminal) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    // The next program of a pipe wants whole values.
    if let Some(width) = terminal.width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width.max(NARROWEST));
    }
    table
}

/// Without the blanks before the first column and behind the last one.
fn trimmed(table: &Table) -> String {
    let lines = table.lines();
    let inner = |line: String| {
        line.strip_prefix(' ')
            .unwrap_or(&line)
            .trim_end()
            .to_owned()
    };
    lines.map(|line| inner(line) + "\n").collect()
}

/// `deploymentId` as the head of a column: `DEPLOYMENT ID`.
fn title(name: &str) -> String {
    let mut title = String::new();
    let mut lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && lower {
            title.push(' ');
        }
        lower = letter.is_lowercase();
        title.extend(letter.to_uppercase());
    }
    title
}
