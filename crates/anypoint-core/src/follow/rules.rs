//! What the entries of a log mean, as data: JSON pointers, and how the log is read on.
//!
//! It must not know calls, time or positions.

/// How one operation shows a log, emitted as a `static`.
#[derive(Debug, Clone, Copy)]
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

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Following {
    /// A log that is read on by time.
    #[must_use]
    pub const fn new(method: &'static str, id: &'static str, time: &'static str) -> Self {
        Self {
            method,
            id,
            time,
            order: None,
            by: By::Time {
                length: None,
                refusable: false,
            },
            parts: None,
        }
    }

    #[must_use]
    pub const fn with_order(self, order: &'static str) -> Self {
        Self {
            order: Some(order),
            ..self
        }
    }

    /// It is read on by the id of the last entry; so many entries are asked for.
    #[must_use]
    pub const fn by_ids(self, length: i64) -> Self {
        Self {
            by: By::Document { length },
            ..self
        }
    }

    /// So many entries are asked for, although it is read on by time.
    #[must_use]
    pub const fn with_length(self, length: i64) -> Self {
        let by = By::Time {
            length: Some(length),
            refusable: false,
        };
        Self { by, ..self }
    }

    /// The service may refuse to be told how many, and in which order.
    #[must_use]
    pub const fn refusable(self) -> Self {
        let length = match self.by {
            By::Time { length, .. } => length,
            By::Document { .. } => None,
        };
        let by = By::Time {
            length,
            refusable: true,
        };
        Self { by, ..self }
    }

    #[must_use]
    pub const fn with_parts(self, parts: Parts) -> Self {
        Self {
            parts: Some(parts),
            ..self
        }
    }
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Parts {
    #[must_use]
    pub const fn new(id: &'static str, active: &'static [&'static str]) -> Self {
        Self {
            id,
            date: None,
            active,
        }
    }

    #[must_use]
    pub const fn with_date(self, date: &'static str) -> Self {
        Self {
            date: Some(date),
            ..self
        }
    }
}

/// What tells the service where to read on.
#[derive(Debug, Clone, Copy)]
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
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// Where a part's id is, in an item of the list.
    pub id: &'static str,
    /// When that part was begun.
    pub date: Option<&'static str>,
    /// Where the ids of those are that are being written.
    pub active: &'static [&'static str],
}
