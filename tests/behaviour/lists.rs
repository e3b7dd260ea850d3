//! Every paged list, against services that shift, cap and misreport: it ends, returns no item twice, and
//! requests no more pages than necessary.

mod emulated;
mod form;
mod world;

use anypoint_core::ErrorKind;
use anypoint_tests::wire::{self, Lists, Reading};

use form::Form;
use world::{Ask, Page, Run, Service, World, cut};

/// What each list of the table is asked for at a time.
const LIMIT: usize = 3;
const PLAIN: Reading = Reading {
    read_ahead: false,
    max_pages: 50,
};

fn forms() -> Vec<(&'static str, Lists, Vec<Form>)> {
    let apis = wire::lists().into_iter();
    apis.map(|(api, lists)| (api, lists, Form::all(api)))
        .collect()
}

/// Reads each list, with and without reading ahead, and holds it against what is expected.
#[expect(clippy::print_stdout, reason = "a test that fails says at which list")]
async fn each(service: Service, expect: impl Fn(&Form, Run)) {
    for (api, lists, forms) in forms() {
        let world = World::start(&forms[0], service).await;
        for list in world.lists(lists) {
            let form = forms.iter().find(|form| form.operation == list.operation);
            for read_ahead in [false, true] {
                println!("{api} {}, ahead: {read_ahead}", list.operation);
                let reading = Reading {
                    read_ahead,
                    ..PLAIN
                };
                let form = form.unwrap();
                expect(form, world.read(&list, form, service, reading).await);
            }
        }
    }
}

/// Exactly these items, in at most so many requests.
fn reads(items: impl IntoIterator<Item = usize>, requests: usize) -> impl Fn(&Form, Run) {
    let items: Vec<_> = items.into_iter().collect();
    move |_, run| {
        assert_eq!(run.items.unwrap(), items);
        assert!(run.requests <= requests, "{} requests", run.requests);
    }
}

fn total(list: &[usize]) -> Option<i64> {
    i64::try_from(list.len()).ok()
}

#[test]
fn expectation_13_every_list_of_the_specs_is_tested() {
    let specs = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs");
    let files = std::fs::read_dir(specs)
        .unwrap()
        .map(|file| file.unwrap().path());
    let counted: usize = files
        .filter(|file| file.extension().is_some_and(|end| end == "yaml"))
        .map(|file| {
            std::fs::read_to_string(file)
                .unwrap()
                .matches("      x-paginate:")
                .count()
        })
        .sum();
    let forms: Vec<_> = forms()
        .into_iter()
        .flat_map(|(_, _, forms)| forms)
        .collect();
    assert_eq!((counted, forms.len()), (21, 21));
    let without_id = forms.iter().filter(|form| form.id.is_empty());
    let names: Vec<_> = without_id.map(|form| form.operation.as_str()).collect();
    assert_eq!(
        names,
        ["list_instance_logs"],
        "log entries alone have no id"
    );
}

#[tokio::test]
async fn expectation_13_every_list_is_in_the_table_once() {
    for (api, lists, forms) in forms() {
        let world = World::start(&forms[0], |_| (vec![], None)).await;
        let mut table: Vec<_> = world
            .lists(lists)
            .iter()
            .map(|list| list.operation)
            .collect();
        let mut specs: Vec<_> = forms.iter().map(|form| form.operation.as_str()).collect();
        table.sort_unstable();
        specs.sort_unstable();
        assert_eq!(table, specs, "{api}");
    }
}

#[tokio::test]
async fn a_quiet_list_takes_no_request_too_many() {
    let service = |ask: &Ask| {
        let list: Vec<_> = (0..8).collect();
        (cut(&list, ask), total(&list))
    };
    each(service, |form, run| {
        assert_eq!(run.items.unwrap(), Vec::from_iter(0..8));
        assert_eq!(run.requests, if form.has_total() { 3 } else { 4 });
    })
    .await;
}

#[tokio::test]
async fn an_empty_list_is_one_request() {
    each(|_| (vec![], Some(0)), reads([], 1)).await;
}

#[tokio::test]
async fn expectation_13_an_item_that_a_shift_shows_twice_comes_once() {
    let service = |ask: &Ask| {
        // A new item comes first after each of the first two pages.
        let new = (100..100 + ask.turn.min(2)).rev();
        let list: Vec<_> = new.chain(0..8).collect();
        (cut(&list, ask), total(&list))
    };
    each(service, |form, run| {
        let items = run.items.unwrap();
        if form.id.is_empty() {
            assert_eq!(items.len(), 10, "without ids each comes as it is shown");
        } else {
            assert_eq!(items, Vec::from_iter(0..8));
        }
        assert!(run.requests <= 10_usize.div_ceil(LIMIT) + 1);
    })
    .await;
}

#[tokio::test]
async fn expectation_13_a_shift_by_a_whole_page_does_not_end_the_list() {
    let service = |ask: &Ask| {
        let new = if ask.turn == 0 {
            0..0
        } else {
            100..100 + LIMIT
        };
        let list: Vec<_> = new.chain(0..8).collect();
        (cut(&list, ask), total(&list))
    };
    each(service, reads(0..8, 11_usize.div_ceil(LIMIT) + 1)).await;
}

/// What was deleted pulls others onto a page that has been read.
#[tokio::test]
async fn a_list_that_shrinks_ends_without_a_duplicate() {
    let service = |ask: &Ask| {
        let gone = ask.turn.min(2);
        let list: Vec<_> = (gone..8).collect();
        (cut(&list, ask), total(&list))
    };
    each(service, reads([0, 1, 2, 4, 5, 6], 4)).await;
}

#[tokio::test]
async fn expectation_13_short_pages_are_not_the_end() {
    // The service caps the limit, and leaves out of each page what the caller may not see.
    let capped = |ask: &Ask| {
        let list: Vec<_> = (0..8).collect();
        let page = cut(
            &list,
            &Ask {
                limit: 2 - ask.turn % 2,
                ..*ask
            },
        );
        (page, total(&list))
    };
    each(capped, reads(0..8, 7)).await;
}

#[tokio::test]
async fn expectation_13_a_wrong_total_loses_nothing_and_loops_nowhere() {
    fn page(ask: &Ask, total: Option<i64>) -> Page {
        (cut(&Vec::from_iter(0..8), ask), total)
    }
    let wrong: [Service; 7] = [
        |ask| page(ask, Some(1_000_000)),
        |ask| page(ask, Some(4)),
        |ask| page(ask, Some(-1)),
        |ask| page(ask, Some(0)),
        |ask| page(ask, Some(i64::MAX)),
        |ask| page(ask, None),
        // Another one on each page.
        |ask| page(ask, Some([5, 100, 7, -3][ask.turn % 4])),
    ];
    for service in wrong {
        each(service, |form, run| {
            // 32-bit totals cannot hold the largest one.
            if run
                .items
                .as_ref()
                .is_err_and(|error| error.kind() == ErrorKind::Decode)
            {
                assert_eq!((run.requests, form.has_total()), (1, true));
            } else {
                reads(0..8, 4)(form, run);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn expectation_13_a_page_that_repeats_ends_the_list() {
    each(|_| (vec![0, 1, 2], Some(9)), reads(0..3, 3)).await;
    each(|_| (vec![0, 1, 2], None), reads(0..3, 3)).await;
    // A total that grows with each page does not keep it going.
    let growing = |ask: &Ask| (vec![0, 1, 2], Some(100 + ask.turn as i64));
    each(growing, reads(0..3, 3)).await;
    // The last page comes again and again.
    let last = |ask: &Ask| ((ask.offset.min(5)..8).take(ask.limit).collect(), Some(99));
    each(last, |form, run| {
        if !form.id.is_empty() {
            reads(0..8, 5)(form, run);
        }
    })
    .await;
}

#[tokio::test]
async fn expectation_13_pages_of_what_was_seen_before_end_the_list() {
    // The offset is ignored and the order is another each time.
    let stirred: Service = |ask| {
        let item = |index| (index + ask.turn) % LIMIT;
        ((0..LIMIT).map(item).collect(), Some(1_000))
    };
    // Behind the last item comes the first.
    let starting_again: Service = |ask| {
        let item = |index| (ask.offset + index) % 6;
        ((0..LIMIT).map(item).collect(), None)
    };
    for (service, items) in [(stirred, 3), (starting_again, 6)] {
        each(service, |form, run| {
            if form.id.is_empty() {
                // Nothing tells these items apart; the total or the bound ends the list.
                assert!(run.requests <= 50);
            } else {
                reads(0..items, 4)(form, run);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn expectation_13_a_list_without_end_is_an_error() {
    let endless = |ask: &Ask| {
        let page: Vec<_> = (ask.offset..ask.offset + ask.limit).collect();
        let more = ask.offset as i64 + 100;
        (page, Some(more))
    };
    each(endless, |_, run| {
        let error = run.items.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(
            error.to_string().contains("not ended after 50 pages"),
            "{error}"
        );
        assert!(error.hint().is_some());
        assert_eq!(run.requests, 50);
    })
    .await;
}
