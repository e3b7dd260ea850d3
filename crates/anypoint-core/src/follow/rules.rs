//! The form of a log as data: JSON pointers into its entries, and how it is continued.
//!
//! It must not know calls, time or positions.

/// How an operation returns a log; generated code has it as a `static`.
#[derive(Debug, Clone, Copy)]
pub struct Following {
    /// The method that follows, such as `follow_logs`.
    pub method: &'static str,
    /// Pointer to the id of an entry.
    pub id: &'static str,
    /// Pointer to its time.
    pub time: &'static str,
    /// Pointer to a number that orders entries of the same time.
    pub order: Option<&'static str>,
    /// How the log is continued.
    pub by: By,
    /// How the parts are found, if the log is kept in several.
    pub parts: Option<Parts>,
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Following {
    /// A log that is continued by time.
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

    /// Continues the log by the id of the last entry, and requests this number of entries.
    #[must_use]
    pub const fn by_ids(self, length: i64) -> Self {
        Self {
            by: By::Document { length },
            ..self
        }
    }

    /// Requests this number of entries, although the log is continued by time.
    #[must_use]
    pub const fn with_length(self, length: i64) -> Self {
        let by = By::Time {
            length: Some(length),
            refusable: false,
        };
        Self { by, ..self }
    }

    /// The service may refuse parameters for the number and the order.
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

/// What tells the service where to continue.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// The id of the last entry.
    Document {
        /// How many entries are requested.
        length: i64,
    },
    /// The time.
    Time {
        /// How many entries are requested, if the service accepts a number.
        length: Option<i64>,
        /// The service may refuse parameters for the number and the order.
        refusable: bool,
    },
}

/// Where the list of the parts has their ids, and another answer those that are being written.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// Pointer to the id of a part, in an item of the list.
    pub id: &'static str,
    /// Pointer to the date at which the part was created.
    pub date: Option<&'static str>,
    /// Pointers to the ids of the parts that are being written.
    pub active: &'static [&'static str],
}
