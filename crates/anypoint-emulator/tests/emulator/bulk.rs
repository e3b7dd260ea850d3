//! Bodies that are too large to keep.

use std::time::{Duration, Instant};

use crate::common::*;
use anypoint_emulator::{Emulator, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SIZE: usize = 64 << 20;

#[tokio::test]
async fn an_upload_is_counted_and_not_kept() {
    // Without a limit of its own there is none; with one it holds.
    let emulator = Emulator::builder().discard_uploads().start().await.unwrap();
    let mut file = vec![7; 1 << 20];
    file[..2].copy_from_slice(b"PK");
    let parts = [
        ("file", Some("big.zip"), file.as_slice()),
        ("name", None, b"big"),
        ("version", None, b"1"),
    ];
    let answer = upload(emulator.url(), &parts).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let [taken] = &emulator.uploads()[..] else {
        panic!("one upload");
    };
    assert_eq!(taken.size, 1 << 20);
    let kept = Emulator::start().await.unwrap();
    upload(kept.url(), &parts).await;
    assert_eq!(taken.sha256, kept.uploads()[0].sha256);

    let small = Emulator::builder().discard_uploads().upload_limit(1000);
    let small = small.start().await.unwrap();
    assert_eq!(upload(small.url(), &parts).await.status, 413);
}

#[tokio::test]
async fn a_download_is_as_long_as_was_said() {
    let length = u64::try_from(SIZE).unwrap() + 12_345;
    let emulator = Emulator::builder().download_size(length);
    let emulator = emulator.start().await.unwrap();
    let mut stream = TcpStream::connect(address(emulator.url())).await.unwrap();
    let raw = request("GET", RESOURCE, &[BEARER], b"");
    stream.write_all(&raw).await.unwrap();
    let mut buffer = vec![0; 100_000];
    let mut head = Vec::new();
    let (mut read, mut wrong) = (0_u64, 0);
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        if count == 0 {
            break;
        }
        let mut data = &buffer[..count];
        if read == 0 {
            head.extend_from_slice(data);
            let Some(answer) = Answer::parse(&head) else {
                continue;
            };
            let declared = answer.header("content-length").unwrap();
            assert_eq!(declared, length.to_string());
            data = &data[count - answer.body.len()..];
        }
        for byte in data {
            wrong += u64::from(u64::from(*byte) != read % 251);
            read += 1;
        }
    }
    assert_eq!((read, wrong), (length, 0));
    // What is no download is as ever.
    assert!(get(emulator.url(), "/accounts/api/me").await.body.len() < 10_000);
}

#[tokio::test]
async fn a_slow_download_is_whole() {
    let emulator = Emulator::builder()
        .download_size(900)
        .start()
        .await
        .unwrap();
    emulator.fault(Fault::on("download_resource").slow(Duration::from_millis(80)));
    let start = Instant::now();
    let answer = get(emulator.url(), RESOURCE).await;
    assert!(start.elapsed() >= Duration::from_millis(80));
    let expected: Vec<u8> = (0..=250).cycle().take(900).collect();
    assert_eq!(answer.body, expected);
}
