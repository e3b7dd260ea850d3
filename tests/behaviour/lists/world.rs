//! A service with one list that it changes, caps and misreports.

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

/// One server that is each list in turn.
pub(super) struct World {
    server: Server,
    stage: Arc<Mutex<Stage>>,
}

/// What the server is now.
struct Stage {
    form: Form,
    service: Service,
    turn: usize,
}

impl World {
    pub(super) async fn start(form: &Form, service: Service) -> Self {
        let stage = Arc::new(Mutex::new(Stage::new(form, service)));
        let shown = stage.clone();
        let server = Server::answering(move |request| shown.lock().unwrap().answer(request)).await;
        Self { server, stage }
    }

    /// The lists of an API on this server.
    pub(super) fn lists(&self, lists: Lists) -> Vec<List> {
        let base = Base::Host(self.server.url.clone());
        lists(&Clients::unlimited(base, "token").unwrap()).unwrap()
    }

    /// Reads a list to its end.
    pub(super) async fn read(
        &self,
        list: &List,
        form: &Form,
        service: Service,
        reading: Reading,
    ) -> Run {
        *self.stage.lock().unwrap() = Stage::new(form, service);
        let items = list.read(reading).await;
        let numbers = |items: Vec<_>| items.iter().map(|item| form.number(item)).collect();
        Run {
            items: items.map(numbers),
            requests: self.stage.lock().unwrap().turn,
        }
    }
}

impl Stage {
    fn new(form: &Form, service: Service) -> Self {
        Self {
            form: form.clone(),
            service,
            turn: 0,
        }
    }

    fn answer(&mut self, request: &Request) -> Vec<u8> {
        let ask = ask(&self.form, request, self.turn);
        self.turn += 1;
        let (numbers, total) = (self.service)(&ask);
        json(200, self.form.page(&numbers, total))
    }
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
