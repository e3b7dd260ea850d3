//! Every secret of every component, through the `Debug` of its type.

use serde_json::{Value as Json, json};

use crate::checks::Checks;
use crate::marks;
use crate::specs::{Spec, members};
use crate::{access_management, application_manager, cloudhub, cloudhub2, experience_hub, mmc};

/// How many places of the specs are secret. A place more or less is for a person to look at.
const PLACES: usize = 44;

fn apis() -> [(&'static str, Vec<Checks>); 6] {
    [
        ("access-management", access_management::models()),
        ("application-manager", application_manager::models()),
        ("cloudhub", cloudhub::models()),
        ("cloudhub2", cloudhub2::models()),
        ("experience-hub", experience_hub::models()),
        ("mmc", mmc::models()),
    ]
}

#[test]
fn expectation_17_no_model_prints_a_secret_of_the_specs() {
    let (mut places, mut checked, mut wrong) = (0, 0, Vec::new());
    for (api, models) in apis() {
        let spec = Spec::load(api);
        places += spec.places();
        for (name, schema) in spec.components() {
            for (member, property) in members(&schema["properties"]) {
                let inside = Spec::places_in(property);
                if inside == 0 {
                    continue;
                }
                checked += inside;
                let model = models.iter().find(|model| model.name == name).unwrap();
                let mut value = schema["example"].clone();
                value[member] = marked(property);
                let (printed, written) = (model.print)(&value);
                let place = format!("{api} {name}.{member}");
                wrong.extend(
                    marks::found(&printed)
                        .iter()
                        .map(|leak| format!("{place}: {leak}")),
                );
                if !printed.contains("Secret(***)") {
                    wrong.push(format!(
                        "{place}: Debug does not say that there is a secret"
                    ));
                }
                if !marks::holds(written.as_bytes(), marks::ANSWER) {
                    wrong.push(format!("{place}: the mark is not in the model"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!((places, checked), (PLACES, PLACES));
}

#[test]
fn no_model_prints_a_secret_that_comes_in_another_form_or_under_another_name() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for (api, models) in apis() {
        let spec = Spec::load(api);
        for (name, schema) in spec.components() {
            for (member, property) in members(&schema["properties"]) {
                if Spec::places_in(property) == 0 {
                    continue;
                }
                let model = models.iter().find(|model| model.name == name).unwrap();
                for odd in [
                    json!([marks::ANSWER, 1]),
                    json!({ "a": { "b": marks::ANSWER } }),
                ] {
                    checked += 1;
                    let mut value = schema["example"].clone();
                    value[member] = odd.clone();
                    value["aMemberThatIsNew"] = odd;
                    let (printed, _) = (model.print)(&value);
                    let leaks = marks::found(&printed);
                    wrong.extend(
                        leaks
                            .iter()
                            .map(|leak| format!("{api} {name}.{member}: {leak}")),
                    );
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(checked > PLACES, "{checked}");
}

/// A value of a schema that is a mark in every secret place.
fn marked(schema: &Json) -> Json {
    match schema["type"].as_str() {
        Some("array") => json!([marked(&schema["items"])]),
        Some("object") => json!({ "a.key": marked(&schema["additionalProperties"]) }),
        _ => json!(marks::ANSWER),
    }
}
