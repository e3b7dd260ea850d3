//! A server that counts requests by the clock of the client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypoint_core::{Session, SessionBuilder, Throttle};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::stepped::{Stepped, until};
use super::{answer, json, read};

/// A server that notes who arrives when, and may keep its answers back.
pub(crate) struct Counting {
    url: String,
    pub(crate) clock: Arc<Stepped>,
    arrivals: Arc<Mutex<Vec<(Duration, String)>>>,
    answers: Arc<Semaphore>,
}

impl Counting {
    /// Answers so many requests, and keeps the other answers back.
    pub(crate) async fn start(answers: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            clock: Stepped::new(),
            arrivals: Arc::default(),
            answers: Arc::new(Semaphore::new(answers)),
        };
        let (clock, arrivals) = (server.clock.clone(), server.arrivals.clone());
        let answers = server.answers.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (clock, arrivals) = (clock.clone(), arrivals.clone());
                let answers = answers.clone();
                tokio::spawn(async move {
                    let request = read(&mut stream).await.unwrap();
                    let arrival = (clock.elapsed(), request.target);
                    arrivals.lock().unwrap().push(arrival);
                    answers.acquire().await.unwrap().forget();
                    answer(stream, &json(200, "{}")).await;
                });
            }
        });
        server
    }

    pub(crate) fn session(&self, throttle: Throttle) -> Session {
        self.builder().throttle(throttle).build().unwrap()
    }

    pub(crate) fn builder(&self) -> SessionBuilder {
        let long = Duration::from_secs(3_600_000);
        let builder = Session::builder().host(&self.url).clock(self.clock.clone());
        builder.attempt_timeout(long).total_timeout(long)
    }

    pub(crate) fn arrivals(&self) -> Vec<Duration> {
        let arrivals = self.arrivals.lock().unwrap();
        arrivals.iter().map(|(time, _)| *time).collect()
    }

    /// What was asked for, in the order of arrival.
    pub(crate) fn targets(&self) -> Vec<String> {
        let arrivals = self.arrivals.lock().unwrap();
        arrivals.iter().map(|(_, target)| target.clone()).collect()
    }

    /// Lets so many more answers go.
    pub(crate) fn answer(&self, answers: usize) {
        self.answers.add_permits(answers);
    }

    fn arrived(&self) -> usize {
        self.arrivals.lock().unwrap().len()
    }

    /// Lets time pass until all calls have arrived. It stands still while one is on its way.
    pub(crate) async fn pass(&self, calls: usize) {
        loop {
            until(|| self.arrived() + self.clock.waiting() >= calls).await;
            if self.arrived() == calls {
                return;
            }
            self.clock.step();
        }
    }
}
