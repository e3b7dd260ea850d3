//! Lists the environments of organizations, each with its own credentials and headers, and writes all raw answers to `audit.log`:
//! `cargo run -p anypoint --example two_organizations PROFILE PROFILE`.

use std::{fs::File, io::Write, sync::Arc};

use anypoint::core::http::{Body, HttpClient, HttpError, Request, Sending};
use anypoint::core::{BoxError, CallOptions};
use anypoint::{Anypoint, AnypointBuilder, ErrorKind};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let audit = Arc::new(File::create("audit.log")?);
    for profile in std::env::args().skip(1) {
        let builder = Anypoint::builder().profile(&profile).load()?;
        let anypoint = audited(builder, &profile, &audit).build()?;
        run(&anypoint, &mut std::io::stdout()).await?;
    }
    Ok(())
}

/// All calls have the header and are written to the file.
pub(crate) fn audited(builder: AnypointBuilder, job: &str, file: &Arc<File>) -> AnypointBuilder {
    let (options, file) = (CallOptions::new().header("x-job", job), file.clone());
    let audit = move |client| Audit(client, file.clone());
    builder.session(|session| session.call_options(options).wrap_http_client(audit))
}

pub(crate) async fn run(anypoint: &Anypoint, out: &mut dyn Write) -> Result<(), BoxError> {
    let organization = anypoint.scope().await?.organization;
    let access = anypoint.access_management().in_organization(&organization);
    let mut environments = access.list_environments().items();
    while let Some(environment) = environments.next().await {
        writeln!(out, "{}: {}", organization.name, environment?.name)?;
    }
    Ok(())
}

#[derive(Debug)]
struct Audit(Arc<dyn HttpClient>, Arc<File>);

impl HttpClient for Audit {
    fn send(&self, request: Request) -> Sending<'_> {
        let name = format!("{} {}", request.method, request.url());
        let is_login = request.operation() == "log_in"; // Its answer is a token.
        Box::pin(async move {
            let mut answer = self.0.send(request).await?;
            let mut body = Vec::new();
            while let Some(chunk) = answer.body.next().await {
                body.extend_from_slice(&chunk?);
            }
            if !is_login {
                let (status, text) = (answer.status, String::from_utf8_lossy(&body));
                writeln!(self.1.as_ref(), "{name}: {status} {text}")
                    .map_err(|error| HttpError::new(ErrorKind::Io, error.to_string()))?;
            }
            Ok(answer.with_body(Body::bytes(body)))
        })
    }
}
