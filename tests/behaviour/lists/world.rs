//! A service that changes, cuts and lies about one list.

use std::sync::{Arc, Mutex};

use anypoint_core::Error;
use anypoint_tests::wire::{Base, Clients, List, Lists, Reading};

use super::form::Form;
use crate::support::{Request, Server, json};

/// One request for a page.
pub(super) struct Ask {
    /// Which one it is, from 0.
    pub(super) turn: usize,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

/// The numbers of the items of a page, and the total beside them.
pub(super) type Page = (Vec<usize>, Option<i64>);

/// How the service answers.
pub(super) type Service = fn(&Ask) -> Page;

/// What became of a list that was read.
pub(super) struct Run {
    pub(super) items: Result<Vec<usize>, Error>,
    pub(super) requests: usize,
}

/// That part of a list which is asked for.
pub(super) fn cut(list: &[usize], ask: &Ask) -> Vec<usize> {
    let part = list.iter().skip(ask.offset).take(ask.limit);
    part.copied().collect()
}

/// Reads a list to its end, from a service of its own.
pub(super) async fn read(lists: Lists, form: &Form, service: Service, reading: Reading) -> Run {
    let turn = Arc::new(Mutex::new(0));
    let (form, turns) = (Arc::new(form.clone()), turn.clone());
    let shown = form.clone();
    let server = Server::answering(move |request| {
        let mut turn = turns.lock().unwrap();
        let ask = ask(&shown, request, *turn);
        *turn += 1;
        let (numbers, total) = service(&ask);
        json(200, shown.page(&numbers, total))
    })
    .await;
    let list = list(lists, &form, &server);
    let items = list.read(reading).await;
    let requests = *turn.lock().unwrap();
    let numbers = |items: Vec<_>| items.iter().map(|item| form.number(item)).collect();
    Run {
        items: items.map(numbers),
        requests,
    }
}

fn list(lists: Lists, form: &Form, server: &Server) -> List {
    let base = Base::Host(server.url.clone());
    let clients = Clients::new(base, "token").unwrap();
    let mut lists = lists(&clients).unwrap().into_iter();
    lists
        .find(|list| list.operation == form.operation)
        .unwrap_or_else(|| panic!("{} is not in the table", form.operation))
}

fn ask(form: &Form, request: &Request, turn: usize) -> Ask {
    let line = request.line();
    let query = line.split_once('?').map_or("", |(_, query)| query);
    let number = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|(key, _)| *key == name);
        value.unwrap_or_else(|| panic!("{line} has no {name}")).1
    };
    Ask {
        turn,
        offset: number(&form.offset).parse().unwrap(),
        limit: number(&form.limit).parse().unwrap(),
    }
}
