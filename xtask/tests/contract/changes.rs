//! One change to a spec changes the page of the changed thing, and only the lines about it.

use std::collections::BTreeSet;

use crate::support::root;
use xtask::codegen::contract::Trait;
use xtask::codegen::{self, manifest, surface};

const SPEC: &str = "application-manager";

/// The first occurrence of a text behind a place that is marked by another one.
struct Edit {
    behind: &'static str,
    from: &'static str,
    to: &'static str,
}

/// The spec before and after, as pages.
type Pages = Vec<(String, String)>;

fn pages(edits: &[Edit]) -> (Pages, Pages) {
    let root = root();
    let entries = manifest::load(&root).unwrap().apis;
    let entry = entries.iter().find(|entry| entry.name == SPEC).unwrap();
    let before = std::fs::read_to_string(root.join(&entry.spec)).unwrap();
    let mut after = before.clone();
    for Edit { behind, from, to } in edits {
        let start = after.find(behind).unwrap_or_else(|| panic!("{behind}"));
        let at = after[start..]
            .find(from)
            .unwrap_or_else(|| panic!("{from}"));
        after.replace_range(start + at..start + at + from.len(), to);
    }
    let pages = |text: &str| {
        let contract = codegen::contract(entry, text);
        surface::pages(&contract.unwrap_or_else(|complaints| panic!("{complaints}")))
    };
    (pages(&before), pages(&after))
}

/// The names of the pages that differ, and of the things on them that do.
fn differences((before, after): &(Pages, Pages)) -> BTreeSet<String> {
    let things = |pages: &Pages| -> BTreeSet<(String, String)> {
        let things = pages.iter().flat_map(|(page, text)| {
            let things = text.split("\n\n");
            things.map(|thing| (page.clone(), thing.trim().to_owned()))
        });
        things.collect()
    };
    let (before, after) = (things(before), things(after));
    let differ = before.symmetric_difference(&after);
    let name = |thing: &str| {
        thing
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    differ
        .map(|(page, thing)| format!("{page}: {}", name(thing)))
        .collect()
}

/// How many lines are on the pages now that were not there before.
fn new_lines((before, after): &(Pages, Pages)) -> usize {
    let lines = |pages: &Pages| -> Vec<String> {
        let lines = pages.iter().flat_map(|(page, text)| {
            let mut thing = "";
            text.lines().map(move |line| {
                if !line.starts_with(' ') {
                    thing = line;
                }
                format!("{page} {thing} {line}")
            })
        });
        lines.collect()
    };
    let mut before = lines(before);
    let news = lines(after).into_iter().filter(|line| {
        let known = before.iter().position(|known| known == line);
        known.map(|at| before.swap_remove(at)).is_none()
    });
    news.count()
}

/// Each of these once left no trace in the snapshots, although the client did something else on the wire.
#[test]
fn a_change_on_the_wire_changes_the_page_of_its_operation_alone() {
    let edit = |behind, from, to| Edit { behind, from, to };
    for (edit, page) in [
        (
            edit(
                "operationId: create_deployment",
                "      tags:",
                "      x-idempotent: true\n      tags:",
            ),
            "deployments: operation create_deployment",
        ),
        (
            edit(
                "operationId: create_deployment",
                "      tags:",
                "      security: []\n      tags:",
            ),
            "deployments: operation create_deployment",
        ),
        (
            edit(
                "operationId: list_deployments",
                "name: targetId",
                "name: target_id",
            ),
            "deployments: operation list_deployments",
        ),
        (
            edit("name: targetId", "in: query", "in: header"),
            "deployments: operation list_deployments",
        ),
        (
            edit("x-wait:", "[FAILED, DEPLOYMENT_FAILED]", "[FAILED]"),
            "deployments: operation get_deployment",
        ),
        (
            edit("x-change:", "mask: \"******\"", "mask: \"*****\""),
            "deployments: operation update_deployment",
        ),
        (
            edit("x-rate-limit:", "permits: 15", "permits: 150"),
            "client: limit default",
        ),
    ] {
        let changed = edit.to;
        let pages = pages(&[edit]);
        assert_eq!(
            differences(&pages),
            BTreeSet::from([page.to_owned()]),
            "{changed}"
        );
        assert!(new_lines(&pages) <= 1, "{changed}");
    }
}

/// Of the same kind, and not in the old snapshots either.
#[test]
fn a_changed_fact_changes_one_line() {
    let edit = |behind, from, to| Edit { behind, from, to };
    for (edit, thing) in [
        (
            edit("name: targetId", "maxLength: 255", "maxLength: 256"),
            "deployments: operation list_deployments",
        ),
        (
            edit(
                "name: targetId",
                "type: string",
                "type: string\n            default: any",
            ),
            "deployments: operation list_deployments",
        ),
        (
            edit(
                "name: targetId",
                "type: string",
                "deprecated: true\n            type: string",
            ),
            "deployments: operation list_deployments",
        ),
        (
            edit(
                "operationId: create_deployment",
                "      tags:",
                "      x-environment: true\n      tags:",
            ),
            "deployments: operation create_deployment",
        ),
        (
            edit(
                "    DeploymentSummary:",
                "creationDate:\n",
                "creationDate:\n          x-alias: [created]\n",
            ),
            "deployments: model DeploymentSummary",
        ),
        (
            edit(
                "    DeploymentSummary:",
                "required: [id, name]",
                "required: [id]",
            ),
            "deployments: model DeploymentSummary",
        ),
        (
            edit(
                "    DeploymentUpdate:",
                "name:\n          type: string",
                "name:\n          type: string\n          nullable: true",
            ),
            "deployments: request DeploymentUpdate",
        ),
        (
            edit("x-paginate:", "        id: id\n", ""),
            "deployments: operation list_deployments",
        ),
        (
            edit("    DeploymentSummary:", "format: date-time", "format: uri"),
            "deployments: model DeploymentSummary",
        ),
    ] {
        let changed = edit.to;
        let pages = pages(&[edit]);
        assert_eq!(
            differences(&pages),
            BTreeSet::from([thing.to_owned()]),
            "{changed}"
        );
        assert!(new_lines(&pages) <= 1, "{changed}");
    }
}

#[test]
fn a_type_that_can_no_longer_be_made_of_nothing_says_so() {
    let before = crate::listed().swap_remove(1);
    let mut after = before.clone();
    let page = after
        .types
        .iter_mut()
        .find(|it| it.name == "DeploymentPage");
    page.unwrap().traits.retain(|it| *it != Trait::Default);
    let pages = (surface::pages(&before), surface::pages(&after));
    let name = "deployments: model DeploymentPage".to_owned();
    assert_eq!(differences(&pages), BTreeSet::from([name]));
    assert_eq!(new_lines(&pages), 1);
}
