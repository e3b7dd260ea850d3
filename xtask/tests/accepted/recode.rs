//! The program of the linked crate. It reads values into their types and writes them again, one line for each value.

#[allow(dead_code, reason = "no JSON Schema is asked for")]
mod checks;
mod tables;

use std::collections::HashMap;

use serde_json::Value as Json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut types = HashMap::new();
    for (document, models) in tables::documents() {
        let models = models.into_iter();
        types.extend(models.map(|it| ((document, it.name), it.recode)));
    }
    for line in std::io::stdin().lines() {
        let (document, component, value): (String, String, Json) = serde_json::from_str(&line?)?;
        let back = match types.get(&(&*document, &*component)) {
            Some(recode) => recode(&value),
            None => Err("there is no type for it".to_owned()),
        };
        println!("{}", serde_json::to_string(&back)?);
    }
    Ok(())
}
