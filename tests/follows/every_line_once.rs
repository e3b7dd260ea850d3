//! Expectation 15: logs stream live without gaps or duplicates.

use anypoint_application_manager::requests::ListLogs;
use anypoint_core::{Json, Lines, Position, Timestamp};
use anypoint_emulator::{Builder, Fault, LogLine};

use super::lines::{Log, next};

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
    /// How many lines it writes in all.
    count: usize,
}

impl Writer {
    fn new(log: &Log, count: usize) -> Self {
        Self {
            random: 7,
            written: 0,
            millis: log.world.emulator.log_time(),
            specifications: vec![log.deployment.desired_version.as_ref().unwrap().to_string()],
            replicas: [0, 1],
            recent: Vec::new(),
            count,
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
        let end = self.count.min(self.written + count);
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

/// What a reading to the end has come to.
struct Reading {
    specifications: usize,
    kills: usize,
    /// Characters of the longest position.
    longest: usize,
}

/// Reads all lines while they are written, and is killed now and then.
async fn read(log: &Log, count: usize) -> Reading {
    let mut writer = Writer::new(log, count);
    let start = Timestamp::from_millis(0);
    let mut lines = log.follow().since(start).unwrap().lines();
    let (mut longest, mut kills) = (0, 0);
    for number in 0..count {
        while number >= writer.written {
            writer.write(log);
        }
        assert_eq!(next(&mut lines).await, number);
        if writer.random(5_000) < 2 {
            let printed = lines.position().unwrap().to_string();
            longest = longest.max(printed.len());
            kills += 1;
            lines = another(log, &printed);
        }
    }
    let nothing = log.follow().resume(lines.position().unwrap()).once();
    assert!(nothing.lines().next().await.is_none());
    Reading {
        specifications: writer.specifications.len(),
        kills,
        longest,
    }
}

#[tokio::test]
async fn expectation_15_every_line_comes_once_and_in_order_although_it_is_killed_again_and_again() {
    let settings = |builder: Builder| builder.overlapping_logs(30).enforce_limits();
    let log = Log::with(settings).await;
    let read = read(&log, 100_000).await;
    let Reading {
        specifications,
        kills,
        longest,
    } = read;
    assert!(specifications > 3 && kills > 10, "{specifications} {kills}");
    assert!(longest < 7_000, "a position of {longest} characters");
    assert_eq!(log.world.emulator.throttled(), 0);
}

#[tokio::test]
async fn expectation_15_faults_in_passing_cost_no_line() {
    let log = Log::with(|builder| builder.overlapping_logs(30)).await;
    let operations = ["list_logs", "get_deployment", "list_specifications"];
    for (seed, operation) in (1..).zip(operations) {
        let fault = || Fault::on(operation).chance(0.05, seed);
        let emulator = &log.world.emulator;
        emulator.fault(fault().empty(503));
        emulator.fault(fault().html(502));
        emulator.fault(fault().retry_after(1));
        emulator.fault(fault().reset_before_read());
        emulator.fault(fault().reset_after_processing());
        emulator.fault(fault().truncate(200));
    }
    let read = read(&log, 20_000).await;
    assert!(read.specifications > 1 && read.kills > 2);
}
