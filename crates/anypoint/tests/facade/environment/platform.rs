//! A platform with two organizations, which records its requests.

use std::sync::{Arc, Mutex};

use anypoint::AnypointBuilder;

use crate::support::{at, serve_requests};

/// The organization that the credentials belong to, `Acme`, and its environments.
pub(crate) const ACME: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
pub(crate) const SANDBOX: &str = "11111111-8a4e-4c1b-9d27-5e0b7a61c0de";
pub(crate) const PRODUCTION: &str = "22222222-8a4e-4c1b-9d27-5e0b7a61c0de";
/// A business group, `Logistics`, and its environment `Staging`.
pub(crate) const GROUP: &str = "9b1d7e04-62c5-4f3a-8e91-c47d20f5a3b8";
pub(crate) const STAGING: &str = "33333333-8a4e-4c1b-9d27-5e0b7a61c0de";

pub(crate) struct Platform {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// An answer to the path of a request, where it is another one than usual.
type Odd = fn(&str) -> Option<(u16, String)>;

impl Platform {
    pub(crate) async fn start() -> Self {
        Self::answering(|_| None).await
    }

    pub(crate) async fn answering(odd: Odd) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let url = serve_requests(move |request| {
            seen.lock().unwrap().push(request.to_ascii_lowercase());
            let target = request.split(' ').nth(1).unwrap_or_default();
            let path = target.split('?').next().unwrap_or_default();
            odd(path).unwrap_or_else(|| answer(path))
        })
        .await;
        Self { url, requests }
    }

    pub(crate) fn builder(&self) -> AnypointBuilder {
        at(&self.url)
    }

    /// Organization and environment in the headers of every request for CloudHub.
    pub(crate) fn scopes(&self) -> Vec<[Option<String>; 2]> {
        let requests = self.requests.lock().unwrap();
        let of_cloudhub = requests.iter().filter(|one| one.contains(" /cloudhub/"));
        of_cloudhub
            .map(|request| ["x-anypnt-org-id", "x-anypnt-env-id"].map(|name| header(request, name)))
            .collect()
    }

    /// How many requests have that in their first line.
    pub(crate) fn count(&self, part: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        let fits = |request: &&String| request.lines().next().unwrap_or_default().contains(part);
        requests.iter().filter(fits).count()
    }
}

pub(crate) fn scope(organization: &str, environment: &str) -> [Option<String>; 2] {
    [Some(organization.to_owned()), Some(environment.to_owned())]
}

fn header(request: &str, name: &str) -> Option<String> {
    let line = request.lines().find_map(|line| line.strip_prefix(name));
    line.map(|rest| rest.trim_start_matches(':').trim().to_owned())
}

fn answer(path: &str) -> (u16, String) {
    let path = path.trim_start_matches("/accounts/api");
    let text = match path {
        "/me" => format!(r#"{{"client":{{"org_id":"{ACME}"}}}}"#),
        "/organizations" => {
            format!(r#"[{{"id":"{ACME}","name":"Acme"}},{{"id":"{GROUP}","name":"Logistics"}}]"#)
        }
        _ if path == format!("/organizations/{ACME}") => {
            format!(r#"{{"id":"{ACME}","name":"Acme"}}"#)
        }
        _ if path == format!("/organizations/{GROUP}") => {
            format!(r#"{{"id":"{GROUP}","name":"Logistics"}}"#)
        }
        _ if path == format!("/organizations/{ACME}/environments") => list(&[
            one(ACME, PRODUCTION, "Production"),
            one(ACME, SANDBOX, "Sandbox"),
            one(ACME, "twin-1", "Twin"),
            one(ACME, "twin-2", "TWIN"),
        ]),
        _ if path == format!("/organizations/{GROUP}/environments") => {
            list(&[one(GROUP, STAGING, "Staging")])
        }
        _ if path == format!("/environments/{STAGING}") => one(GROUP, STAGING, "Staging"),
        _ if path.starts_with("/cloudhub/") => "{}".to_owned(),
        _ => return (404, String::new()),
    };
    (200, text)
}

fn one(organization: &str, id: &str, name: &str) -> String {
    let production = name == "Production";
    let kind = if production { "production" } else { "sandbox" };
    format!(
        r#"{{"id":"{id}","name":"{name}","organizationId":"{organization}","type":"{kind}","isProduction":{production}}}"#
    )
}

fn list(environments: &[String]) -> String {
    let (data, total) = (environments.join(","), environments.len());
    format!(r#"{{"data":[{data}],"total":{total}}}"#)
}
