//! The macros that generated code is made of.

use std::collections::BTreeMap;

use crate::support::{GET, Server, json};
use anypoint_core::internal::{Call, Endpoint, Parameter, Tolerant};
use anypoint_core::{Credentials, Json, Nullable, Secret, Timestamp, UnknownValue};

#[derive(Debug, Clone, PartialEq)]
struct Thing {
    name: String,
    size: Option<i64>,
    state: State,
    note: Option<Nullable<String>>,
}

anypoint_core::impl_model!(answer Thing {
    always name = "name",
    some size = "size",
    always state = "state",
    some note = "note",
});

#[derive(Debug, Clone, PartialEq)]
struct Things {
    data: Vec<Thing>,
    total: Option<i64>,
}

anypoint_core::impl_model!(answer Things { always data = "data", some total = "total" } page "data");

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// On.
    On,
    /// Off.
    Off,
    /// Any other.
    Unknown(UnknownValue),
}

anypoint_core::impl_open_enum!(State { On = "on", Off = "OFF" });

#[derive(Clone, PartialEq)]
enum Shape {
    Thing(Thing),
    List(Box<Things2>),
    Unknown(Json),
}

type Things2 = Vec<i64>;

#[derive(Debug, Clone, PartialEq)]
struct Circle {
    radius: f64,
}

anypoint_core::impl_model!(answer Circle { always radius = "radius" });
anypoint_core::impl_union!(Shape, "type", { "thing" => Thing(Thing), "list" => List(Box<Things2>) });

fn read<T: Tolerant>(json: &str) -> Result<T, String> {
    T::tolerant(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string())
}

#[test]
fn expectation_06_a_model_is_read_from_whatever_comes() {
    let thing: Thing =
        read(r#"{"name":12,"size":"3","new":{"x":[1]},"n\u0061me":"last","state":"on"}"#).unwrap();
    assert_eq!(
        (thing.name.as_str(), thing.size, thing.state),
        ("last", Some(3), State::On)
    );
    for json in ["{}", "null", r#"{"name":null,"size":null,"state":null}"#] {
        let thing: Thing = read(json).unwrap();
        assert_eq!(thing, <Thing as Tolerant>::absent(), "{json}");
    }
    assert_eq!(serde_json::from_str::<Thing>("{}").unwrap().name, "");
}

#[test]
fn a_model_of_the_wrong_kind_is_an_error_that_says_which() {
    for json in [r#""text""#, "[1]", "3", "true"] {
        let error = read::<Thing>(json).unwrap_err();
        assert!(error.contains("an object (Thing)"), "{error}");
    }
    let thing: Thing = read(r#"{"size":"large","name":"a"}"#).unwrap();
    assert_eq!((thing.name.as_str(), thing.size), ("a", None));
}

/// serde quotes a text of the wrong kind; the error of a call does not.
#[tokio::test]
async fn expectation_17_the_error_of_a_call_quotes_nothing() {
    let server = Server::start(|_, _| json(200, r#"{"things":"s3cret"}"#)).await;
    let session = server.session(Credentials::default());
    let call = Call::new(&Endpoint::new(&session, ""), &GET);
    let error = call
        .send_json::<BTreeMap<String, Thing>>()
        .await
        .unwrap_err();
    assert_eq!(error.json_path(), Some("things"));
    assert!(
        !format!("{error} {error:?}").contains("s3cret"),
        "{error:?}"
    );
}

#[test]
fn a_page_may_be_a_bare_array() {
    let page: Things = read(r#"{"data":[{"name":"a"}],"total":1}"#).unwrap();
    assert_eq!((page.data[0].name.as_str(), page.total), ("a", Some(1)));
    let page: Things = read(r#"[{"name":"a"},{"name":"b"}]"#).unwrap();
    assert_eq!((page.data[1].name.as_str(), page.total), ("b", None));
    assert_eq!(read::<Things>("[]").unwrap().data, []);
}

#[test]
fn one_bare_item_may_stand_for_a_page() {
    let page: Things = read(r#"{"name":"a","size":"3"}"#).unwrap();
    assert_eq!((page.data.len(), page.data[0].size), (1, Some(3)));
    // What has a member of the page is a page, and nothing is no item.
    assert_eq!(
        read::<Things>(r#"{"total":0,"name":"a"}"#).unwrap().data,
        []
    );
    assert_eq!(read::<Things>("{}").unwrap().data, []);
    let page: Things = read(r#"{"name":{},"size":3}"#).unwrap();
    assert_eq!(
        (page.data[0].name.as_str(), page.data[0].size),
        ("", Some(3))
    );
}

#[test]
fn expectation_06_an_open_enum_keeps_what_it_does_not_know() {
    for (json, text) in [
        (r#""on""#, "on"),
        (r#""OFF""#, "OFF"),
        (r#""new""#, "new"),
        ("3", "3"),
        ("true", "true"),
        ("null", ""),
    ] {
        let state: State = read(json).unwrap();
        assert_eq!((state.as_str(), state.to_string().as_str()), (text, text));
        assert_eq!(State::from(text), state);
        assert_eq!(State::from(text.to_owned()), state);
        assert_eq!(serde_json::to_string(&state).unwrap(), format!("{text:?}"));
        let mut out = Vec::new();
        state.each(&mut |text| out.push(text.to_owned()));
        assert_eq!(out, [text]);
    }
    assert_eq!(State::default().as_str(), "");
}

#[test]
fn the_values_of_an_enum_are_listed_parsed_and_ordered_by_their_texts() {
    assert_eq!(State::VALUES, [State::On, State::Off]);
    for value in State::VALUES {
        assert_eq!(value.as_ref().parse::<State>().as_ref(), Ok(value));
    }
    let mut states = ["on", "new", "OFF"].map(State::from);
    states.sort();
    assert_eq!(states.map(|state| state.to_string()), ["OFF", "new", "on"]);
}

#[test]
fn a_union_is_told_by_its_tag() {
    let shape: Shape = read(r#"{"type":"thing","name":"a"}"#).unwrap();
    assert!(matches!(&shape, Shape::Thing(thing) if thing.name == "a"));
    assert_eq!(serde_json::to_value(&shape).unwrap()["name"], "a");
    for json in [
        r#"{"type":"other","x":1}"#,
        r#"{"x":1}"#,
        "null",
        "[1]",
        "3",
    ] {
        let shape: Shape = read(json).unwrap();
        assert!(matches!(shape, Shape::Unknown(_)));
        assert_eq!(serde_json::to_string(&shape).unwrap(), json);
    }
    let shape: Shape = read(r#"{"type":"thing","size":"large"}"#).unwrap();
    assert!(matches!(&shape, Shape::Thing(thing) if thing.size.is_none()));
    assert!(matches!(Shape::from(Box::new(vec![1])), Shape::List(_)));
    assert_eq!(<Shape as Tolerant>::absent(), Shape::Unknown(Json::Null));
}

#[test]
fn the_special_types_are_tolerant_too() {
    assert_eq!(read::<Secret>("12").unwrap().expose(), "12");
    assert_eq!(read::<Secret>("null").unwrap(), Secret::default());
    assert_eq!(read::<Timestamp>("5").unwrap().as_millis(), Some(5));
    assert_eq!(read::<Option<Timestamp>>("null").unwrap(), None);
    assert_eq!(read::<Nullable<i64>>("null").unwrap(), Nullable::Null);
    assert_eq!(
        read::<Nullable<Circle>>(r#"{"radius":"1.5"}"#).unwrap(),
        Nullable::Value(Circle { radius: 1.5 })
    );
}

#[cfg(feature = "schemars")]
#[test]
fn schemas() {
    use anypoint_core::internal::schemars::schema_for;
    let schema = |schema: schemars::Schema| schema.as_value()["type"].to_string();
    assert_eq!(schema(schema_for!(Secret)), r#""string""#);
    assert_eq!(schema(schema_for!(Timestamp)), r#"["string","integer"]"#);
    assert_eq!(
        schema(schema_for!(anypoint_core::StringOrNumber)),
        r#"["string","number"]"#
    );
    assert_eq!(
        schema(schema_for!(Nullable<String>)),
        r#"["string","null"]"#
    );
    assert_eq!(schema(schema_for!(State)), r#""string""#);
    assert_eq!(schema_for!(Shape).as_value().get("type"), None);
}
