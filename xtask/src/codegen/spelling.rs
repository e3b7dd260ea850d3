//! What somebody meant who wrote a word that is not known.

/// The known word that is the same but for case, separators or one typing mistake.
pub fn nearest<'k>(word: &str, mut known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = plain(word);
    known.find(|known| near(&plain(known), &word))
}

/// Letters and digits, without case.
fn plain(text: &str) -> Vec<char> {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Equal but for case and separators, or one edit apart: most typing mistakes.
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
