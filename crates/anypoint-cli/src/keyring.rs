//! The system's keyring, where there is one: it keeps the secrets of profiles.
//!
//! It is asked on a thread of its own, and for a bounded time: one that waits until somebody unlocks it must not hold up a program.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

/// How long the keyring is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Keeps secrets by the names of accounts.
///
/// An error says why it could not be done, without the secret.
#[expect(missing_docs, reason = "for the tests of this crate")]
pub trait Keyring: Send + Sync + 'static {
    fn get(&self, account: &str) -> Result<Option<String>, String>;
    fn set(&self, account: &str, secret: &str) -> Result<(), String>;
    fn remove(&self, account: &str) -> Result<(), String>;
}

/// A keyring that is not waited for without end.
#[derive(Clone)]
pub(crate) struct Bounded {
    keyring: Arc<dyn Keyring>,
    patience: Duration,
}

impl Bounded {
    pub(crate) fn new(keyring: Arc<dyn Keyring>, patience: Duration) -> Self {
        Self { keyring, patience }
    }

    /// The keyring of this system. Where it is reached by D-Bus there is none without the address of a session.
    pub(crate) fn of_system(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let by_bus = cfg!(all(unix, not(target_os = "macos")));
        if by_bus && variable("DBUS_SESSION_BUS_ADDRESS").is_none() {
            return None;
        }
        system::keyring().map(|keyring| Self::new(keyring, PATIENCE))
    }

    pub(crate) fn get(&self, account: &str) -> Result<String, String> {
        let account = account.to_owned();
        let found = self.ask(move |keyring| keyring.get(&account))?;
        found.ok_or_else(|| "it has no such entry".to_owned())
    }

    pub(crate) fn set(&self, account: &str, secret: &str) -> Result<(), String> {
        let (account, secret) = (account.to_owned(), secret.to_owned());
        self.ask(move |keyring| keyring.set(&account, &secret))
    }

    pub(crate) fn remove(&self, account: &str) -> Result<(), String> {
        let account = account.to_owned();
        self.ask(move |keyring| keyring.remove(&account))
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keyring) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let (tell, answer) = mpsc::channel();
        let keyring = self.keyring.clone();
        let asking = thread::Builder::new().spawn(move || tell.send(question(&*keyring)));
        asking.map_err(|error| error.to_string())?;
        let answer = answer.recv_timeout(self.patience);
        answer.unwrap_or_else(|_| Err(format!("it has not answered for {:?}", self.patience)))
    }
}

#[cfg(feature = "keyring")]
mod system {
    use std::sync::Arc;

    use keyring::v1::{Entry, Error};

    /// What the entries of this program are under.
    const SERVICE: &str = "anypoint-cli";

    pub(super) fn keyring() -> Option<Arc<dyn super::Keyring>> {
        Some(Arc::new(System))
    }

    struct System;

    fn entry(account: &str) -> Result<Entry, String> {
        Entry::new(SERVICE, account).map_err(|error| error.to_string())
    }

    impl super::Keyring for System {
        fn get(&self, account: &str) -> Result<Option<String>, String> {
            match entry(account)?.get_password() {
                Ok(secret) => Ok(Some(secret)),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(error.to_string()),
            }
        }

        fn set(&self, account: &str, secret: &str) -> Result<(), String> {
            let kept = entry(account)?.set_password(secret);
            kept.map_err(|error| error.to_string())
        }

        fn remove(&self, account: &str) -> Result<(), String> {
            match entry(account)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod system {
    pub(super) fn keyring() -> Option<std::sync::Arc<dyn super::Keyring>> {
        None
    }
}
