//! Finds the operation for a path and a method.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::{Api, Operation, Segment, catalog};

/// The outcome of a look-up.
pub(crate) enum Route {
    Found {
        api: &'static Api,
        operation: &'static Operation,
        variables: BTreeMap<String, String>,
    },
    /// The path exists, with other methods.
    WrongMethod(BTreeSet<&'static str>),
    Unknown,
}

/// Finds the operation; a literal segment wins over a variable, a variable over the rest.
pub(crate) fn find(method: &str, path: &str) -> Route {
    let given: Vec<&str> = path.split('/').skip(1).collect();
    let mut best: Option<(Vec<u8>, Route)> = None;
    let mut allowed = BTreeSet::new();
    for api in catalog() {
        for operation in &api.operations {
            let Some((rank, variables)) = matches(&operation.segments, &given) else {
                continue;
            };
            if operation.method != method {
                allowed.insert(operation.method.as_str());
                continue;
            }
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                let route = Route::Found {
                    api,
                    operation,
                    variables,
                };
                best = Some((rank, route));
            }
        }
    }
    match best {
        Some((_, route)) => route,
        None if allowed.is_empty() => Route::Unknown,
        None => Route::WrongMethod(allowed),
    }
}

/// How general each segment of the match is, and what the variables hold.
fn matches(template: &[Segment], given: &[&str]) -> Option<(Vec<u8>, BTreeMap<String, String>)> {
    let mut rank = Vec::with_capacity(template.len());
    let mut variables = BTreeMap::new();
    for (index, segment) in template.iter().enumerate() {
        let text = *given.get(index)?;
        match segment {
            Segment::Literal(literal) => {
                if *literal != decode(text) {
                    return None;
                }
                rank.push(0);
            }
            Segment::Variable(name) => {
                if text.is_empty() {
                    return None;
                }
                rank.push(1);
                variables.insert(name.clone(), decode(text));
            }
            Segment::Rest(name) => {
                let rest = given.get(index..)?.join("/");
                if rest.is_empty() {
                    return None;
                }
                rank.push(2);
                variables.insert(name.clone(), decode(&rest));
                return Some((rank, variables));
            }
        }
    }
    (template.len() == given.len()).then_some((rank, variables))
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(method: &str, path: &str) -> String {
        match find(method, path) {
            Route::Found { operation, .. } => operation.id.clone(),
            Route::WrongMethod(allowed) => format!("{allowed:?}"),
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn literals_win_over_variables() {
        let base = "/api-experience-hub/xapi/v1/portals/o/p/applications";
        assert_eq!(
            id("GET", &format!("{base}/exists")),
            "check_application_name"
        );
        assert_eq!(id("GET", &format!("{base}/1")), "get_application");
        assert_eq!(
            id("DELETE", &format!("{base}/exists")),
            "delete_application"
        );
    }

    #[test]
    fn the_rest_of_a_path_is_one_variable() {
        let path = "/api-experience-hub/xapi/v1/portals/o/p/assets/g/a/v1/pages/one/two%20x";
        match find("GET", path) {
            Route::Found { variables, .. } => {
                assert_eq!(
                    variables.get("pagePath").map(String::as_str),
                    Some("one/two x")
                );
            }
            _ => panic!("no route"),
        }
    }

    #[test]
    fn methods_and_unknown_paths() {
        assert_eq!(id("PUT", "/mmc/api/deployments"), r#"{"GET", "POST"}"#);
        assert_eq!(id("GET", "/mmc/api/deployment"), "unknown");
        assert_eq!(id("GET", "/mmc/api/deployments/"), "unknown");
    }
}
