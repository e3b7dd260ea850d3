//! Where a download is saved: files, links, devices and pipes, and what is left after a failure.
//!
//! The devices are opened through `/proc`, where no file can be created, so that a bug cannot replace a
//! device of the machine that runs the tests.
#![cfg(target_os = "linux")]

use std::future::Future;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Waker};

use anypoint_core::{Download, Error, ErrorKind};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

use crate::support::{Folder, GET, Server, reply};

async fn download(body: &str) -> Download {
    let server = Server::always(reply(200, "", body)).await;
    let answer = server.call(&GET).send_download().await;
    answer.unwrap().into_value()
}

async fn save(body: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
    download(body).await.save(path).await
}

fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(&folder.0).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The path of an open file.
fn open_file(file: &impl AsRawFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn pipe(folder: &Folder) -> PathBuf {
    let path = folder.0.join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    path
}

#[tokio::test]
async fn a_device_is_written_into() {
    let null = std::fs::File::options()
        .write(true)
        .open("/dev/null")
        .unwrap();
    assert_eq!(save("gone", open_file(&null)).await.unwrap(), 4);
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let error = save("too much", open_file(&full)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.to_string().contains("No space left on device"),
        "{error}"
    );
}

#[tokio::test]
async fn a_pipe_is_written_into_while_somebody_reads_it() {
    let folder = Folder::new("pipe");
    let path = pipe(&folder);
    let error = save("lost", &path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.to_string().contains("nobody reads from the pipe"),
        "{error}"
    );

    // More than a pipe holds.
    let body = "0123456789".repeat(50_000);
    let mut reader = pipe::OpenOptions::new().open_receiver(&path).unwrap();
    let read = async {
        let mut text = String::new();
        reader.read_to_string(&mut text).await.unwrap();
        text
    };
    let (saved, read) = tokio::join!(save(&body, &path), read);
    assert_eq!(saved.unwrap(), 500_000);
    assert!(read == body);
    assert!(std::fs::metadata(&path).unwrap().file_type().is_fifo());
    assert_eq!(names(&folder), ["pipe"]);
}

#[tokio::test]
async fn an_open_file_such_as_standard_output_is_appended_to() {
    let folder = Folder::new("open");
    let path = folder.0.join("out.txt");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"before ").unwrap();
    assert_eq!(save("saved", open_file(&file)).await.unwrap(), 5);
    assert_eq!(text(&path), "before saved");
    assert_eq!(
        file.metadata().unwrap().ino(),
        std::fs::metadata(&path).unwrap().ino()
    );
}

#[tokio::test]
async fn a_link_stays_and_its_target_is_replaced() {
    let folder = Folder::new("link");
    let data = folder.0.join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("old.log"), "old").unwrap();
    for (link, target) in [
        ("to-old", "data/old.log"),
        ("to-link", "to-old"),
        ("dangling", "data/new.log"),
    ] {
        symlink(target, folder.0.join(link)).unwrap();
    }
    for (link, target) in [("to-link", "old.log"), ("dangling", "new.log")] {
        assert_eq!(
            save(link, folder.0.join(link)).await.unwrap() as usize,
            link.len()
        );
        assert_eq!(text(data.join(target)), link);
        assert!(folder.0.join(link).is_symlink());
    }
    assert!(folder.0.join("to-old").is_symlink());
    assert_eq!(names(&folder), ["dangling", "data", "to-link", "to-old"]);
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 2);

    symlink("ring", folder.0.join("ring")).unwrap();
    let error = save("x", folder.0.join("ring")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[tokio::test]
async fn a_file_that_is_replaced_keeps_its_mode_and_owner() {
    let folder = Folder::new("mode");
    let path = folder.0.join("secret.log");
    for mode in [0o600, 0o644, 0o666, 0o400] {
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        // Only root may give a file away.
        let given = chown(&path, Some(12_345), Some(54_321)).is_ok();
        save("new", &path).await.unwrap();
        let metadata = std::fs::metadata(&path).unwrap();
        assert_eq!(metadata.mode() & 0o7777, mode);
        assert!(!given || (metadata.uid(), metadata.gid()) == (12_345, 54_321));
        assert_eq!(text(&path), "new");
        std::fs::remove_file(&path).unwrap();
    }
    // A new one is like any other new one.
    save("new", &path).await.unwrap();
    let other = folder.0.join("other");
    std::fs::write(&other, "").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode();
    assert_eq!(mode(&path), mode(&other));
}

/// In a container every process is number 1.
#[tokio::test]
async fn what_a_killed_run_left_neither_disturbs_nor_is_touched() {
    let folder = Folder::new("killed");
    let target = folder.0.join("app.log");
    let left: Vec<_> = (0..100)
        .map(|number| format!(".app.log.{}-{number}.part", std::process::id()))
        .collect();
    for name in &left {
        std::fs::write(folder.0.join(name), "left").unwrap();
    }
    save("new", &target).await.unwrap();
    assert_eq!(text(&target), "new");
    for name in &left {
        assert_eq!(text(folder.0.join(name)), "left");
    }
}

#[tokio::test]
async fn a_name_as_long_as_names_may_be_is_saved() {
    let folder = Folder::new("long");
    let path = folder.0.join("n".repeat(255));
    save("new", &path).await.unwrap();
    assert_eq!(text(&path), "new");
}

#[tokio::test]
async fn what_cannot_be_a_file_is_refused_and_stays() {
    let folder = Folder::new("refused");
    let socket = folder.0.join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    for (path, reason) in [
        (folder.0.clone(), "it is a directory"),
        (folder.0.join("new/"), "it names a directory"),
        (folder.0.join(".."), "it is a directory"),
        (socket.clone(), "it is a socket"),
        (folder.0.join("none/new.log"), "No such file or directory"),
        (PathBuf::new(), "it names no file"),
    ] {
        let error = save("x", &path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(names(&folder), ["socket"]);
}

/// Whatever a save was doing when it was dropped, after it nothing is left.
#[test]
fn a_cancelled_save_leaves_nothing() {
    let folder = Folder::new("cancelled");
    let old = folder.0.join("old.log");
    std::fs::write(&old, "old").unwrap();
    for polls in 1..20 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            for path in [&old, &folder.0.join("new.log")] {
                // The second half never comes, which ends it sooner or later.
                let half = b"HTTP/1.1 200 X\r\ncontent-length: 8\r\n\r\nhalf".to_vec();
                let server = Server::always(half).await;
                let answer = server.call(&GET).send_download().await.unwrap();
                let mut saving = pin!(answer.into_value().save(path));
                for _ in 0..polls {
                    let mut context = Context::from_waker(Waker::noop());
                    if saving.as_mut().poll(&mut context).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
        });
        // What runs on other threads comes to its end first.
        drop(runtime);
        assert_eq!(names(&folder), ["old.log"], "after {polls} polls");
        assert_eq!(text(&old), "old");
    }
}
