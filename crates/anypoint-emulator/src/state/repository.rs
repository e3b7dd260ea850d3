//! Mule Management Console: the repository of applications and what was uploaded into it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Call, example_of, list, set, text};
use crate::Uploaded;
use crate::ids::Ids;
use crate::reply::Reply;
use crate::validate::Upload;

const API: &str = "mmc";
const UNNAMED: &str = "Unnamed Application";

#[derive(Debug)]
pub(super) struct Repository {
    applications: Vec<Value>,
    /// The names in the seed, which do not keep others away.
    seeded: usize,
    files: Vec<Stored>,
}

#[derive(Debug)]
struct Stored {
    version_id: String,
    name: String,
    version: String,
    upload: Upload,
}

impl Repository {
    pub(super) fn seed() -> Self {
        let applications = list(&example_of(API, "list_applications"), "data");
        Self {
            seeded: applications.len(),
            applications,
            files: Vec::new(),
        }
    }

    pub(super) fn answer(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Option<Reply> {
        match call.operation.id.as_str() {
            "list_applications" => Some(self.list(call)),
            "upload_application" => Some(self.upload(call, ids)),
            "list_application_versions" => Some(self.versions(call)),
            "delete_application" => self.delete(call),
            _ => None,
        }
    }

    pub(super) fn uploads(&self) -> Vec<Uploaded> {
        self.files
            .iter()
            .map(|stored| Uploaded {
                name: stored.name.clone(),
                version: stored.version.clone(),
                file_name: stored.upload.file_name.clone(),
                size: stored.upload.size,
                sha256: stored.upload.sha256.clone(),
            })
            .collect()
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let path = call.parameters.query("path").unwrap_or_default();
        let below = |application: &&Value| {
            let versions = list(application, "versions");
            path.is_empty()
                || versions
                    .iter()
                    .any(|v| text(v, "parentPath").starts_with(path))
        };
        let data: Vec<Value> = self.applications.iter().filter(below).cloned().collect();
        call.ok(&json!({ "total": data.len(), "data": data }))
    }

    /// The place of the application of a name, which is new if there was none.
    fn application(&mut self, call: &Call<'_>, ids: &mut Ids, name: &str) -> usize {
        let found = self
            .applications
            .iter()
            .position(|application| text(application, "name") == name);
        found.unwrap_or_else(|| {
            let id = ids.local();
            let href = format!("{}{}/repository/{id}", call.url, call.api.base);
            self.applications
                .push(json!({ "id": id, "name": name, "href": href, "versions": [] }));
            self.applications.len() - 1
        })
    }

    fn upload(&mut self, call: &mut Call<'_>, ids: &mut Ids) -> Reply {
        let files = std::mem::take(&mut call.payload.files);
        let Some(upload) = files.into_iter().find(|file| file.part == "file") else {
            return Reply::problem(400, "file: the part is missing");
        };
        if upload.size == 0 {
            return Reply::problem(400, "file: it is empty");
        }
        if !upload.head.starts_with(b"PK") {
            let message = format!("file: {} is no zip archive", upload.file_name);
            return Reply::text(501, &message);
        }
        let given = |name: &str| call.member(name).filter(|text| !text.is_empty());
        let name = given("name").unwrap_or(UNNAMED).to_owned();
        let version = given("version").map_or_else(timestamp, str::to_owned);
        let entry = json!({
            "id": ids.local(), "name": version, "parentPath": format!("/Applications/{name}"),
        });
        let version_id = text(&entry, "id").to_owned();
        let at = self.application(call, ids, &name);
        let Some(application) = self.applications.get_mut(at) else {
            return call.example();
        };
        let mut versions = list(application, "versions");
        let known = versions.iter().position(|v| text(v, "name") == version);
        match known {
            // The spec's example can be sent as it stands; it takes the place of the seed.
            Some(index)
                if at < self.seeded
                    && !self
                        .files
                        .iter()
                        .any(|f| f.name == name && f.version == version) =>
            {
                versions.remove(index);
            }
            Some(_) => {
                return Reply::problem(409, "name and version: the repository has them already");
            }
            None => {}
        }
        versions.push(entry);
        set(application, "versions", versions);
        let sha256 = upload.sha256.clone();
        let size = upload.size.to_string();
        let answer = json!({ "versionId": version_id, "applicationId": text(application, "id") });
        self.files.push(Stored {
            version_id,
            name,
            version,
            upload,
        });
        call.ok(&answer)
            .header("x-emulator-size", size)
            .header("x-emulator-sha256", sha256)
    }

    fn versions(&self, call: &Call<'_>) -> Reply {
        let id = call.path("applicationId");
        let mut all = self.applications.iter();
        if let Some(application) = all.find(|application| text(application, "id") == id) {
            let data = list(application, "versions");
            return call.ok(&json!({ "total": data.len(), "data": data }));
        }
        let is_version = self.applications.iter().any(|application| {
            list(application, "versions")
                .iter()
                .any(|v| text(v, "id") == id)
        });
        if is_version {
            Reply::problem(
                502,
                "this is the id of a version, and an application was asked for",
            )
        } else {
            not_found()
        }
    }

    /// Removes an application, or one of its versions; none means that it is done.
    fn delete(&mut self, call: &Call<'_>) -> Option<Reply> {
        let id = call.path("applicationId");
        let mut all = self.applications.iter();
        if let Some(at) = all.position(|application| text(application, "id") == id) {
            let removed = self.applications.remove(at);
            self.seeded -= usize::from(at < self.seeded);
            let name = text(&removed, "name");
            self.files.retain(|stored| stored.name != name);
            return None;
        }
        for application in &mut self.applications {
            let mut versions = list(application, "versions");
            let before = versions.len();
            versions.retain(|version| text(version, "id") != id);
            if versions.len() < before {
                set(application, "versions", versions);
                self.files.retain(|stored| stored.version_id != id);
                return None;
            }
        }
        Some(not_found())
    }
}

fn not_found() -> Reply {
    Reply::problem(501, "no application and no version has this id")
}

/// The time as `yyyyMMdd-HH:mm`, which the console takes for a version.
fn timestamp() -> String {
    let age = SystemTime::now().duration_since(UNIX_EPOCH);
    let minutes = age.map_or(0, |age| age.as_secs() / 60);
    let (year, month, day) = date(minutes / 1440);
    let (hour, minute) = (minutes / 60 % 24, minutes % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}:{minute:02}")
}

/// Year, month and day of a day since 1970 (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day = shifted % 146_097;
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let in_month = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (year + era * 400 + carry, month, in_month)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(19_782), (2024, 2, 29));
        assert_eq!(date(20_088), (2024, 12, 31));
    }
}
