//! Tables for people.

use comfy_table::{ContentArrangement, Table, presets};

use super::columns::{Choice, cell, shown};
use crate::style::{self, Tone};
use crate::terminal::{Terminal, printable};
use crate::value::Value;

/// The blanks between two columns.
const PADDING: usize = 2;
/// No table is laid out for less.
const NARROWEST: u16 = 20;

pub(crate) fn table(answer: &Value, choice: Choice<'_>, terminal: &Terminal) -> String {
    match answer {
        Value::List(items) if items.is_empty() => String::new(),
        Value::List(items) => match items.iter().any(|it| matches!(it, Value::Object(_))) {
            true => rows(items, choice, terminal),
            false => items
                .iter()
                .map(|it| printable(&shown(it), "") + "\n")
                .collect(),
        },
        Value::Object(_) => match choice {
            Choice::Free => members(answer, terminal),
            choice => rows(std::slice::from_ref(answer), choice, terminal),
        },
        scalar => printable(&shown(scalar), "") + "\n",
    }
}

/// A row for each item.
fn rows(items: &[Value], choice: Choice<'_>, terminal: &Terminal) -> String {
    let mut columns = choice.of(items);
    let asked_for = matches!(choice, Choice::All(_));
    loop {
        let mut table = empty(terminal);
        table.set_header(columns.iter().map(|it| heading(it, terminal)));
        for item in items {
            table.add_row(
                columns
                    .iter()
                    .map(|it| value(it, &cell(item, it), terminal)),
            );
        }
        // Columns that nobody asked for and that do not fit would only break the others.
        let fits = columns.len() == 1 || asked_for || fits(&table, terminal);
        if fits {
            return trimmed(&table);
        }
        columns.pop();
    }
}

fn heading(column: &str, terminal: &Terminal) -> String {
    let tone = terminal.is_coloured().then_some(Tone::Heading);
    style::marked(&printable(&title(column), ""), tone)
}

/// What stands in a cell, by the member that it is.
fn value(member: &str, text: &str, terminal: &Terminal) -> String {
    let tone = style::of_state(member, text).filter(|_| terminal.is_coloured());
    style::marked(&printable(text, ""), tone)
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
        table.add_row([printable(&name, ""), self::value(&name, &value, terminal)]);
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
    lines
        .map(|line| style::painted(&inner(line)) + "\n")
        .collect()
}

/// `target.deploymentId` as the head of a column: `TARGET DEPLOYMENT ID`.
fn title(path: &str) -> String {
    let mut title = String::new();
    let mut lower = false;
    for letter in path.chars() {
        if letter.is_uppercase() && lower {
            title.push(' ');
        }
        lower = letter.is_lowercase();
        match letter {
            '.' | '_' => title.push(' '),
            _ => title.extend(letter.to_uppercase()),
        }
    }
    let mut words: Vec<&str> = title.split(' ').collect();
    // `muleVersion.version` says the same twice.
    words.dedup();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neither escapes nor the marks that stand for them while a table is laid out.
    #[test]
    fn a_server_cannot_paint() {
        let (terminal, _) = Terminal::captured("", Vec::new());
        let json = r#"[{"name":"a\u001b[31mb\u200cc\u200f","status":"RUNNING\u200f"}]"#;
        let items: Value = serde_json::from_str(json).unwrap();
        let text = table(&items, Choice::Free, &terminal.with_screen(100));
        let row = text.lines().nth(1).unwrap();
        assert_eq!(row, "a\\u{1b}[31mb\\u{200c}c\\u{200f}  RUNNING\\u{200f}");
    }

    #[test]
    fn the_head_of_a_column_is_the_words_of_its_path() {
        assert_eq!(title("deploymentId"), "DEPLOYMENT ID");
        assert_eq!(title("target.provider"), "TARGET PROVIDER");
        assert_eq!(title("muleVersion.version"), "MULE VERSION");
        assert_eq!(title("client_name"), "CLIENT NAME");
    }
}
