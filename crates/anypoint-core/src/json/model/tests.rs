//! How models are read, and what is kept of what they do not know.

use serde_json::json;

use super::*;
use crate::UnknownMembers;

#[derive(Debug, PartialEq)]
struct Item {
    id: String,
    size: Option<i64>,
    tags: Vec<String>,
    kept: UnknownMembers,
}

crate::impl_model!(answer Item {
    always id = "id",
    some size = "size",
    filled tags = "content",
} rest kept);

#[derive(Debug)]
struct Page {
    data: Vec<Item>,
    total: Option<i64>,
}

crate::impl_model!(answer Page { always data = "data", some total = "total" } page "data");

/// What an answer is read as, and the paths of what is odd in it.
fn read<T: Tolerant>(json: &Json) -> Result<(T, Vec<String>), String> {
    let value = crate::response::part(json).map_err(|error| error.to_string())?;
    let paths = odd::take().0.iter().map(odd::Found::path).collect();
    Ok((value, paths))
}

fn ids(json: &Json) -> (Vec<String>, Option<i64>, Vec<String>) {
    let (page, paths) = read::<Page>(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let ids = page.data.into_iter().map(|item| item.id);
    (ids.collect(), page.total, paths)
}

fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

#[test]
fn a_page_is_read_under_any_name_bare_and_as_one_item() {
    for (page, total) in [
        (json!({"data": [{"id": "a"}], "total": 1}), Some(1)),
        (json!({"total": 1, "data": [{"id": "a"}]}), Some(1)),
        (json!({"items": [{"id": "a"}], "total": 1}), Some(1)),
        (json!({"total": 1, "content": [{"id": "a"}]}), Some(1)),
        (
            json!({"things": [{"id": "a"}], "total": 1, "new": {}}),
            Some(1),
        ),
        (
            json!({"data": {"items": [{"id": "a"}]}, "total": 1}),
            Some(1),
        ),
        (json!({"data": {"id": "a"}, "total": 1}), Some(1)),
        (
            json!({"response": {"data": [{"id": "a"}], "total": 1}}),
            None,
        ),
        (json!([{"id": "a"}]), None),
        (json!({"id": "a", "size": 3}), None),
    ] {
        assert_eq!(ids(&page), (strings(["a"]), total, vec![]), "{page}");
    }
    for page in [json!({}), json!([]), json!(null), json!({"total": null})] {
        assert_eq!(ids(&page), (vec![], None, vec![]), "{page}");
    }
}

#[test]
fn a_list_is_read_under_any_name_and_as_one_item() {
    for list in [
        json!([{"id": "a", "content": ["b"]}]),
        json!({"items": [{"id": "a", "content": ["b"]}], "id": "page"}),
        json!({"response": {"data": [{"id": "a", "content": ["b"]}]}}),
        json!({"id": "a", "content": ["b"], "new": [1, 2]}),
    ] {
        let (items, _) = read::<Vec<Item>>(&list).unwrap();
        assert_eq!(items.len(), 1, "{list}");
        assert_eq!(
            (&items[0].id[..], &items[0].tags[..]),
            ("a", &strings(["b"])[..])
        );
    }
}

#[test]
fn an_object_may_stand_in_a_list_or_under_a_usual_name() {
    for object in [
        json!({"id": "a"}),
        json!([{"id": "a"}]),
        json!({"value": {"id": "a"}}),
        json!({"data": [{"id": "a"}]}),
    ] {
        let (item, _) = read::<Item>(&object).unwrap();
        assert_eq!(item.id, "a", "{object}");
    }
    for (object, problem) in [
        (json!([]), "expected an object (Item), found an empty array"),
        (
            json!([{"id": "a"}, {"id": "b"}]),
            "expected an object (Item), found an array of several items",
        ),
        (json!("a"), "expected an object (Item), found a text"),
        (
            json!({"message": "s3cret"}),
            "expected an object (Item), found one without any member of it",
        ),
    ] {
        let error = read::<Item>(&object).unwrap_err();
        assert!(error.starts_with(problem), "{error}");
    }
}

#[test]
fn one_odd_value_hides_no_other() {
    let page = json!({"total": "many", "data": [
        {"id": "a", "size": "big"}, "s3cret", {"id": "b", "size": "", "content": [[], "x"]}, {"id": "c"}, {"new": 1},
    ]});
    let odd = ["data[0].size", "data[1]", "data[2].content[0]", "total"];
    assert_eq!(
        ids(&page),
        (strings(["a", "b", "c", ""]), None, strings(odd))
    );
}

#[test]
fn what_does_not_fit_is_kept_as_it_came() {
    let item = json!({"id": ["a"], "size": "big", "content": 7});
    let (item, _) = read::<Item>(&item).unwrap();
    let kept = [
        ("content", json!(7)),
        ("id", json!(["a"])),
        ("size", json!("big")),
    ];
    let kept = kept.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(
        item,
        Item {
            kept: kept.into_iter().collect(),
            ..Item::default()
        }
    );
}

/// What is read and written again.
fn sent_back(json: &Json, change: impl FnOnce(&mut Item)) -> Json {
    let (mut item, _) = read::<Item>(json).unwrap();
    change(&mut item);
    serde_json::to_value(&item).unwrap()
}

#[test]
fn odd_and_blank_values_are_sent_back_where_they_stood() {
    let item = json!({
        "id": "a", "size": "", "content": [[7], "b", {"x": null}, "c"], "new": {"deep": [1]},
    });
    assert_eq!(sent_back(&item, |_| {}), item);
    let only_odd = json!({"id": "a", "content": [[], {}]});
    assert_eq!(sent_back(&only_odd, |_| {}), only_odd);
}

#[test]
fn numbers_are_sent_back_to_the_last_digit() {
    let text = r#"{"id":"a","content":[[]],"new":0.1234567890123457,"size":9007199254740993,"x":2.2250738585072011e-308}"#;
    let item: Item = serde_json::from_str(text).unwrap();
    let sent: Json = serde_json::to_value(&item).unwrap();
    assert_eq!(sent, serde_json::from_str::<Json>(text).unwrap());
    for number in [
        "0.1234567890123457",
        "9007199254740993",
        // With `arbitrary_precision` there is one digit more.
        "2.225073858507201",
    ] {
        assert!(sent.to_string().contains(number), "{sent}");
    }
}

#[test]
fn what_was_set_since_is_sent_instead_of_what_was_odd() {
    let item = json!({"id": ["a"], "size": "big", "content": [[7], "b"]});
    let changed = sent_back(&item, |item| {
        item.id = "b".to_owned();
        item.size = Some(2);
        item.tags.push("c".to_owned());
    });
    assert_eq!(
        changed,
        json!({"id": "b", "size": 2, "content": [[7], "b", "c"]})
    );
    let unchanged = sent_back(&item, |_| {});
    assert_eq!(unchanged, item);
    let removed = sent_back(&item, |item| drop(item.kept.remove("content")));
    assert_eq!(removed["content"], json!(["b"]));
}

#[test]
fn a_blank_member_is_not_told_and_takes_no_place_among_those_told() {
    let blank = json!({"id": "a", "size": " "});
    let mut items = vec![blank; 2 * odd::TOLD];
    items.push(json!({"id": "b", "size": "big"}));
    let (_, paths) = read::<Vec<Item>>(&Json::Array(items)).unwrap();
    assert_eq!(paths, strings(["[200].size"]));
}

#[test]
fn debug_names_what_was_kept_without_its_values() {
    let item = json!({"id": ["s3cret"], "content": [["s3cret"], "b"], "token": "s3cret"});
    let (item, _) = read::<Item>(&item).unwrap();
    let printed = format!("{item:?}");
    assert!(printed.contains("{id, token, content[0]}"), "{printed}");
    assert!(!printed.contains("s3cret"), "{printed}");
}

#[test]
fn a_page_without_a_list_in_it_is_an_error() {
    for page in [
        json!({"data": "s3cret"}),
        json!({"data": ["s3cret", 7], "total": 2}),
        json!({"data": [{"new": 1}]}),
        json!({"message": "s3cret"}),
        json!([{"message": "s3cret"}]),
        json!("s3cret"),
    ] {
        let error = read::<Page>(&page).unwrap_err();
        assert!(
            error.contains("expected") && !error.contains("s3cret"),
            "{page}: {error}"
        );
    }
}
