//! How unknown members are kept, and what a model of a request refuses to read.

use anypoint_core::internal::Tolerant;
use anypoint_core::{Nullable, Timestamp, UnknownMembers};
use serde_json::{from_str, from_value, json, to_value};

/// As it is read.
#[derive(Debug, Clone, PartialEq)]
struct House {
    id: String,
    name: String,
    built: Option<Timestamp>,
    rooms: Vec<Room>,
    other: UnknownMembers,
}

anypoint_core::impl_model!(answer House {
    always id = "id",
    always name = "name",
    some built = "built",
    filled rooms = "rooms" | "chambers",
} rest other);

/// Read and sent.
#[derive(Debug, Clone, PartialEq)]
struct Room {
    name: String,
    size: Option<i64>,
    other: UnknownMembers,
}

anypoint_core::impl_model!(request Room {
    always name = "name",
    some size = "size",
} rest other);

/// As it is sent.
#[derive(Debug, Clone, PartialEq)]
struct HouseUpdate {
    name: String,
    rooms: Option<Vec<Room>>,
    other: UnknownMembers,
}

anypoint_core::impl_model!(request HouseUpdate {
    always name = "name",
    some rooms = "rooms",
} rest other from House);

#[derive(Debug, Clone, PartialEq)]
struct NewHouse {
    name: String,
    owner: Nullable<String>,
    floors: Option<i64>,
    door: Room,
}

anypoint_core::impl_model!(request NewHouse {
    always name = "name",
    always owner = "owner",
    some floors = "floors" | "storeys",
    always door = "door",
});

fn house() -> serde_json::Value {
    json!({
        "id": "h1",
        "name": "Elm",
        "rooms": [{"name": "hall", "light": {"watts": 40}}],
        "garden": {"trees": [1, 2]},
        "built": 1700000000000_i64,
    })
}

#[test]
fn what_a_model_does_not_know_is_kept_and_written() {
    let mut read: House = from_value(house()).unwrap();
    assert_eq!(read.other["garden"]["trees"][1], 2);
    assert_eq!(to_value(&read).unwrap(), house());
    read.rooms[0].size = Some(3);
    let mut expected = house();
    expected["rooms"][0]["size"] = json!(3);
    assert_eq!(to_value(&read).unwrap(), expected);
}

#[test]
fn a_body_that_is_made_of_what_was_read_sends_all_of_it() {
    let read: House = from_value(house()).unwrap();
    let mut update = HouseUpdate::from(&read);
    assert_eq!(to_value(&update).unwrap(), house());
    update.name = "Oak".into();
    update.rooms = Some(Vec::new());
    let mut expected = house();
    expected["name"] = json!("Oak");
    expected["rooms"] = json!([]);
    assert_eq!(to_value(&update).unwrap(), expected);
}

#[test]
fn a_value_that_did_not_fit_is_sent_as_it_came_unless_it_was_replaced() {
    let mut read: House = from_value(house()).unwrap();
    // What a tolerant reader leaves behind.
    read.name = String::new();
    read.other.insert("name".into(), json!({"first": "Elm"}));
    read.other.insert("built".into(), json!(["long ago"]));
    read.built = None;
    let written = to_value(&read).unwrap();
    assert_eq!(written["name"], json!({"first": "Elm"}));
    assert_eq!(written["built"], json!(["long ago"]));
    read.name = "Oak".into();
    read.built = Some(Timestamp::from_millis(5));
    let written = serde_json::to_string(&read).unwrap();
    assert_eq!(written.matches("\"name\":\"Oak\"").count(), 1, "{written}");
    assert!(
        !written.contains("Elm") && !written.contains("long ago"),
        "{written}"
    );
}

#[test]
fn a_request_names_the_member_that_it_lacks() {
    for (json, message) in [
        (
            r#"{"owner":null,"door":{"name":"d"}}"#,
            "NewHouse needs the member `name`, which is missing",
        ),
        (
            r#"{"name":"a","door":{"name":"d"}}"#,
            "NewHouse needs the member `owner`, which is missing",
        ),
        (
            r#"{"name":"a","owner":null,"door":{}}"#,
            "door: Room needs the member `name`, which is missing",
        ),
        (
            r#"{"name":null,"owner":null,"door":{"name":"d"}}"#,
            "name: null is no value here",
        ),
        (
            r#"{"name":"a","owner":null,"door":null}"#,
            "door: null is no value here",
        ),
    ] {
        let error = from_str::<NewHouse>(json).unwrap_err().to_string();
        assert!(error.starts_with(message), "{json}: {error}");
        assert!(error.contains(" at line 1 column "), "{error}");
    }
    from_str::<NewHouse>(r#"{"name":"a","owner":null,"door":{"name":"d"}}"#).unwrap();
}

#[test]
fn a_request_names_the_member_that_a_misspelt_one_is_most_like() {
    let given =
        |name: &str| format!(r#"{{"name":"a","owner":null,"{name}":1,"door":{{"name":"d"}}}}"#);
    for (name, message) in [
        (
            "flors",
            "NewHouse has no member `flors`; did you mean `floors`?",
        ),
        (
            "Floors",
            "NewHouse has no member `Floors`; did you mean `floors`?",
        ),
        (
            "store_ys",
            "NewHouse has no member `store_ys`; did you mean `storeys`?",
        ),
        ("colour", "NewHouse has no member `colour`"),
    ] {
        let error = from_str::<NewHouse>(&given(name)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
        assert_eq!(
            error.contains("did you mean"),
            message.contains("did you mean"),
            "{error}"
        );
    }
    from_str::<NewHouse>(&given("floors")).unwrap();
    from_str::<NewHouse>(&given("storeys")).unwrap();
}

#[test]
fn a_request_that_keeps_what_it_does_not_know_refuses_what_is_misspelt() {
    let update: HouseUpdate = from_str(r#"{"name":"a","garden":1}"#).unwrap();
    assert_eq!(update.other["garden"], 1);
    let error = from_str::<HouseUpdate>(r#"{"name":"a","romms":[]}"#).unwrap_err();
    assert!(
        error.to_string().contains("did you mean `rooms`?"),
        "{error}"
    );
}

#[test]
fn a_request_says_where_a_value_does_not_fit() {
    let given =
        |member: &str| format!(r#"{{"name":"a","owner":null,"door":{{"name":"d"}},{member}}}"#);
    for (member, message) in [
        (
            r#""floors":"many""#,
            "floors: expected an integer of 64 bits, found a text",
        ),
        (
            r#""floors":"""#,
            "floors: expected an integer of 64 bits, found an empty text",
        ),
        (
            r#""floors":9223372036854775808"#,
            "floors: expected an integer of 64 bits, found a number",
        ),
    ] {
        let error = from_str::<NewHouse>(&given(member))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(message), "{error}");
    }
    for (rooms, message) in [
        (
            r#"[{"name":"a"},{"name":"b","size":[]}]"#,
            "rooms[1].size: expected an integer of 64 bits, found an empty array",
        ),
        (r#"[{"name":"a"},null]"#, "rooms[1]: null is no value here"),
        (
            r#"[7]"#,
            "rooms[0]: expected an object (Room), found a number",
        ),
        (
            r#"{"items":[{"name":"a"}]}"#,
            "rooms: expected an array, found an object",
        ),
        (
            r#"[[{"name":"a"}]]"#,
            "rooms[0]: expected an object (Room), found an array",
        ),
    ] {
        let json = format!(r#"{{"name":"a","rooms":{rooms}}}"#);
        let error = from_str::<HouseUpdate>(&json).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn a_body_keeps_what_does_not_fit_in_what_was_read() {
    let mut odd = house();
    odd["name"] = json!(["Elm"]);
    odd["rooms"][0]["size"] = json!("large");
    let read: House = from_value(odd.clone()).unwrap();
    assert_eq!(to_value(&read).unwrap(), odd);
    assert_eq!(to_value(HouseUpdate::from(&read)).unwrap(), odd);
}

#[test]
fn the_same_model_is_read_tolerantly_in_an_answer() {
    let read: House = from_str(r#"{"rooms":[{"nmae":"hall"},{"name":null},null]}"#).unwrap();
    assert_eq!(read.rooms.len(), 3);
    let mut answer = serde_json::Deserializer::from_str(r#"{"name":null}"#);
    assert!(NewHouse::tolerant(&mut answer).is_ok());
    // A reader that failed leaves nothing behind.
    assert!(from_str::<NewHouse>("{}").is_err());
    assert!(from_str::<House>("{}").is_ok());
}
