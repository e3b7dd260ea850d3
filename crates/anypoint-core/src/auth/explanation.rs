//! Where each setting came from.
//!
//! It must not hold a value: any of them may be a secret that was pasted into the wrong place.

use std::fmt;

/// The source of each setting, and where credentials were looked for.
///
/// `Display` prints a few lines for a person. They name sources, never values.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    pub(crate) kind: Option<&'static str>,
    pub(crate) credentials: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) environment: Option<String>,
    /// A host or a region.
    pub(crate) host: Option<String>,
    /// Where credentials were looked for, in order, and what was there.
    pub(crate) places: Vec<Place>,
    pub(crate) problem: Option<String>,
}

/// A place where credentials may be.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) outcome: &'static str,
}

impl Explanation {
    /// Notes what was found in a place; of no interest once there are credentials.
    pub(crate) fn look(&mut self, name: impl Into<String>, outcome: &'static str) {
        let outcome = match self.credentials {
            Some(_) => "not needed",
            None => outcome,
        };
        self.places.push(Place {
            name: name.into(),
            outcome,
        });
    }

    /// All places on one line, with what was there if that is worth telling.
    pub(crate) fn places(&self) -> String {
        let one = |place: &Place| match place.outcome {
            "none" | "not set" => place.name.clone(),
            outcome => format!("{} ({outcome})", place.name),
        };
        self.places.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The place that has the credentials.
    pub(crate) fn found(&mut self, name: impl Into<String>, kind: &'static str) {
        let name = name.into();
        self.look(name.clone(), "used");
        self.kind = Some(kind);
        self.credentials = Some(name);
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.credentials, self.kind) {
            (Some(place), Some(kind)) => writeln!(f, "credentials: {kind}, from {place}")?,
            _ => writeln!(f, "credentials: none")?,
        }
        for (name, origin) in [
            ("organization", &self.organization),
            ("environment", &self.environment),
            ("host", &self.host),
        ] {
            match origin {
                Some(origin) => writeln!(f, "{name}: from {origin}")?,
                None => writeln!(f, "{name}: not set")?,
            }
        }
        write!(f, "credentials were looked for in")?;
        for (number, place) in (1..).zip(&self.places) {
            write!(f, "\n  {number}. {}: {}", place.name, place.outcome)?;
        }
        if let Some(problem) = &self.problem {
            write!(f, "\nproblem: {problem}")?;
        }
        Ok(())
    }
}
