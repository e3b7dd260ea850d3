//! Uploads and downloads of any length take little memory.

use std::time::Duration;

use anypoint_core::{Credentials, Upload};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Folder, GET, POST, Server, answer, call, json, read};

/// What a download promises: far more than sockets and buffers hold.
const LARGE: u64 = 1 << 30;
/// More than sockets and buffers hold together, far less than the whole.
const HELD: u64 = 64 << 20;
/// Long enough for a side that is not held up to move on.
const PATIENCE: Duration = Duration::from_millis(500);

async fn listen() -> (TcpListener, Server) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut server = Server::always("").await;
    server.url = format!("http://{}", listener.local_addr().unwrap());
    (listener, server)
}

/// Sends until the other side takes no more; how many bytes that are.
async fn fill(stream: &mut TcpStream) -> u64 {
    let head = format!("HTTP/1.1 200 X\r\ncontent-length: {LARGE}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let (chunk, mut sent) = (vec![0; 1 << 20], 0);
    while sent < LARGE {
        match tokio::time::timeout(PATIENCE, stream.write(&chunk)).await {
            Ok(written) => sent += written.unwrap() as u64,
            Err(_) => break,
        }
    }
    sent
}

#[tokio::test]
async fn expectation_16_a_download_that_is_not_read_is_not_fetched() {
    let (listener, server) = listen().await;
    let filling = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read(&mut stream).await.unwrap();
        let sent = fill(&mut stream).await;
        (sent, stream)
    });
    let session = server.session(Credentials::default());
    let sent = call(&session, &GET).send_download().await;
    let mut download = sent.unwrap().into_value();
    let (sent, stream) = filling.await.unwrap();
    assert!(sent < HELD, "{sent} bytes were taken that nobody wants yet");
    drop(stream);
    let mut received = 0;
    while let Some(Ok(chunk)) = download.next_chunk().await {
        assert!(chunk.len() <= 1 << 20, "{} bytes at once", chunk.len());
        received += chunk.len() as u64;
    }
    assert!(received <= sent);
}

#[tokio::test]
async fn expectation_16_an_upload_is_read_only_as_fast_as_it_is_sent() {
    let folder = Folder::new("sparse");
    let path = folder.0.join("big.jar");
    // A file of zeros that takes no room on the disk.
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(2 * HELD).unwrap();
    let (listener, server) = listen().await;
    let session = server.session(Credentials::default());
    let sent = call(&session, &POST).upload("x/y", &Upload::file(&path));
    let sending = tokio::spawn(sent.send_empty());
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.read_u8().await.unwrap();
    tokio::time::sleep(PATIENCE).await;
    // Cut short behind what was read: whoever has read on does not notice.
    file.set_len(HELD).unwrap();
    let mut buffer = vec![0; 1 << 20];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    answer(stream, &json(200, "{}")).await;
    let error = sending.await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("shrank while it was sent"),
        "{error}"
    );
}
