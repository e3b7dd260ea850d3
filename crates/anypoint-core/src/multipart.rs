//! The parts of a multipart form, before they are opened.
//!
//! It must not open a file, because a form is opened each time it is sent.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

use std::borrow::Cow;

use serde::Serialize;

use crate::error::Error;
use crate::parameter::{Parameter, texts};
use crate::secret::{Secret, redact};
use crate::upload::Upload;

/// A form of files and fields.
#[derive(Clone, Default)]
pub struct Multipart {
    parts: Vec<Part>,
    /// The secrets among the parts.
    secrets: Vec<Secret>,
    /// The first error; the call reports it.
    failure: Option<Error>,
}

#[derive(Clone)]
pub(crate) enum Part {
    File {
        name: Cow<'static, str>,
        upload: Upload,
    },
    Text {
        name: Cow<'static, str>,
        content_type: Option<&'static str>,
        text: String,
    },
}

impl Multipart {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn file(self, name: &'static str, upload: Option<&Upload>) -> Self {
        match upload {
            Some(upload) => self.add_file(name.into(), upload),
            None => self,
        }
    }

    pub(crate) fn add_file(mut self, name: Cow<'static, str>, upload: &Upload) -> Self {
        let upload = upload.for_a_call();
        self.parts.push(Part::File { name, upload });
        self
    }

    /// Several files under one name.
    pub fn files(self, name: &'static str, uploads: Option<&Vec<Upload>>) -> Self {
        let uploads = uploads.into_iter().flatten();
        uploads.fold(self, |form, upload| form.file(name, Some(upload)))
    }

    /// JSON as a text part, as the services expect it.
    pub fn json<T: Serialize>(self, name: &'static str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.add_json(name.into(), value),
            None => self,
        }
    }

    pub(crate) fn add_json(mut self, name: Cow<'static, str>, value: &impl Serialize) -> Self {
        let (written, secrets) = redact::noting(|| serde_json::to_string(value));
        self.secrets.extend(secrets);
        match written {
            Ok(text) => {
                let content_type = Some("application/json");
                self.parts.push(Part::Text {
                    name,
                    content_type,
                    text,
                });
            }
            Err(error) => {
                let failure = Error::invalid(format!("the part {name} cannot be written as JSON"));
                self.failure.get_or_insert(failure.with_source(error));
            }
        }
        self
    }

    pub fn text(self, name: &'static str, value: &impl Parameter) -> Self {
        self.add_text(name.into(), value)
    }

    pub(crate) fn add_text(mut self, name: Cow<'static, str>, value: &impl Parameter) -> Self {
        let part = |text| Part::Text {
            name: name.clone(),
            content_type: None,
            text,
        };
        value.secrets(&mut |secret| self.secrets.push(secret.clone()));
        self.parts.extend(texts(value).into_iter().map(part));
        self
    }

    /// The parts, and the secrets among them.
    pub(crate) fn into_parts(self) -> Result<(Vec<Part>, Vec<Secret>), Error> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        for part in &self.parts {
            let (Part::File { name, .. } | Part::Text { name, .. }) = part;
            if name.contains(char::is_control) {
                return Err(Error::invalid("the name of a part has control characters"));
            }
            if let Part::File { name, upload } = part {
                file_name(name, upload)?;
            }
        }
        Ok((self.parts, self.secrets))
    }
}

/// Refuses file names with line breaks, which would start a header of the part, and with replacement
/// characters, which the server would store.
fn file_name(part: &str, upload: &Upload) -> Result<(), Error> {
    let Some(name) = upload.file_name() else {
        let problem = format!("the file name of {part} is not UTF-8");
        return Err(Error::invalid(problem)
            .with_hint("set the name that the server is to see with Upload::with_file_name"));
    };
    let texts = [name, upload.content_type()];
    if texts.iter().any(|text| text.contains(char::is_control)) {
        return Err(Error::invalid(format!(
            "the file name or content type of {part} has control characters"
        )));
    }
    Ok(())
}
