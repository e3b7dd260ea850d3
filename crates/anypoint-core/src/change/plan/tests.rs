//! What is sent for which edits, and what is refused.

use serde_json::json;

use super::*;

const FACTS: Changing = Changing {
    method: "change_things",
    content_type: "application/json",
    within: "/outer/inner",
    plain: "plain",
    secret: "hidden",
    mask: "***",
};

fn edits<const N: usize>(edits: [(&str, Edit); N]) -> Edits {
    let edits = edits.into_iter();
    edits.map(|(name, edit)| (name.to_owned(), edit)).collect()
}

fn set(value: &str) -> Edit {
    Edit::Plain(value.to_owned())
}

fn secret(value: &str) -> Edit {
    Edit::Secret(Secret::from(value))
}

/// What would be sent, or null for nothing.
fn sent(inner: &Json, edits: &Edits) -> Result<Json, Error> {
    let document = json!({ "id": "a", "outer": { "inner": inner, "beside": 1 } });
    let body = body(&FACTS, edits, &document, &Redactor::default())?;
    Ok(body.map_or(Json::Null, |body| serde_json::to_value(body).unwrap()))
}

#[test]
fn what_is_not_mentioned_is_sent_as_it_was_read() {
    let inner = json!({
        "name": "n", "none": null, "new": { "of": [1.0] },
        "plain": { "a": "1", "b": "2", "port": 80 },
    });
    assert_eq!(
        sent(&inner, &edits([("b", set("3")), ("c", set(""))])).unwrap(),
        json!({ "outer": { "inner": {
            "name": "n", "new": { "of": [1.0] },
            "plain": { "a": "1", "b": "3", "c": "", "port": 80 },
        } } })
    );
}

#[test]
fn every_secret_must_be_given_or_removed() {
    let inner =
        json!({ "plain": { "a": "1", "odd": "***" }, "hidden": { "p": "***", "q": "***" } });
    let error = sent(&inner, &edits([("a", set("2"))])).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("read: odd, p, q;"), "{error}");
    let error = sent(&inner, &edits([("odd", set("2")), ("p", Edit::Removed)]));
    assert!(error.err().unwrap().to_string().contains("read: q;"));
    let all = [("odd", set("2")), ("p", Edit::Removed), ("q", secret("s"))];
    assert_eq!(
        sent(&inner, &edits(all)).unwrap(),
        json!({ "outer": { "inner": { "plain": { "a": "1", "odd": "2" }, "hidden": { "q": "s" } } } })
    );
}

#[test]
fn a_name_is_in_one_of_the_maps_only() {
    let inner = json!({ "plain": { "a": "1" }, "hidden": { "p": "***" } });
    assert_eq!(
        sent(&inner, &edits([("a", secret("s")), ("p", set("2"))])).unwrap(),
        json!({ "outer": { "inner": { "plain": { "p": "2" }, "hidden": { "a": "s" } } } })
    );
    // The same value in the other map is a change.
    let both = json!({ "plain": { "a": "1" }, "hidden": { "a": "***" } });
    assert_eq!(
        sent(&both, &edits([("a", set("1"))])).unwrap(),
        json!({ "outer": { "inner": { "plain": { "a": "1" }, "hidden": {} } } })
    );
}

#[test]
fn a_map_that_becomes_empty_is_emptied() {
    let inner = json!({ "plain": { "a": "1" }, "hidden": null });
    assert_eq!(
        sent(&inner, &edits([("a", Edit::Removed)])).unwrap(),
        json!({ "outer": { "inner": { "plain": {} } } })
    );
}

#[test]
fn nothing_is_sent_for_nothing() {
    let inner = json!({ "plain": { "a": "1" }, "hidden": { "p": "***" } });
    assert_eq!(sent(&inner, &edits([])).unwrap(), Json::Null);
    assert_eq!(sent(&inner, &edits([("a", set("1"))])).unwrap(), Json::Null);
    let error = sent(&inner, &edits([("a", set("1")), ("b", Edit::Removed)])).err();
    assert!(error.unwrap().to_string().contains("by the name of b;"));
}

#[test]
fn a_mask_is_never_sent() {
    let masks = edits([("a", set("***")), ("b", secret("***")), ("c", set("x"))]);
    let error = without_masks(&FACTS, &masks).unwrap_err();
    assert!(error.to_string().contains("the value of a, b;"), "{error}");
    assert!(without_masks(&FACTS, &edits([("a", secret("****"))])).is_ok());
    let inner = json!({ "old": { "deep": ["***"] }, "plain": {} });
    let error = sent(&inner, &edits([("a", set("1"))])).err().unwrap();
    assert!(error.to_string().contains("a mask in old"), "{error}");
}

#[test]
fn without_properties_there_is_nothing_to_keep_and_without_an_answer_there_may_be() {
    let new = edits([("a", set("1"))]);
    let expected = json!({ "outer": { "inner": { "plain": { "a": "1" } } } });
    for document in [json!({}), json!({ "outer": null }), json!({ "outer": {} })] {
        let body = body(&FACTS, &new, &document, &Redactor::default())
            .unwrap()
            .unwrap();
        assert_eq!(serde_json::to_value(body).unwrap(), expected);
    }
    for document in [
        json!(null),
        json!([]),
        json!({ "outer": "none" }),
        json!({ "outer": { "inner": "none" } }),
        json!({ "outer": { "inner": { "plain": [] } } }),
    ] {
        let error = body(&FACTS, &new, &document, &Redactor::default())
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }
}
