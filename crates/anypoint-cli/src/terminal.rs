//! The input and output of the program: the streams of the process, or those of a test.

use std::io::{self, BufRead, IsTerminal, Read as _, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::dry_run::DryRun;
use crate::failure::Failure;
use crate::keyring::{Bounded, Keyring};
use crate::progress::Bar;
use crate::settings::Settings;
use crate::style;

type Variables = Box<dyn Fn(&str) -> Option<String>>;

/// What becomes of what a command does when it is interrupted.
#[derive(Debug, Default)]
pub(crate) enum Interrupted {
    /// Nothing goes on.
    #[default]
    Nothing,
    /// That is how the command ends.
    AsMeant,
    /// This goes on at the server.
    GoesOn(String),
}

/// Where output goes, input comes from, and which variables are set.
pub struct Terminal {
    out: Box<dyn Write>,
    messages: Box<dyn Write>,
    input: Box<dyn BufRead>,
    variable: Variables,
    /// Somebody reads the output on a screen.
    pub(crate) is_screen: bool,
    /// The standard input is a keyboard, not a file or a pipe.
    pub(crate) is_typed: bool,
    /// Somebody can answer a question.
    pub(crate) is_interactive: bool,
    /// Somebody reads the messages on a screen.
    pub(crate) is_watched: bool,
    /// How long to pause between two looks at something, if not as long as the runtime does.
    pub(crate) pause: Option<Duration>,
    /// How many columns the screen has, where there is one.
    pub(crate) width: Option<u16>,
    keyring: Option<Bounded>,
    /// What an interruption means now.
    pub(crate) interrupted: Interrupted,
    /// An interruption is meant for this program, and not for the tests that it runs in.
    takes_signals: bool,
    /// Shows what a daily command would change, instead of changing it.
    pub(crate) dry_run: Option<DryRun>,
}

impl Terminal {
    /// The streams and variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let is_screen = io::stdout().is_terminal();
        let is_typed = io::stdin().is_terminal();
        let screen = terminal_size::terminal_size().filter(|_| is_screen);
        Self {
            out: Box::new(io::stdout()),
            messages: Box::new(io::stderr()),
            input: Box::new(io::BufReader::new(io::stdin())),
            variable: Box::new(|name| std::env::var(name).ok()),
            is_screen,
            pause: None,
            is_typed,
            is_interactive: is_typed && io::stderr().is_terminal(),
            is_watched: io::stderr().is_terminal(),
            width: screen.map(|(width, _)| width.0),
            keyring: Bounded::of_system(|name| std::env::var(name).ok()),
            interrupted: Interrupted::default(),
            takes_signals: true,
            dry_run: None,
        }
    }

    /// No terminal: what is written is kept, and only these variables are set.
    #[must_use]
    pub fn captured(input: &str, variables: Vec<(String, String)>) -> (Self, Captured) {
        let captured = Captured::default();
        let terminal = Self {
            out: Box::new(captured.out.clone()),
            messages: Box::new(captured.messages.clone()),
            input: Box::new(io::Cursor::new(input.to_owned().into_bytes())),
            variable: Box::new(move |name| {
                let mut all = variables.iter();
                all.find(|(known, _)| known == name)
                    .map(|(_, value)| value.clone())
            }),
            is_screen: false,
            pause: None,
            is_typed: false,
            is_interactive: false,
            is_watched: false,
            width: None,
            keyring: None,
            interrupted: Interrupted::default(),
            takes_signals: false,
            dry_run: None,
        };
        (terminal, captured)
    }

    /// The same, as a screen of so many columns.
    #[must_use]
    pub fn with_screen(mut self, width: u16) -> Self {
        self.is_screen = true;
        self.is_watched = true;
        self.width = Some(width);
        self
    }

    /// The same, with somebody at the keyboard, who types what the input is.
    #[must_use]
    pub fn with_keyboard(mut self) -> Self {
        self.is_typed = true;
        self.is_interactive = true;
        self
    }

    /// The same with a keyring, which is waited for so long.
    #[must_use]
    pub fn with_keyring(mut self, keyring: Arc<dyn Keyring>, patience: Duration) -> Self {
        self.keyring = Some(Bounded::new(keyring, patience));
        self
    }

    /// The same, which looks again after a short pause.
    #[must_use]
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self
    }

    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// The system's keyring.
    pub(crate) fn keyring(&self) -> Option<&Bounded> {
        self.keyring.as_ref()
    }

    /// Whether the output has colours.
    pub(crate) fn is_coloured(&self) -> bool {
        style::is_coloured(self.is_screen, |name| self.variable(name))
    }

    /// Says from now on what goes on at the server when the program is interrupted.
    pub(crate) fn goes_on(&mut self, what: impl Into<String>) {
        self.interrupted = Interrupted::GoesOn(what.into());
    }

    /// Ends when the program is interrupted.
    pub(crate) fn signal(&self) -> impl Future<Output = ()> + use<> {
        let takes = self.takes_signals;
        async move {
            // Where signals cannot be had, the system ends the program.
            if !takes || tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
    }

    /// Output, for people or for the next program of a pipe.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes)?;
        Ok(self.out.flush()?)
    }

    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text.as_bytes())
    }

    /// A message for people, on a line of its own beside the output. That it cannot be written is no reason to stop.
    pub fn say(&mut self, message: &str) {
        let message = printable(message, "\n\t");
        let message = match style::is_coloured(self.is_watched, |name| self.variable(name)) {
            true => style::message(&message),
            false => message,
        };
        let _ = writeln!(self.messages, "{message}");
    }

    /// A bar of what is sent or received, where somebody watches on a screen that can redraw a line.
    pub(crate) fn bar(&self, what: &str, settings: &Settings) -> Bar {
        let dumb = self.variable("TERM").as_deref() == Some("dumb");
        match self.is_watched && !dumb && !settings.quiet {
            true => Bar::shown(&printable(what, "")),
            false => Bar::hidden(),
        }
    }

    /// A line that a person types in answer to a question; nothing where nobody can.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        if !self.is_interactive {
            return None;
        }
        let _ = write!(self.messages, "{question} ");
        let _ = self.messages.flush();
        let mut line = String::new();
        self.input.read_line(&mut line).ok()?;
        Some(line.trim().to_owned())
    }

    /// A secret: typed without being shown, or the first line of the standard input.
    pub(crate) fn secret(&mut self, question: &str) -> Result<String, Failure> {
        let line = match self.is_interactive {
            true => rpassword::prompt_password(question)?,
            false => self.read()?,
        };
        let secret = line.lines().next().unwrap_or_default().to_owned();
        match secret.is_empty() {
            true => Err(Failure::usage("there is no secret")
                .hint("it is the first line of the standard input")),
            false => Ok(secret),
        }
    }

    /// An access token, which is all of the standard input.
    pub(crate) fn token(&mut self) -> Result<String, Failure> {
        const HOW: &str =
            "anypoint login --token-stdin < FILE, or with `printf %s \"$TOKEN\" |` before it";
        if self.is_typed {
            let problem =
                "a token is read from a file or a pipe, and the standard input is a terminal";
            return Err(Failure::usage(problem).hint(HOW));
        }
        let text = self.read()?;
        let token = text.trim();
        let problem = match token {
            "" => "there is no token on the standard input",
            _ if token.contains(['\n', '\r']) => {
                "a token is one line, and the standard input has several"
            }
            _ if !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
                "the standard input holds blanks or other characters that no token has"
            }
            _ => return Ok(token.to_owned()),
        };
        Err(Failure::usage(problem).hint(HOW))
    }

    /// All of the standard input.
    pub(crate) fn read(&mut self) -> Result<String, Failure> {
        let mut text = String::new();
        match self.input.read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(Failure::usage(format!("standard input: {error}"))),
        }
    }
}

/// A text that does nothing to a terminal: control characters, and those that turn or hide text, are spelled out.
pub(crate) fn printable(text: &str, allowed: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_harmful(letter) && !allowed.contains(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

pub(crate) fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What a captured terminal was told.
#[derive(Clone, Default)]
pub struct Captured {
    out: Kept,
    messages: Kept,
}

impl Captured {
    /// The output so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.out.text()
    }

    /// The messages so far.
    #[must_use]
    pub fn messages(&self) -> String {
        self.messages.text()
    }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        let bytes = self.0.lock();
        bytes.map_or_else(
            |_| String::new(),
            |it| String::from_utf8_lossy(&it).into_owned(),
        )
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Ok(mut kept) = self.0.lock() {
            kept.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
