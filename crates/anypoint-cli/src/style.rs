//! Colours: whether a stream has any, what takes which, and how.
//!
//! Only texts of this program are escapes. What a server sends has no control characters left when it comes here, and none of
//! the marks that stand for colours while a table is laid out: `printable` spells both out.

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    /// Something goes on.
    Busy,
    Heading,
}

/// Each tone, the mark before a text that has it, and the escape that the mark becomes. Marks have no width.
const TONES: [(Tone, char, &str); 4] = [
    (Tone::Good, '\u{200b}', "\u{1b}[32m"),
    (Tone::Bad, '\u{200c}', "\u{1b}[31m"),
    (Tone::Busy, '\u{200d}', "\u{1b}[33m"),
    (Tone::Heading, '\u{200e}', "\u{1b}[1m"),
];
/// Behind such a text.
const END: char = '\u{200f}';
const RESET: &str = "\u{1b}[0m";

/// Whether a stream has colours: a terminal that knows them has, and `CLICOLOR_FORCE` gives them to any other stream, unless
/// there is `NO_COLOR`.
pub(crate) fn is_coloured(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("NO_COLOR").is_some() {
        return false;
    }
    let forced = variable("CLICOLOR_FORCE").is_some_and(|it| it != "0");
    forced || (is_terminal && variable("TERM").as_deref() != Some("dumb"))
}

/// A text between marks, for what is laid out before it is coloured by [`painted`].
pub(crate) fn marked(text: &str, tone: Option<Tone>) -> String {
    let tone = TONES.iter().find(|(known, ..)| Some(*known) == tone);
    match tone {
        Some((_, mark, _)) => format!("{mark}{text}{END}"),
        None => text.to_owned(),
    }
}

/// A line with its marks made escapes. A text that goes on in another line has no colour.
pub(crate) fn painted(line: &str) -> String {
    let mut rest = line;
    let mut whole = String::with_capacity(line.len());
    let escape = |mark: char| TONES.iter().find(|(_, known, _)| *known == mark);
    while let Some((before, mark, behind)) = split(rest) {
        whole += before;
        rest = behind;
        // The next mark ends this text, or it does not end in this line.
        if let (Some((.., escape)), Some((text, END, behind))) = (escape(mark), split(behind)) {
            whole += &format!("{escape}{text}{RESET}");
            rest = behind;
        }
    }
    whole + rest
}

/// What stands before the first mark, the mark, and the rest.
fn split(line: &str) -> Option<(&str, char, &str)> {
    let is_mark = |letter: char| letter == END || TONES.iter().any(|(_, mark, _)| *mark == letter);
    let at = line.find(is_mark)?;
    let mark = line[at..].chars().next()?;
    Some((&line[..at], mark, &line[at + mark.len_utf8()..]))
}

/// A message whose first word says how bad it is.
pub(crate) fn message(text: &str) -> String {
    let heads = [("error:", Tone::Bad), ("warning:", Tone::Busy)];
    let head = heads
        .iter()
        .find_map(|(head, tone)| Some((head, tone, text.strip_prefix(head)?)));
    match head {
        Some((head, tone, rest)) => painted(&marked(head, Some(*tone))) + rest,
        None => text.to_owned(),
    }
}

/// The tone of a state, where a member is one by its name.
pub(crate) fn of_state(member: &str, value: &str) -> Option<Tone> {
    let name = member.rsplit('.').next().unwrap_or(member).to_lowercase();
    let is_state = name.ends_with("status") || name.ends_with("state");
    is_state.then(|| tone(value)).flatten()
}

const BAD: [&str; 8] = [
    "ABORT",
    "CRASH",
    "DOWN",
    "ERROR",
    "FAIL",
    "REJECTED",
    "REVOKED",
    "UNAVAILABLE",
];
const GOOD: [&str; 12] = [
    "ACTIVE",
    "APPLIED",
    "APPROVED",
    "AVAILABLE",
    "CONNECTED",
    "DEPLOYED",
    "OK",
    "RUNNING",
    "STARTED",
    "SUCCESS",
    "SUCCESSFUL",
    "UP",
];
const BUSY: [&str; 3] = ["IN_PROGRESS", "PENDING", "WAITING"];

/// States are words of the services: those that mean the same end the same.
fn tone(state: &str) -> Option<Tone> {
    let state = state.to_uppercase().replace([' ', '-'], "_");
    if BAD.iter().any(|word| state.contains(word)) {
        Some(Tone::Bad)
    } else if GOOD.contains(&state.as_str()) {
        Some(Tone::Good)
    } else if BUSY.contains(&state.as_str())
        || (state.ends_with("ING") && !state.contains("RUNNING"))
    {
        Some(Tone::Busy)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terminals_have_colours_and_none_with_no_color() {
        let coloured = |is_terminal, set: &[(&str, &str)]| {
            let find = |name: &str| set.iter().find(|(known, _)| *known == name);
            is_coloured(is_terminal, |name| Some(find(name)?.1.to_owned()))
        };
        assert!(coloured(true, &[]) && coloured(true, &[("TERM", "xterm")]));
        assert!(!coloured(false, &[("TERM", "xterm")]));
        assert!(!coloured(true, &[("TERM", "dumb")]));
        assert!(!coloured(true, &[("NO_COLOR", "1")]));
        assert!(coloured(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!coloured(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!coloured(
            true,
            &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]
        ));
    }

    #[test]
    fn states_have_the_tone_of_what_they_mean() {
        let tones = [
            ("status", "RUNNING", Some(Tone::Good)),
            ("application.status", "STARTED", Some(Tone::Good)),
            ("status", "DEPLOY_FAILED", Some(Tone::Bad)),
            ("clusterStatus", "Deploying", Some(Tone::Busy)),
            ("state", "in progress", Some(Tone::Busy)),
            ("status", "NOT_RUNNING", None),
            ("status", "UNDEPLOYED", None),
            ("name", "RUNNING", None),
        ];
        for (member, value, tone) in tones {
            assert_eq!(of_state(member, value), tone, "{member} {value}");
        }
    }

    #[test]
    fn marks_become_escapes_and_a_broken_text_has_none() {
        let cell = marked("RUNNING", Some(Tone::Good));
        assert_eq!(
            painted(&format!("a {cell} b")),
            "a \u{1b}[32mRUNNING\u{1b}[0m b"
        );
        let (first, second) = cell.split_at(6);
        assert_eq!(painted(first) + &painted(second), "RUNNING");
        assert_eq!(
            painted(&format!("{first} {cell}")),
            format!("{} {}", "RUN", painted(&cell))
        );
    }
}
