//! The system's keyring keeps the secrets of profiles, where there is one that answers.

mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anypoint_cli::{Keyring, Terminal};
use support::{Outcome, Program, TestResult};

const LOGIN: [&str; 3] = ["login", "--client-id", "emulator"];
const SECRET: &str = "emulator-secret";

#[derive(Default)]
struct Fake {
    secrets: Mutex<BTreeMap<String, String>>,
    asked: AtomicUsize,
    /// It waits for somebody to unlock it, who does not come.
    hangs: bool,
}

impl Fake {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.hangs {
            loop {
                std::thread::park();
            }
        }
        change(&mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Keyring for Fake {
    fn get(&self, account: &str) -> Result<Option<String>, String> {
        Ok(self.change(|secrets| secrets.get(account).cloned()))
    }

    fn set(&self, account: &str, secret: &str) -> Result<(), String> {
        self.change(|secrets| secrets.insert(account.to_owned(), secret.to_owned()));
        Ok(())
    }

    fn remove(&self, account: &str) -> Result<(), String> {
        self.change(|secrets| secrets.remove(account));
        Ok(())
    }
}

/// Without variables that give credentials.
async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let mut program = Program::start().await?;
    for name in ["CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"] {
        program = program.set(&format!("ANYPOINT_{name}"), "");
    }
    Ok(program)
}

async fn run(program: &Program, keyring: &Arc<Fake>, words: &[&str]) -> Outcome {
    let (terminal, captured) = Terminal::captured(SECRET, program.variables().to_vec());
    // What hangs is given up soon; all else has the time of a busy machine.
    let patience = Duration::from_millis(if keyring.hangs { 20 } else { 60_000 });
    let terminal = terminal.with_keyring(keyring.clone(), patience);
    program.run_on(terminal, captured, words).await
}

fn file(program: &Program) -> std::io::Result<String> {
    std::fs::read_to_string(program.home().join(".anypoint/credentials"))
}

#[tokio::test]
async fn a_secret_is_in_the_keyring_and_not_in_the_file() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    let outcome = run(&program, &keyring, &LOGIN).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.messages.contains("keyring"), "{outcome:?}");
    assert!(!file(&program)?.contains(SECRET));
    assert_eq!(run(&program, &keyring, &["whoami"]).await.code, 0);
    let well = run(&program, &keyring, &["doctor"]).await;
    assert!(
        well.code == 0 && well.output.contains("keyring"),
        "{well:?}"
    );
    let listed = run(&program, &keyring, &["profiles", "-o", "json"])
        .await
        .output;
    assert!(
        listed.contains("connected app") && listed.contains("\"keyring\": true"),
        "{listed}"
    );
    assert_eq!(run(&program, &keyring, &["logout"]).await.code, 0);
    assert!(keyring.change(|secrets| secrets.is_empty()));
    Ok(())
}

#[tokio::test]
async fn a_command_asks_the_keyring_once() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    let program = program
        .set("ANYPOINT_ORG", "")
        .set("ANYPOINT_ENV", "Sandbox");
    assert_eq!(run(&program, &keyring, &LOGIN).await.code, 0);
    let commands: [&[&str]; 2] = [&["cloudhub", "applications", "list"], &["apps", "list"]];
    for command in commands {
        let before = keyring.asked();
        assert_eq!(run(&program, &keyring, command).await.code, 0);
        assert_eq!(keyring.asked() - before, 1, "{command:?}");
    }
    Ok(())
}

#[tokio::test]
async fn each_kind_of_credentials_may_be_in_the_keyring() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    let user = ["login", "--username", "ada", "--profile", "user"];
    assert_eq!(run(&program, &keyring, &user).await.code, 0);
    assert_eq!(
        run(&program, &keyring, &["whoami", "--profile", "user"])
            .await
            .code,
        0
    );
    let (terminal, captured) = Terminal::captured("emulator-token", program.variables().to_vec());
    let terminal = terminal.with_keyring(keyring.clone(), Duration::from_secs(60));
    let login = ["login", "--token-stdin", "--profile", "ci"];
    assert_eq!(program.run_on(terminal, captured, login).await.code, 0);
    assert!(!file(&program)?.contains("emulator-token"));
    assert_eq!(
        run(&program, &keyring, &["whoami", "--profile", "ci"])
            .await
            .code,
        0
    );
    program.emulator().expire_fixed_token();
    let expired = run(&program, &keyring, &["whoami", "--profile", "ci"]).await;
    assert!(
        expired.code == 3 && expired.messages.contains("--token-stdin"),
        "{expired:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_keyring_is_not_touched_where_variables_give_credentials() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    assert_eq!(run(&program, &keyring, &LOGIN).await.code, 0);
    let program = program
        .set("ANYPOINT_CLIENT_ID", "emulator")
        .set("ANYPOINT_CLIENT_SECRET", SECRET);
    let before = keyring.asked();
    for words in [&["whoami"][..], &["doctor"], &["cloudhub", "vpcs", "list"]] {
        assert_eq!(run(&program, &keyring, words).await.code, 0);
    }
    assert_eq!(keyring.asked(), before);
    Ok(())
}

#[tokio::test]
async fn a_keyring_that_hangs_is_given_up_for_the_file() -> TestResult {
    let program = start().await?;
    let keyring = Arc::new(Fake {
        hangs: true,
        ..Fake::default()
    });
    let outcome = run(&program, &keyring, &LOGIN).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(
        outcome.messages.contains("warning: the system's keyring"),
        "{outcome:?}"
    );
    assert!(file(&program)?.contains(SECRET));
    assert_eq!(run(&program, &keyring, &["whoami"]).await.code, 0);
    assert_eq!(keyring.asked(), 1);
    Ok(())
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_says_what_to_do() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    assert_eq!(run(&program, &keyring, &LOGIN).await.code, 0);
    let locked = Arc::new(Fake {
        hangs: true,
        ..Fake::default()
    });
    let outcome = run(&program, &locked, &["whoami"]).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.messages.contains("unlock it"), "{outcome:?}");
    // No keyring at all.
    let outcome = program.run(["whoami"]).await;
    assert!(
        outcome.code == 3 && outcome.messages.contains("there is none here"),
        "{outcome:?}"
    );
    Ok(())
}

#[tokio::test]
async fn names_complete_without_the_keyring() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    assert_eq!(run(&program, &keyring, &LOGIN).await.code, 0);
    assert_eq!(run(&program, &keyring, &["apps", "list"]).await.code, 0);
    let asked = keyring.asked();
    // A key press waits for a short time, which a busy machine may not have.
    for _ in 0..50 {
        let names = run(&program, &keyring, &["complete", "--", "apps", "show", ""]).await;
        if names.output.contains("order-intake") {
            assert_eq!(keyring.asked(), asked);
            return Ok(());
        }
    }
    Err("no names".into())
}

#[tokio::test]
async fn nothing_is_in_the_keyring_with_no_keyring() -> TestResult {
    let (program, keyring) = (start().await?, Arc::new(Fake::default()));
    let words = [&LOGIN[..], &["--no-keyring"]].concat();
    assert_eq!(run(&program, &keyring, &words).await.code, 0);
    assert!(file(&program)?.contains(SECRET));
    assert_eq!(keyring.asked(), 0);
    Ok(())
}

/// As a process: a bus that is not there is no reason to fail, and none that is named is not looked for.
#[tokio::test]
async fn a_system_without_a_keyring_keeps_the_secret_in_the_file() -> TestResult {
    for address in ["", "unix:path=/nonexistent/bus"] {
        let program = start().await?.set("DBUS_SESSION_BUS_ADDRESS", address);
        let mut command = program.command(LOGIN);
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        child
            .stdin
            .take()
            .ok_or("no input")?
            .write_all(SECRET.as_bytes())?;
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{said}");
        if cfg!(target_os = "linux") {
            assert_eq!(said.contains("warning"), !address.is_empty(), "{said}");
            assert!(file(&program)?.contains(SECRET));
        }
    }
    Ok(())
}
