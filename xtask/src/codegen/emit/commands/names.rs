//! The names of commands.

use crate::codegen::contract::{Operation, Tag};

/// The names of the commands of a group: `list_deployments` is `list` in the group of deployments. If two commands would have the same name, both
/// have the whole name of their operation.
pub fn names(tag: &Tag, operations: &[&Operation]) -> Vec<String> {
    let short: Vec<_> = operations.iter().map(|it| short(tag, &it.id)).collect();
    let named = operations.iter().zip(&short);
    let named = named.map(|(operation, name)| {
        let alone = short.iter().filter(|other| *other == name).count() == 1;
        if alone {
            name.clone()
        } else {
            kebab(&operation.id)
        }
    });
    named.collect()
}

/// An operation's name without the tag's noun if the noun follows the verb: `get_organization_hierarchy` is `get-hierarchy`.
fn short(tag: &Tag, id: &str) -> String {
    let words: Vec<&str> = id.split('_').collect();
    let noun: Vec<&str> = tag.module.split('_').collect();
    let follows = words.len() > noun.len()
        && noun
            .iter()
            .zip(&words[1..])
            .all(|(one, other)| same(one, other));
    if follows {
        let rest = words[..1].iter().chain(&words[1 + noun.len()..]);
        return rest.copied().collect::<Vec<_>>().join("-");
    }
    kebab(id)
}

/// Whether a word of a tag and one of an operation are the same noun, in the singular or the plural.
fn same(tag: &str, word: &str) -> bool {
    tag == word || singulars(tag).any(|singular| singular == word)
}

fn singulars(noun: &str) -> impl Iterator<Item = String> {
    let endings = [("ies", "y"), ("es", ""), ("s", "")];
    let stem = move |(plural, singular): (&str, &str)| {
        Some(noun.strip_suffix(plural)?.to_owned() + singular)
    };
    endings.into_iter().filter_map(stem)
}

pub fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(module: &str, ids: &[&str]) -> Vec<String> {
        let tag = Tag {
            module: module.to_owned(),
            ..Tag::default()
        };
        let operation = |id: &&str| Operation {
            id: (*id).to_owned(),
            ..Operation::default()
        };
        let operations: Vec<_> = ids.iter().map(operation).collect();
        names(&tag, &operations.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_noun_of_the_tag_is_left_out_behind_the_verb() {
        let ids = [
            "list_vpc_endpoints",
            "get_vpc_endpoint",
            "get_vpc_endpoint_status",
            "deploy",
        ];
        let names = of("vpc_endpoints", &ids);
        assert_eq!(names, ["list", "get", "get-status", "deploy"]);
        assert_eq!(of("policies", &["get_policy"]), ["get"]);
        assert_eq!(
            of("logs", &["list_deployment_logs"]),
            ["list-deployment-logs"]
        );
    }

    #[test]
    fn names_that_meet_are_whole() {
        let ids = ["update_schedules", "update_schedule", "get_schedule"];
        let names = of("schedules", &ids);
        assert_eq!(names, ["update-schedules", "update-schedule", "get"]);
    }
}
