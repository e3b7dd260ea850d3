use serde_json::json;

use super::*;
use crate::internal::Rest;

#[derive(Debug, PartialEq)]
struct Item {
    id: String,
    size: Option<i32>,
    tags: Vec<String>,
    kept: Rest,
}

crate::impl_model!(answer Item {
    always id = "id",
    some size = "size",
    filled tags = "content",
} rest kept);

#[derive(Debug)]
struct Page {
    data: Vec<Item>,
    total: Option<i32>,
}

crate::impl_model!(answer Page { always data = "data", some total = "total" } page "data");

/// What an answer is read as, and the paths of what is odd in it.
fn read<T: Tolerant>(json: &Json) -> Result<(T, Vec<String>), String> {
    let value = crate::response::part(json).map_err(|error| error.to_string())?;
    let paths = odd::take().0.iter().map(odd::Found::path).collect();
    Ok((value, paths))
}

fn ids(json: &Json) -> (Vec<String>, Option<i32>, Vec<String>) {
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
            kept: kept.into(),
            ..Item::default()
        }
    );
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
