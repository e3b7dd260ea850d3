//! Reading a spec takes bounded time, memory and stack, whatever the spec contains.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use support::{fixtures, generate};
use xtask::codegen::lint_command;

fn good() -> String {
    fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "json_answer")
        .unwrap()
        .1
}

/// On a stack that no recursion over the text fits on.
#[test]
fn nesting_is_refused_before_anything_recurses() {
    let deep = 200_000;
    let indented: Vec<String> = (0..3_000)
        .map(|depth| format!("{}a:", " ".repeat(depth)))
        .collect();
    let texts = [
        format!("a:\n{}b\n", "- ".repeat(deep)),
        format!("a: {}{}", "[".repeat(deep), "]".repeat(deep)),
        "[".repeat(deep),
        "{a: ".repeat(deep),
        "? ".repeat(deep),
        indented.join("\n"),
        good().replace(
            "type: number",
            &format!("example: {}{}", "[".repeat(deep), "]".repeat(deep)),
        ),
    ];
    let read = move || {
        for text in texts {
            let complaints = generate("x", &text).err().unwrap().to_string();
            let refused = complaints.contains("nested more than 64")
                || complaints.contains("recursion limit");
            assert!(refused, "{}", &complaints[..complaints.len().min(200)]);
        }
    };
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(read)
        .unwrap()
        .join()
        .unwrap();
}

/// The limit is one of work and not of waiting where the system tells them apart: machines that test are busy.
fn within(limit: Duration, what: &str, work: impl FnOnce()) {
    let (start, before) = (Instant::now(), worked());
    work();
    let took = match (before, worked()) {
        (Some(before), Some(after)) => after - before,
        _ => start.elapsed(),
    };
    assert!(took < limit, "{what}: {took:?}");
}

/// For how long this thread has been on a processor.
fn worked() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// These took minutes when the work was quadratic; the limit leaves room for a slow machine.
#[test]
fn a_map_of_100_000_keys_is_read_in_seconds() {
    let keys: String = (0..100_000).map(|index| format!("k{index}: 1\n")).collect();
    let same = "k: 1\n".repeat(100_000);
    for (what, text) in [("keys", keys), ("the same key", same)] {
        within(Duration::from_secs(20), what, || {
            let complaints = generate("x", &text).err().unwrap();
            assert_eq!(complaints.0.len(), 101, "{what}");
            assert!(
                complaints.0[100].message.starts_with("and ")
                    && complaints.0[100].message.ends_with(" more complaints")
            );
        });
    }
}

/// What makes a reader of Markdown look ahead, again and again.
#[test]
fn a_long_description_is_read_in_seconds() {
    let runs: String = (1..600)
        .map(|length| format!("{} ", "`".repeat(length)))
        .collect();
    let many = |part: &str| part.repeat(200_000 / part.len());
    let texts = [
        runs,
        many("["),
        many("<"),
        many("[a]("),
        many("`` ` "),
        many("- "),
        many("> "),
        many("|"),
        many("*a _b"),
    ];
    for text in texts {
        let quoted = serde_json::to_string(&text).unwrap();
        let text = good().replacen("In MiB.", "X", 1).replacen(
            "description: X",
            &format!("description: {quoted}"),
            1,
        );
        within(Duration::from_secs(20), &quoted[..20], || {
            assert!(generate("x", &text).is_ok(), "{}", &quoted[..20]);
        });
    }
}

#[test]
fn joined_objects_do_not_multiply_without_end() {
    let name = |level: usize| format!("Level{}", "x".repeat(level + 1));
    for (levels, parts) in [(14, 10), (40, 1), (5_000, 1)] {
        let schemas: String = (0..levels)
            .map(|level| {
                let part = format!(
                    "{{$ref: \"#/components/schemas/{}\"}}",
                    name((level + 1) % levels.max(41))
                );
                format!(
                    "    {}: {{description: T., allOf: [{}], example: {{}}}}\n",
                    name(level),
                    vec![part; parts].join(", ")
                )
            })
            .take(levels.min(60))
            .collect();
        let last = format!(
            "    {}: {{type: object, description: T., properties: {{a: {{type: string}}}}, example: {{}}}}\n",
            name(levels.min(60))
        );
        let text = good().replacen("  schemas:\n", &format!("  schemas:\n{schemas}{last}"), 1);
        within(Duration::from_secs(20), "allOf", || {
            let complaints = generate("x", &text).err().unwrap().to_string();
            assert!(
                complaints.contains("joins more than 1000 parts or more than 16 levels"),
                "{}",
                &complaints[..300]
            );
        });
    }
}

fn refusal(path: &Path) -> String {
    lint_command(path).err().unwrap().to_string()
}

#[test]
fn what_is_no_readable_text_is_an_error_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("latin.yaml"), b"openapi: 3.0.3\n# caf\xe9\n").unwrap();
    assert!(refusal(&at("latin.yaml")).ends_with(
        "latin.yaml:2: error[not-utf8]: this is not UTF-8\n  help: save the file as UTF-8"
    ));
    fs::create_dir(at("folder.yaml")).unwrap();
    assert!(
        refusal(&at("folder.yaml"))
            .ends_with(":1: error[file-unreadable]: it is not a regular file")
    );
    assert!(
        refusal(&at("missing.yaml"))
            .contains(":1: error[file-unreadable]: it cannot be read: No such file")
    );
    let large = fs::File::create(at("large.yaml")).unwrap();
    large.set_len(100 * 1024 * 1024).unwrap();
    within(Duration::from_secs(5), "a large file", || {
        let complaint = refusal(&at("large.yaml"));
        assert!(
            complaint.ends_with("it has 104857600 bytes, more than the 4 MiB that are read"),
            "{complaint}"
        );
    });
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_no_spec() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.yaml");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    for path in [pipe.as_path(), Path::new("/dev/zero")] {
        within(Duration::from_secs(5), "a pipe", || {
            assert!(refusal(path).ends_with("it is not a regular file"));
        });
    }
}
