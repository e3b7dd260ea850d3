//! Searches the sources of a chain in turn, each for the settings that are still missing.
//!
//! It must not print a value: a secret may have been pasted into any of them. Only an invalid region is
//! shown, if it does not look like a secret.

use std::path::Path;

use super::Credentials;
use super::explanation::Explanation;
use super::profile::{self, Profile};
use crate::error::{Error, ErrorKind};
use crate::region::Region;
use crate::secret::redact::Known;

/// The names of the environment variables.
pub(crate) mod variable {
    pub(crate) const BEARER: &str = "ANYPOINT_BEARER";
    pub(crate) const CLIENT_ID: &str = "ANYPOINT_CLIENT_ID";
    pub(crate) const CLIENT_SECRET: &str = "ANYPOINT_CLIENT_SECRET";
    pub(crate) const USERNAME: &str = "ANYPOINT_USERNAME";
    pub(crate) const PASSWORD: &str = "ANYPOINT_PASSWORD";
    pub(crate) const HOST: &str = "ANYPOINT_HOST";
    pub(crate) const REGION: &str = "ANYPOINT_REGION";
    pub(crate) const ORGANIZATION: &str = "ANYPOINT_ORG";
    pub(crate) const ENVIRONMENT: &str = "ANYPOINT_ENV";
    pub(crate) const PROFILE: &str = "ANYPOINT_PROFILE";
    /// The variable with the home directory.
    pub(crate) const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
}

const ARGUMENTS: &str = "the arguments";

/// The settings other than the credentials.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) organization: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) region: Option<Region>,
}

pub(crate) struct Search<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    explanation: &'a mut Explanation,
    credentials: Option<Credentials>,
    settings: Settings,
}

/// The names of settings in one source, for errors and explanations.
struct Names<'a> {
    organization: &'a str,
    environment: &'a str,
    host: &'a str,
    region: &'a str,
}

impl<'a> Names<'a> {
    fn all(name: &'a str) -> Self {
        Self {
            organization: name,
            environment: name,
            host: name,
            region: name,
        }
    }
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        lookup: &'a dyn Fn(&str) -> Option<String>,
        explanation: &'a mut Explanation,
    ) -> Self {
        Self {
            lookup,
            explanation,
            credentials: None,
            settings: Settings::default(),
        }
    }

    pub(crate) fn arguments(&mut self, credentials: &Credentials, settings: Settings) {
        let given = Some(credentials.clone()).filter(|given| !given.is_none());
        self.take(ARGUMENTS, "none", given);
        self.fill(settings, &Names::all(ARGUMENTS));
    }

    pub(crate) fn environment(&mut self) -> Result<(), Error> {
        use variable::*;
        self.consider(BEARER, |search| {
            Ok(search.get(BEARER).map(Credentials::bearer))
        })?;
        self.consider(&format!("{CLIENT_ID} with {CLIENT_SECRET}"), |search| {
            let found = search.variables(CLIENT_ID, CLIENT_SECRET)?;
            Ok(found.map(|(id, secret)| Credentials::connected_app(id, secret)))
        })?;
        self.consider(&format!("{USERNAME} with {PASSWORD}"), |search| {
            let found = search.variables(USERNAME, PASSWORD)?;
            Ok(found.map(|(name, password)| Credentials::user(name, password)))
        })?;
        let settings = Settings {
            organization: self.get(ORGANIZATION),
            environment: self.get(ENVIRONMENT),
            host: self.get(HOST),
            region: self.region()?,
        };
        let names = Names {
            organization: ORGANIZATION,
            environment: ENVIRONMENT,
            host: HOST,
            region: REGION,
        };
        self.fill(settings, &names);
        Ok(())
    }

    /// The profile file; `named` and `path` are arguments.
    pub(crate) fn file(&mut self, named: Option<&str>, path: Option<&Path>) -> Result<(), Error> {
        let named = named
            .map(str::to_owned)
            .or_else(|| self.get(variable::PROFILE));
        let name = named.as_deref().unwrap_or("default");
        let home = self.get(variable::HOME);
        let below_home = home.map(|home| Path::new(&home).join(".anypoint").join("credentials"));
        let Some(path) = path.map(Path::to_owned).or(below_home) else {
            let place = format!("the profile {name:?} in ~/.anypoint/credentials");
            self.take(&place, "no home directory", None);
            return match &named {
                Some(_) => Err(no_home(&place)),
                None => Ok(()),
            };
        };
        let place = format!("the profile {name:?} in {}", path.display());
        if named.is_none() && self.is_complete() {
            self.take(&place, "not needed", None);
            return Ok(());
        }
        match profile::read(&path, name, named.is_some()) {
            Ok(Ok(profile)) => self.profile(profile, &place),
            Ok(Err(missing)) => {
                self.take(&place, missing, None);
                Ok(())
            }
            Err(error) => {
                self.take(&place, "see the problem", None);
                Err(error)
            }
        }
    }

    fn profile(&mut self, profile: Profile, place: &str) -> Result<(), Error> {
        let Profile {
            bearer,
            client_id,
            client_secret,
            username,
            password,
            ..
        } = profile;
        let app = || {
            let secret = client_secret.filter(|secret| !secret.expose().trim().is_empty());
            pair(
                ("client_id", filled(client_id)),
                ("client_secret", secret),
                place,
            )
        };
        let user = || {
            // Spaces at its ends may be part of the password.
            let password = password.filter(|password| !password.expose().trim().is_empty());
            pair(
                ("username", filled(username)),
                ("password", password),
                place,
            )
        };
        let token = filled(bearer.map(|token| token.expose().to_owned()));
        self.consider(place, |_| {
            if let Some(token) = token {
                return Ok(Some(Credentials::bearer(token)));
            }
            let app = app()?.map(|(id, secret)| Credentials::connected_app(id, secret));
            match app {
                Some(app) => Ok(Some(app)),
                None => Ok(user()?.map(|(name, password)| Credentials::user(name, password))),
            }
        })?;
        let settings = Settings {
            organization: filled(profile.organization),
            environment: filled(profile.environment),
            host: filled(profile.host),
            region: None,
        };
        self.fill(settings, &Names::all(place));
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(Credentials, Settings), Error> {
        let Some(credentials) = self.credentials else {
            let places = self.explanation.places();
            return Err(configuration(
                format!("no credentials: looked in {places}"),
                "set the client id and secret of a connected app that acts on its own behalf (Access Management, Connected Apps)",
            ));
        };
        Ok((credentials, self.settings))
    }

    fn get(&self, name: &str) -> Option<String> {
        filled((self.lookup)(name))
    }

    fn variables(&self, first: &str, second: &str) -> Result<Option<(String, String)>, Error> {
        pair(
            (first, self.get(first)),
            (second, self.get(second)),
            "the environment",
        )
    }

    /// Searches a place, unless credentials were found already.
    fn consider(
        &mut self,
        place: &str,
        find: impl FnOnce(&Self) -> Result<Option<Credentials>, Error>,
    ) -> Result<(), Error> {
        if self.credentials.is_some() {
            self.take(place, "not needed", None);
            return Ok(());
        }
        let found = find(self);
        let outcome = if found.is_err() {
            "half of it"
        } else {
            "not set"
        };
        self.take(place, outcome, found.as_ref().ok().cloned().flatten());
        found.map(|_| ())
    }

    /// Keeps what was found in a place, and records it for the explanation.
    fn take(&mut self, place: &str, outcome: &'static str, found: Option<Credentials>) {
        match found {
            Some(found) => {
                self.explanation.found(place, found.describe());
                self.credentials = Some(found);
            }
            None => self.explanation.look(place, outcome),
        }
    }

    fn is_complete(&self) -> bool {
        let settings = &self.settings;
        let rest = settings.organization.is_some() && settings.environment.is_some();
        self.credentials.is_some() && rest && self.is_located()
    }

    fn is_located(&self) -> bool {
        self.settings.host.is_some() || self.settings.region.is_some()
    }

    /// The region, unless a host or another region has precedence.
    fn region(&self) -> Result<Option<Region>, Error> {
        if self.is_located() || self.get(variable::HOST).is_some() {
            return Ok(None);
        }
        let region = self.get(variable::REGION);
        region.map(|name| self.parse_region(&name)).transpose()
    }

    fn parse_region(&self, text: &str) -> Result<Region, Error> {
        text.parse().map_err(|unknown: Error| {
            let credentials = self.credentials.clone().unwrap_or_default();
            let known = Known::new(&credentials.secrets(), None).redactor();
            let shown = known.show_whole(text).filter(|_| is_word(text));
            let summary = match shown {
                Some(shown) => format!("{} names no region: {shown:?}", variable::REGION),
                None => format!(
                    "{} names no region; its value looks like a secret and is not shown",
                    variable::REGION
                ),
            };
            configuration(summary, unknown.hint().unwrap_or_default())
        })
    }

    /// Takes the settings that are still missing.
    fn fill(&mut self, from: Settings, names: &Names<'_>) {
        let located = self.is_located();
        let (settings, origins) = (&mut self.settings, &mut *self.explanation);
        if settings.organization.is_none() && from.organization.is_some() {
            settings.organization = from.organization;
            origins.organization = Some(names.organization.to_owned());
        }
        if settings.environment.is_none() && from.environment.is_some() {
            settings.environment = from.environment;
            origins.environment = Some(names.environment.to_owned());
        }
        if located {
            return;
        }
        if from.host.is_some() {
            settings.host = from.host;
            origins.host = Some(names.host.to_owned());
        } else if from.region.is_some() {
            settings.region = from.region;
            origins.host = Some(names.region.to_owned());
        }
    }
}

/// The text, unless it is empty or blank.
fn filled(text: Option<String>) -> Option<String> {
    let text = text?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Both halves, or neither.
fn pair<A, B>(
    first: (&str, Option<A>),
    second: (&str, Option<B>),
    place: &str,
) -> Result<Option<(A, B)>, Error> {
    let half = |set: &str, missing: &str| {
        Err(configuration(
            format!("{set} is set and {missing} is not, in {place}"),
            format!("set {missing} too, or remove {set}"),
        ))
    };
    match (first, second) {
        ((_, Some(one)), (_, Some(other))) => Ok(Some((one, other))),
        ((set, Some(_)), (missing, None)) | ((missing, None), (set, Some(_))) => half(set, missing),
        ((_, None), (_, None)) => Ok(None),
    }
}

/// Whether a text may be a name such as `us-east-1` or `Frankfurt`, rather than a secret.
fn is_word(text: &str) -> bool {
    const LONGEST: usize = 24;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_. ".contains(&byte);
    text.len() <= LONGEST && digits <= 2 && text.bytes().all(known)
}

fn no_home(place: &str) -> Error {
    let home = variable::HOME;
    configuration(
        format!("{place} cannot be read: {home} is not set"),
        format!("set {home}, or unset {}", variable::PROFILE),
    )
}

fn configuration(summary: String, hint: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, summary).with_hint(hint)
}
