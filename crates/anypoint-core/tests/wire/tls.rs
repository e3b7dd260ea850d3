//! Certificates: which a session trusts, which it does not, and the errors.

use anypoint_core::{ErrorKind, Session};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::https::{Authority, Certified, NOW, Secure, call, shown};
use crate::support::{Folder, Server, reply};

#[tokio::test]
async fn expectation_03_a_private_host_is_trusted_by_its_own_ca() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let server = Secure::start(&ours.sign("localhost", NOW)).await;
    let error = call(server.session(&other)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedCertificate);
    assert!(!error.is_retryable());
    let hint = error.hint().unwrap();
    assert!(hint.contains("SessionBuilder::ca_certificates"), "{error}");
    assert!(
        error
            .to_string()
            .contains(&format!("localhost:{}", server.port))
    );
    // Several certificates in one text, several texts, and a file.
    call(server.session(&other).ca_certificates(ours.pem()))
        .await
        .unwrap();
    let both = format!("{}\n# ours\n{}", other.pem(), ours.pem());
    let alone = || {
        Session::builder()
            .host(server.url())
            .system_certificates(false)
    };
    call(alone().ca_certificates(&both)).await.unwrap();
    let folder = Folder::new("ca");
    let file = folder.0.join("ca.pem");
    std::fs::write(&file, both).unwrap();
    call(alone().ca_certificates_file(file)).await.unwrap();
}

/// Companies issue their CA anew under its old name; a client that has the old one must say what is wrong.
#[tokio::test]
async fn a_ca_that_was_issued_anew_is_not_trusted() {
    let (old, new) = (
        Authority::new("the company's CA"),
        Authority::new("the company's CA"),
    );
    let server = Secure::start(&new.sign("localhost", NOW)).await;
    let error = call(server.session(&old)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedCertificate, "{error}");
    assert!(!error.is_retryable());
    let hint = error.hint().unwrap();
    assert!(hint.contains("SessionBuilder::ca_certificates"), "{hint}");
    call(server.session(&old).ca_certificates(new.pem()))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_when_it_is_no_ca() {
    let session = |server: &Secure, shown: &Certified| {
        let other = Authority::new("other");
        server.session(&other).ca_certificates(&shown.chain)
    };
    let shown = Authority::self_signed(rcgen::IsCa::ExplicitNoCa);
    let server = Secure::start(&shown).await;
    call(session(&server, &shown)).await.unwrap();
    let shown = Authority::self_signed(rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained));
    let server = Secure::start(&shown).await;
    // The system's own TLS may take it.
    if let Err(error) = call(session(&server, &shown)).await {
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
        assert!(
            error
                .to_string()
                .contains("is that of a CA and not of a server"),
            "{error}"
        );
        assert!(
            error
                .hint()
                .unwrap()
                .contains("basicConstraints=critical,CA:FALSE"),
            "{error}"
        );
    }
}

/// A server that only speaks to itself, in every sense that a handshake has.
#[tokio::test]
async fn what_is_no_tls_and_what_is_another_tls_are_told_apart() {
    let ours = Authority::new("ours");
    for (answer, hint) in [
        // A handshake failure as an alert, and a plain answer.
        (b"\x15\x03\x03\x00\x02\x02\x28".as_slice(), "in common"),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
            "does not speak TLS",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer).await;
            }
        });
        let url = format!("https://localhost:{port}");
        let session = Session::builder()
            .host(url)
            .system_certificates(false)
            .ca_certificates(ours.pem());
        let error = call(session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}");
        assert!(error.hint().unwrap().contains(hint), "{error}");
    }
}

#[tokio::test]
async fn a_ca_is_added_to_those_of_the_system() {
    let ours = Authority::new("ours");
    let server = Secure::start(&ours.sign("localhost", NOW)).await;
    let system = || Session::builder().host(server.url());
    call(system().ca_certificates(ours.pem())).await.unwrap();
    let error = call(system()).await.unwrap_err();
    // A machine without any certificates cannot even build the session.
    assert!(
        matches!(
            error.kind(),
            ErrorKind::UntrustedCertificate | ErrorKind::Configuration
        ),
        "{error}"
    );
}

/// Runs this test again in a process whose system trusts our authority.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_system_counts_unless_it_is_turned_off() {
    const INSIDE: &str = "ANYPOINT_TEST_SYSTEM_CA";
    if let Ok(url) = std::env::var(INSIDE) {
        let session = || Session::builder().host(&url);
        let other = Authority::new("other").pem();
        call(session()).await.unwrap();
        call(session().ca_certificates(&other)).await.unwrap();
        let alone = session().system_certificates(false).ca_certificates(&other);
        let error = call(alone).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UntrustedCertificate);
        return;
    }
    let (ours, folder) = (Authority::new("ours"), Folder::new("system-ca"));
    let server = Secure::start(&ours.sign("localhost", NOW)).await;
    let file = folder.0.join("ca.pem");
    std::fs::write(&file, ours.pem()).unwrap();
    let status = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::the_system_counts_unless_it_is_turned_off"])
        .env(INSIDE, server.url())
        .env("SSL_CERT_FILE", file)
        .status();
    assert!(status.await.unwrap().success());
}

#[tokio::test]
async fn a_certificate_out_of_its_time_hints_at_the_clock() {
    let ours = Authority::new("ours");
    for (years, words, limit) in [
        ((2000, 2001), "has expired", "2001-01-01T00:00:00Z"),
        ((3999, 4000), "is not valid yet", "3999-01-01T00:00:00Z"),
    ] {
        let server = Secure::start(&ours.sign("localhost", years)).await;
        let error = call(server.session(&ours)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ClockSkew, "{error:?}");
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(text.contains("this machine's clock says 2"), "{text}");
        // The system's own TLS does not tell the date.
        if cfg!(any(feature = "ring", feature = "aws-lc-rs")) {
            assert!(text.contains(limit), "{text}");
        }
        assert!(error.hint().unwrap().contains("clock"), "{text}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let ours = Authority::new("ours");
    let server = Secure::start(&ours.sign("mule.example.com", NOW)).await;
    let error = call(server.session(&ours)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    let text = error.to_string();
    assert!(text.contains("is for another name"), "{text}");
    if cfg!(any(feature = "ring", feature = "aws-lc-rs")) {
        assert!(text.contains("another name: mule.example.com;"), "{text}");
    }
}

#[tokio::test]
async fn a_server_can_demand_a_client_certificate() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let answer = crate::support::json(200, "[7]");
    let shown_by_server = ours.sign("localhost", NOW);
    let server = Secure::answering(&shown_by_server, Some(&theirs), answer).await;
    let client = theirs.sign("client", NOW);
    let session = || server.session(&ours);
    call(session().client_certificate(&client.chain, client.key.as_str()))
        .await
        .unwrap();
    let refused = [call(session()).await.unwrap_err(), {
        let stranger = ours.sign("client", NOW);
        let session = session().client_certificate(&stranger.chain, stranger.key.as_str());
        call(session).await.unwrap_err()
    }];
    for error in refused {
        // TLS 1.3 tells the client only after its handshake, if the connection lives so long.
        assert!(
            matches!(error.kind(), ErrorKind::Tls | ErrorKind::Interrupted),
            "{error}"
        );
        if error.kind() == ErrorKind::Tls {
            assert!(
                error.hint().unwrap().contains("client_certificate"),
                "{error}"
            );
        }
    }
}

#[test]
fn certificates_that_are_none_are_refused_and_no_key_is_shown() {
    let ours = Authority::new("ours");
    let (one, two) = (ours.sign("one", NOW), ours.sign("two", NOW));
    let https = || {
        Session::builder()
            .host("https://localhost:1")
            .system_certificates(false)
    };
    let with_ca = || https().ca_certificates(ours.pem());
    // The lines of a key, without the ones that say what it is.
    let secrets: Vec<&str> = two
        .key
        .lines()
        .filter(|line| !line.starts_with("--"))
        .collect();
    for builder in [
        https(),
        https().ca_certificates(""),
        https().ca_certificates("s3cret"),
        https().ca_certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        https().ca_certificates_file("/nowhere/ca.pem"),
        with_ca().client_certificate("", two.key.as_str()),
        with_ca().client_certificate(&two.chain, "s3cret"),
        with_ca().client_certificate(&two.chain, two.key.replace("PRIVATE", "ODD")),
        with_ca().client_certificate(&one.chain, two.key.as_str()),
    ] {
        let printed = format!("{builder:?}");
        let error = builder.build().err().unwrap_or_else(|| panic!("{printed}"));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        let text = format!("{printed} {}", shown(&error));
        assert!(!text.contains("s3cret"), "{text}");
        assert!(!secrets.iter().any(|line| text.contains(line)), "{text}");
    }
    let good = with_ca().client_certificate(&two.chain, two.key.as_str());
    let printed = format!("{good:?} {:?}", good.clone().build().unwrap());
    assert!(
        !secrets.iter().any(|line| printed.contains(line)),
        "{printed}"
    );
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_not_followed() {
    let ours = Authority::new("ours");
    let plain = Server::always(reply(200, "", "[7]")).await;
    let target = plain.url.replace("127.0.0.1", "localhost");
    let answer = reply(302, &format!("location: {target}/api\r\n"), "");
    let server = Secure::answering(&ours.sign("localhost", NOW), None, answer).await;
    let error = call(server.session(&ours)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(302))
    );
    assert!(plain.requests().is_empty());
}
