//! Every operation of every API against the emulator, each on a state fresh from the examples.

use anypoint_emulator::Emulator;
use anypoint_tests::wire::{self, Base, Clients};

#[tokio::test]
async fn every_operation_is_ok_over_the_wire() {
    let emulator = Emulator::start().await.unwrap();
    let base = Base::Host(emulator.url().to_owned());
    let clients = Clients::new(base, "emulator-token").unwrap();
    let mut operations = 0;
    let mut wrong = Vec::new();
    for (api, calls) in wire::apis() {
        let calls = calls(&clients).unwrap();
        for tries in calls.chunk_by(|a, b| a.operation == b.operation) {
            operations += 1;
            for call in tries {
                emulator.reset();
                let outcome = call.run().await;
                if outcome.result.is_err() {
                    wrong.push(format!("{api} {}: {}", call.operation, outcome.word()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(operations, 311);
}

/// The table must notice a server that answers with nothing, or it proves nothing.
#[tokio::test]
async fn an_answer_that_says_nothing_is_not_ok() {
    let server = crate::support::Server::start([crate::support::json(200, "{}")]).await;
    let clients = Clients::new(Base::Api(server.url.clone()), "t").unwrap();
    let (_, calls) = wire::apis()
        .into_iter()
        .find(|(api, _)| *api == "experience-hub")
        .unwrap();
    let calls = calls(&clients).unwrap();
    let call = calls
        .iter()
        .find(|call| call.operation == "get_asset")
        .unwrap();
    let outcome = call.run().await;
    assert_eq!(
        outcome.word(),
        "the answer decodes to nothing, unlike the example"
    );
}
