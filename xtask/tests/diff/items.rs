//! The public items of hand-written crates, from their sources.

use xtask::diff::items::{Items, compare};

use crate::repository::Repository;
use crate::{rules, since_main, versions};

fn found(old: &str, new: &str) -> Vec<String> {
    let read = |text: &str| {
        let mut items = Items::default();
        items.read("src/lib.rs", text);
        items
    };
    let found = compare(&read(old), &read(new));
    found
        .iter()
        .map(|it| format!("{} {}", it.rule, it.at))
        .collect()
}

#[test]
fn what_is_public_is_a_promise() {
    for (old, new, expected) in [
        ("pub fn f() {}", "fn f() {}", vec!["ITEM_REMOVED f"]),
        (
            "pub fn f() {}",
            "pub(crate) fn f() {}",
            vec!["ITEM_REMOVED f"],
        ),
        (
            "pub fn f(a: u8) {}",
            "pub fn f(a: u16) {}",
            vec!["ITEM_CHANGED f"],
        ),
        (
            "pub fn f() {}",
            "pub async fn f() {}",
            vec!["ITEM_CHANGED f"],
        ),
        (
            "pub fn f<T: Copy>(t: T) {}",
            "pub fn f<T: Clone>(t: T) {}",
            vec!["ITEM_CHANGED f"],
        ),
        (
            "pub struct S; impl S { pub fn f(&self) {} }",
            "pub struct S; impl S { pub fn f(&mut self) {} }",
            vec!["ITEM_CHANGED S::f"],
        ),
        (
            "pub struct S { pub a: u8 }",
            "pub struct S { pub a: u16 }",
            vec!["ITEM_CHANGED S.a"],
        ),
        (
            "#[derive(Clone, Copy)] pub struct S;",
            "#[derive(Clone)] pub struct S;",
            vec!["ITEM_REMOVED Copy for S"],
        ),
        (
            "pub struct S; impl From<u8> for S {}",
            "pub struct S;",
            vec!["ITEM_REMOVED From<u8> for S"],
        ),
        (
            "pub enum E { A }",
            "pub enum E { A, B }",
            vec!["ITEM_CHANGED E", "ITEM_ADDED E::B"],
        ),
        (
            "#[non_exhaustive] pub enum E { A }",
            "#[non_exhaustive] pub enum E { A, B }",
            vec!["ITEM_ADDED E::B"],
        ),
        (
            "pub trait T { fn f(&self); }",
            "pub trait T { fn f(&self) -> u8; }",
            vec!["ITEM_CHANGED T::f"],
        ),
        (
            "pub use a::{B, C as D};",
            "pub use a::B;",
            vec!["ITEM_REMOVED use D"],
        ),
        (
            "pub mod m { pub use a::B; }",
            "pub mod m { pub use a::B; } pub mod n { pub use c::B; }",
            vec!["ITEM_ADDED use n::B"],
        ),
        (
            "pub const N: u8 = 1;",
            "pub const N: u16 = 1;",
            vec!["ITEM_CHANGED N"],
        ),
        ("", "pub type T = u8;", vec!["ITEM_ADDED T"]),
    ] {
        assert_eq!(found(old, new), expected, "{old} | {new}");
    }
}

#[test]
fn what_nobody_sees_is_none() {
    for (old, new) in [
        (
            "pub fn f(a: u8) -> u8 { a }",
            "/// Docs.\npub fn f(mut b: u8) -> u8 { b += 1; b }",
        ),
        ("mod a { pub fn f() {} }", "mod b { pub fn f() {} }"),
        ("pub struct S { a: u8 }", "pub struct S { b: u16 }"),
        ("struct S; impl Clone for S {}", "struct S;"),
        ("#[doc(hidden)] pub fn f() {}", ""),
        ("#[cfg(test)] mod tests { pub fn f() {} }", ""),
        ("fn f() {}", "this is no Rust"),
    ] {
        assert_eq!(found(old, new), Vec::<String>::new(), "{old} | {new}");
    }
}

#[test]
fn a_break_of_the_cores_sources_breaks_all_that_shows_it_and_internal_is_free() {
    let repository = Repository::new();
    let write = |path: &str, text: &str| {
        repository.write(&format!("crates/anypoint-core/src/{path}"), text);
    };
    write("a.rs", "pub fn f() {}");
    write("b.rs", "pub fn g() {}");
    write("internal/c.rs", "pub fn h() {}");
    repository.commit("Sources");
    write("a.rs", "");
    write("b.rs", "pub fn f() {}\n\npub fn g() {}");
    write("internal/c.rs", "pub fn h(a: u8) {}");
    assert_eq!(versions(&since_main(&repository)), ["anypoint-core 0.3.2"]);
    write("b.rs", "pub fn f() {}\n\npub fn g(a: u8) {}");
    let report = since_main(&repository);
    assert!(rules(&report).contains(&"anypoint-core ITEM_CHANGED g".to_owned()));
    let changed = report.findings().find(|(_, it)| it.at == "g").unwrap().1;
    assert_eq!(
        (&*changed.file, changed.line),
        ("crates/anypoint-core/src/b.rs", 3)
    );
    assert_eq!(
        versions(&report),
        [
            "anypoint-core 0.4.0",
            "anypoint-things 0.4.0",
            "anypoint 0.4.0"
        ]
    );
}
