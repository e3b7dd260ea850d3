//! Runs one operation, from its arguments to its output.

use anypoint_core::Download;
use anypoint_core::http::Method;
use clap::ArgMatches;

use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Bar;
use crate::request::Request;
use crate::scope::Target;
use crate::settings::{Form, Settings};
use crate::table::{self, Gives, Pages};
use crate::terminal::Terminal;
use crate::value::Value;
use crate::{body, confirm, pages};

pub(crate) async fn perform(
    api: &str,
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let api = table::api(api)?;
    let found = matches.subcommand().and_then(|(group, matches)| {
        let (name, matches) = matches.subcommand()?;
        Some((api.group(group)?.command(name)?, matches))
    });
    // The parser has refused everything else.
    let Some((command, matches)) = found else {
        return Err(Failure::usage("there is no such operation"));
    };
    if let Some(body) = command
        .body
        .as_ref()
        .filter(|_| is_set(matches, "body-template"))
    {
        return terminal.print(&(body::template(body).pretty() + "\n"));
    }
    let request = Request::new(api, command, matches, settings, terminal)?;
    let target = Target::new(api, command, settings, terminal).await?;
    let scopes = request.scopes();
    let ids = match settings.dry_run {
        true => target.shown_ids(&scopes, terminal),
        false => target.ids(&scopes).await?,
    };
    let request = request.within(ids);
    if settings.dry_run {
        return terminal.print(&(request.curl(&target.endpoint)? + "\n"));
    }
    confirm::request(&request, settings, terminal)?;
    let output = Output::of(settings, api, command)?;
    match &command.pages {
        Some(pages) => list(request, pages, &target, matches, &output, terminal).await,
        None => {
            let bar = terminal.bar(command.name, settings);
            let request = request.shown_by(&bar);
            let done = single(&request, (&target, &bar), matches, &output, terminal).await;
            bar.end();
            done
        }
    }
}

fn is_set(matches: &ArgMatches, flag: &str) -> bool {
    matches!(matches.try_get_one::<bool>(flag), Ok(Some(true)))
}

/// A list, over all its pages. Where each line stands for itself it is shown as it comes.
async fn list(
    request: Request,
    pages: &'static Pages,
    target: &Target,
    matches: &ArgMatches,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let answer = request.command.answer();
    let ty = match pages.items {
        Some(name) => crate::shape::member(request.api, answer, name).unwrap_or(answer),
        None => answer,
    };
    let limit = matches.get_one::<u64>("limit").copied().unwrap_or(u64::MAX);
    let mut items = pages::items(request, pages, &target.endpoint);
    let mut all = Vec::new();
    let mut count = 0;
    while count < limit {
        let Some(item) = items.next().await else {
            break;
        };
        let item = item?.value;
        count += 1;
        match output.form() {
            Form::NdJson => output.show(item, ty.item(), terminal)?,
            _ => all.push(item),
        }
    }
    match output.form() {
        Form::NdJson => Ok(()),
        _ => output.show(Value::List(all), ty, terminal),
    }
}

async fn single(
    request: &Request,
    (target, bar): (&Target, &Bar),
    matches: &ArgMatches,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let (command, call) = (request.command, request.call(&target.endpoint));
    if !matches!(command.method(), Method::Get | Method::Head) {
        terminal.goes_on(confirm::MAYBE);
    }
    match &command.gives {
        Gives::Nothing => {
            call.send_empty().await?;
            output.done(&command.summary, terminal);
            Ok(())
        }
        Gives::Text => output.text(&call.send_text().await?, terminal),
        Gives::JsonText => output.text(&call.send_json_text().await?, terminal),
        Gives::Download => {
            let download = call.send_download().await?.into_value();
            let path = matches.get_one::<String>("out").filter(|path| *path != "-");
            // What is shown on the screen is seen anyway.
            let download = match path.is_none() && terminal.is_screen {
                true => download,
                false => download.on_progress(bar.watch()),
            };
            save(download, path, output, terminal).await
        }
        Gives::Json(_) | Gives::Outcome(_) => {
            let answer = call.send_json::<Value>().await?.into_value();
            match answer {
                Value::Null => output.done(&command.summary, terminal),
                answer => output.show(answer, command.answer(), terminal)?,
            }
            Ok(())
        }
    }
}

/// A file, or the standard output.
async fn save(
    mut download: Download,
    path: Option<&String>,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if let Some(path) = path {
        let bytes = download.save(path).await?;
        output.note(&format!("{bytes} bytes are in {path}"), terminal);
        return Ok(());
    }
    let is_text = download
        .content_type()
        .is_some_and(|it| it.starts_with("text/"));
    if terminal.is_screen && !is_text {
        return Err(
            Failure::usage("the answer is a file, which a terminal cannot show").hint("--out FILE"),
        );
    }
    while let Some(chunk) = download.next_chunk().await {
        let chunk = chunk?;
        match terminal.is_screen {
            true => output.text(&String::from_utf8_lossy(&chunk), terminal)?,
            false => terminal.write(&chunk)?,
        }
    }
    Ok(())
}
