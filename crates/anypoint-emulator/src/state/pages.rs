//! The pages of lists, in the form that `x-paginate` of the spec describes.

use serde_json::{Map, Value, json};

use super::Call;
use crate::pages::Pages;
use crate::reply::Reply;

impl Call<'_> {
    /// One page of a list.
    pub(super) fn page(&self, items: Vec<Value>) -> Reply {
        let page = self.operation.page.as_ref();
        let pages = page.map_or(Pages::Steady, |_| self.pages);
        let (offset, limit) = page.map_or(("offset", "limit"), |page| (&page.offset, &page.limit));
        let offset = self.parameters.number(offset).unwrap_or(0);
        let limit = self.parameters.number(limit);
        let (items, total) = cut(pages, items, offset, limit);
        let Some(name) = page.and_then(|page| page.items.as_ref()) else {
            return self.ok(&Value::Array(items));
        };
        // Other members of the page stay as the example has them.
        let mut members = match self.operation.answer.json() {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        members.insert(name.clone(), Value::Array(items));
        if let Some(name) = page.and_then(|page| page.total.as_ref()) {
            members.remove(name);
            members.extend(total.map(|total| (name.clone(), json!(total))));
        }
        self.ok(&Value::Object(members))
    }
}

/// The items of a page and the total that it tells.
fn cut(
    pages: Pages,
    items: Vec<Value>,
    offset: usize,
    limit: Option<usize>,
) -> (Vec<Value>, Option<i64>) {
    let limit = limit.unwrap_or(usize::MAX);
    let (mut first, mut most, mut length) = (offset, limit, items.len());
    match pages {
        Pages::Shifting(new) => {
            let turns = offset.div_ceil(limit.max(1));
            first = offset.saturating_sub(new.saturating_mul(turns));
            length = length.saturating_add(new.saturating_mul(turns));
        }
        Pages::Repeating => first = 0,
        Pages::Capped(cap) => most = limit.min(cap.max(1)),
        Pages::EmptyFrom(end) => most = limit.min(end.saturating_sub(offset)),
        Pages::Steady | Pages::WrongTotal(_) | Pages::NoTotal => {}
    }
    let total = match pages {
        Pages::WrongTotal(total) => Some(total),
        Pages::NoTotal => None,
        _ => Some(i64::try_from(length).unwrap_or(i64::MAX)),
    };
    (items.into_iter().skip(first).take(most).collect(), total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pages: Pages, offset: usize, items: &[u64], total: Option<i64>) {
        let all = (0..7).map(Value::from).collect();
        let (found, told) = cut(pages, all, offset, Some(3));
        let found: Vec<_> = found.iter().filter_map(Value::as_u64).collect();
        assert_eq!((&found[..], told), (items, total), "{pages:?} at {offset}");
    }

    #[test]
    fn pages_are_what_they_were_told_to_be() {
        check(Pages::Steady, 0, &[0, 1, 2], Some(7));
        check(Pages::Steady, 6, &[6], Some(7));
        for pages in [Pages::Shifting(1), Pages::Repeating, Pages::EmptyFrom(4)] {
            check(pages, 0, &[0, 1, 2], Some(7));
        }
        check(Pages::Shifting(1), 3, &[2, 3, 4], Some(8));
        check(Pages::Shifting(1), 6, &[4, 5, 6], Some(9));
        check(Pages::Shifting(1), 9, &[6], Some(10));
        check(Pages::Shifting(9), 3, &[0, 1, 2], Some(16));
        check(Pages::WrongTotal(-1), 3, &[3, 4, 5], Some(-1));
        check(Pages::NoTotal, 3, &[3, 4, 5], None);
        check(Pages::Repeating, 3, &[0, 1, 2], Some(7));
        check(Pages::Capped(2), 3, &[3, 4], Some(7));
        check(Pages::Capped(0), 3, &[3], Some(7));
        check(Pages::EmptyFrom(4), 3, &[3], Some(7));
        check(Pages::EmptyFrom(4), 4, &[], Some(7));
    }
}
