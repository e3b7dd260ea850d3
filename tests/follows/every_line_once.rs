//! Expectation 15: logs stream live without gaps or duplicates.

use anypoint_application_manager::requests::ListLogs;
use anypoint_core::{Lines, Position};
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
}

impl Writer {
    fn new(log: &Log) -> Self {
        Self {
            random: 7,
            written: 0,
            millis: log.world.emulator.log_time(),
            specifications: vec![log.deployment.desired_version.clone().unwrap()],
            replicas: [0, 1],
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
            .map(|number| self.line(number))
            .collect();
        self.written = end;
        log.add(lines);
    }

    fn line(&mut self, number: usize) -> LogLine {
        // Two parts have no order within a millisecond.
        let old = self.specifications.len().saturating_sub(2);
        let part = if self.millis % 7 == 0 {
            old
        } else {
            self.specifications.len() - 1
        };
        let replica = self.replicas[self.random(2) as usize];
        let line = LogLine::new(number.to_string())
            .at(self.millis)
            .source(format!("orders-{replica}"))
            .deployment(&self.specifications[part]);
        if self.random(10) == 0 {
            self.millis += 1;
        }
        line
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
    assert!(longest < 2_000, "a position of {longest} characters");
    let printed = lines.position().unwrap().to_string();
    let nothing = log.follow().resume(printed.parse().unwrap()).once();
    assert!(nothing.lines().next().await.is_none());
    let refused = log.world.emulator.throttled();
    assert_eq!(refused, 0);
}
