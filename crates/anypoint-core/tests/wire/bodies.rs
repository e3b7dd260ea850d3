//! Uploads and downloads.

use std::time::{Duration, Instant};

use anypoint_core::internal::{Call, Endpoint, Multipart};
use anypoint_core::{Download, ErrorKind, Session, Upload};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Folder, GET, POST, Server, json, reply};

async fn download(answer: impl Into<Vec<u8>>) -> Download {
    Server::always(answer)
        .await
        .call(&GET)
        .send_download()
        .await
        .unwrap()
        .into_value()
}

const TRUNCATED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc";

#[tokio::test]
async fn a_download_arrives_in_chunks() {
    let mut body = download(reply(200, "content-type: text/x\r\n", "abc")).await;
    assert_eq!(
        (body.content_type(), body.content_length()),
        (Some("text/x"), Some(3))
    );
    let mut whole = Vec::new();
    while let Some(chunk) = body.next_chunk().await {
        whole.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(whole, b"abc");
    assert!(body.next_chunk().await.is_none());
}

#[tokio::test]
async fn a_download_in_memory_is_bounded() {
    assert_eq!(
        download(reply(200, "", "abc"))
            .await
            .bytes(3)
            .await
            .unwrap(),
        "abc"
    );
    let error = download(reply(200, "", "abc"))
        .await
        .bytes(2)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Decode, Some("test_call"))
    );
}

#[tokio::test]
async fn a_saved_download_replaces_the_file() {
    let folder = Folder::new("saved");
    let target = folder.0.join("app.log");
    std::fs::write(&target, "old").unwrap();
    assert_eq!(
        download(reply(200, "", "new!"))
            .await
            .save(&target)
            .await
            .unwrap(),
        4
    );
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "new!");
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[tokio::test]
async fn a_truncated_download_leaves_nothing_and_keeps_the_old_file() {
    let folder = Folder::new("truncated");
    let error = download(TRUNCATED)
        .await
        .save(folder.0.join("new.log"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Interrupted, Some("test_call"))
    );
    let old = folder.0.join("old.log");
    std::fs::write(&old, "old").unwrap();
    download(TRUNCATED).await.save(&old).await.unwrap_err();
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[tokio::test]
async fn an_unwritable_target_is_named() {
    let error = download(reply(200, "", "x"))
        .await
        .save("/nowhere/at/all.log")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("/nowhere/at/all.log"), "{error}");
}

#[tokio::test]
async fn a_file_is_streamed_with_its_length() {
    let folder = Folder::new("upload");
    let path = folder.0.join("app.jar");
    let content = "0123456789".repeat(20_000);
    std::fs::write(&path, &content).unwrap();
    let server = Server::always(json(200, "{}")).await;
    server
        .call(&POST)
        .upload("application/java-archive", &Upload::file(&path))
        .send_empty()
        .await
        .unwrap();
    let typed = Upload::file(&path).with_content_type("application/zip");
    server
        .call(&POST)
        .upload("application/java-archive", &typed)
        .send_empty()
        .await
        .unwrap();
    let requests = server.requests();
    assert_eq!(
        requests[0].header("content-type"),
        Some("application/java-archive")
    );
    assert_eq!(requests[1].header("content-type"), Some("application/zip"));
    for request in requests {
        assert_eq!(request.header("content-length"), Some("200000"));
        assert_eq!(request.header("transfer-encoding"), None);
        assert!(request.text() == content);
    }
}

#[tokio::test]
async fn a_missing_or_empty_file_sends_nothing() {
    let folder = Folder::new("missing");
    let empty = folder.0.join("empty.jar");
    std::fs::write(&empty, "").unwrap();
    let server = Server::always(json(200, "{}")).await;
    for (upload, name) in [
        (Upload::file(folder.0.join("none.jar")), "none.jar"),
        (Upload::file(&empty), "empty.jar is empty"),
        (Upload::file(&folder.0), "it is a directory and not a file"),
        (Upload::bytes("b.jar", ""), "\"b.jar\" is empty"),
    ] {
        let error = server
            .call(&POST)
            .upload("x/y", &upload)
            .send_empty()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(server.requests().is_empty());
}

/// A replacement character would be stored as the name.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_name_that_is_not_utf8_needs_another_one() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("latin");
    let path = folder.0.join(std::ffi::OsStr::from_bytes(b"\xe9t\xe9.jar"));
    std::fs::write(&path, "x").unwrap();
    let server = Server::always(json(200, "{}")).await;
    let send = |upload: Upload| {
        let form = Multipart::new().file("file", Some(&upload));
        server.call(&POST).multipart(form).send_empty()
    };
    let error = send(Upload::file(&path)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.hint().unwrap().contains("with_file_name"), "{error}");
    assert!(server.requests().is_empty());
    send(Upload::file(&path).with_file_name("summer.jar"))
        .await
        .unwrap();
    let sent = server.only_request().text();
    assert!(sent.contains("filename=\"summer.jar\""), "{sent}");
}

#[test]
fn expectation_17_debug_of_an_upload_holds_no_content() {
    let upload = Upload::bytes("a.txt", "s3cret").with_file_name("b.txt");
    assert_eq!(
        format!("{upload:?}"),
        r#"Upload { length: 6, file_name: "b.txt", content_type: "application/octet-stream" }"#
    );
}

/// A server that takes its time for an upload longer than the timeout, but keeps reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_moves_does_not_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut left = LENGTH;
        let mut buffer = vec![0; LENGTH / 20];
        while left > 0 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            left = left.saturating_sub(stream.read(&mut buffer).await.unwrap());
        }
        stream.write_all(&json(200, "{}")).await.unwrap();
    });
    const LENGTH: usize = 32 << 20;
    let session = Session::builder()
        .host(host)
        .stall_timeout(Duration::from_millis(400))
        .build()
        .unwrap();
    let upload = Upload::bytes("big.jar", vec![0; LENGTH]);
    let call = Call::new(&Endpoint::new(&session, ""), &POST).upload("x/y", &upload);
    let start = Instant::now();
    call.send_empty().await.unwrap();
    assert!(start.elapsed() > Duration::from_millis(400));
}
