//! The console's documents (002, 003) show what its answers look like, and label them wrongly.

use anypoint_core::{Credentials, ErrorKind, Upload};
use anypoint_mmc::Client;
use anypoint_mmc::types::DeploymentId;
use anypoint_mmc::types::{
    ApplicationUpload, DeploymentAddition, DeploymentRemoval, DeploymentStatus, NewDeployment,
};

use super::{assert_naive_fails, lines, sent};
use crate::support::{Server, json, payload};

const ID: &str = "local$97e3c184-09ed-423e-a5a5-9b94713a9e36";
const PATH: &str = "/mmc/api/deployments/local%2497e3c184-09ed-423e-a5a5-9b94713a9e36";

mod naive {
    naive! {
        Outcome { message: "message" as String }
        Page { data: "data" as Vec<Deployment>, total: "total" as i32 }
        Deployment { id: "id" as String }
        EpochMillis { last_modified: "lastModified" as i64 }
        // After the table of keys, which is not what the answers show.
        PageOfTheTable { data: "data" as Vec<DeploymentOfTheTable> }
        DeploymentOfTheTable { clusters: "clusters" as Vec<String> }
    }
}

fn client(server: &Server) -> Client {
    Client::new(&server.session(Credentials::basic("admin", "admin")))
}

#[tokio::test]
async fn trap_mmc_bare_200_ok_under_a_json_label() {
    let deleted = payload!("mmc/delete_deployment/bare_text.json");
    let deployed = payload!("mmc/deploy/bare_text.json");
    let server = Server::start([
        json(200, deleted),
        json(200, deleted),
        json(200, deployed),
        json(200, deployed),
        json(200, deployed),
    ])
    .await;
    let client = client(&server);
    let text = client
        .delete_deployment(DeploymentId::new(ID))
        .send()
        .await
        .unwrap();
    assert_eq!(text.as_str(), "200 OK");
    let text = client.delete_application("local$1").send().await.unwrap();
    assert_eq!(text.as_str(), "200 OK");
    assert_eq!(
        client
            .deploy(DeploymentId::new(ID))
            .send()
            .await
            .unwrap()
            .as_str(),
        "200"
    );
    assert_eq!(
        client
            .redeploy(DeploymentId::new(ID))
            .send()
            .await
            .unwrap()
            .as_str(),
        "200"
    );
    assert_eq!(
        client
            .undeploy(DeploymentId::new(ID))
            .send()
            .await
            .unwrap()
            .as_str(),
        "200"
    );
    assert_naive_fails::<serde_json::Value>(deleted, "trailing characters");
    assert_naive_fails::<naive::Outcome>(deployed, "expected struct Outcome");
    // "Request: JSON" in the documents is about the path: a naive client sends a body here.
    for request in &server.requests()[2..] {
        assert_eq!(request.text(), "", "{}", request.line());
    }
}

/// A naive client puts the id into the path as it is, as the documents' commands do; a shell
/// then reads `$97e3c184` as a variable, and some proxies refuse it.
#[tokio::test]
async fn trap_mmc_dollar_in_ids_is_encoded() {
    let page = payload!("mmc/get_deployment/page.json");
    let done = payload!("mmc/deploy/bare_text.json");
    let server = Server::start([json(200, page), json(200, page), json(200, done)]).await;
    let client = client(&server);
    let deployments = client
        .get_deployment(DeploymentId::new(ID))
        .send()
        .await
        .unwrap();
    assert_eq!(deployments.data[0].id, ID);
    client.list_deployments().server(ID).send().await.unwrap();
    client.deploy(DeploymentId::new(ID)).send().await.unwrap();
    let expected = [
        format!("GET {PATH}"),
        "GET /mmc/api/deployments?server=local%2497e3c184-09ed-423e-a5a5-9b94713a9e36".to_owned(),
        format!("POST {PATH}/deploy"),
    ];
    assert_eq!(lines(&server), expected);
    // `admin:admin` in Base64: the console knows no tokens.
    let authorization = server.requests()[0].header("authorization");
    assert_eq!(authorization.unwrap(), "Basic YWRtaW46YWRtaW4=");
}

#[tokio::test]
async fn trap_mmc_deployment_as_page_or_bare_object() {
    let page = payload!("mmc/get_deployment/page.json");
    let bare = payload!("mmc/get_deployment/bare_object.json");
    let server = Server::start([json(200, page), json(200, bare)]).await;
    let from_page = client(&server)
        .get_deployment(DeploymentId::new(ID))
        .send()
        .await
        .unwrap();
    let from_bare = client(&server)
        .get_deployment(DeploymentId::new(ID))
        .send()
        .await
        .unwrap();
    assert_eq!((from_page.total, from_bare.total), (Some(1), None));
    for answer in [from_page, from_bare] {
        assert_eq!(answer.data.len(), 1);
        assert_eq!(answer.data[0].id, ID);
        assert_eq!(answer.data[0].name, "Example");
        assert_eq!(answer.data[0].status, DeploymentStatus::Undeployed);
    }
    assert_naive_fails::<naive::Page>(bare, "missing field `data`");
    assert_naive_fails::<naive::Deployment>(page, "missing field `id`");
}

/// Every change makes a new deployment. A naive client goes on with the former id, to a 404.
#[tokio::test]
async fn trap_mmc_new_id_after_add() {
    let added = payload!("mmc/add_to_deployment/new_id.json");
    let done = payload!("mmc/deploy/bare_text.json");
    let server = Server::start([json(200, added), json(200, added), json(200, done)]).await;
    let client = client(&server);
    let addition = DeploymentAddition::new("Thu, 18 Apr 2013 13:54:09.443 ART");
    let answer = client
        .add_to_deployment(DeploymentId::new(ID), addition)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.id, "local$631208b2-4782-43de-baf1-51854ede8528");
    let removal = DeploymentRemoval::new(&answer.last_modified);
    let call = client.remove_from_deployment(&answer.id, removal);
    let answer = call.send().await.unwrap();
    client.deploy(&answer.id).send().await.unwrap();
    let new = "/mmc/api/deployments/local%24631208b2-4782-43de-baf1-51854ede8528";
    let expected = [
        format!("PUT {PATH}/add"),
        // The documents of version 3.2 print DELETE.
        format!("PUT {new}/remove"),
        format!("POST {new}/deploy"),
    ];
    assert_eq!(lines(&server), expected);
}

/// It is a lock, not a time: what was read goes back to the letter. One of the documents' own
/// examples is no time at all.
#[tokio::test]
async fn trap_mmc_last_modified_is_opaque() {
    let bad = payload!("mmc/list_deployments/bad_seconds.json");
    let zoned = payload!("mmc/get_deployment/bare_object.json");
    let added = payload!("mmc/add_to_deployment/new_id.json");
    let server = Server::start([json(200, bad), json(200, zoned), json(200, added)]).await;
    let client = client(&server);
    let listed = client.list_deployments().send().await.unwrap();
    assert_eq!(
        listed.data[0].last_modified,
        "Mon, 5 Sep 2011 12:19:150.138 GMT"
    );
    let read = client
        .get_deployment(DeploymentId::new(ID))
        .send()
        .await
        .unwrap();
    let addition = DeploymentAddition::new(&read.data[0].last_modified).applications(["local$1"]);
    let answer = client
        .add_to_deployment(DeploymentId::new(ID), addition)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.last_modified, "Thu, 18 Apr 2013 14:14:23.121 ART");
    assert_eq!(
        server.requests()[2].text(),
        r#"{"lastModified":"Mon, 5 Sep 2011 12:19:15 GMT-03:00","applications":["local$1"]}"#
    );
    assert_naive_fails::<naive::EpochMillis>(zoned, "expected i64");
}

/// Answers have `clusterIds`, the table of keys has `clusters`, and requests take `clusters`.
#[tokio::test]
async fn trap_mmc_cluster_keys() {
    let keys = payload!("mmc/list_deployments/cluster_keys.json");
    let server = Server::start([json(200, keys)]).await;
    let page = client(&server).list_deployments().send().await.unwrap();
    let cluster = "4c1a0d2e-7b1f-4a4b-9d0c-3f5a6b7c8d9e";
    assert_eq!(page.data.len(), 2);
    for deployment in &page.data {
        assert_eq!(deployment.cluster_ids, [cluster]);
        assert_eq!(deployment.cluster_names, ["Production"]);
    }
    assert_naive_fails::<naive::PageOfTheTable>(keys, "missing field `clusters`");
    let server = Server::start([json(200, payload!("mmc/get_deployment/bare_object.json"))]).await;
    let body = NewDeployment::new("Example")
        .applications(["local$1"])
        .clusters([cluster]);
    client(&server)
        .create_deployment(body)
        .send()
        .await
        .unwrap();
    let expected =
        serde_json::json!({"name": "Example", "applications": ["local$1"], "clusters": [cluster]});
    assert_eq!(sent(&server), expected);
}

/// Version 3.2 and one command of the documents spell `serversNames`, their table `serverNames`;
/// consoles from 3.3.2 on refuse both. A naive client has one of the two only.
#[tokio::test]
async fn trap_mmc_server_names_in_two_spellings() {
    let bare = payload!("mmc/get_deployment/bare_object.json");
    let server = Server::start([json(200, bare), json(200, bare), json(200, bare)]).await;
    for body in [
        NewDeployment::new("a").server_names(["mule0"]),
        NewDeployment::new("a").servers_names(["mule0"]),
        NewDeployment::new("a").servers(["local$1"]),
    ] {
        let call = client(&server).create_deployment(body);
        call.send().await.unwrap();
    }
    let requests = server.requests();
    let bodies: Vec<_> = requests.iter().map(|request| request.text()).collect();
    let expected = [
        r#"{"name":"a","serverNames":["mule0"]}"#,
        r#"{"name":"a","serversNames":["mule0"]}"#,
        r#"{"name":"a","servers":["local$1"]}"#,
    ];
    assert_eq!(bodies, expected);
}

/// A naive client takes the 401 for its credentials and tries again, or asks for others.
#[tokio::test]
async fn trap_mmc_401_is_an_invalid_name() {
    let server = Server::start([json(401, ""), json(200, "{}")]).await;
    let call = client(&server).create_deployment(NewDeployment::new("a/b"));
    let error = call.send().await.unwrap_err();
    let found = (error.kind(), error.status(), error.is_retryable());
    assert_eq!(found, (ErrorKind::Status, Some(401), false));
    assert_eq!(lines(&server), ["POST /mmc/api/deployments"]);
}

/// Deployments take the id of a version; a naive client takes the id of the application.
#[tokio::test]
async fn trap_mmc_version_ids_and_application_ids() {
    let uploaded = payload!("mmc/upload_application/uploaded.json");
    let two = payload!("mmc/list_applications/two.json");
    let server = Server::start([json(200, uploaded), json(200, two)]).await;
    let file = Upload::bytes("my-zipped-app.zip", "PK");
    let upload = ApplicationUpload::new(file).name("test-app").version("2.0");
    let ids = client(&server).upload_application(upload).send().await;
    let ids = ids.unwrap();
    assert_eq!(ids.version_id, "local$a1734daf-c839-4933-a9e6-6dc4f4d86e68");
    assert_ne!(ids.version_id, ids.application_id);
    let found = client(&server).list_applications().send().await.unwrap();
    assert_eq!(found.data[1].versions[0].name, "20120829-15:30");
    assert_ne!(found.data[1].versions[0].id, found.data[1].id);
    let form = server.requests()[0].text();
    for part in [
        r#"name="file"; filename="my-zipped-app.zip""#,
        "name=\"version\"\r\n\r\n2.0\r\n",
    ] {
        assert!(form.contains(part), "{form}");
    }
}

/// A naive client has `http://localhost:8080/mmc/api` built in.
#[tokio::test]
async fn trap_mmc_base_path_differs_by_version() {
    let page = payload!("mmc/get_deployment/page.json");
    let server = Server::start([json(200, page)]).await;
    let session = server.session(Credentials::basic("admin", "admin"));
    let base = format!("{}/mmc-console-3.7.3/api", server.url);
    let client = Client::with_base_url(&session, &base).unwrap();
    client.list_deployments().send().await.unwrap();
    assert_eq!(lines(&server), ["GET /mmc-console-3.7.3/api/deployments"]);
}
