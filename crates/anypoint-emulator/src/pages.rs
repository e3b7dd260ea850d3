//! How lists that come in pages behave.

/// How lists that come in pages behave, for [`Builder::pages`](crate::Builder::pages).
///
/// It holds for every operation whose spec has `x-paginate`. A list that is read from its start
/// is always the same one; what happens meanwhile depends on the offset alone, so that several
/// readers do not disturb each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pages {
    /// Nothing happens.
    #[default]
    Steady,
    /// So many new items come first after each page, so that the last ones of a page come again
    /// at the start of the next one. The total grows with them. With as many as a page holds,
    /// nobody gets on.
    Shifting(usize),
    /// This total, whatever is true.
    WrongTotal(i64),
    /// No total, although the spec has one.
    NoTotal,
    /// The first page again and again, whatever the offset.
    Repeating,
    /// So many items at most, whatever the limit; 1 for 0.
    Capped(usize),
    /// Nothing from this offset on, although the total is that of the whole list.
    EmptyFrom(usize),
}
