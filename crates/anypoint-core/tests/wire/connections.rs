//! Connections: how many are opened, and which are not reused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anypoint_core::internal::{Call, Endpoint};
use anypoint_core::testing::{FakeHttp, Reply};
use anypoint_core::{
    Backoff, CallOptions, Clock, Credentials, Session, SessionBuilder, Sleep, Upload,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::https::{Authority, NOW, config};
use crate::support::stepped::until;
use crate::support::{GET, POST, call, json, read};

/// Connections to one host.
const MOST: usize = 100;

/// Timeouts fire when the test says so; waits take no time.
#[derive(Debug, Default)]
struct Late(Arc<Notify>);

impl Clock for Late {
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::ready(()))
    }

    fn timeout(&self, _: Duration) -> Sleep {
        let late = self.0.clone();
        Box::pin(async move { late.notified().await })
    }
}

/// What a server of HTTP/2 has seen.
#[derive(Default)]
struct Seen {
    requests: AtomicUsize,
    pings: AtomicUsize,
    closed: Notify,
}

/// The next frame of HTTP/2: its type and stream.
async fn frame(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<(u8, u32)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).await.ok()?;
    Some((
        head[3],
        u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
    ))
}

/// Speaks just enough HTTP/2: each connection answers its first request with 204, and then never anything.
async fn answers_once(
    stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin),
    seen: &Seen,
) -> Option<()> {
    const HEADERS: u8 = 1;
    const PING: u8 = 6;
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.ok()?;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(&settings).await.ok()?;
    let mut answered = false;
    loop {
        let (kind, id) = frame(stream).await?;
        match kind {
            HEADERS => seen.requests.fetch_add(1, Ordering::SeqCst),
            PING => seen.pings.fetch_add(1, Ordering::SeqCst),
            _ => continue,
        };
        if kind == HEADERS && !std::mem::replace(&mut answered, true) {
            // `:status: 204` of the static table; END_STREAM and END_HEADERS.
            let mut answer = vec![0, 0, 1, HEADERS, 5];
            answer.extend(id.to_be_bytes());
            answer.push(0x89);
            stream.write_all(&answer).await.ok()?;
        }
    }
}

/// A server of HTTP/2 that answers the first request on each connection, with the requests and pings that it has seen.
async fn http2(seen: &Arc<Seen>) -> SessionBuilder {
    let authority = Authority::new("ours");
    let mut config = config(&authority.sign("localhost", NOW), None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, seen) = (acceptor.clone(), seen.clone());
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                answers_once(&mut stream, &seen).await;
                seen.closed.notify_one();
                Some(())
            });
        }
    });
    let builder = Session::builder().host(format!("https://localhost:{port}"));
    let builder = builder.system_certificates(false);
    builder.ca_certificates(authority.pem())
}

#[tokio::test]
async fn a_silent_http2_connection_is_found_by_pings_and_closed() {
    let seen = Arc::default();
    let session = http2(&seen).await.build().unwrap();
    let get = Call::new(&Endpoint::new(&session, ""), &GET);
    get.send_empty().await.unwrap();
    // From here on time passes whenever all that is left to do is to wait for it.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    seen.closed.notified().await;
    assert_eq!(seen.pings.load(Ordering::SeqCst), 1);
    assert!(before.elapsed() <= Duration::from_secs(31));
}

#[tokio::test]
async fn an_attempt_that_timed_out_is_not_repeated_on_the_same_http2_connection() {
    let seen = Arc::default();
    let late = Arc::new(Late::default());
    let builder = http2(&seen).await.clock(late.clone());
    let session = builder.retry(Backoff::new().attempts(2)).build().unwrap();
    let get = || Call::new(&Endpoint::new(&session, ""), &GET).send_empty();
    get().await.unwrap();
    let silent = tokio::spawn(get());
    until(|| seen.requests.load(Ordering::SeqCst) == 2).await;
    late.0.notify_one();
    // It would hang otherwise.
    let patience = Duration::from_secs(60);
    let silent = tokio::time::timeout(patience, silent).await;
    silent.unwrap().unwrap().unwrap();
    assert_eq!(seen.requests.load(Ordering::SeqCst), 3);
}

/// A server that counts its open connections, and answers when it is let.
#[tokio::test]
async fn connections_to_a_host_are_bounded_and_the_other_calls_wait() {
    const CALLS: usize = 200;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let go = Arc::new(tokio::sync::Semaphore::new(0));
    let counts = (open.clone(), most.clone(), go.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (open, most, go) = counts.clone();
            tokio::spawn(async move {
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let asked = read(&mut stream).await;
                let _go = go.acquire().await;
                open.fetch_sub(1, Ordering::SeqCst);
                if asked.is_some() {
                    crate::support::answer(stream, &json(200, "[]")).await;
                }
            });
        }
    });
    let session = Session::builder()
        .host(host)
        .credentials(Credentials::default())
        .build()
        .unwrap();
    let calls: Vec<_> = (0..CALLS)
        .map(|_| tokio::spawn(call(&session, &GET).send_empty()))
        .collect();
    until(|| open.load(Ordering::SeqCst) == MOST).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    go.add_permits(CALLS);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), MOST);
}

#[tokio::test]
async fn a_download_holds_its_connection_until_it_is_read_or_dropped() {
    let server = crate::support::Server::always(json(200, "[]")).await;
    let session = server.session(Credentials::default());
    let mut downloads = Vec::new();
    for _ in 0..MOST {
        downloads.push(
            call(&session, &GET)
                .send_download()
                .await
                .unwrap()
                .into_value(),
        );
    }
    let waiting = tokio::spawn(call(&session, &GET).send_empty());
    until(|| server.requests().len() == MOST).await;
    drop(downloads.pop());
    waiting.await.unwrap().unwrap();
    let read = downloads.pop().unwrap().bytes(10).await.unwrap();
    assert_eq!(read, "[]");
    call(&session, &GET).send_empty().await.unwrap();
}

#[tokio::test]
async fn a_download_that_nobody_reads_makes_room_for_a_call_that_waits() {
    let server = crate::support::Server::always(json(200, "[1]")).await;
    let session = server.session(Credentials::default());
    let mut downloads = Vec::new();
    for _ in 0..MOST {
        let download = call(&session, &GET).send_download().await;
        downloads.push(download.unwrap().into_value());
    }
    // One that has begun to be read.
    let first = downloads[3].next_chunk().await.unwrap().unwrap();
    let options = CallOptions::new().stall_timeout(Duration::from_millis(10));
    let endpoint = Endpoint::new(&session, "/api").with_options(options);
    Call::new(&endpoint, &GET).send_empty().await.unwrap();
    assert_eq!((&first[..], downloads.len()), (&b"[1]"[..], MOST));
}

/// Time stands still.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_large_upload_that_is_refused_by_its_head_is_not_begun_and_the_refusal_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0);
        }
        // Nothing follows, however long one waits.
        let more = tokio::time::timeout(Duration::from_millis(100), stream.read_u8()).await;
        assert!(more.is_err(), "the body has begun");
        let answer = json(413, r#"{"message":"at most 1 MB"}"#);
        stream.write_all(&answer).await.unwrap();
    });
    let session = Session::builder()
        .host(host)
        .clock(Arc::new(Still))
        .build()
        .unwrap();
    let upload = Upload::bytes("big.jar", vec![0; 4 << 20]);
    let error = call(&session, &POST)
        .upload("x/y", &upload)
        .send_empty()
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), error.message()),
        (Some(413), Some("at most 1 MB"))
    );
    serving.await.unwrap();
}

#[tokio::test]
async fn a_large_upload_begins_when_no_refusal_has_come_for_a_second_and_a_small_one_at_once() {
    for (length, waited) in [(1 << 20, 0), ((1 << 20) + 1, 1)] {
        let http = FakeHttp::new();
        http.on("test_call", [Reply::new(204)]);
        let upload = Upload::bytes("big.jar", vec![7; length]);
        call(&http.session(), &POST)
            .upload("x/y", &upload)
            .send_empty()
            .await
            .unwrap();
        assert_eq!(http.clock().passed(), Duration::from_secs(waited));
        assert_eq!(http.requests()[0].body.len(), length);
    }
}
