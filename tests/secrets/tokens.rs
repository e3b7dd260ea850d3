//! The token request of a connected app, which carries the client secret in its body.

use anypoint_core::{Credentials, ErrorKind};
use anypoint_emulator::{Emulator, Fault};
use anypoint_tests::wire::{self, Base, Clients, Failure};

use crate::calls::session;
use crate::{log, marks};

/// Every way to be refused a token, from the server's side.
fn refusals() -> Vec<Fault> {
    let refused = || Fault::on("access-management/request_token");
    let mark = marks::ANSWER;
    let wrong = format!(r#"{{"access_token": {{"in": "{mark}"}}}}"#);
    let unusable = format!(r#"{{"access_token": "{mark} {mark}"}}"#);
    let mut rules: Vec<Fault> = [400, 401, 403, 404, 429, 500, 503]
        .map(|status| refused().status(status))
        .into();
    rules.extend([
        refused().html(500),
        refused().html(200),
        refused().truncate(3),
        refused().reset_after_read(),
        refused().status_with(200, wrong, "application/json"),
        refused().status_with(200, unusable, "application/json"),
        refused().status_with(200, mark, "text/plain"),
    ]);
    rules
}

#[tokio::test]
async fn expectation_17_a_refused_token_request_shows_no_secret() {
    log::listen();
    let emulator = Emulator::builder().echo_on_error().start().await.unwrap();
    let (mut leaks, mut redacted, mut cases) = (Vec::new(), 0, 0);
    let all = wire::apis();
    let (_, calls) = all
        .iter()
        .find(|(api, _)| *api == "access-management")
        .unwrap();
    // Without a rule the emulator refuses the secret, which it does not know.
    for rule in refusals().into_iter().map(Some).chain([None]) {
        emulator.clear_faults();
        rule.into_iter().for_each(|rule| emulator.fault(rule));
        let app = Credentials::connected_app("wire-app", marks::CLIENT_SECRET);
        let app = session(&emulator, app);
        let clients = Clients::of(app.clone(), app, Base::Host(emulator.url().to_owned()));
        let calls = calls(&clients).unwrap();
        let call = calls
            .iter()
            .find(|call| call.operation == "get_me")
            .unwrap();
        let outcome = call.run().await;
        let Err(Failure::Refused(error)) = &outcome.result else {
            panic!("{outcome:?}");
        };
        assert_ne!(error.kind(), ErrorKind::Decode, "{error}");
        let text = marks::told(error) + &marks::printed(&outcome);
        // The echo was there, as far as the client secret and no further.
        redacted += usize::from(text.contains("\\\"client_secret\\\":\\\"***\\\""));
        leaks.extend(marks::found(&text));
        cases += 1;
    }
    assert_eq!(leaks, Vec::<String>::new());
    assert_eq!(cases, 15);
    assert!(redacted >= 7, "{redacted}");
}
