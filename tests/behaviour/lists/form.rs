//! The form of a list on the wire, read from its spec independently of the generator.

use std::path::Path;

use serde_json::{Value, json};

/// The form of one list.
#[derive(Clone)]
pub(super) struct Form {
    pub(super) operation: String,
    pub(super) offset: String,
    pub(super) limit: String,
    items: Option<String>,
    total: Option<String>,
    /// The properties that tell items apart; none for log entries.
    pub(super) id: Vec<String>,
    item: Value,
}

impl Form {
    /// Every list of an API that comes in pages.
    pub(super) fn all(api: &str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = root.join(format!("../crates/anypoint-emulator/specs/{api}.json"));
        let spec: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let paths = spec["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|path| path.as_object().unwrap());
        operations
            .filter_map(|(_, operation)| Self::new(&spec, operation))
            .collect()
    }

    fn new(spec: &Value, operation: &Value) -> Option<Self> {
        let paginate = operation.get("x-paginate")?;
        let text = |name: &str| paginate[name].as_str().map(str::to_owned);
        let media = &operation["responses"]["200"]["content"]["application/json"];
        let example = media.get("example");
        let example = example.unwrap_or_else(|| &follow(spec, &media["schema"])["example"]);
        let items = text("items");
        let list = items.as_ref().map_or(example, |name| &example[name]);
        Some(Self {
            operation: operation["operationId"].as_str().unwrap().to_owned(),
            offset: text("offset").unwrap(),
            limit: text("limit").unwrap(),
            item: list[0].clone(),
            items,
            total: text("total"),
            id: match &paginate["id"] {
                Value::Array(names) => names.iter().map(word).collect(),
                Value::String(name) => vec![name.clone()],
                _ => Vec::new(),
            },
        })
    }

    pub(super) fn has_total(&self) -> bool {
        self.total.is_some()
    }

    /// One page, of the items with these numbers.
    pub(super) fn page(&self, numbers: &[usize], total: Option<i64>) -> String {
        let items: Vec<_> = numbers
            .iter()
            .map(|number| self.numbered(*number))
            .collect();
        let Some(name) = &self.items else {
            return json!(items).to_string();
        };
        let mut page = json!({ name: items });
        if let (Some(name), Some(total)) = (&self.total, total) {
            page[name] = json!(total);
        }
        page.to_string()
    }

    /// The example with another id.
    fn numbered(&self, number: usize) -> Value {
        let mut item = self.item.clone();
        item[self.mark()] = json!(format!("number-{number}"));
        item
    }

    /// The number of an item that was read.
    pub(super) fn number(&self, item: &Value) -> usize {
        let text = item[self.mark()].as_str().unwrap();
        text.strip_prefix("number-").unwrap().parse().unwrap()
    }

    /// The member that differs from item to item: of an id of several, one in the middle.
    fn mark(&self) -> &str {
        match &self.id[..] {
            [] => "message",
            [first, second, _] => {
                assert!(self.item[first].is_string(), "{}", self.operation);
                second
            }
            [first, ..] => first,
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn follow<'a>(spec: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(target) => spec.pointer(target.trim_start_matches('#')).unwrap(),
        None => node,
    }
}
