//! Pairs of old and new things, which may have been renamed.

/// Things of two lists, in the order of the new one.
pub struct Pairs<'a, T> {
    pub both: Vec<(&'a T, &'a T)>,
    pub gone: Vec<&'a T>,
    pub news: Vec<&'a T>,
    /// The positions of `both` in the old list.
    places: Vec<usize>,
}

impl<'a, T> Pairs<'a, T> {
    /// Whether the things of both lists that pass a test are in the same order.
    pub fn in_order(&self, counts: impl Fn(&T, &T) -> bool) -> bool {
        let places = self.both.iter().zip(&self.places);
        let places = places.filter(|((old, new), _)| counts(old, new));
        places.map(|(_, place)| place).is_sorted()
    }

    /// The things of `both` in the order of the old list.
    pub fn as_before(&self) -> Vec<(&'a T, &'a T)> {
        let mut both: Vec<_> = self.places.iter().zip(&self.both).collect();
        both.sort_by_key(|(place, _)| **place);
        both.into_iter().map(|(_, pair)| *pair).collect()
    }
}

type Same<'s, T> = &'s dyn Fn(&T, &T) -> bool;

/// Finds the old thing that each new thing was, with the first test that finds one.
pub fn pairs<'a, T>(old: &'a [T], new: &'a [T], tests: &[Same<'_, T>]) -> Pairs<'a, T> {
    let mut left: Vec<Option<&T>> = old.iter().map(Some).collect();
    let mut found: Vec<Option<usize>> = vec![None; new.len()];
    for same in tests {
        for (index, new) in new.iter().enumerate() {
            if found[index].is_some() {
                continue;
            }
            let is = |old: &Option<&T>| old.is_some_and(|old| same(old, new));
            // The last test may match several things. The one at the same position is the most likely one.
            let at = Some(index).filter(|at| left.get(*at).is_some_and(is));
            let at = at.or_else(|| left.iter().position(is));
            if let Some(at) = at {
                found[index] = Some(at);
                left[at] = None;
            }
        }
    }
    let both = found.iter().zip(new);
    let both = both.filter_map(|(at, new)| Some((&old[(*at)?], new)));
    let both = both.collect();
    let news = found.iter().zip(new).filter(|(at, _)| at.is_none());
    let news = news.map(|(_, new)| new).collect();
    Pairs {
        both,
        gone: left.into_iter().flatten().collect(),
        news,
        places: found.into_iter().flatten().collect(),
    }
}
