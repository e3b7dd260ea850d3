//! Uploads: the bytes of files are counted and hashed while they are read, and not kept.

mod room;

use std::fmt::Write as _;

use multer::{Field, Multipart};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use self::room::Room;
use super::{Payload, body};
use crate::intake::{Intake, MEMORY_LIMIT, broken};
use crate::reply::Reply;
use crate::spec::{Api, Check};

/// How many parts an upload may have.
const PARTS: usize = 100;
/// How many of a file's first bytes are kept.
const START: usize = 4;

/// A file that was sent.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) part: String,
    pub(crate) file_name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    /// The first bytes, which tell a zip file from others.
    pub(crate) head: Vec<u8>,
}

/// Why a part could not be taken.
enum Failure {
    Reply(Reply),
    Multipart(multer::Error),
}

impl From<multer::Error> for Failure {
    fn from(error: multer::Error) -> Self {
        Self::Multipart(error)
    }
}

/// Reads the parts and checks them against the schema.
pub(super) async fn read(
    api: &'static Api,
    check: &Check,
    content_type: &str,
    intake: &mut Intake,
) -> Result<Payload, Reply> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| {
        Reply::problem(
            400,
            "content type: the boundary of multipart/form-data is missing",
        )
    })?;
    let room = Room::default();
    let outcome = {
        let multipart = Multipart::new(room.bound(intake.stream()), boundary);
        parts(api, check, multipart, &room).await
    };
    let (members, files) = outcome.map_err(|failure| match failure {
        Failure::Reply(reply) => reply,
        _ if intake.is_over() => intake.too_large(),
        _ if room.is_exceeded() => Reply::problem(
            400,
            "request body: malformed multipart, a part has no end of its head",
        ),
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
    room: &Room,
) -> Result<Parts, Failure> {
    let mut members = Map::new();
    let mut files = Vec::new();
    let (mut count, mut budget) = (0, MEMORY_LIMIT);
    loop {
        room.renew();
        let Some(mut field) = multipart.next_field().await? else {
            return Ok((members, files));
        };
        count += 1;
        if count > PARTS {
            let message = format!("request body: more than {PARTS} parts");
            return Err(Failure::Reply(Reply::problem(400, message)));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let schema = check.member(api, &name).cloned().unwrap_or(Value::Null);
        let is = |key: &str, value: &str| schema.get(key).and_then(Value::as_str) == Some(value);
        if is("format", "binary") || (field.file_name().is_some() && schema.is_null()) {
            let file_name = field.file_name().unwrap_or_default().to_owned();
            let mut file = Incoming::new(name.clone(), file_name.clone());
            while let Some(data) = chunk(&mut field, room).await? {
                file.write(&data);
            }
            files.push(file.finish());
            members.insert(name, Value::from(file_name));
            continue;
        }
        let text = text(&name, &mut field, room, &mut budget).await?;
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
}

async fn chunk(field: &mut Field<'_>, room: &Room) -> Result<Option<bytes::Bytes>, multer::Error> {
    room.renew();
    field.chunk().await
}

/// The text of a part, which takes its length from the budget of all of them.
async fn text(
    name: &str,
    field: &mut Field<'_>,
    room: &Room,
    budget: &mut u64,
) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(data) = chunk(field, room).await? {
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        let Some(left) = budget.checked_sub(length) else {
            let message =
                format!("request body, {name}: all texts are larger than {MEMORY_LIMIT} bytes");
            return Err(Failure::Reply(Reply::problem(413, message)));
        };
        *budget = left;
        bytes.extend_from_slice(&data);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes a body that is one file.
pub(super) async fn whole(intake: &mut Intake) -> Result<Upload, Reply> {
    let mut file = Incoming::new(String::new(), String::new());
    loop {
        match intake.chunk().await {
            Ok(_) if intake.is_over() => return Err(intake.too_large()),
            Ok(Some(data)) => file.write(&data),
            Ok(None) => return Ok(file.finish()),
            Err(_) => return Err(broken()),
        }
    }
}

/// A file while it comes.
struct Incoming {
    upload: Upload,
    hash: Sha256,
}

impl Incoming {
    fn new(part: String, file_name: String) -> Self {
        Self {
            upload: Upload {
                part,
                file_name,
                size: 0,
                sha256: String::new(),
                head: Vec::with_capacity(START),
            },
            hash: Sha256::new(),
        }
    }

    fn write(&mut self, data: &[u8]) {
        let missing = START - self.upload.head.len();
        self.upload.head.extend(data.iter().take(missing));
        self.upload.size += u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.hash.update(data);
    }

    fn finish(mut self) -> Upload {
        for byte in self.hash.finalize() {
            // Writing to a string does not fail.
            let _ = write!(self.upload.sha256, "{byte:02x}");
        }
        self.upload
    }
}
