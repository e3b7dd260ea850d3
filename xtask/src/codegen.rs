//! The generator: passes over plain data.
//!
//! ```text
//! manifest -> load -> read -> lint -> request -> lower -> engine -> refine -> emit -> split -> format -> FileSet
//! ```
//! Only `manifest` and this module read files, and only `fileset` writes them.

pub mod alone;
pub mod check;
pub mod contract;
mod count;
pub mod diag;
pub mod dialect;
pub mod emit;
pub mod engine;
mod environments;
pub mod extensions;
pub mod fields;
pub mod fileset;
pub mod format;
pub mod http;
pub mod lint;
pub mod load;
pub mod lower;
pub mod manifest;
pub mod media;
pub mod names;
pub mod prose;
pub mod reach;
pub mod read;
pub mod refine;
pub mod request;
pub mod source;
pub mod spec;
pub mod spelling;
pub mod split;
pub mod surface;
pub mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use contract::Contract;
use diag::{Code, Diagnostics, Diags};
use fileset::FileSet;
use manifest::{Entry, Manifest};

/// The folder of the specs that the emulator serves. It is in the emulator's crate, so that the specs are packaged.
const EMULATED: &str = "crates/anypoint-emulator/specs";

/// The folder of the command tables.
const COMMAND_TABLES: &str = "crates/anypoint-cli/tables";

/// The folder of the generated calls of the tests.
const WIRE_CALLS: &str = "tests/src/wire/calls";

/// The folder of the tables of models for the tests.
const MODEL_TABLES: &str = "tests/models/tables";

/// The JSON Schema of specs for editors.
const EDITORS: &str = "specs/dialect.schema.json";

/// The output for one API.
pub struct Generated {
    pub name: String,
    pub operations: usize,
    /// More than the number of operations if one of them takes several media types.
    pub methods: usize,
    pub schemas: usize,
    /// Whether an operation acts on the environment of the session.
    pub environment: bool,
    /// The types of its clients; the client of the whole API comes first.
    pub clients: Vec<String>,
    pub files: usize,
    pub lines: usize,
    pub time: Duration,
    pub set: FileSet,
}

/// All APIs and the facade's list, or one API alone.
///
/// # Errors
/// A file cannot be read, or there are complaints about a spec. All complaints are returned.
pub fn generate(root: &Path, only: Option<&str>) -> Result<(Vec<Generated>, FileSet)> {
    let manifest = manifest::load(root)?;
    let specs = listed(root, &manifest, only)?;
    let generated = crates(&specs)?;
    environments::check(root, &manifest, &generated)?;
    let mut all = FileSet::default();
    for api in &generated {
        all.files.extend(api.set.files.clone());
        all.owned.extend(api.set.owned.clone());
    }
    if only.is_some() {
        return Ok((generated, all));
    }
    all.owned
        .extend([EMULATED, COMMAND_TABLES, WIRE_CALLS, MODEL_TABLES].map(str::to_owned));
    let clients = generated.iter().map(|api| (&*api.name, &*api.clients));
    let clients = clients.collect();
    let lists = [
        (
            "crates/anypoint/src/apis.rs",
            "The API crates, one feature each.",
            emit::facade(&manifest, &clients),
        ),
        (
            "crates/anypoint-emulator/src/spec/sources.rs",
            "The specs that the emulator serves.",
            emit::emulator_sources(&manifest),
        ),
        (
            "crates/anypoint-cli/src/table/sources.rs",
            "The tables of the APIs.",
            emit::command_sources(&manifest),
        ),
        (
            "tests/src/wire/calls.rs",
            "The generated calls, a module for each API.",
            emit::wire_list(&manifest),
        ),
        (
            "tests/models/tables.rs",
            "The tables of the models, a module for each API.",
            emit::models_list(&manifest),
        ),
    ];
    for (path, docs, tokens) in lists {
        let text = format::file(tokens).map_err(anyhow::Error::msg)?;
        let header = format::header(("// ", ""), manifest::PATH);
        all.files.insert(
            path.to_owned(),
            format!("{header}//! {docs}\n\n{}", text.trim_start()),
        );
    }
    let schema = dialect::schema(&read::DOCUMENT);
    all.files.insert(EDITORS.to_owned(), schema);
    Ok((generated, all))
}

/// All crates, generated in parallel on all cores, in the order of their names.
///
/// # Errors
/// The complaints about every spec.
fn crates(specs: &[(Entry, String)]) -> Result<Vec<Generated>, Diagnostics> {
    let next = AtomicUsize::new(0);
    // Each thread takes the next spec until there is none.
    let work = || {
        let take = || specs.get(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(take)
            .map(|(entry, text)| (&entry.name, api_crate(entry, text)))
            .collect::<Vec<_>>()
    };
    let mut results: BTreeMap<&String, Result<Generated, Diagnostics>> = BTreeMap::new();
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let others: Vec<_> = (1..cores.min(specs.len()))
            .map(|_| scope.spawn(work))
            .collect();
        results.extend(work());
        for other in others {
            match other.join() {
                Ok(found) => results.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    let mut generated = Vec::new();
    let mut complaints = Vec::new();
    for result in results.into_values() {
        match result {
            Ok(api) => generated.push(api),
            Err(Diagnostics(found)) => complaints.extend(found),
        }
    }
    if complaints.is_empty() {
        Ok(generated)
    } else {
        Err(Diagnostics(complaints))
    }
}

/// One spec to one crate.
///
/// # Errors
/// All complaints of the first pass that has any.
pub fn api_crate(entry: &Entry, text: &str) -> Result<Generated, Diagnostics> {
    let start = Instant::now();
    let tree = load::tree(&entry.spec, text)?;
    let api = contract_of(entry, &tree)?;
    let mut set = files(entry, &api).map_err(|reason| defect(&entry.spec, 1, &reason))?;
    if entry.feature.is_some() {
        let document = emit::emulated(&tree.to_json(), &entry.spec);
        set.files
            .insert(format!("{EMULATED}/{}.json", entry.name), document);
        let table = emit::commands::table(entry, &api);
        set.files
            .insert(format!("{COMMAND_TABLES}/{}.json", entry.name), table);
        let calls =
            format::file(emit::calls(&api)).map_err(|reason| defect(&entry.spec, 1, &reason))?;
        let header = format::header(("// ", ""), &entry.spec);
        let docs = format!(
            "//! Every operation of the {}, called with the examples of its spec.\n\n",
            prose::line(&api.title)
        );
        set.files.insert(
            format!("{WIRE_CALLS}/{}.rs", names::module(&entry.name)),
            header + &docs + &calls,
        );
    }
    let tables =
        models_tables(entry, &api, &tree).map_err(|reason| defect(&entry.spec, 1, &reason))?;
    set.files.extend(tables);
    Ok(Generated {
        name: entry.name.clone(),
        operations: api
            .operations
            .iter()
            .map(|operation| &operation.operation_id)
            .collect::<BTreeSet<_>>()
            .len(),
        methods: api.operations.len(),
        schemas: api.types.len(),
        environment: api.operations.iter().any(|request| request.environment),
        clients: api.clients(),
        files: set.files.len(),
        lines: set.files.values().map(|text| text.lines().count()).sum(),
        time: start.elapsed(),
        set,
    })
}

/// The table of an API's models for the tests, and the spec itself if the emulator does not have it.
fn models_tables(
    entry: &Entry,
    api: &Contract,
    tree: &load::Node,
) -> Result<Vec<(String, String)>, String> {
    let table = format::file(emit::models_table(api))?;
    let header = format::header(("// ", ""), &entry.spec);
    let docs = format!(
        "//! Every model of the {}, by the name of its component.\n\n",
        prose::line(&api.title)
    );
    let path = format!("{MODEL_TABLES}/{}.rs", names::module(&entry.name));
    let mut files = vec![(path, header + &docs + table.trim_start())];
    if entry.feature.is_none() {
        let document = emit::emulated(&tree.to_json(), &entry.spec);
        files.push((format!("{MODEL_TABLES}/{}.json", entry.name), document));
    }
    Ok(files)
}

/// One spec to its contract.
///
/// # Errors
/// All complaints of the first pass that has any.
pub fn contract(entry: &Entry, text: &str) -> Result<Contract, Diagnostics> {
    contract_of(entry, &load::tree(&entry.spec, text)?)
}

fn contract_of(entry: &Entry, tree: &load::Node) -> Result<Contract, Diagnostics> {
    let file = &entry.spec;
    let mut diags = Diags::new(file);
    let spec = read::spec(tree, &mut diags)?;
    lint::spec(&spec, &mut diags)?;
    let requests = request::requests(&spec);
    let lines = refine::lines(&spec, &requests);
    let document = lower::document(&spec, &requests);
    let types = engine::types(&document).map_err(|refusals| {
        for refusal in refusals {
            let (object, reason) = (&refusal.object, refusal.reason);
            let problem = format!("no Rust type can be generated for {object}: {reason}");
            let help = "describe it with simpler schemas";
            diags.error_help(Code::TypeNotMade, lines.of(object), problem, help);
        }
        diags.fail()
    })?;
    refine::contract(entry, &spec, &requests, &types)
        .map_err(|missing| defect(file, lines.of(&missing.owner), &missing.reason))
}

/// Reports a mistake of the generator instead of a panic.
fn defect(file: &str, line: usize, reason: &str) -> Diagnostics {
    let mut diags = Diags::new(file);
    let problem = format!("no client can be generated from this: {reason}");
    let help = "the spec is not the cause: report this, with the spec";
    diags.error_help(Code::NotGenerated, line, problem, help);
    diags.fail()
}

fn files(entry: &Entry, api: &Contract) -> Result<FileSet, String> {
    let items = emit::items(api);
    let sources = split::sources(api, &items)?;
    let mut set = FileSet::default();
    set.owned.insert(entry.folder.clone());
    let mut add = |path: &str, comment: (&str, &str), text: String| {
        set.files.insert(
            format!("{}/{path}", entry.folder),
            format::header(comment, &entry.spec) + &text,
        );
    };
    add("Cargo.toml", ("# ", ""), emit::cargo_toml(api, entry));
    add("README.md", ("<!-- ", " -->"), emit::readme(api, entry));
    add(
        "src/lib.rs",
        ("// ", ""),
        format::file(emit::lib_rs(api, &sources.modules))?,
    );
    for (path, text) in sources.files {
        add(&format!("src/{path}"), ("// ", ""), text);
    }
    count::check(api, &set)?;
    if entry.feature.is_some() {
        let licences = emit::LICENCES.into_iter();
        let licences =
            licences.map(|(name, text)| (format!("{}/{name}", entry.folder), text.to_owned()));
        set.files.extend(licences);
    }
    Ok(set)
}

/// `cargo xtask lint`: runs all passes for one spec, without writing files.
///
/// # Errors
/// A file that cannot be read, or all complaints about it.
pub fn lint_command(file: &Path) -> Result<ExitCode> {
    let (entry, text) = draft(file)?;
    let api = api_crate(&entry, &text)?;
    println!(
        "{} operations, {} methods, {} schemas",
        api.operations, api.methods, api.schemas
    );
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask codegen --spec FILE --out DIR`: writes the crate of a spec, which need not be listed, outside of the workspace.
///
/// # Errors
/// The folder contains something else, or there are complaints about the spec. All complaints are returned.
pub fn alone_command(root: &Path, file: &Path, out: &Path) -> Result<ExitCode> {
    let (mut entry, text) = draft(file)?;
    entry.package = alone::package(out)?;
    entry.folder.clone_from(&entry.package);
    let api = contract(&entry, &text)?;
    let set = files(&entry, &api).map_err(|reason| defect(&entry.spec, 1, &reason))?;
    std::fs::create_dir_all(out)?;
    let differences = alone::files(root, &entry.folder, set)?.write(out)?;
    println!("{} files written or removed", differences.len());
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask contract`: prints what an API promises, as JSON.
///
/// # Errors
/// A spec that is not listed or cannot be read, or all complaints about it.
pub fn contract_command(root: &Path, name: &str) -> Result<ExitCode> {
    for (entry, text) in listed(root, &manifest::load(root)?, Some(name))? {
        let json = serde_json::to_string_pretty(&contract(&entry, &text)?)?;
        writeln!(std::io::stdout(), "{json}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask surface`: prints what APIs promise, as pages.
///
/// # Errors
/// A spec that is not listed or cannot be read, or all complaints about it.
pub fn surface_command(root: &Path, only: Option<&str>, file: Option<&Path>) -> Result<ExitCode> {
    let specs = match file {
        Some(file) => vec![draft(file)?],
        None => listed(root, &manifest::load(root)?, only)?,
    };
    for (entry, text) in specs {
        for (page, text) in surface::pages(&contract(&entry, &text)?) {
            writeln!(std::io::stdout(), "==> {}/{page}\n{text}", entry.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A spec that need not be listed.
fn draft(file: &Path) -> Result<(Entry, String)> {
    let path = file.display().to_string();
    let text = source::read(file, &path)?;
    let entry = Entry {
        name: "draft".to_owned(),
        spec: path,
        package: "anypoint-draft".to_owned(),
        folder: "crates/anypoint-draft".to_owned(),
        feature: None,
        version: manifest::FIRST_VERSION.to_owned(),
    };
    Ok((entry, text))
}

/// The specs of all APIs, or the spec of one API.
///
/// # Errors
/// There is no such API, or a spec cannot be read.
pub fn listed(
    root: &Path,
    manifest: &Manifest,
    only: Option<&str>,
) -> Result<Vec<(Entry, String)>> {
    let apis = manifest.apis.iter();
    let wanted: Vec<&Entry> = apis
        .filter(|entry| only.is_none_or(|name| entry.name == name))
        .collect();
    if let (Some(name), true) = (only, wanted.is_empty()) {
        let known = manifest.apis.iter().map(|entry| entry.name.as_str());
        let help = match spelling::nearest(name, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", known.collect::<Vec<_>>().join(", ")),
        };
        anyhow::bail!("there is no API `{name}`\n  help: {help}");
    }
    let wanted = wanted.into_iter();
    wanted
        .map(|entry| {
            Ok((
                entry.clone(),
                source::read(&root.join(&entry.spec), &entry.spec)?,
            ))
        })
        .collect()
}

/// `cargo xtask codegen`: prints what was generated, then writes it or compares it with the tree.
///
/// # Errors
/// The tree cannot be generated, read or written.
pub fn command(root: &Path, only: Option<&str>, check: bool) -> Result<ExitCode> {
    fileset::recover(root)?;
    let (generated, set) = generate(root, only)?;
    for api in &generated {
        let millis = api.time.as_secs_f64() * 1000.0;
        let counts = format!(
            "{:>3} operations {:>3} methods {:>3} schemas {:>3} files {:>6} lines",
            api.operations, api.methods, api.schemas, api.files, api.lines
        );
        println!("{:<20} {counts} {millis:>6.0} ms", api.name);
    }
    if check {
        return check::tree(root, &set, only);
    }
    let differences = set.write(root)?;
    println!("{} files written or removed", differences.len());
    Ok(ExitCode::SUCCESS)
}
