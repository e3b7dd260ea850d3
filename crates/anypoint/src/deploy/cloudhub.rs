//! CloudHub 1.0: the application is identified by its domain, and looked up first.
//!
//! It must not know how states and lines become one stream.

use anypoint_cloudhub::Client;
use anypoint_cloudhub::types::{
    Application, ApplicationSettings, ApplicationUpdate, ApplicationUpdateUpload,
    ApplicationUpload, LogRecord, LogSearch, NewApplication, NewApplicationSettings,
};
use anypoint_core::internal::error;
use anypoint_core::{Error, ErrorKind};

use super::log::Log;
use super::order::Begun;
use super::sent::Sent;
use super::stream::states;
use super::{Accepted, Deployed, LogLine, Settings};

/// The source of the application's archive.
#[derive(Clone, Debug)]
pub(super) enum Source {
    File(Box<ApplicationUpload>),
    Asset(Box<NewApplication>),
}

impl Source {
    /// The same, with an upload that reports its progress.
    pub(super) fn watched(self, sent: &Sent) -> Self {
        match self {
            Self::File(mut upload) => {
                upload.file = sent.watch(upload.file);
                Self::File(upload)
            }
            asset => asset,
        }
    }

    fn settings(&self) -> &NewApplicationSettings {
        match self {
            Self::File(upload) => &upload.app_info_json,
            Self::Asset(application) => &application.application_info,
        }
    }

    fn auto_start(&self) -> Option<bool> {
        match self {
            Self::File(upload) => upload.auto_start,
            Self::Asset(application) => application.auto_start,
        }
    }

    /// The domain, if the deployment can be followed.
    fn domain(&self) -> Result<String, Error> {
        let invalid = |summary, hint| Err(error(ErrorKind::InvalidRequest, summary, hint));
        if self.auto_start() == Some(false) {
            return invalid(
                "an application that is not started never runs",
                "leave auto_start out, or deploy by the client of CloudHub",
            );
        }
        match &*self.settings().domain {
            "" => invalid(
                "the domain of the application is empty",
                "give one to NewApplicationSettings::new",
            ),
            domain => Ok(domain.to_owned()),
        }
    }
}

/// Creates the application or updates it.
pub(super) async fn place(
    client: &Client,
    source: Source,
    settings: Settings,
) -> Result<Begun, Error> {
    let domain = source.domain()?;
    let created = match client.get_application(&domain).send().await {
        Ok(_) => false,
        Err(missing) if missing.is_not_found() => true,
        Err(error) => return Err(error),
    };
    let mut answer = match created {
        true => create(client, source).await?,
        false => update(client, &domain, source).await?,
    };
    // Some updates have no answer.
    if answer.domain.is_empty() {
        answer.domain = domain;
    }
    Ok(follow(client, &answer, created, settings))
}

async fn create(client: &Client, source: Source) -> Result<Application, Error> {
    let answer = match source {
        Source::File(upload) => {
            let upload = upload.auto_start(true);
            client.upload_application(upload).send().await?
        }
        Source::Asset(application) => {
            let application = application.auto_start(true);
            client.create_application(application).send().await?
        }
    };
    Ok(answer.into_value())
}

async fn update(client: &Client, domain: &str, source: Source) -> Result<Application, Error> {
    let answer = match source {
        Source::File(upload) => {
            let ApplicationUpload {
                file,
                app_info_json,
                ..
            } = *upload;
            let update = ApplicationUpdateUpload::new(changed(&app_info_json)).file(file);
            let request = client.upload_application_update(domain, update);
            request.send().await?
        }
        Source::Asset(application) => {
            let update = ApplicationUpdate::new()
                .application_info(changed(&application.application_info))
                .application_source(application.application_source)
                .auto_start(true);
            client.update_application(domain, update).send().await?
        }
    };
    Ok(answer.into_value())
}

/// The settings of a new application for one that exists.
fn changed(settings: &NewApplicationSettings) -> ApplicationSettings {
    anypoint_core::internal::carried(settings)
}

fn follow(client: &Client, answer: &Application, created: bool, settings: Settings) -> Begun {
    let wait = client.wait_for_application(answer);
    let wait = wait.timeout(settings.timeout).every(settings.every);
    let log = client.follow_logs(&answer.domain, LogSearch::new());
    let log = log.every(settings.every);
    Begun {
        accepted: Accepted {
            id: answer.domain.clone(),
            version: answer.version_id.clone(),
            created,
        },
        states: states(wait, |application| {
            Deployed::CloudHub(Box::new(application))
        }),
        log: Log::since(log, answer.last_update_time.clone(), created, line),
    }
}

fn line(record: LogRecord) -> LogLine {
    let event = record.event.unwrap_or_default();
    let source = record.instance_id.or(event.instance_id);
    LogLine {
        id: record.record_id,
        time: event.timestamp,
        level: event.priority.map(|level| level.to_string()),
        source: source.map(|id| id.to_string()),
        logger: event.logger_name,
        message: event.message.unwrap_or_default(),
    }
}
