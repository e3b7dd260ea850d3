//! Progress reports of uploads and downloads.

use std::sync::{Arc, Mutex};

use anypoint_core::internal::{Call, Multipart};
use anypoint_core::testing::{FakeHttp, Reply};
use anypoint_core::{Download, Error, Session, Transferred, Upload};

use crate::support::{Folder, GET, POST, call};

/// Attempt, bytes, total.
type Entry = (u32, u64, Option<u64>);

/// What was told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Entry>>>);

impl Told {
    fn watch(&self) -> impl Fn(Transferred) + Send + Sync + 'static {
        let told = self.0.clone();
        move |so_far| {
            let entry = (so_far.attempt, so_far.bytes, so_far.total);
            told.lock().unwrap().push(entry);
        }
    }

    fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// The steps of a whole attempt to send 150,000 bytes.
fn whole(attempt: u32) -> [Entry; 4] {
    [0, 65_536, 131_072, 150_000].map(|bytes| (attempt, bytes, Some(150_000)))
}

async fn send(call: Call) -> Result<(), Error> {
    call.send_empty().await.map(drop)
}

#[tokio::test]
async fn an_upload_tells_each_attempt_from_its_start_and_counts_them_for_each_call() {
    let folder = Folder::new("progress");
    let path = folder.0.join("a.jar");
    std::fs::write(&path, vec![1; 150_000]).unwrap();
    let told = Told::default();
    let bytes = Upload::bytes("a.jar", vec![1; 150_000]);
    for upload in [Upload::file(&path), bytes] {
        let second = Told::default();
        let upload = upload.on_progress(told.watch());
        let upload = upload.on_progress(second.watch());
        let http = FakeHttp::new();
        let session = http.session();
        let as_body = || call(&session, &POST).upload("x/y", &upload);
        let form = || Multipart::new().file("file", Some(&upload));
        let in_form = || call(&session, &POST).multipart(form());

        for send_as in [&as_body as &dyn Fn() -> Call, &in_form] {
            for failure in [Reply::new(503), Reply::broken()] {
                http.on("test_call", [failure, Reply::new(200)]);
                send(send_as()).await.unwrap();
                assert_eq!(told.take(), [whole(1), whole(2)].concat());
                assert_eq!(second.take(), [whole(1), whole(2)].concat());
            }
        }
    }
}

async fn download(session: &Session, told: &Told) -> Download {
    let answer = call(session, &GET).send_download().await.unwrap();
    answer.into_value().on_progress(told.watch())
}

#[tokio::test]
async fn a_download_tells_what_was_read_however_it_is_read() {
    let folder = Folder::new("progress-down");
    let told = Told::default();
    let http = FakeHttp::new();
    let session = http.session();
    let sized = Reply::new(200).header("content-length", "5").body("hello");
    http.on("test_call", vec![sized; 3]);
    let expected = [(1, 0, Some(5)), (1, 5, Some(5))];

    let all = download(&session, &told).await.bytes(100).await.unwrap();
    assert_eq!((&all[..], told.take()), (&b"hello"[..], expected.into()));
    let saved = download(&session, &told).await.save(folder.0.join("a"));
    assert_eq!((saved.await.unwrap(), told.take()), (5, expected.into()));
    let second = Told::default();
    let chunks = download(&session, &told).await;
    let mut chunks = chunks.on_progress(second.watch());
    while chunks.next_chunk().await.is_some() {}
    assert_eq!(told.take(), expected);
    assert_eq!(second.take(), expected);
}

#[tokio::test]
async fn a_download_that_breaks_off_tells_no_more_than_came() {
    let told = Told::default();
    let http = FakeHttp::new();
    http.on("test_call", [Reply::new(200).body("hel").cut()]);
    let broken = download(&http.session(), &told).await.bytes(100).await;
    assert!(broken.is_err());
    assert_eq!(told.take(), [(1, 0, None), (1, 3, None)]);
}
