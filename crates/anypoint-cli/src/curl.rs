//! Requests as lines for `curl`, without secrets.

use anypoint_core::http::Method;

use crate::arguments;
use crate::examples::quoted;
use crate::mask::mask;
use crate::table::{Api, Body, Command, Encoding, Part, Security, Ty};
use crate::value::Value;

/// The whole line. `sign` and `data` are options of curl, each with a space before it.
pub(crate) fn line(
    method: Method,
    sign: &str,
    headers: Vec<(String, String)>,
    data: &str,
    url: &str,
) -> String {
    let mut line = format!("curl -X {method}{sign}");
    // What curl sends anyway.
    let headers = headers
        .into_iter()
        .filter(|(name, value)| name != "accept" || value != "*/*");
    for (name, value) in headers {
        line += &format!(" -H {}", quoted(&format!("{name}: {value}")));
    }
    format!("{line}{data} {}", quoted(url))
}

/// The access token as a variable.
pub(crate) const BEARER: &str = " -H \"Authorization: Bearer $ANYPOINT_BEARER\"";

/// Credentials and the choice of an environment, as variables.
pub(crate) fn credentials(command: &Command) -> String {
    let credentials = match command.security {
        Security::Bearer => BEARER,
        Security::Basic => " -u \"$ANYPOINT_USERNAME:$ANYPOINT_PASSWORD\"",
        Security::None => "",
    };
    let environment = match command.environment {
        true => " -H \"X-ANYPNT-ORG-ID: $ANYPOINT_ORG\" -H \"X-ANYPNT-ENV-ID: $ANYPOINT_ENV\"",
        false => "",
    };
    format!("{credentials}{environment}")
}

/// A body that is a file.
pub(crate) fn file(body: &Body, path: &str) -> String {
    let media = quoted(&format!("Content-Type: {}", body.media));
    format!(" -H {media} --data-binary {}", quoted(&format!("@{path}")))
}

/// A body with its secrets masked. One that no spec describes is JSON.
pub(crate) fn data(described: Option<(&Api, &Body)>, value: &Value) -> String {
    let mut shown = value.clone();
    let (api, body) = described.unzip();
    mask(api, body.map_or(&Ty::Json, |body| &body.ty), &mut shown);
    let encoding = body.map_or(Encoding::Json, |body| body.encoding);
    let option = match encoding {
        Encoding::Multipart => "-F",
        Encoding::Form => "--data-urlencode",
        Encoding::Json | Encoding::Binary => "-d",
    };
    let fields = described.map(|(api, body)| arguments::fields(api, &body.ty));
    let fields = fields.unwrap_or_default();
    match (&shown, option) {
        (Value::Object(members), "-F" | "--data-urlencode") => {
            let part = |(name, value): &(String, Value)| {
                let text = value.scalar().unwrap_or_else(|| value.compact());
                let mut fields = fields.iter();
                let file = fields.any(|it| it.wire == name && it.part == Some(Part::File));
                let text = format!("{name}={}{text}", if file { "@" } else { "" });
                format!(" {option} {}", quoted(&text))
            };
            members.iter().map(part).collect()
        }
        _ => {
            let media = body.map_or("application/json", |body| body.media);
            format!(
                " -H 'Content-Type: {media}' -d {}",
                quoted(&shown.compact())
            )
        }
    }
}
