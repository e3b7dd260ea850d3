//! The memory that an answer takes: the peak resident memory of a process that reads it.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "a process tells its parent")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::process::Command;

use anypoint_core::internal::{Answer, Tolerant};
use anypoint_core::{Json, UnknownMembers};

/// The length of what a server sends.
const LENGTH: usize = 4_800_000;
/// What models may take: 8 times the length, and 64 MiB always.
const MODELS: usize = 8 * LENGTH + (64 << 20);
/// What is held besides: the answer, a copy of it, and what an allocator keeps for itself.
const BESIDES: usize = 4 * LENGTH + (16 << 20);

#[derive(Debug, Clone, PartialEq)]
struct Part {
    a: Option<String>,
    b: Option<String>,
    c: Option<String>,
    d: Option<String>,
    e: Vec<i64>,
    f: Vec<String>,
    g: Option<i64>,
    h: Option<f64>,
}

anypoint_core::impl_model!(answer Part {
    some a = "a", some b = "b", some c = "c", some d = "d", filled e = "e", filled f = "f", some g = "g", some h = "h",
});

/// As large as an application of the services.
#[derive(Debug, Clone, PartialEq)]
struct Large {
    name: String,
    one: Part,
    two: Part,
    three: Part,
    four: Part,
    list: Vec<Large>,
    map: BTreeMap<String, Part>,
    child: Option<Box<Large>>,
    other: UnknownMembers,
}

anypoint_core::impl_model!(answer Large {
    always name = "name", always one = "one", always two = "two", always three = "three", always four = "four",
    filled list = "list", filled map = "map", some child = "child",
} rest other);

/// A line of what the system says about this process, in bytes.
fn said(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.unwrap().trim().trim_end_matches(" kB");
    kibibytes.parse::<usize>().unwrap() << 10
}

/// An answer that is a list of one item, again and again.
fn list(item: &str) -> Answer {
    let count = LENGTH / (item.len() + 1);
    let items = format!("{item},").repeat(count);
    Answer::of(200, format!("[{items}{item}]"))
}

/// Reads a list of one item, again and again.
fn read<T: Tolerant>(item: &str) -> bool {
    let answer = list(item);
    let before = said("VmRSS:");
    let read = answer.json::<Vec<T>>();
    println!("{MARK}{}", said("VmHWM:").saturating_sub(before));
    read.is_ok()
}

/// What a process of its own prints before how much it took: what an earlier case has left behind does not count there.
const MARK: &str = "taken: ";
const CASE: &str = "ANYPOINT_TEST_ITEM";

fn taken(item: &str) -> usize {
    let mut process = Command::new(std::env::current_exe().unwrap());
    let arguments = ["--exact", "--nocapture", "one_case_in_a_process_of_its_own"];
    let output = process.args(arguments).env(CASE, item).output().unwrap();
    assert!(output.status.success(), "{item}");
    let output = String::from_utf8(output.stdout).unwrap();
    let (_, taken) = output.split_once(MARK).unwrap();
    taken.lines().next().unwrap().parse().unwrap()
}

#[test]
fn one_case_in_a_process_of_its_own() {
    let Ok(case) = std::env::var(CASE) else {
        return;
    };
    let _ = match case.split_once(' ').unwrap() {
        ("large", item) => read::<Large>(item),
        ("json", item) => read::<Json>(item),
        (_, item) => read::<String>(item),
    };
}

#[test]
fn what_is_made_of_an_answer_is_bounded_by_its_length() {
    for case in [
        "large null",
        "large {}",
        r#"large {"name":"a"}"#,
        r#"large {"child":{"child":{}}}"#,
        r#"large {"map":{"a":{}}}"#,
        r#"large {"list":[{}]}"#,
        r#"large {"list":{"data":[{}]}}"#,
        r#"large {"x":0}"#,
        r#"large {"x":[{}]}"#,
        r#"large {"name":[0]}"#,
        "large 1",
        r#"text """#,
        r#"text "a""#,
        "text [0]",
    ] {
        let taken = taken(case);
        assert!(taken <= MODELS + BESIDES, "{case}: {} MiB", taken >> 20);
    }
    for case in ["null", "[]", "{}", r#"{"":0}"#, r#"{"":{"":0}}"#, "0.5"] {
        let taken = taken(&format!("json {case}"));
        assert!(taken <= 4 * MODELS + BESIDES, "{case}: {} MiB", taken >> 20);
    }
}

#[test]
fn what_a_service_may_send_is_read() {
    let name = "n".repeat(200);
    assert!(read::<Large>(&format!(
        r#"{{"name":"{name}","one":{{"a":"b","e":[1,2]}}}}"#
    )));
    assert!(read::<Json>(&format!(
        r#"{{"name":"{name}","one":{{"a":"b","e":[1,2]}}}}"#
    )));
    // Many that have few members, in a short answer.
    let short = format!("[{}{{}}]", "{},".repeat(40_000));
    let read = Answer::of(200, short).json::<Vec<Large>>();
    assert_eq!(read.unwrap().len(), 40_001);
}
