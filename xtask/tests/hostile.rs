//! Every text of a spec is escaped in the file that it is written to.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::path::Path;

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};
use support::{fixtures, generate};
use xtask::codegen::Generated;

/// What breaks out of strings, comments, code spans, lists and tables.
const SCRAPS: &[&str] = &[
    "\"",
    "'",
    "\\",
    "`",
    "``",
    "```",
    "```rust\n",
    "~~~\n",
    "\n",
    "\n\n",
    "    loop {}",
    "\t",
    "*/",
    "/*",
    "//! a",
    "/// b",
    "#",
    "# c\n",
    "#[d]",
    "\"##",
    "r#\"",
    "{",
    "}",
    "{{",
    "<",
    ">",
    "<b>",
    "<script>",
    "<!--",
    "-->",
    "]]>",
    "&lt;",
    "[",
    "]",
    "[`Client`]",
    "[a](b)",
    "[a]: b\n",
    "[^1]",
    "![a](https://b.example/c.png)",
    "(",
    ")",
    "|",
    "\n|---|\n",
    "\n- ",
    "\n  - ",
    "\n1. ",
    "\n> ",
    "\n===\n",
    "\n---\n",
    "https://a.example/b_c?d=e",
    "http://a",
    "<https://a.example>",
    "[a](https://a.example/b)",
    "]\nbuild = \"b.rs\"\n",
    "\"\"\"",
    "'''",
    "$",
    "%",
    "é",
    "word ",
    "two words",
    ".",
    ":",
    "_",
    "*",
    "**",
    "~",
    "@",
    "^",
    "=",
];

fn text() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(SCRAPS).prop_map(str::to_owned);
    let any = "[ -~é\\n]{0,8}".prop_map(|text: String| text);
    prop::collection::vec(prop_oneof![4 => scrap, 1 => any], 1..12).prop_map(|parts| parts.concat())
}

/// A spec with texts in all places that a person reads.
fn spec(title: &str, prose: &str, value: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let title: String = title.replace(['\n', '\t'], " ");
    let summary = format!("{}.", prose.replace(['\n', '\t'], " ").trim());
    format!(
        r##"openapi: 3.0.3
info: {{title: {title}, version: "1.0.0", description: {prose}}}
servers: [{{url: https://anypoint.mulesoft.com/fixture}}]
security: [{{bearer: []}}]
tags: [{{name: things, description: {prose}}}]
paths:
  /things/{{id}}:
    get:
      operationId: get_thing
      tags: [things]
      summary: {summary}
      description: {prose}
      parameters:
        - {{name: id, in: path, required: true, description: {prose}, schema: {{type: string}}, example: {value}}}
        - {{name: like, in: query, description: {prose}, schema: {{type: string, default: {value}}}, example: {value}}}
      responses:
        "200": {{description: Fine., content: {{application/json: {{schema: {{$ref: "#/components/schemas/Thing"}}}}}}}}
        "404": {{description: {prose}}}
        default: {{$ref: "#/components/responses/Problem"}}
components:
  responses:
    Problem:
      description: What went wrong.
      content: {{application/json: {{schema: {{$ref: "#/components/schemas/Problem"}}}}}}
  schemas:
    Problem: {{type: object, description: An error., properties: {{message: {{type: string}}}}, example: {{message: refused}}}}
    Color: {{type: string, description: {prose}, enum: [red, {variant}]}}
    Thing:
      type: object
      description: {prose}
      properties:
        id: {{type: string, description: {prose}}}
        {member}: {{type: string}}
        color: {{$ref: "#/components/schemas/Color"}}
      example: {{id: {value}, color: red}}
"##,
        title = quoted(&title),
        prose = quoted(prose),
        summary = quoted(&summary),
        value = quoted(value),
        variant = quoted(&format!("x{value}")),
        member = quoted(&format!("y{value}")),
    )
}

/// Nothing is outside of its folder, and every file says what it should and no more.
fn check(generated: &Generated) {
    let own = [
        "crates/anypoint-hostile/",
        "crates/anypoint-cli/tables/",
        "crates/anypoint-emulator/specs/",
        "tests/src/wire/calls/",
        "tests/models/tables/",
    ];
    for (path, text) in &generated.set.files {
        assert!(
            own.iter().any(|folder| path.starts_with(folder)) && !path.contains(".."),
            "{path}"
        );
        // The texts of licences have none, and nothing of the spec.
        let extension = Path::new(path).extension();
        match extension.map_or("", |it| it.to_str().unwrap()) {
            "" => assert!(path.contains("/LICENSE-"), "{path}"),
            "toml" => check_manifest(text),
            "rs" => check_source(path, text),
            "md" => check_markdown(text, true),
            "json" => drop(serde_json::from_str::<serde_json::Value>(text).unwrap()),
            other => panic!("{other}"),
        }
    }
}

fn check_manifest(text: &str) {
    let manifest: toml::Table =
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let keys = |table: &str| -> Vec<String> {
        manifest[table]
            .as_table()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let tables: Vec<&String> = manifest.keys().collect();
    assert_eq!(
        tables,
        [
            "dependencies",
            "dev-dependencies",
            "features",
            "lib",
            "lints",
            "package"
        ]
    );
    assert_eq!(
        keys("package"),
        [
            "categories",
            "description",
            "documentation",
            "edition",
            "keywords",
            "license",
            "metadata",
            "name",
            "readme",
            "rust-version",
            "version"
        ]
    );
    assert_eq!(keys("dependencies"), ["anypoint-core", "schemars", "serde"]);
    assert_eq!(
        keys("features"),
        [
            "aws-lc-rs",
            "default",
            "native-tls",
            "reqwest",
            "ring",
            "schemars"
        ]
    );
}

fn check_source(path: &str, text: &str) {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
    assert!(text.starts_with("// @generated by"), "{path}");
    let mut docs = Docs::default();
    syn::visit_mut::visit_file_mut(&mut docs, &mut file.clone());
    for text in docs.0 {
        check_markdown(&text, false);
    }
}

/// The docs of each item.
#[derive(Default)]
struct Docs(Vec<String>);

impl syn::visit_mut::VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        let lines = attributes
            .iter()
            .filter_map(|attribute| match &attribute.meta {
                syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                    syn::Expr::Lit(syn::ExprLit {
                        lit: syn::Lit::Str(line),
                        ..
                    }) => Some(line.value()),
                    _ => None,
                },
                _ => None,
            });
        let text: Vec<String> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned())
            .collect();
        self.0.push(text.join("\n"));
    }
}

/// No test, no HTML, no bare address, and no link but into the web and those that the generator writes.
fn check_markdown(text: &str, is_readme: bool) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let known =
        |link: &str| link.starts_with("crate::Client::") || link.starts_with("anypoint_core::");
    let ours = ["`Session`", "`Self::as_str`", "`Client`", "`Items`"];
    let mut broken = Vec::new();
    let mut note = |link: pulldown_cmark::BrokenLink<'_>| {
        broken.push(link.reference.to_string());
        None
    };
    let (mut quoted, mut code) = (0, 0);
    for event in Parser::new_with_broken_link_callback(text, options, Some(&mut note)) {
        match event {
            Event::Html(html) => assert!(
                is_readme && html.starts_with("<!-- @generated"),
                "{html}\n{text}"
            ),
            Event::InlineHtml(html) => panic!("{html}\n{text}"),
            Event::FootnoteReference(_) => panic!("a footnote\n{text}"),
            Event::Text(words) => assert!(
                quoted > 0 || !(words.contains("http://") || words.contains("https://")),
                "{words}\n{text}"
            ),
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => {
                quoted += 1;
                let web = matches!(link_type, LinkType::Inline | LinkType::Autolink)
                    && dest_url.starts_with("http");
                assert!(web || known(&dest_url), "{dest_url}\n{text}");
            }
            Event::Start(Tag::Image { .. }) => panic!("an image\n{text}"),
            Event::Start(Tag::CodeBlock(kind)) => {
                quoted += 1;
                let CodeBlockKind::Fenced(language) = kind else {
                    panic!("an indented block of code\n{text}");
                };
                // The example of the page.
                code += usize::from(&*language == "rust,no_run");
                assert!(
                    &*language == "text" || is_readme && code == 1,
                    "{language}\n{text}"
                );
            }
            Event::End(pulldown_cmark::TagEnd::Link | pulldown_cmark::TagEnd::CodeBlock) => {
                quoted -= 1
            }
            _ => {}
        }
    }
    broken.retain(|link| !ours.contains(&link.as_str()));
    assert!(broken.is_empty(), "{broken:?}\n{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_end_escaped_wherever_they_go(title in text(), prose in text(), value in text()) {
        match generate("hostile", &spec(&title, &prose, &value)) {
            Ok(generated) => check(&generated),
            Err(complaints) => {
                let complaints = complaints.to_string();
                prop_assert!(!complaints.contains("defect"), "{}", complaints);
            }
        }
    }
}

#[test]
fn the_texts_of_the_property_are_mostly_accepted() {
    for text in [
        "\"\\ */ `",
        "a\n\n    loop {}\n```rust\nx",
        "<b> [`Client`] https://a.example",
    ] {
        let generated = generate("hostile", &spec(text, text, text));
        check(&generated.unwrap_or_else(|complaints| panic!("{complaints}")));
    }
}

#[test]
fn a_title_with_a_line_break_sets_nothing() {
    let text =
        spec("A", "A.", "a").replace("title: \"A\"", "title: \"A\\\"\\nbuild = \\\"b.rs\\\"\"");
    let complaints = generate("hostile", &text).err().unwrap().to_string();
    assert!(
        complaints.contains(
            "hostile.yaml:2: error[title-too-long]: the title is not a short text on one line"
        ),
        "{complaints}"
    );
}

fn good() -> String {
    fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "json_answer")
        .unwrap()
        .1
}

#[test]
fn what_hides_or_turns_text_is_refused_with_its_line() {
    for (letter, what) in [
        ("\u{202e}", "here is U+202E, which changes the direction"),
        ("\u{200b}", "here is U+200B, which is invisible"),
        ("\u{7}", "here is U+0007, a control character"),
        ("\0", "here is U+0000, a control character"),
        ("\u{85}", "here is U+0085, a control character"),
        ("\u{feff}", "here is U+FEFF, a byte order mark"),
    ] {
        let start = generate("x", &format!("{letter}{}", good()))
            .err()
            .unwrap()
            .to_string();
        assert!(
            start.starts_with("x.yaml:1: error[hidden-character]: ") && start.contains(what),
            "{start}"
        );
        let escaped = format!("\"\\U{:08x}\"", u32::from(letter.chars().next().unwrap()));
        let text = good().replacen(
            "description: In MiB.",
            &format!("description: {escaped}"),
            1,
        );
        let complaints = generate("x", &text).err().unwrap().to_string();
        assert!(complaints.contains(what), "{complaints}");
    }
}

#[test]
fn names_that_are_files_with_a_meaning_are_refused() {
    for tag in [
        "lib", "main", "bin", "core", "std", "aux", "con", "self", "com1", "..", "a/b",
    ] {
        let text = good()
            .replace("name: things", &format!("name: {tag}"))
            .replace("tags: [things]", &format!("tags: [{tag}]"));
        let complaints = generate("x", &text)
            .err()
            .map(|it| it.to_string())
            .unwrap_or_default();
        assert!(
            complaints.contains("x.yaml:5: error[tag-"),
            "{tag}: {complaints}"
        );
    }
}
