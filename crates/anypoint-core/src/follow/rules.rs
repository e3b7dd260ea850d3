//! What the entries of a log mean, as data: JSON pointers, and how the log is read on.
//!
//! It must not know calls, time or positions.

/// How one operation shows a log, emitted as a `static`.
#[derive(Debug)]
pub struct Following {
    /// The method that follows, such as `follow_logs`.
    pub method: &'static str,
    /// Where an entry's id is.
    pub id: &'static str,
    /// Where its time is.
    pub time: &'static str,
    /// Where a number is that orders entries of the same time.
    pub order: Option<&'static str>,
    /// How it is read on.
    pub by: By,
    /// Where the log is kept in several parts.
    pub parts: Option<Parts>,
}

/// What tells the service where to read on.
#[derive(Debug)]
pub enum By {
    /// The id of the last entry; so many entries come at most.
    Document {
        /// What is asked for.
        length: i64,
    },
    /// The time.
    Time {
        /// How many entries are asked for, where that can be said.
        length: Option<i64>,
        /// The service may refuse to be told that, and in which order entries are to come.
        refusable: bool,
    },
}

/// Where a list shows the parts of a log, and another answer those that are being written.
#[derive(Debug)]
pub struct Parts {
    /// Where a part's id is, in an item of the list.
    pub id: &'static str,
    /// When that part was begun.
    pub date: Option<&'static str>,
    /// Where the ids of those are that are being written.
    pub active: &'static [&'static str],
}
