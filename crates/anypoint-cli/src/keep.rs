//! What is kept between two runs: the access token, and the ids of organization and environment.
//!
//! Each host with each set of credentials has a file of its own, which only its owner can read. Processes take turns at
//! changing it, and at logging in. Nothing depends on it: a file that is damaged, or cannot be written or locked, costs a login.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, io};

use anypoint_core::{AccessToken, CredentialChain, TokenStore};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::private;
use crate::settings::Settings;
use crate::table::Scope;
use crate::terminal::Terminal;

/// How long ids that were found by name are good: names are seldom given to something else.
const IDS: Duration = Duration::from_secs(24 * 3600);
/// The life of a token that says nothing about it.
const LIFE: Duration = Duration::from_secs(3600);

#[derive(Clone)]
pub(crate) struct Keep {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    token: Option<Token>,
    /// By what was asked for.
    #[serde(default)]
    ids: BTreeMap<String, Ids>,
}

#[derive(Serialize, Deserialize)]
struct Token {
    secret: String,
    /// In seconds since 1970.
    until: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ids {
    pub(crate) organization: String,
    pub(crate) environment: String,
    until: u64,
}

impl Keep {
    /// Nothing is kept without a home.
    pub(crate) fn new(settings: &Settings, terminal: &Terminal) -> Option<Self> {
        let folder = private::folder(terminal)?;
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        };
        // Whatever may change whom the calls are for gives another file.
        for name in CredentialChain::VARIABLES {
            let scope = ["ANYPOINT_ORG", "ANYPOINT_ENV"].contains(&name);
            add(&terminal
                .variable(name)
                .filter(|_| !scope)
                .unwrap_or_default());
        }
        for text in [&settings.host, &settings.profile] {
            add(text.as_deref().unwrap_or_default());
        }
        add(&fs::read_to_string(folder.join("credentials")).unwrap_or_default());
        let name: String = digest
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(Self {
            path: folder.join("kept").join(name + ".json"),
        })
    }

    /// Another file of the same host and credentials.
    pub(crate) fn beside(&self, ending: &str) -> PathBuf {
        self.path.with_extension(ending)
    }

    /// The ids that were found for what is asked for.
    pub(crate) fn ids(&self, wanted: &str) -> Option<Ids> {
        let kept = self.read().ids.remove(wanted)?;
        (kept.until > now()).then_some(kept)
    }

    pub(crate) fn keep_ids(&self, wanted: &str, ids: &Ids) {
        self.change(|kept| {
            kept.ids.insert(wanted.to_owned(), ids.clone());
        });
    }

    fn read(&self) -> Kept {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Changes what is kept, one process at a time. That nothing can be kept is no reason to stop.
    fn change(&self, change: impl FnOnce(&mut Kept)) {
        let turn = private::lock(&self.path.with_extension("lock"));
        let mut kept = self.read();
        change(&mut kept);
        if let Ok(text) = serde_json::to_string(&kept) {
            let _ = private::write(&self.path, &text);
        }
        drop(turn);
    }
}

impl Ids {
    pub(crate) fn of(&self, scope: Scope) -> &str {
        match scope {
            Scope::Organization => &self.organization,
            Scope::Environment => &self.environment,
        }
    }

    pub(crate) fn new(organization: &str, environment: &str) -> Self {
        Self {
            organization: organization.to_owned(),
            environment: environment.to_owned(),
            until: now() + IDS.as_secs(),
        }
    }
}

impl TokenStore for Keep {
    fn load(&self) -> Option<AccessToken> {
        let token = self.read().token?;
        let left = token.until.checked_sub(now()).filter(|left| *left > 0)?;
        Some(AccessToken::new(token.secret).with_life(Duration::from_secs(left)))
    }

    fn save(&self, token: &AccessToken) {
        let life = token.expires_in.unwrap_or(LIFE);
        let token = Token {
            secret: token.secret.expose().to_owned(),
            until: now() + life.as_secs(),
        };
        self.change(|kept| kept.token = Some(token));
    }

    fn permit(&self) -> Option<Box<dyn Send>> {
        match private::try_lock(&self.path.with_extension("login")) {
            Ok(file) => file.map(|file| Box::new(file) as _),
            // Where files cannot be locked, each process logs in by itself.
            Err(_) => Some(Box::new(())),
        }
    }
}

/// Removes all that was kept; says whether there was anything.
pub(crate) fn forget(terminal: &Terminal) -> io::Result<bool> {
    let Some(folder) = private::folder(terminal) else {
        return Ok(false);
    };
    match fs::remove_dir_all(folder.join("kept")) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
