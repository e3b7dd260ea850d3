//! Positions after entries that were handed out.

use super::*;

fn parts(ids: &[&str]) -> Arc<[Begun]> {
    let begun = |id: &&str| Begun {
        part: (*id).into(),
        mark: Mark {
            part: (*id).to_owned(),
            from: Some(0),
            ..Mark::default()
        },
    };
    ids.iter().map(begun).collect()
}

fn step(parts: &Arc<[Begun]>, part: usize, key: u64, id: Option<&str>, time: i64) -> Step {
    Step {
        parts: parts.clone(),
        part,
        key,
        id: id.map(Arc::from),
        time,
        pending: None,
    }
}

fn marks(ledger: &Ledger) -> Vec<Mark> {
    let position = ledger.position().unwrap();
    position.marks_of("log").unwrap().to_vec()
}

#[test]
fn an_id_of_each_part_is_marked_and_what_came_after_it() {
    let mut ledger = Ledger::new("log".into(), false, None);
    assert!(ledger.position().is_none());
    let two = parts(&["a", "b"]);
    for number in 0..100 {
        let id = format!("a{number}");
        ledger.take(&step(&two, 0, number, Some(id.as_str()), 1));
    }
    ledger.take(&step(&two, 0, 100, None, 1));
    let found = marks(&ledger);
    let mark = found.first().unwrap();
    assert_eq!(mark.after.as_deref(), Some("a85"));
    let keys: Vec<u64> = mark.shown.iter().map(|(_, key)| *key).collect();
    assert_eq!(keys, (75..=100).collect::<Vec<_>>());
    // Nothing of the other part has come.
    assert_eq!((found[1].after.as_deref(), found[1].from), (None, Some(0)));
    // A part ends, another begins.
    ledger.take(&step(&parts(&["b", "c"]), 0, 7, Some("b2"), 2));
    let after: Vec<_> = marks(&ledger).into_iter().map(|mark| mark.after).collect();
    assert_eq!(after, [Some("b2".into()), None]);
}

#[test]
fn a_position_of_few_entries_goes_on_from_where_it_was_resumed() {
    let start = Mark {
        after: Some("x".into()),
        shown: vec![(-1, 3), (0, 1), (0, 2)],
        ..Mark::default()
    };
    let ledger = Ledger::new("log".into(), false, Some(std::slice::from_ref(&start)));
    assert_eq!(marks(&ledger), [start]);
}

#[test]
fn a_position_names_all_entries_from_its_time_on_and_not_many_more() {
    let mut ledger = Ledger::new("log".into(), true, None);
    let part = parts(&[""]);
    let times: Vec<i64> = (0..10_000).map(|number| number / 7).collect();
    for (number, time) in times.iter().enumerate() {
        ledger.take(&step(&part, 0, number as u64, None, *time));
        if number % 41 != 0 {
            continue;
        }
        let marks = marks(&ledger);
        let [mark] = marks.as_slice() else {
            panic!("{marks:?}");
        };
        let from = mark.from.unwrap();
        let shown = times.iter().take(number + 1).filter(|time| **time >= from);
        assert_eq!(mark.shown.len(), shown.count());
        assert!(mark.shown.len() < MOST + 7, "{}", mark.shown.len());
    }
}

#[test]
fn an_older_entry_that_is_still_to_come_is_behind_the_position() {
    let mut ledger = Ledger::new("log".into(), true, None);
    let part = parts(&[""]);
    for number in 0..100 {
        ledger.take(&step(&part, 0, number as u64, None, number * 10_000));
    }
    let late = Step {
        pending: Some(300_000),
        ..step(&part, 0, 200, None, 200_000)
    };
    ledger.take(&late);
    let marks = marks(&ledger);
    let mark = marks.first().unwrap();
    assert_eq!((mark.from, mark.shown.len()), (Some(300_000), 70));
}

#[test]
fn before_any_id_a_position_says_when_its_entries_were_written() {
    let mut ledger = Ledger::new("log".into(), false, None);
    let begun = Begun {
        part: "a".into(),
        mark: Mark {
            part: "a".to_owned(),
            ..Mark::default()
        },
    };
    ledger.take(&step(&vec![begun].into(), 0, 7, None, 1_750_000_000_000));
    let mark = marks(&ledger).pop().unwrap();
    // Not all that was ever logged.
    assert_eq!(mark.from, Some(1_750_000_000_000 - LATE));
    assert_eq!(mark.shown, [(0, 7)]);
}

/// So that no position has to look through all that was handed out.
#[test]
fn entries_are_kept_in_the_order_of_their_times() {
    let start = Mark {
        from: Some(100),
        shown: vec![(7, 1), (3, 2)],
        ..Mark::default()
    };
    let mut ledger = Ledger::new("log".into(), true, Some(std::slice::from_ref(&start)));
    let part = parts(&[""]);
    for (key, time) in [(3, 110), (4, 105), (5, 110), (6, 101)] {
        ledger.take(&step(&part, 0, key, None, time));
    }
    let mark = marks(&ledger).pop().unwrap();
    assert_eq!(mark.from, Some(100));
    assert_eq!(
        mark.shown,
        [(1, 6), (3, 2), (5, 4), (7, 1), (10, 3), (10, 5)]
    );
}
