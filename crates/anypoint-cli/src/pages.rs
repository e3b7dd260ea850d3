//! Paged lists, read with the runtime's `Items`.

use std::borrow::Cow;

use anypoint_core::internal::{Endpoint, Paged};
use anypoint_core::{Error, Items, Response, Sending};

use crate::request::Request;
use crate::table::Pages;
use crate::value::Value;

/// The items over all pages of a list.
pub(crate) fn items(request: Request, pages: &'static Pages, endpoint: &Endpoint) -> Items<List> {
    Items::new(List {
        request,
        pages,
        endpoint: endpoint.clone(),
    })
}

#[derive(Clone)]
pub(crate) struct List {
    request: Request,
    pages: &'static Pages,
    endpoint: Endpoint,
}

/// A page, taken apart.
pub(crate) struct Page {
    items: Vec<Item>,
    total: Option<i64>,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) value: Value,
    id: Option<String>,
}

impl IntoFuture for List {
    type Output = Result<Response<Page>, Error>;
    type IntoFuture = Sending<Page>;

    fn into_future(self) -> Self::IntoFuture {
        let answer = self.request.call(&self.endpoint).send_json::<Value>();
        Box::pin(async move { Ok(answer.await?.map(|value| page(self.pages, value))) })
    }
}

impl Paged for List {
    type Page = Page;
    type Item = Item;

    fn at(self, offset: i64) -> Self {
        Self {
            request: self.request.with(self.pages.offset, offset.to_string()),
            ..self
        }
    }

    fn start(&self) -> i64 {
        let offset = self.request.given(self.pages.offset);
        offset.and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    fn items(page: &Page) -> &[Item] {
        &page.items
    }

    fn total(page: &Page) -> Option<i64> {
        page.total
    }

    fn id(item: &Item) -> Option<Cow<'_, str>> {
        item.id.as_deref().map(Cow::Borrowed)
    }
}

fn page(pages: &Pages, value: Value) -> Page {
    let total = pages.total.and_then(|name| match value.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    });
    let items = match (value, pages.items) {
        // Some services send the bare list.
        (Value::List(items), _) => items,
        (Value::Object(members), Some(name)) => {
            let mut members = members.into_iter();
            match members.find(|(known, _)| known == name) {
                Some((_, Value::List(items))) => items,
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    let item = |value: Value| Item {
        id: id(pages, &value),
        value,
    };
    Page {
        items: items.into_iter().map(item).collect(),
        total,
    }
}

fn id(pages: &Pages, item: &Value) -> Option<String> {
    if pages.id.is_empty() {
        return None;
    }
    let parts: Vec<_> = pages.id.iter().filter_map(|name| item.get(name)).collect();
    (!parts.is_empty()).then(|| {
        parts
            .iter()
            .map(|it| it.compact())
            .collect::<Vec<_>>()
            .join(" ")
    })
}
