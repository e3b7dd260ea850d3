//! One call and how it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypoint_core::{Download, Error, ErrorKind, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

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
    Wrong(String),
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
            Self::Wrong(what) => f.write_str(what),
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
            make,
            send,
        }
    }

    /// Any success will do.
    pub fn any(self) -> Call {
        self.judged(|_| Box::pin(async { Ok(()) }))
    }

    fn judged(self, judge: fn(T) -> Running) -> Call {
        self.with(move |value| judge(value))
    }

    fn with(self, judge: impl Fn(T) -> Running + Send + Sync + Clone + 'static) -> Call {
        let [operation, method, path] = self.call;
        let (make, send) = (self.make, self.send);
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
                    judge(response.into_value()).await
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
        self.with(move |value| {
            let verdict = judge_json(&value, example);
            Box::pin(async { verdict })
        })
    }
}

/// An answer that decodes to nothing at all was not understood.
fn judge_json<T: Serialize + DeserializeOwned>(value: &T, example: &str) -> Result<(), Failure> {
    let wrong = |what: &str| Failure::Wrong(what.to_owned());
    let example: T = serde_json::from_str(example)
        .map_err(|_| wrong("the example of the spec does not decode"))?;
    let text = |value: &T| {
        serde_json::to_value(value).map_err(|_| wrong("the answer cannot be written again"))
    };
    let (found, expected) = (text(value)?, text(&example)?);
    if says_something(&expected) && !says_something(&found) {
        return Err(wrong("the answer decodes to nothing, unlike the example"));
    }
    Ok(())
}

fn says_something(value: &serde_json::Value) -> bool {
    use serde_json::Value;
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
        self.judged(|download| {
            Box::pin(async {
                download.bytes(DOWNLOAD_LIMIT).await?;
                Ok(())
            })
        })
    }
}
