//! One call and how it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypoint_core::{Download, Error, ErrorKind, Oddity, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// More than this is no example, in bytes.
const DOWNLOAD_LIMIT: usize = 64 * 1024 * 1024;

/// Is shown each request before it is sent, and each answer once it is read.
pub type Witness = Arc<dyn Fn(&dyn fmt::Debug) + Send + Sync>;

type Running = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// A call that is ready to be made, as often as wanted.
pub struct Call {
    /// Its operationId.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path template, below the base path of the API.
    pub path: &'static str,
    /// Whether it changes nothing.
    pub read_only: bool,
    run: Box<dyn Fn(Witness) -> Running + Send + Sync>,
}

/// Why a call is not ok.
#[derive(Debug)]
pub enum Failure {
    /// The server refused, or was not there.
    Refused(Box<Error>),
    /// The server accepted, and its answer does not have the shape of the spec.
    Wrong {
        /// What is wrong with it.
        what: String,
        /// The status of the answer.
        status: u16,
        /// The JSON path; empty at the top.
        path: String,
        /// What the spec shows.
        expected: String,
        /// What came.
        found: String,
    },
}

/// How a call ended.
#[derive(Debug)]
pub struct Outcome {
    /// Accepted and understood, or why not.
    pub result: Result<(), Failure>,
    /// From the call to its verdict.
    pub time: Duration,
}

impl Outcome {
    /// `ok`, a status, `decode error at path`, or the error.
    pub fn word(&self) -> String {
        match &self.result {
            Ok(()) => "ok".to_owned(),
            Err(failure) => failure.to_string(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong { what, .. } => f.write_str(what),
            Self::Refused(error) => match (error.kind(), error.status()) {
                (ErrorKind::Decode, _) => {
                    write!(
                        f,
                        "decode error at {}: {error}",
                        error.json_path().unwrap_or("the top")
                    )
                }
                (_, Some(status)) => write!(f, "{status}: {error}"),
                _ => write!(f, "{error}"),
            },
        }
    }
}

/// Where an answer differs from what the spec lets expect. It tells kinds and names, no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The status of the answer, if one came.
    pub status: Option<u16>,
    /// The JSON path; empty at the top.
    pub path: String,
    /// What is expected there.
    pub expected: String,
    /// What came.
    pub found: String,
}

impl Failure {
    /// A part of an answer that counts as missing.
    fn odd(status: u16, odd: &Oddity) -> Self {
        let (expected, found) = sides(odd.problem());
        Self::Wrong {
            what: format!("odd value at {odd}"),
            status,
            path: odd.path().to_owned(),
            expected,
            found,
        }
    }

    /// What differs.
    pub fn difference(&self) -> Difference {
        match self {
            Self::Wrong {
                status,
                path,
                expected,
                found,
                ..
            } => Difference {
                status: Some(*status),
                path: path.clone(),
                expected: expected.clone(),
                found: found.clone(),
            },
            Self::Refused(error) => refused(error),
        }
    }
}

fn refused(error: &Error) -> Difference {
    let (mut expected, mut found) = ("a success".to_owned(), format!("{:?}", error.kind()));
    if error.kind() == ErrorKind::Decode {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        let cause = cause.unwrap_or_default();
        (expected, found) = sides(&cause);
        if matches!(error.body(), Some([]) | None) {
            found = "no body".to_owned();
        }
    }
    Difference {
        status: error.status(),
        path: error.json_path().unwrap_or_default().to_owned(),
        expected,
        found,
    }
}

/// What was expected and what came, of a problem that says both or what is wrong with the JSON.
fn sides(problem: &str) -> (String, String) {
    let problem = problem.split(" at line ").next().unwrap_or_default();
    let sides = problem.strip_prefix("expected ");
    let sides = sides.and_then(|sides| sides.split_once(", found "));
    let (expected, found) = sides.unwrap_or(("what the spec describes", problem));
    (expected.to_owned(), found.to_owned())
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "status {status}")?,
            None => f.write_str("no answer")?,
        }
        match self.path.as_str() {
            "" => f.write_str(", at the top")?,
            path => write!(f, ", at {path}")?,
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(Box::new(error))
    }
}

impl Call {
    /// Makes the call.
    pub async fn run(&self) -> Outcome {
        self.run_before(Arc::new(|_| {})).await
    }

    /// Makes the call before a witness.
    pub async fn run_before(&self, witness: Witness) -> Outcome {
        let start = Instant::now();
        let result = (self.run)(witness).await;
        Outcome {
            result,
            time: start.elapsed(),
        }
    }
}

/// A call whose answer is still to be judged.
pub struct Typed<M, S> {
    call: [&'static str; 3],
    read_only: bool,
    bodiless: &'static [u16],
    make: M,
    send: S,
}

impl<M, R, S, T, Sending> Typed<M, S>
where
    M: Fn() -> R + Send + Sync + 'static,
    R: fmt::Debug,
    S: Fn(R) -> Sending + Send + Sync + 'static,
    Sending: Future<Output = Result<Response<T>, Error>> + Send + 'static,
    T: fmt::Debug + Send + 'static,
{
    /// `make` makes the request each time anew, `send` sends it.
    pub fn new(
        operation: &'static str,
        method: &'static str,
        path: &'static str,
        read_only: bool,
        make: M,
        send: S,
    ) -> Self {
        Self {
            call: [operation, method, path],
            read_only,
            bodiless: &[],
            make,
            send,
        }
    }

    /// With one of these codes no body is to be expected.
    #[must_use]
    pub fn or_nothing_at(self, bodiless: &'static [u16]) -> Self {
        Self { bodiless, ..self }
    }

    /// Any success will do.
    pub fn any(self) -> Call {
        self.judged(|_, _| Box::pin(async { Ok(()) }))
    }

    /// The judge gets the status and the value of each answer that has a body.
    fn judged(self, judge: impl Fn(u16, T) -> Running + Send + Sync + Clone + 'static) -> Call {
        let [operation, method, path] = self.call;
        let (make, send, bodiless) = (self.make, self.send, self.bodiless);
        Call {
            operation,
            method,
            path,
            read_only: self.read_only,
            run: Box::new(move |witness| {
                let request = make();
                witness(&request);
                let (sending, judge) = (send(request), judge.clone());
                Box::pin(async move {
                    let response = sending.await?;
                    witness(&response);
                    let status = response.status();
                    if let Some(odd) = response.oddities().first() {
                        return Err(Failure::odd(status, odd));
                    }
                    if bodiless.contains(&status) {
                        return Ok(());
                    }
                    judge(status, response.into_value()).await
                })
            }),
        }
    }
}

impl<M, R, S, T, Sending> Typed<M, S>
where
    M: Fn() -> R + Send + Sync + 'static,
    R: fmt::Debug,
    S: Fn(R) -> Sending + Send + Sync + 'static,
    Sending: Future<Output = Result<Response<T>, Error>> + Send + 'static,
    T: Serialize + DeserializeOwned + fmt::Debug + Send + 'static,
{
    /// The answer must say something, if the example of the spec does.
    pub fn json(self, example: &'static str) -> Call {
        self.judged(move |status, value| {
            let verdict = judge_json(status, &value, example);
            Box::pin(async { verdict })
        })
    }
}

/// An answer that decodes to nothing at all was not understood.
fn judge_json<T: Serialize + DeserializeOwned>(
    status: u16,
    value: &T,
    example: &str,
) -> Result<(), Failure> {
    let wrong = |what: &str, expected: &Value, found: &Value| Failure::Wrong {
        what: what.to_owned(),
        status,
        path: String::new(),
        expected: shape(expected),
        found: match status {
            204 => "no body".to_owned(),
            _ => shape(found),
        },
    };
    let example: T = serde_json::from_str(example).map_err(|_| {
        let what = "the example of the spec does not decode";
        wrong(what, &Value::Null, &Value::Null)
    })?;
    let text = |value: &T| {
        let what = "the answer cannot be written again";
        serde_json::to_value(value).map_err(|_| wrong(what, &Value::Null, &Value::Null))
    };
    let (found, expected) = (text(value)?, text(&example)?);
    if says_something(&expected) && !says_something(&found) {
        let what = "the answer decodes to nothing, unlike the example";
        return Err(wrong(what, &expected, &found));
    }
    Ok(())
}

/// The kind of a value, and the names in it.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(items) => match items.first() {
            None => "an empty list".to_owned(),
            Some(item) => format!("a list of {}", shape(item)),
        },
        Value::Object(members) => {
            let known = members.iter().filter(|(_, value)| says_something(value));
            let names: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
            match names.is_empty() {
                true => "an object with no member that the spec has".to_owned(),
                false => format!("an object with {}", names.join(", ")),
            }
        }
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => members.values().any(says_something),
    }
}

impl<M, R, S, Sending> Typed<M, S>
where
    M: Fn() -> R + Send + Sync + 'static,
    R: fmt::Debug,
    S: Fn(R) -> Sending + Send + Sync + 'static,
    Sending: Future<Output = Result<Response<Download>, Error>> + Send + 'static,
{
    /// The whole body must arrive.
    pub fn bytes(self) -> Call {
        self.judged(|_, download| {
            Box::pin(async {
                download.bytes(DOWNLOAD_LIMIT).await?;
                Ok(())
            })
        })
    }
}
