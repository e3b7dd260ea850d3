//! Every stream keeps returning `None` after its end or an error.

use std::fmt::Debug;

use anypoint::Error;
use anypoint::application_manager::types::DeploymentId;
use anypoint::cloudhub::types::{InstanceId, LogSearch};
use anypoint::core::Download;
use anypoint::deploy::Order;
use anypoint_emulator::Fault;
use futures_core::Stream;
use futures_util::StreamExt;

use crate::deploy::world::{World, deployment};

/// A deployment of the seed, which runs, and an application.
const RUNNING: &str = "c19a7e40-6b2d-4f83-95e1-d70f3b84c256";
const DOMAIN: &str = "order-intake";

/// Reads to the end and a few times beyond, and gives the last error.
async fn to_the_end_and_beyond<T: Debug>(
    mut stream: impl Stream<Item = Result<T, Error>> + Unpin,
) -> Option<Error> {
    let mut last = None;
    while let Some(item) = stream.next().await {
        assert!(last.is_none(), "it goes on after an error: {item:?}");
        last = item.err();
    }
    for _ in 0..3 {
        assert!(stream.next().await.is_none());
    }
    last
}

/// Reads every stream that there is, and gives what each ended with.
async fn read_all(world: &World) -> Vec<(&'static str, Option<Error>)> {
    let cloudhub = world.anypoint.cloudhub();
    let wait = world.manager().get_deployment(DeploymentId::new(RUNNING));
    let logs = cloudhub.follow_logs(DOMAIN, LogSearch::new());
    let list = || cloudhub.list_notifications();
    vec![
        ("Pages", to_the_end_and_beyond(list().pages()).await),
        ("Items", to_the_end_and_beyond(list().items()).await),
        (
            "Items, ahead",
            to_the_end_and_beyond(list().items().read_ahead()).await,
        ),
        (
            "Download",
            to_the_end_and_beyond(log_file(world).await).await,
        ),
        ("States", to_the_end_and_beyond(wait.wait().states()).await),
        ("Lines", to_the_end_and_beyond(logs.once().lines()).await),
    ]
}

async fn log_file(world: &World) -> Download {
    let cloudhub = world.anypoint.cloudhub();
    let answer = cloudhub
        .download_instance_log(DOMAIN, InstanceId::new("67ed01d2a4b98c3f5e7d6012-0"))
        .send();
    answer.await.unwrap().into_value()
}

#[tokio::test]
async fn a_stream_that_has_ended_stays_at_its_end() {
    let world = World::new(|builder| builder).await;
    for (name, error) in read_all(&world).await {
        assert!(error.is_none(), "{name}: {error:?}");
    }
    let order = Order::new_deployment(deployment("orders"));
    let mut events = world.follow(order);
    assert_eq!(world.tell(&mut events).await.end, None);
    assert!(to_the_end_and_beyond(events).await.is_none());
}

#[tokio::test]
async fn a_stream_that_has_failed_stays_at_its_end() {
    let world = World::new(|builder| builder).await;
    for fault in [
        Fault::on("list_notifications").status(403),
        Fault::on("download_instance_log").truncate(5),
        Fault::on("get_deployment").status(403),
        Fault::on("search_logs").status(403),
        Fault::on("create_deployment").status(403),
    ] {
        world.emulator.fault(fault);
    }
    for (name, error) in read_all(&world).await {
        assert!(error.is_some(), "{name} did not fail");
    }
    let order = Order::new_deployment(deployment("orders"));
    let error = to_the_end_and_beyond(world.follow(order)).await;
    assert_eq!(error.unwrap().status(), Some(403));
}
