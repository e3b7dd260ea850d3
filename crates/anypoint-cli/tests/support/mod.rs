//! The program in this process, with an emulator beside it.
#![allow(dead_code, reason = "no test needs all of it")]

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use anypoint_cli::{Terminal, run};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, ORGANIZATION, SANDBOX};
use tempfile::TempDir;

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

pub(crate) struct Program {
    emulator: Emulator,
    variables: Vec<(String, String)>,
    folder: TempDir,
}

/// What a run has said.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: u8,
    pub(crate) output: String,
    pub(crate) messages: String,
}

impl Program {
    /// With the emulator's credentials, and the ids of its sandbox.
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        Self::with(Emulator::start().await?)
    }

    pub(crate) fn with(emulator: Emulator) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let program = Self {
            variables: Vec::new(),
            emulator,
            folder,
        };
        let url = program.emulator.url().to_owned();
        let home = program.folder.path().display().to_string();
        let variables = [
            ("ANYPOINT_HOST", url.as_str()),
            ("ANYPOINT_CLIENT_ID", CLIENT_ID),
            ("ANYPOINT_CLIENT_SECRET", CLIENT_SECRET),
            ("ANYPOINT_USERNAME", "admin"),
            ("ANYPOINT_PASSWORD", "emulator-secret"),
            ("ANYPOINT_ORG", ORGANIZATION),
            ("ANYPOINT_ENV", SANDBOX),
            ("HOME", &home),
        ];
        let all = variables.iter();
        Ok(all.fold(program, |program, (name, value)| program.set(name, value)))
    }

    /// With another value of a variable.
    #[must_use]
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn home(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// A file of these bytes.
    pub(crate) fn file(
        &self,
        name: &str,
        bytes: impl AsRef<[u8]>,
    ) -> Result<String, Box<dyn Error>> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path.display().to_string())
    }

    /// The program as a process of its own, with only these variables.
    pub(crate) fn command(&self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anypoint"));
        for word in words {
            command.arg(word.as_ref());
        }
        let set = self.variables.iter().filter(|(_, it)| !it.is_empty());
        command.env_clear().envs(set.cloned());
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Many processes at once, to their ends. The emulator goes on meanwhile.
    pub(crate) async fn processes(
        &self,
        count: usize,
        words: &[&str],
    ) -> Result<Vec<Output>, Box<dyn Error>> {
        let all: Result<Vec<_>, _> = (0..count).map(|_| self.command(words).spawn()).collect();
        let all = all?;
        let wait = move || all.into_iter().map(Child::wait_with_output).collect();
        let ended: Result<Vec<_>, std::io::Error> = tokio::task::spawn_blocking(wait).await?;
        Ok(ended?)
    }

    pub(crate) async fn run(&self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Outcome {
        self.run_with("", words).await
    }

    /// With a text on the standard input.
    pub(crate) async fn run_with(
        &self,
        input: &str,
        words: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Outcome {
        let (terminal, captured) = Terminal::captured(input, self.variables.clone());
        let terminal = terminal.with_pause(std::time::Duration::from_millis(30));
        self.run_on(terminal, captured, words).await
    }

    pub(crate) async fn run_on(
        &self,
        mut terminal: Terminal,
        captured: anypoint_cli::Captured,
        words: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Outcome {
        let words = words.into_iter().map(|it| OsString::from(it.as_ref()));
        let words: Vec<_> = std::iter::once("anypoint".into()).chain(words).collect();
        let code = run(words, &mut terminal).await;
        Outcome {
            code,
            output: captured.output(),
            messages: captured.messages(),
        }
    }
}

/// A host of its own: it answers every request with this status line, these headers and this body.
pub(crate) fn host(head: &str, body: &str) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    let answer = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let asked = BufReader::new(&stream).lines().map_while(Result::ok);
            let _ = asked.take_while(|line| !line.is_empty()).count();
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    Ok(address)
}
