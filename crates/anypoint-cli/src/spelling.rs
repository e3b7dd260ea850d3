//! Suggests the nearest name for a mistyped one.

use strsim::levenshtein;

/// The known name that differs least, unless all differ much.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let distances = known.map(|it| (levenshtein(&wanted, &it.to_lowercase()), it));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + name.chars().count() / 4).then_some(nearest)
}
