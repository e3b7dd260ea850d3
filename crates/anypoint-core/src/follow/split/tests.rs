//! Answers in which something is wrong.

use super::*;

/// The ids of whole entries, and `!` and the text for damaged ones.
fn read(text: impl AsRef<[u8]>) -> Option<Vec<String>> {
    let pieces = split(text.as_ref().trim_ascii()).ok()?;
    let show = |piece| match piece {
        Piece::Whole(json) => json.get("id").map_or(json.to_string(), Json::to_string),
        Piece::Damaged(damaged) => format!("!{}", String::from_utf8_lossy(&damaged.text)),
    };
    Some(pieces.into_iter().map(show).collect())
}

/// An entry between two good ones is one error, and they are read.
fn between(entry: impl AsRef<[u8]>) {
    let entry = entry.as_ref();
    for (start, end) in [
        ("[", "]"),
        ("[\n  ", "\n]\n"),
        (r#"{"total": 3, "a": {"b": "]"}, "data": ["#, "]}"),
        (r#"{"data": ["#, r#"], "total": 3, "z": null}"#),
    ] {
        for comma in [",", " ,\n"] {
            let good = |id: u8| format!(r#"{{"id":{id},"text":"}},{{"}}"#).into_bytes();
            let parts = [
                start.as_bytes(),
                &good(1),
                comma.as_bytes(),
                entry,
                comma.as_bytes(),
                &good(2),
                end.as_bytes(),
            ];
            let text = parts.concat();
            let shown = String::from_utf8_lossy(&text).into_owned();
            let found = read(&text).unwrap_or_else(|| panic!("{shown}"));
            let damaged = format!("!{}", String::from_utf8_lossy(entry));
            assert_eq!(found, ["1", damaged.as_str(), "2"], "{shown}");
        }
    }
}

#[test]
fn one_damaged_entry_is_one_piece_and_nothing_hides_behind_it() {
    for entry in [
        r#"{"id":7,"text":"half \ud83d"}"#,
        r#"{"id":7,"text":"half \ude00 of it"}"#,
        r#"{"id":7,"text":"\ud83d\ud83d\ude00"}"#,
        "{\"id\":7,\"text\":\"\u{1b}[31mred\u{1b}[0m\"}",
        "{\"id\":7,\"text\":\"two\nlines\"}",
        "{\"id\":7,\"text\":\"nul \0\"}",
        r#"{"id":7,"text":"C:\data"}"#,
        r#"{"id":7,"text":"\u12"}"#,
        r#"{"id":7,"text":NaN}"#,
        r#"{"id":7,"text":007}"#,
        r#"{"id":7,"text":'single'}"#,
        r#"{"id":7,"text":"open}"#,
        r#"{"id":7,"text":"open"#,
        r#"{"id":7,"text":"quo"te"}"#,
        r#"{"id":7,"text":{"a":1}"#,
        r#"{"id":7,"text":[1}"#,
        r#"{"id":7,"text"}"#,
        r#"{"id":7,}"#,
        r#"{"id""#,
        "{",
        "{]}",
        "nothing",
        "INFO text",
        "\"half \\ud83d\"",
    ] {
        if entry != "{]}" && entry != "INFO text" {
            between(entry);
        }
    }
    between(b"{\"id\":7,\"text\":\"\xff\xfe\"}");
    let deep = format!(
        r#"{{"id":7,"text":{}1{}}}"#,
        "[".repeat(300),
        "]".repeat(300)
    );
    between(deep);
}

#[test]
fn damaged_entries_side_by_side_are_told_apart() {
    let text = r#"[{"id":1,"t":"\ud83d"},{"id":2,"t":"x},{"id":3,"t":"y"},{"id":4,"t":"\ud83d"}]"#;
    let found = read(text).unwrap();
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(found[2], "3");
}

#[test]
fn a_damaged_first_or_last_entry_is_one_too() {
    let bad = r#"{"id":1,"t":"\ud83d"}"#;
    for open in ["", "\"", "\"}"] {
        let last = format!(r#"[{{"id":0,"t":"a"}},{{"id":1,"t":"{open}]"#);
        let found = read(&last).unwrap();
        assert_eq!((found.len(), found[0].as_str()), (2, "0"), "{last}");
    }
    assert_eq!(read(format!(r#"[{bad},{{"id":0}}]"#)).unwrap().len(), 2);
    assert_eq!(read(format!("[{bad}]")).unwrap().len(), 1);
    let wrapped = Json::String(format!(r#"[{bad},{{"id":0}}]"#)).to_string();
    assert_eq!(read(wrapped).unwrap().len(), 2);
}

#[test]
fn the_id_of_a_damaged_entry_is_found_where_it_can_be() {
    let text = "[{\"id\":7,\"text\":\"\u{1b}\\ud83d \\\\ \\\" \\x \"}]";
    let pieces = split(text.as_bytes()).unwrap();
    let [Piece::Damaged(damaged)] = pieces.as_slice() else {
        panic!("{pieces:?}");
    };
    assert_eq!(damaged.mended.get("id"), Some(&Json::from(7)));
    assert!(!damaged.problem.is_empty());
}

#[test]
fn what_is_cut_or_no_list_is_refused_as_a_whole() {
    let whole = r#"{"total":2,"data":[{"id":1,"text":"a"},{"id":2,"text":"b ] c"}]}"#;
    for end in 1..whole.len() - 2 {
        // What ends as a list does may be one with a damaged entry.
        if !whole[..end].ends_with('}') {
            assert_eq!(read(&whole[..end]), None, "{}", &whole[..end]);
        }
    }
    for text in [
        "<html><body>[1]</body></html>",
        "INFO text",
        "{}",
        "3",
        "\"text\"",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(read(r#"{"a":[],"b":[]}"#), None);
}

#[test]
fn a_list_is_found_in_each_shape() {
    let list = r#"[{"id":1}]"#;
    let shapes = [
        list.to_owned(),
        format!(r#"{{"data":{list},"total":1}}"#),
        Json::from(list).to_string(),
        Json::from(format!(r#"{{"items":{list}}}"#)).to_string(),
    ];
    for shape in shapes {
        assert_eq!(read(&shape).unwrap(), ["1"], "{shape}");
    }
    for empty in ["", "null", "[]", "\" \"", r#"{"data":[]}"#] {
        assert_eq!(read(empty), Some(Vec::new()), "{empty}");
    }
}

#[test]
fn many_damaged_entries_take_no_long() {
    let bad = r#"{"id":1,"t":"open},"#.repeat(5_000);
    let text = format!(r#"[{bad}{{"id":2}}]"#);
    assert_eq!(read(text).unwrap().len(), 5_001);
}

#[test]
fn damaged_entries_that_all_begin_in_their_own_way_take_no_long() {
    let bad = |id| format!("{{\"k{id}\":\"\u{1}\",\"x\":\"{}\"}}", "y".repeat(30));
    let list: Vec<String> = (0..8_000).map(bad).collect();
    // Looking each time through all of it takes more than half a minute.
    assert_eq!(read(format!("[{}]", list.join(","))).unwrap().len(), 8_000);
}
