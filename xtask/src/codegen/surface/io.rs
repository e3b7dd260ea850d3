//! One description for both directions: the facts about a thing are written, or read in the same order.
//!
//! After a mistake, nothing more is read, so descriptions need not check for mistakes.

use std::mem::discriminant;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::layout::{Mistake, Node};

/// A line and the lines that belong to it, while they are written or read.
#[derive(Default)]
pub struct Io<'p> {
    /// The written text, or the position of the text that is read.
    node: Node,
    /// Whether the next word follows the written text without a blank.
    glued: bool,
    /// The rest of the text, if it is being read.
    rest: Option<&'p str>,
    children: &'p [Node],
    mistake: Option<Mistake>,
}

/// The lines that a description writes.
pub fn written(describe: impl FnOnce(&mut Io<'_>)) -> Vec<Node> {
    let mut io = Io::default();
    describe(&mut io);
    io.node.children
}

/// Fills the described thing from lines.
///
/// # Errors
/// The first mistake, or a line that is not described.
pub fn read(nodes: &[Node], describe: impl FnOnce(&mut Io<'_>)) -> Result<(), Mistake> {
    let mut io = Io::reader(1, "", nodes);
    describe(&mut io);
    io.end()
}

impl<'p> Io<'p> {
    fn reader(line: usize, text: &'p str, children: &'p [Node]) -> Self {
        let mut io = Self::default();
        io.node.line = line;
        (io.rest, io.children) = (Some(text), children);
        io
    }

    fn end(mut self) -> Result<(), Mistake> {
        let rest = self.rest.unwrap_or_default().trim_start();
        if !rest.is_empty() {
            self.fail(format!("`{rest}` means nothing here"));
        }
        if let Some(child) = self.children.first() {
            self.node.line = child.line;
            self.fail(format!("`{}` means nothing here", child.text));
        }
        self.mistake.map_or(Ok(()), Err)
    }

    pub fn fail(&mut self, reason: String) {
        let mistake = Mistake::new(self.node.line, reason);
        self.mistake.get_or_insert(mistake);
    }

    /// Whether things are being read; otherwise they are being written.
    pub fn is_reading(&self) -> bool {
        self.rest.is_some()
    }

    // ------------------------------------------------------------------------------------------ words of the line

    /// Writes a word, with a blank before it.
    pub fn push(&mut self, word: &str) {
        if self.is_reading() {
            return;
        }
        if !std::mem::take(&mut self.glued) && !self.node.text.is_empty() {
            self.node.text.push(' ');
        }
        self.node.text.push_str(word);
    }

    /// Writes a sign directly after the written text.
    fn attach(&mut self, sign: &str) {
        if !self.is_reading() {
            self.node.text.push_str(sign);
        }
    }

    /// Leaves out the blank before the next word.
    pub fn glue(&mut self) {
        self.glued = true;
    }

    /// The rest of the text, unless there was a mistake.
    fn rest(&self) -> Option<&'p str> {
        let rest = self.rest.filter(|_| self.mistake.is_none())?;
        Some(rest.trim_start())
    }

    /// Reads a sign if it comes next.
    pub fn eat(&mut self, sign: &str) -> bool {
        let behind = self.rest().and_then(|rest| rest.strip_prefix(sign));
        self.rest = behind.or(self.rest);
        behind.is_some()
    }

    fn eat_word(&mut self, word: &str) -> bool {
        self.peek() == word && self.eat(word)
    }

    /// The bare word that comes next; empty if none does.
    pub fn peek(&self) -> &'p str {
        bare(self.rest().unwrap_or_default())
    }

    /// A required word.
    pub fn word(&mut self, word: &str) {
        self.push(word);
        if self.is_reading() && !self.eat_word(word) {
            self.fail(format!("`{word}` is missing"));
        }
    }

    /// A required sign, directly after the previous text.
    pub fn mark(&mut self, mark: &str) {
        self.attach(mark);
        if self.is_reading() && !self.eat(mark) {
            self.fail(format!("`{mark}` is missing"));
        }
    }

    /// An optional word.
    pub fn flag(&mut self, word: &str, flag: &mut bool) {
        if self.is_reading() {
            *flag = self.eat_word(word);
        } else if *flag {
            self.push(word);
        }
    }

    /// One of the words that a type consists of.
    pub fn one<T: Serialize + DeserializeOwned>(&mut self, value: &mut T) {
        if !self.is_reading() {
            let word = serde_json::to_value(value).unwrap_or_default();
            return self.push(word.as_str().unwrap_or_default());
        }
        let word = self.peek();
        match serde_json::from_value(word.into()) {
            Ok(found) if self.eat(word) => *value = found,
            _ => self.fail(format!("`{word}` means nothing here")),
        }
    }

    /// The word for a kind of value; the rest of the value follows.
    pub fn kind<T: Clone>(&mut self, words: &[(&'static str, T)], value: &mut T) {
        let like = |one: &T, other: &T| discriminant(one) == discriminant(other);
        self.pick(words, value, like);
    }

    /// The word for a value that is like one of these; the rest of the value follows.
    pub fn pick<T: Clone>(
        &mut self,
        words: &[(&'static str, T)],
        value: &mut T,
        like: impl Fn(&T, &T) -> bool,
    ) {
        if self.is_reading() {
            let found = self.peek();
            match words.iter().find(|(word, _)| *word == found) {
                Some((word, known)) => {
                    self.eat(word);
                    *value = known.clone();
                }
                None => self.fail(format!("`{found}` means nothing here")),
            }
        } else if let Some((word, _)) = words.iter().find(|(_, known)| like(known, value)) {
            self.push(word);
        }
    }

    /// A number, JSON, or a text in quotes.
    pub fn value<T: Serialize + DeserializeOwned>(&mut self, value: &mut T) {
        if !self.is_reading() {
            return self.push(&quoted(value));
        }
        let Some(rest) = self.rest() else { return };
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<T>();
        match values.next() {
            Some(Ok(found)) => {
                self.rest = Some(&rest[values.byte_offset()..]);
                *value = found;
            }
            _ => self.fail(format!("`{rest}` is not a valid value here")),
        }
    }

    /// A text, in quotes only if it is not a plain word.
    pub fn name(&mut self, name: &mut String) {
        let plain = self.peek();
        if !plain.is_empty() {
            plain.clone_into(name);
            self.eat(plain);
        } else if !self.is_reading() && !name.is_empty() && bare(name) == name {
            self.push(name);
        } else {
            self.value(name);
        }
    }

    /// A text that is written only if it differs from the usual one.
    pub fn unless_same(&mut self, word: &str, usual: &str, text: &mut String) {
        let mut differs = text != usual;
        self.flag(word, &mut differs);
        if differs {
            self.value(text);
        } else if self.is_reading() {
            usual.clone_into(text);
        }
    }

    /// `key=value`, if there is one.
    pub fn some<T: Default>(
        &mut self,
        key: &str,
        value: &mut Option<T>,
        describe: impl Fn(&mut Self, &mut T),
    ) {
        if self.is_reading() {
            *value = (self.peek() == key).then(T::default);
        }
        if let Some(value) = value {
            self.pair(key, |io| describe(io, value));
        }
    }

    /// `key=value`.
    pub fn pair(&mut self, key: &str, describe: impl FnOnce(&mut Self)) {
        self.word(key);
        self.mark("=");
        self.glue();
        describe(self);
    }

    /// `key=[one, another]`, unless there is none.
    pub fn list<T: Default>(
        &mut self,
        key: &str,
        items: &mut Vec<T>,
        describe: impl Fn(&mut Self, &mut T),
    ) {
        let mut some = Some(std::mem::take(items)).filter(|items| !items.is_empty());
        self.some(key, &mut some, |io, items| io.items(items, &describe));
        *items = some.unwrap_or_default();
    }

    /// `[one, another]`.
    pub fn items<T: Default>(&mut self, items: &mut Vec<T>, describe: impl Fn(&mut Self, &mut T)) {
        self.push("[");
        self.glue();
        if self.is_reading() {
            self.mark("[");
            while self.mistake.is_none() && !self.eat("]") {
                let mut item = T::default();
                describe(self, &mut item);
                items.push(item);
                self.eat(",");
            }
            return;
        }
        for (index, item) in items.iter_mut().enumerate() {
            if index > 0 {
                self.attach(",");
            }
            describe(self, item);
        }
        self.glue();
        self.push("]");
    }

    // ------------------------------------------------------------------------------------- lines that belong to it

    /// A required line.
    pub fn line(&mut self, describe: impl FnOnce(&mut Io<'p>)) {
        if !self.is_reading() {
            let mut child = Self::default();
            describe(&mut child);
            self.node.children.push(child.node);
            return;
        }
        let Some(child) = self.children.split_off_first() else {
            return self.fail("a line is missing after it".to_owned());
        };
        if self.mistake.is_none() {
            let mut inner = Io::reader(child.line, &child.text, &child.children);
            describe(&mut inner);
            self.mistake = inner.end().err();
        }
    }

    /// Whether the next line begins with one of these words. Without words, whether there is a next line.
    fn comes(&self, words: &[&str]) -> bool {
        let next = self.children.first().filter(|_| self.mistake.is_none());
        next.is_some_and(|next| words.is_empty() || words.contains(&bare(&next.text)))
    }

    /// A line for each item, which begins with one of these words.
    pub fn each<T: Default>(
        &mut self,
        words: &[&str],
        items: &mut Vec<T>,
        describe: impl Fn(&mut Io<'p>, &mut T),
    ) {
        for item in items.iter_mut() {
            self.line(|io| describe(io, item));
        }
        while self.comes(words) {
            let mut item = T::default();
            self.line(|io| describe(io, &mut item));
            items.push(item);
        }
    }

    /// An optional line.
    pub fn maybe<T: Default>(
        &mut self,
        word: &str,
        item: &mut Option<T>,
        describe: impl Fn(&mut Io<'p>, &mut T),
    ) {
        let mut items: Vec<T> = item.take().into_iter().collect();
        if self.is_reading() {
            items.extend(self.comes(&[word]).then(T::default));
        }
        for item in &mut items {
            self.line(|io| describe(io, item));
        }
        *item = items.pop();
    }

    /// A line with one word, which is there only if the fact is true.
    pub fn fact(&mut self, word: &str, fact: &mut bool) {
        let mut line = fact.then_some(());
        self.maybe(word, &mut line, |io, ()| io.word(word));
        *fact = line.is_some();
    }
}

/// The plain word that a text begins with.
fn bare(text: &str) -> &str {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./{}*+$~".contains(letter);
    let end = text.find(|letter| !plain(letter)).unwrap_or(text.len());
    &text[..end]
}

/// The value as JSON in which every character is visible.
fn quoted(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut text = String::new();
    for letter in json.chars() {
        let seen = letter.is_ascii() && letter != '\u{7f}' || letter.escape_debug().len() == 1;
        if seen {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}
