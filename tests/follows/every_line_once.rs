//! Expectation 15: logs stream live without gaps or duplicates.

use anypoint_application_manager::requests::ListLogs;
use anypoint_core::{Json, Lines, Position};
use anypoint_emulator::{Builder, LogLine};

use super::lines::{Log, next};

const LINES: usize = 100_000;

/// Writes the lines of a deployment with two replicas, a few at a time: many have the same
/// millisecond, replicas restart, and specifications follow each other while the one before still
/// logs.
struct Writer {
    random: u64,
    written: usize,
    millis: u64,
    specifications: Vec<String>,
    replicas: [u64; 2],
    /// The last lines and their specifications.
    recent: Vec<(Json, String)>,
}

impl Writer {
    fn new(log: &Log) -> Self {
        Self {
            random: 7,
            written: 0,
            millis: log.world.emulator.log_time(),
            specifications: vec![log.deployment.desired_version.clone().unwrap()],
            replicas: [0, 1],
            recent: Vec::new(),
        }
    }

    /// A number below the limit, always the same ones in the same order.
    fn random(&mut self, limit: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.random >> 33) % limit
    }

    fn write(&mut self, log: &Log) {
        match self.random(8) {
            0 => self.replicas = self.replicas.map(|replica| replica + 2),
            1 if self.specifications.len() < 6 => {
                let emulator = &log.world.emulator;
                self.specifications
                    .push(emulator.roll_over(&log.deployment.id).unwrap());
            }
            _ => {}
        }
        let count = self.random(2_000) as usize;
        let end = LINES.min(self.written + count);
        let lines: Vec<_> = (self.written..end)
            .flat_map(|number| self.line(number))
            .collect();
        self.written = end;
        log.add(lines);
    }

    /// A line, and now and then another that the service shows again.
    fn line(&mut self, number: usize) -> Vec<LogLine> {
        // Two parts have no order within a millisecond.
        let old = self.specifications.len().saturating_sub(2);
        let part = if self.millis.is_multiple_of(7) {
            old
        } else {
            self.specifications.len() - 1
        };
        let replica = self.replicas[self.random(2) as usize];
        let line = serde_json::json!({
            "docId": format!("doc-{}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            "timestamp": self.millis,
            "logLevel": "INFO",
            "message": number.to_string(),
            "replicaId": format!("orders-{replica}"),
        });
        let which = self.random(400) as usize;
        let again = self.recent.get(which).cloned();
        let specification = self.specifications[part].clone();
        self.recent.insert(0, (line.clone(), specification.clone()));
        self.recent.truncate(8);
        let lines = std::iter::once((line, specification)).chain(again);
        let millis = self.millis;
        if self.random(10) == 0 {
            self.millis += 1;
        }
        let lines = lines.map(|(line, part)| LogLine::raw(line).at(millis).deployment(part));
        lines.collect()
    }
}

/// A new process that knows nothing but the text that the one before has printed.
fn another(log: &Log, printed: &str) -> Lines<ListLogs> {
    let position: Position = printed.parse().unwrap();
    log.follow().resume(position).lines()
}

#[tokio::test]
async fn expectation_15_every_line_comes_once_and_in_order_although_it_is_killed_again_and_again() {
    let settings = |builder: Builder| builder.overlapping_logs(30).enforce_limits();
    let log = Log::with(settings).await;
    let mut writer = Writer::new(&log);
    while writer.written == 0 {
        writer.write(&log);
    }
    let start = anypoint_core::Timestamp::from_millis(0);
    let mut lines = log.follow().since(start).unwrap().lines();
    let (mut longest, mut kills) = (0, 0);
    for number in 0..LINES {
        if number == writer.written || writer.random(700) == 0 {
            while writer.written < LINES && number >= writer.written {
                writer.write(&log);
            }
        }
        assert_eq!(next(&mut lines).await, number);
        if writer.random(5_000) == 0 {
            let printed = lines.position().unwrap().to_string();
            longest = longest.max(printed.len());
            kills += 1;
            lines = another(&log, &printed);
        }
    }
    let parts = writer.specifications.len();
    assert!(parts > 3 && kills > 10, "{parts} parts, {kills} kills");
    assert!(longest < 6_000, "a position of {longest} characters");
    let printed = lines.position().unwrap().to_string();
    let nothing = log.follow().resume(printed.parse().unwrap()).once();
    assert!(nothing.lines().next().await.is_none());
    let refused = log.world.emulator.throttled();
    assert_eq!(refused, 0);
}
