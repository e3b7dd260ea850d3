//! Ids that look like the real ones and are the same in every run.

/// Creates ids.
#[derive(Debug, Default)]
pub(crate) struct Ids(u64);

impl Ids {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    /// A number for what makes ids of its own.
    pub(crate) fn key(&mut self) -> u64 {
        self.next()
    }

    /// `e0000000-0000-4000-8000-000000000001`: a UUID of version 4 by its form.
    pub(crate) fn uuid(&mut self) -> String {
        format!("e0000000-0000-4000-8000-{:012x}", self.next())
    }

    /// An id of the Mule Management Console.
    pub(crate) fn local(&mut self) -> String {
        format!("local${}", self.uuid())
    }

    /// The id of an application of a portal, a number.
    pub(crate) fn number(&mut self) -> String {
        (9_000_000 + self.next()).to_string()
    }

    /// 32 hexadecimal digits, as client ids have.
    pub(crate) fn hex(&mut self) -> String {
        format!("e{:031x}", self.next())
    }

    /// A secret that cannot be mistaken for a real one.
    pub(crate) fn secret(&mut self) -> String {
        format!("emulated-secret-{:06}", self.next())
    }
}
