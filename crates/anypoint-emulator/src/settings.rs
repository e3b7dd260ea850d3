//! The settings of a builder, in the form that the emulator uses.

use std::time::Duration;

use crate::chaos::Chaos;
use crate::limits::Rules;
use crate::pages::Pages;
use crate::{CLIENT_ID, CLIENT_SECRET};

/// The default duration of a state of a life cycle.
const STEP: Duration = Duration::from_millis(300);
const TOKEN_LIFE: Duration = Duration::from_secs(3600);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const UPLOAD_LIMIT: u64 = 512 << 20;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) step: Duration,
    pub(crate) stale_looks: u32,
    pub(crate) pages: Pages,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) require_authentication: bool,
    pub(crate) token_life: Duration,
    /// The largest request body, in bytes. None if not set.
    pub(crate) upload_limit: Option<u64>,
    pub(crate) download_size: Option<u64>,
    pub(crate) rules: Rules,
    pub(crate) chaos: Option<(u64, Chaos)>,
    pub(crate) count_requests: bool,
    pub(crate) mark: Option<String>,
    pub(crate) echo_on_error: bool,
    pub(crate) logs: Logs,
    /// When the clock began, in milliseconds since 1970. None if not set.
    pub(crate) epoch: Option<u64>,
    pub(crate) added: Added,
    /// The additional host names that requests may have.
    pub(crate) hosts: Vec<String>,
    /// How long a connection may take for the head of a request, or for a piece of a body.
    pub(crate) idle_timeout: Duration,
}

/// The resources that are added to those of the specs' examples.
#[derive(Clone, Debug, Default)]
pub(crate) struct Added {
    /// Ids and names.
    pub(crate) organizations: Vec<(String, String)>,
    /// The id of the organization, that of the environment, and its name.
    pub(crate) environments: Vec<[String; 3]>,
    /// The ids of organizations and their portals.
    pub(crate) portals: Vec<(String, String)>,
}

/// How logs behave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logs {
    /// Only lines of tests are logged.
    pub(crate) quiet: bool,
    /// How many lines that were there before a page of Application Manager begins with.
    pub(crate) overlap: usize,
    /// How many lines an answer of CloudHub has at most. None if not set.
    pub(crate) cap: Option<usize>,
    /// The search of CloudHub refuses the members that its specification does not have.
    pub(crate) refuses_members: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            step: STEP,
            stale_looks: 0,
            pages: Pages::Steady,
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            require_authentication: true,
            token_life: TOKEN_LIFE,
            upload_limit: None,
            download_size: None,
            rules: Rules::default(),
            chaos: None,
            count_requests: false,
            mark: None,
            echo_on_error: false,
            logs: Logs {
                quiet: false,
                overlap: 0,
                cap: None,
                refuses_members: false,
            },
            epoch: None,
            added: Added::default(),
            hosts: Vec::new(),
            idle_timeout: IDLE_TIMEOUT,
        }
    }
}

impl Settings {
    /// The largest request body, in bytes.
    pub(crate) fn upload_limit(&self) -> u64 {
        self.upload_limit.unwrap_or(UPLOAD_LIMIT)
    }
}
