//! Tests of what a response shows and hides.

use super::*;

fn answer(body: &'static str) -> Answer {
    Answer::of(200, body)
}

#[test]
fn an_empty_body_is_the_absent_value() {
    for body in ["", " \r\n", "\u{feff}"] {
        assert!(answer(body).is_empty());
        assert_eq!(answer(body).json::<Vec<i64>>().unwrap(), Vec::<i64>::new());
    }
    assert_eq!(answer("\u{feff}[1] ").json::<Vec<i64>>().unwrap(), [1]);
}

#[test]
fn a_json_string_or_the_bare_text() {
    for (body, text) in [
        ("\"a\\nb\"", "a\nb"),
        ("started ", "started "),
        ("null", ""),
        ("{}", "{}"),
    ] {
        assert_eq!(answer(body).json_text(), text);
    }
}

#[test]
fn a_failure_says_where_and_quotes_nothing() {
    let answer = answer(r#"[["s3cret"],["s3cret"]]"#);
    let cause = answer
        .json::<Vec<std::collections::BTreeMap<String, i64>>>()
        .unwrap_err();
    let error = answer.undecodable(&cause, hint::Signed::No);
    assert_eq!(error.json_path(), Some("[0]"));
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "cannot read the 200 answer at [0]: expected an object, found an array"
    );
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

#[test]
fn what_does_not_fit_is_told_by_its_path_and_left_out() {
    let answer = answer(r#"{"a":[1,"s3cret",3],"b":{},"c":true,"d":[[]]}"#);
    let read = answer.json::<std::collections::BTreeMap<String, Vec<i64>>>();
    let read = read.unwrap();
    assert_eq!((&read["a"][..], &read["b"][..]), (&[1, 3][..], &[][..]));
    assert_eq!(read.keys().collect::<Vec<_>>(), ["a", "b", "d"]);
    let (told, all) = answer.oddities();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "a[1]: expected an integer of 64 bits, found a text",
            "c: expected an array, found a boolean",
            "d[0]: expected an integer of 64 bits, found an empty array",
        ]
    );
    assert_eq!(all, 3);
    assert_eq!(answer.oddities().1, 0);
}

#[test]
fn the_first_hundred_are_told_and_all_are_counted() {
    let body = format!("[1{}]", ",true".repeat(500));
    let answer = answer(Box::leak(body.into_boxed_str()));
    assert_eq!(answer.json::<Vec<i64>>().unwrap(), [1]);
    let (told, all) = answer.oddities();
    assert_eq!((told.len(), all), (100, 500));
    assert_eq!(told[99].path(), "[100]");
}

#[test]
fn a_list_is_found_where_it_is() {
    for body in [
        "[1]",
        r#"{"data":[1],"total":1}"#,
        r#"{"response":{"list":[1]}}"#,
        r#"{"numbers":[1]}"#,
    ] {
        assert_eq!(answer(body).json::<Vec<i64>>().unwrap(), [1], "{body}");
    }
    assert!(answer("{}").json::<Vec<i64>>().unwrap().is_empty());
    let odd = answer(r#"{"data":{"items":[1,"x"]}}"#);
    odd.json::<Vec<i64>>().unwrap();
    assert_eq!(odd.oddities().0[0].path(), "data.items[1]");
}

#[test]
fn an_answer_of_another_kind_is_an_error_that_says_what_came() {
    for (body, problem) in [
        ("7", "expected an array, found a number"),
        (r#""s3cret""#, "expected an array, found a text"),
        (
            r#"{"message":"s3cret"}"#,
            "expected an array, found an object",
        ),
        (
            r#"["s3cret"]"#,
            "expected an integer of 64 bits, found a text",
        ),
    ] {
        let error = answer(body).json::<Vec<i64>>().unwrap_err().to_string();
        assert!(error.starts_with(problem), "{error}");
    }
}

#[test]
fn an_answer_that_is_no_json_may_pass_and_one_of_a_wrong_shape_may_not() {
    let passing = |body| {
        let answer = answer(body);
        let cause = answer.json::<Vec<i64>>().unwrap_err();
        answer.undecodable(&cause, hint::Signed::No).is_passing()
    };
    for body in [
        "<!DOCTYPE html><html></html>",
        "[1, 2",
        "Service under maintenance",
        "[1, 2]]",
        // Its form is wrong, too, but it is truncated.
        r#"[{"a": 1}, "#,
    ] {
        assert!(passing(body), "{body}");
    }
    for body in [r#"{"a": 1}"#, "true", r#"["a"]"#, r#"["\ud83d"]"#] {
        assert!(!passing(body), "{body}");
    }
}

#[test]
fn trailing_garbage_is_an_error() {
    assert!(answer("1 2").json::<i64>().is_err());
}

#[test]
fn what_is_to_be_sent_back_is_read_byte_for_byte() {
    let exact = |body: &'static [u8]| Answer::of(200, body).exact_json();
    assert_eq!(exact(b"").unwrap(), Json::Null);
    assert_eq!(exact(b"\xef\xbb\xbf[\"\xc3\xa9\"]").unwrap()[0], "\u{e9}");
    let error = exact(b"[\"\xe9\"]").unwrap_err().to_string();
    assert_eq!(
        error,
        "invalid utf-8 sequence of 1 bytes from index 2, so it cannot be sent back unchanged"
    );
    assert!(exact(br#"["\ud83d"]"#).is_err());
    assert!(exact(b"{").is_err());
}

#[test]
fn quoted_values_are_taken_out() {
    assert_eq!(
        without_values(r#"invalid type: string "a", expected b", expected an array at line 1"#),
        "invalid type: a text, expected an array at line 1"
    );
    assert_eq!(
        without_values("invalid type: integer `123456`, expected a boolean at line 1"),
        "invalid type: an integer, expected a boolean at line 1"
    );
    assert_eq!(
        without_values("invalid value: floating point `1.5`, expected x"),
        "invalid value: a number, expected x"
    );
    assert_eq!(without_values("trailing characters"), "trailing characters");
}
