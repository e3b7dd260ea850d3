//! Files that are read: everything that is not a regular file is refused immediately.
#![cfg(target_os = "linux")]

use std::io::PipeReader;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls"))]
use anypoint_core::Session;
use anypoint_core::{CredentialChain, Error, ErrorKind, Upload};

use crate::support::{Folder, POST, Server, json};

/// Everything that is no file, by what errors call it. Nobody writes into the pipes.
struct Others {
    folder: Folder,
    _socket: UnixListener,
    /// As standard input often is.
    input: PipeReader,
    _writer: std::io::PipeWriter,
}

impl Others {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let pipe = Command::new("mkfifo").arg(folder.0.join("pipe")).status();
        assert!(pipe.unwrap().success());
        let socket = UnixListener::bind(folder.0.join("socket")).unwrap();
        let (input, writer) = std::io::pipe().unwrap();
        Self {
            folder,
            _socket: socket,
            input,
            _writer: writer,
        }
    }

    fn paths(&self) -> [(PathBuf, &'static str); 6] {
        let input = format!("/proc/self/fd/{}", self.input.as_raw_fd());
        [
            (self.folder.0.join("pipe"), "it is a pipe and not a file"),
            (input.into(), "it is a pipe and not a file"),
            (
                self.folder.0.join("socket"),
                "it is a socket and not a file",
            ),
            (self.folder.0.clone(), "it is a directory and not a file"),
            ("/dev/zero".into(), "it is a device and not a file"),
            ("/dev/null".into(), "it is a device and not a file"),
        ]
    }
}

fn check(error: &Error, kind: ErrorKind, path: &Path, reason: &str) {
    assert_eq!(error.kind(), kind);
    let text = error.to_string();
    for part in [&path.display().to_string(), reason] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn an_upload_that_is_no_file_is_refused_at_once() {
    let others = Others::new("upload-others");
    let server = Server::always(json(200, "{}")).await;
    for (path, reason) in others.paths() {
        let call = server.call(&POST).upload("x/y", &Upload::file(&path));
        let error = call.send_empty().await.unwrap_err();
        check(&error, ErrorKind::InvalidRequest, &path, reason);
        assert!(error.hint().unwrap().contains("Upload::bytes"), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_profile_file_that_is_no_file_is_refused_at_once() {
    let others = Others::new("profile-others");
    for (path, reason) in others.paths() {
        let chain = CredentialChain::new().profile_file(&path);
        let error = chain.resolve_from(|_| None).unwrap_err();
        check(&error, ErrorKind::Configuration, &path, reason);
    }
}

#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls"))]
#[test]
fn a_certificate_file_that_is_no_file_or_too_large_is_refused_at_once() {
    let others = Others::new("certificate-others");
    let refused = |path: &Path, reason| {
        let session = Session::builder().host("https://localhost:1");
        let error = session.ca_certificates_file(path).build().unwrap_err();
        check(&error, ErrorKind::Configuration, path, reason);
    };
    for (path, reason) in others.paths() {
        refused(&path, reason);
    }
    let large = others.folder.0.join("large");
    std::fs::write(&large, vec![b'\n'; (16 << 20) + 1]).unwrap();
    refused(&large, "it is larger than 16 MiB");
}

#[test]
fn a_profile_file_that_is_too_large_is_called_so() {
    let folder = Folder::new("large");
    let path = folder.0.join("credentials");
    let profiles = |length| format!(r#"{{"default": {{"name": "{}"}}}}"#, "x".repeat(length));
    let resolve = || {
        let chain = CredentialChain::new().profile_file(&path);
        chain.resolve_from(|_| None).unwrap_err()
    };
    std::fs::write(&path, profiles(2 << 20)).unwrap();
    let error = resolve();
    check(
        &error,
        ErrorKind::Configuration,
        &path,
        "it is larger than 1 MiB",
    );
    // As large as may be.
    let frame = profiles(0).len();
    std::fs::write(&path, profiles((1 << 20) - frame)).unwrap();
    assert!(resolve().to_string().contains("no credentials"));
}
