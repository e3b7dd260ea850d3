//! `cargo xtask measure`: the own-crate build time of a generated client beside stock progenitor's for the same spec.
//!
//! Times of one run are compared with each other only; the machine's speed cancels out. The rivals are generated into
//! `target/measure`, from the same spec reduced to what progenitor takes as it is.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Map, Value as Json};

use crate::codegen::{load, manifest};

/// The crates that are compared; the first one is ours.
const VARIANTS: [&str; 3] = ["ours", "builder", "positional"];

/// # Errors
/// A spec that progenitor refuses, or a build that fails.
pub fn command(root: &Path, api: &str, rounds: usize) -> Result<ExitCode> {
    let manifest = manifest::load(root)?;
    let Some(entry) = manifest.apis.iter().find(|entry| entry.name == api) else {
        bail!("there is no API `{api}`")
    };
    let folder = root.join("target/measure");
    let text = fs::read_to_string(root.join(&entry.spec))
        .with_context(|| format!("{} cannot be read", entry.spec))?;
    let tree = load::tree(&entry.spec, &text)?;
    let stock = stock(tree.to_json());
    workspace(root, &folder, &entry.folder)?;
    write_stock(&folder, "builder", InterfaceStyle::Builder, &stock)?;
    write_stock(&folder, "positional", InterfaceStyle::Positional, &stock)?;
    println!("building the dependencies");
    build(&folder, None)?;
    // A build of one crate may unify features differently from one of all, so the first round does not count.
    for variant in VARIANTS {
        build(&folder, Some(variant))?;
    }
    let mut times = vec![Vec::new(); VARIANTS.len()];
    for _ in 0..rounds.max(1) {
        for (variant, times) in VARIANTS.iter().zip(&mut times) {
            times.push(build(&folder, Some(variant))?);
        }
    }
    report(&folder, times)
}

fn report(folder: &Path, times: Vec<Vec<Duration>>) -> Result<ExitCode> {
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    println!("{:<12} {:>7} {:>9}   ours/it", "", "lines", "release");
    for (variant, seconds) in VARIANTS.iter().zip(&medians) {
        let ratio = medians.first().map_or(0.0, |ours| ours / seconds);
        println!(
            "{variant:<12} {:>7} {seconds:>7.2} s   {ratio:.2}",
            lines(&folder.join(variant).join("src"))?
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times
        .get(times.len() / 2)
        .map_or(0.0, Duration::as_secs_f64)
}

/// What progenitor takes without panicking: one success response, errors of one type, no extensions of ours.
fn stock(mut document: Json) -> Json {
    let Some(paths) = document.get_mut("paths").and_then(Json::as_object_mut) else {
        return document;
    };
    for operation in paths
        .values_mut()
        .filter_map(Json::as_object_mut)
        .flat_map(Map::values_mut)
    {
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        let Some(responses) = operation.get_mut("responses").and_then(Json::as_object_mut) else {
            continue;
        };
        let error = responses.get("default").cloned();
        let success = responses
            .iter()
            .find(|(code, _)| code.starts_with('2'))
            .map(|(code, response)| (code.clone(), response.clone()));
        *responses = success
            .into_iter()
            .chain(error.map(|error| ("4XX".to_owned(), error)))
            .collect();
        if let Some(content) = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(Json::as_object_mut)
        {
            let first = content
                .iter()
                .next()
                .map(|(media, schema)| (media.clone(), schema.clone()));
            *content = first.into_iter().collect();
        }
    }
    document
}

fn workspace(root: &Path, folder: &Path, ours: &str) -> Result<()> {
    let crates = VARIANTS.map(|variant| format!("\"{variant}\"")).join(", ");
    write(
        &folder.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = [{crates}]\n"),
    )?;
    let core = root.join("crates/anypoint-core");
    write(
        &folder.join("ours/Cargo.toml"),
        &format!(
            "{}anypoint-core = {{ path = {core:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n[features]\nschemars = []\n",
            package("ours")
        ),
    )?;
    copy(&root.join(ours).join("src"), &folder.join("ours/src"))?;
    fs::copy(
        root.join(ours).join("README.md"),
        folder.join("ours/README.md"),
    )
    .context("the readme cannot be copied")?;
    Ok(())
}

fn package(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n"
    )
}

fn write_stock(folder: &Path, name: &str, style: InterfaceStyle, document: &Json) -> Result<()> {
    let openapi =
        serde_json::from_value(document.clone()).context("progenitor cannot read the spec")?;
    let tokens = Generator::new(GenerationSettings::new().with_interface(style))
        .generate_tokens(&openapi)?;
    let text = prettyplease::unparse(&syn::parse2(tokens)?);
    let dependencies = "progenitor-client = \"=0.15.1\"
reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"stream\"] }
bytes = \"1\"
chrono = { version = \"0.4\", default-features = false, features = [\"serde\"] }
futures-core = \"0.3\"
regress = \"0.11\"
serde = { version = \"1\", features = [\"derive\"] }
serde_json = \"1\"
serde_urlencoded = \"0.7\"
uuid = { version = \"1\", features = [\"serde\"] }
";
    write(
        &folder.join(name).join("Cargo.toml"),
        &(package(name) + dependencies),
    )?;
    write(&folder.join(name).join("src/lib.rs"), &text)
}

/// Builds everything, or one crate again, and says how long that took.
fn build(folder: &Path, only: Option<&str>) -> Result<Duration> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(folder)
        .args(["build", "--release", "--quiet", "--target-dir", "target"])
        .env("RUSTFLAGS", "-Awarnings")
        .stderr(Stdio::inherit());
    if let Some(name) = only {
        cargo.args(["--package", name, "--jobs", "1"]);
        let lib = folder.join(name).join("src/lib.rs");
        fs::File::options()
            .append(true)
            .open(&lib)?
            .set_modified(std::time::SystemTime::now())?;
    } else {
        cargo.arg("--workspace");
    }
    let start = Instant::now();
    if !cargo.status().context("cargo cannot be started")?.success() {
        bail!("the build of {} failed", only.unwrap_or("target/measure"));
    }
    Ok(start.elapsed())
}

fn lines(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        count += if path.is_dir() {
            lines(&path)?
        } else {
            fs::read_to_string(&path)?.lines().count()
        };
    }
    Ok(count)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?
        } else {
            write(&target, &fs::read_to_string(&path)?)?
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
