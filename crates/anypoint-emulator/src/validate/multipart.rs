//! Uploads: files go to temporary files, or nowhere, while their bytes are counted and hashed.

use std::fmt::Write as _;
use std::fs::File;

use bytes::Bytes;
use multer::{Field, Multipart};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::{Payload, body};
use crate::intake::{Intake, broken};
use crate::reply::Reply;
use crate::spec::{Api, Check};

/// What a text part may hold.
const TEXT_LIMIT: usize = 1 << 20;
const BUFFER: usize = 256 << 10;
const HEAD: usize = 4;

/// A file that was sent. Its bytes, if they are kept, are in a temporary file that goes away
/// with it.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) part: String,
    pub(crate) file_name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    /// The first bytes, which tell a zip file from others.
    pub(crate) head: Vec<u8>,
    /// Holds the bytes for as long as the emulator remembers the upload.
    pub(crate) _file: Option<File>,
}

/// Why a part could not be taken.
enum Failure {
    Reply(Reply),
    Multipart(multer::Error),
}

/// Reads the parts and checks them against the schema.
pub(super) async fn read(
    api: &'static Api,
    check: &Check,
    content_type: &str,
    intake: &mut Intake,
    keep: bool,
) -> Result<Payload, Reply> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| {
        Reply::problem(
            400,
            "content type: the boundary of multipart/form-data is missing",
        )
    })?;
    let outcome = {
        let stream = Box::pin(intake.stream());
        parts(api, check, Multipart::new(stream, boundary), keep).await
    };
    let (members, files) = outcome.map_err(|failure| match failure {
        Failure::Reply(reply) => reply,
        _ if intake.is_over() => intake.too_large(),
        Failure::Multipart(multer::Error::StreamReadFailed(_)) => broken(),
        Failure::Multipart(error) => {
            Reply::problem(400, format!("request body: malformed multipart, {error}"))
        }
    })?;
    for name in check.required(api) {
        if !members.contains_key(name) {
            let message = format!("request body: the part {name} is missing");
            return Err(Reply::problem(400, message));
        }
    }
    let payload = body::checked(api, check, Value::Object(members))?;
    Ok(Payload { files, ..payload })
}

type Parts = (Map<String, Value>, Vec<Upload>);

async fn parts(
    api: &Api,
    check: &Check,
    mut multipart: Multipart<'_>,
    keep: bool,
) -> Result<Parts, Failure> {
    let mut members = Map::new();
    let mut files = Vec::new();
    while let Some(mut field) = multipart.next_field().await.map_err(Failure::Multipart)? {
        let name = field.name().unwrap_or_default().to_owned();
        let schema = check.member(api, &name).cloned().unwrap_or(Value::Null);
        let is = |key: &str, value: &str| schema.get(key).and_then(Value::as_str) == Some(value);
        if is("format", "binary") || (field.file_name().is_some() && schema.is_null()) {
            let file_name = field.file_name().unwrap_or_default().to_owned();
            let mut spool =
                Spool::new(name.clone(), file_name.clone(), keep).map_err(Failure::Reply)?;
            while let Some(data) = field.chunk().await.map_err(Failure::Multipart)? {
                spool.write(&data).await.map_err(Failure::Reply)?;
            }
            files.push(spool.finish().await.map_err(Failure::Reply)?);
            members.insert(name, Value::from(file_name));
            continue;
        }
        let text = text(&name, &mut field).await?;
        let structured = is("type", "object") || is("type", "array");
        let value = if structured {
            serde_json::from_str(&text).map_err(|_| {
                let message = format!("request body, {name}: malformed JSON");
                Failure::Reply(Reply::problem(400, message))
            })?
        } else {
            crate::spec::coerce(&schema, &text)
        };
        members.insert(name, value);
    }
    Ok((members, files))
}

async fn text(name: &str, field: &mut Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(data) = field.chunk().await.map_err(Failure::Multipart)? {
        bytes.extend_from_slice(&data);
        if bytes.len() > TEXT_LIMIT {
            let message = format!("request body, {name}: larger than {TEXT_LIMIT} bytes");
            return Err(Failure::Reply(Reply::problem(413, message)));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes a body that is one file.
pub(super) async fn spill(intake: &mut Intake, keep: bool) -> Result<Upload, Reply> {
    let mut spool = Spool::new(String::new(), String::new(), keep)?;
    loop {
        match intake.chunk().await {
            Ok(_) if intake.is_over() => return Err(intake.too_large()),
            Ok(Some(data)) => spool.write(&data).await?,
            Ok(None) => return spool.finish().await,
            Err(_) => return Err(broken()),
        }
    }
}

struct Spool {
    upload: Upload,
    hash: Sha256,
    writer: Option<BufWriter<tokio::fs::File>>,
}

impl Spool {
    fn new(part: String, file_name: String, keep: bool) -> Result<Self, Reply> {
        let file = keep.then(tempfile::tempfile).transpose().map_err(full)?;
        let copy = file.as_ref().map(File::try_clone);
        let writer = copy
            .transpose()
            .map_err(full)?
            .map(|file| BufWriter::with_capacity(BUFFER, tokio::fs::File::from_std(file)));
        Ok(Self {
            upload: Upload {
                part,
                file_name,
                size: 0,
                sha256: String::new(),
                head: Vec::with_capacity(HEAD),
                _file: file,
            },
            hash: Sha256::new(),
            writer,
        })
    }

    async fn write(&mut self, data: &Bytes) -> Result<(), Reply> {
        let missing = HEAD - self.upload.head.len();
        self.upload.head.extend(data.iter().take(missing));
        self.upload.size += u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.hash.update(data);
        match &mut self.writer {
            Some(writer) => writer.write_all(data).await.map_err(full),
            None => Ok(()),
        }
    }

    async fn finish(mut self) -> Result<Upload, Reply> {
        if let Some(writer) = &mut self.writer {
            writer.flush().await.map_err(full)?;
        }
        let mut text = String::with_capacity(64);
        for byte in self.hash.finalize() {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        self.upload.sha256 = text;
        Ok(self.upload)
    }
}

fn full(error: std::io::Error) -> Reply {
    Reply::problem(
        507,
        format!("the emulator cannot write a temporary file: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_is_not_kept_is_hashed_all_the_same() {
        let mut taken = Vec::new();
        for keep in [true, false] {
            let mut spool = Spool::new(String::new(), String::new(), keep).unwrap();
            spool
                .write(&Bytes::from_static(b"PK\x03\x04bytes"))
                .await
                .unwrap();
            let upload = spool.finish().await.unwrap();
            assert_eq!(upload._file.is_some(), keep);
            taken.push((upload.size, upload.sha256, upload.head));
        }
        assert_eq!(taken[0], taken[1]);
        assert_eq!(taken[0].0, 9);
    }
}
