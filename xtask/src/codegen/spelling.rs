//! Suggests the known word that an unknown word may stand for.

/// The known word that differs only by case, separators or one typing mistake.
pub fn nearest<'k>(word: &str, mut known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = plain(word);
    known.find(|known| near(&plain(known), &word))
}

/// The letters and digits of a word in one case.
fn plain(text: &str) -> Vec<char> {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether two words are equal except for case and separators, or differ by one edit.
fn near(known: &[char], key: &[char]) -> bool {
    let (short, long) = if known.len() <= key.len() {
        (known, key)
    } else {
        (key, known)
    };
    if long.len() - short.len() > 1 || short.len() < 3 {
        return known == key;
    }
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let end = short[start..]
        .iter()
        .rev()
        .zip(long[start..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    long.len() - start - end <= 1
}
