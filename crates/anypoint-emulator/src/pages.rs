//! How paged lists behave.

/// How paged lists behave, for [`Builder::pages`](crate::Builder::pages).
///
/// It applies to every operation with `x-paginate` in its spec. The changes to a list depend only on
/// the requested offset, so concurrent readers do not affect each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pages {
    /// The list does not change.
    #[default]
    Steady,
    /// After each page this many new items are inserted at the start of the list, so the next page
    /// begins with the last items of the previous one. The total grows. With as many new items as a
    /// page has, no reader makes progress.
    Shifting(usize),
    /// The total is always this number.
    WrongTotal(i64),
    /// There is no total, although the spec has one.
    NoTotal,
    /// Every page is the first one, regardless of the offset.
    Repeating,
    /// A page has at most this many items, regardless of the limit; 0 is treated as 1.
    Capped(usize),
    /// There are no items from this offset on, although the total is that of the whole list.
    EmptyFrom(usize),
}
