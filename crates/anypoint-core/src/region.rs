//! The control planes of Anypoint Platform and their hosts.
//!
//! It must not know any API path, only where a region lives.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// A control plane. Every organization is in exactly one.
///
/// ```
/// use anypoint_core::Region;
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let region: Region = "eu1".parse()?;
/// assert_eq!(region.base_url(), "https://eu1.anypoint.mulesoft.com");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Region {
    /// United States, the default.
    #[default]
    Us,
    /// Europe.
    Eu1,
    /// Canada.
    Ca1,
    /// Japan.
    Jp1,
    /// India.
    In1,
    /// Australia.
    Au1,
    /// The United States government cloud.
    Gov,
}

impl Region {
    const ALL: [Region; 7] = [
        Self::Us,
        Self::Eu1,
        Self::Ca1,
        Self::Jp1,
        Self::In1,
        Self::Au1,
        Self::Gov,
    ];

    /// The origin of the region's APIs, without a trailing slash.
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Us => "https://anypoint.mulesoft.com",
            Self::Eu1 => "https://eu1.anypoint.mulesoft.com",
            Self::Ca1 => "https://ca1.platform.mulesoft.com",
            Self::Jp1 => "https://jp1.platform.mulesoft.com",
            Self::In1 => "https://in1.platform.mulesoft.com",
            Self::Au1 => "https://au1.platform.mulesoft.com",
            Self::Gov => "https://gov.anypoint.mulesoft.com",
        }
    }

    /// The region whose origin this is.
    pub(crate) fn at(origin: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|region| region.base_url() == origin)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu1 => "eu1",
            Self::Ca1 => "ca1",
            Self::Jp1 => "jp1",
            Self::In1 => "in1",
            Self::Au1 => "au1",
            Self::Gov => "gov",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Region {
    type Err = Error;

    /// Parses a name such as `eu1`, in upper or lower case, with or without the 1.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim().to_ascii_lowercase();
        let matches = |region: &Self| {
            region.name() == wanted || region.name().strip_suffix('1') == Some(&wanted)
        };
        Self::ALL.into_iter().find(matches).ok_or_else(|| {
            let valid = Self::ALL.map(Self::name).join(", ");
            Error::new(ErrorKind::Configuration, format!("unknown region {text:?}"))
                .with_hint(format!("the regions are {valid}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for region in Region::ALL {
            assert_eq!(region.to_string().parse::<Region>().unwrap(), region);
        }
        assert_eq!("EU".parse::<Region>().unwrap(), Region::Eu1);
    }

    #[test]
    fn expectation_03_a_wrong_region_lists_the_valid_ones() {
        let error = "mars".parse::<Region>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown region \"mars\"; hint: the regions are us, eu1, ca1, jp1, in1, au1, gov"
        );
    }
}
