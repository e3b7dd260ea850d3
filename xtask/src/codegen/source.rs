//! Reads files that people wrote: specs and manifests.
//!
//! A file that is not regular or is too long is refused before it is read, and text with hidden or reordering characters
//! before it is used.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::diag::{Code, Diagnostics, Diags};

/// The longest file that is read. The longest spec so far has a tenth of this size.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Reads a file that complaints call `name`.
///
/// # Errors
/// One complaint: the file is not a regular file, is too long, is not UTF-8, or cannot be read.
pub fn read(path: &Path, name: &str) -> Result<String, Diagnostics> {
    let mut diags = Diags::new(name);
    let bytes = bytes(path).unwrap_or_else(|reason| {
        diags.error(Code::FileUnreadable, 1, reason);
        Vec::new()
    });
    diags.finish(())?;
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good]
            .split(|byte| *byte == b'\n')
            .count();
        let problem = "this is not UTF-8";
        let help = "save the file as UTF-8";
        diags.error_help(Code::NotUtf8, line, problem, help);
        String::new()
    });
    diags.finish(text)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error| format!("it cannot be read: {error}");
    // Before it is opened: opening a FIFO waits for a writer.
    let found = path.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let mut limited = file.take(MAX_BYTES + 1);
    if found.len() <= MAX_BYTES {
        limited.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    let length = found.len().max(bytes.len() as u64);
    if length > MAX_BYTES {
        let limit = MAX_BYTES / (1024 * 1024);
        return Err(format!(
            "it has {length} bytes, more than the {limit} MiB that are read"
        ));
    }
    Ok(bytes)
}

/// Complains about characters that readers cannot see as they are.
pub fn check(text: &str, diags: &mut Diags) {
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(found) = line.chars().find_map(hidden) {
            complain(index + 1, found, diags);
        }
    }
}

/// Does the same for a text that was written with escapes.
pub fn check_value(text: &str, line: usize, diags: &mut Diags) {
    if let Some(found) = text
        .chars()
        .filter(|letter| *letter != '\n')
        .find_map(hidden)
    {
        complain(line, found, diags);
    }
}

fn complain(line: usize, (letter, what): (char, &str), diags: &mut Diags) {
    let problem = format!("here is U+{:04X}, {what}", u32::from(letter));
    diags.error_help(Code::HiddenCharacter, line, problem, "remove it");
}

fn hidden(letter: char) -> Option<(char, &'static str)> {
    let what = match letter {
        '\t' => return None,
        '\u{feff}' => "a byte order mark",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "which changes the direction of the text"
        }
        '\u{ad}'
        | '\u{200b}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2064}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => "which is invisible",
        _ if letter.is_control() => "a control character",
        _ => return None,
    };
    Some((letter, what))
}
