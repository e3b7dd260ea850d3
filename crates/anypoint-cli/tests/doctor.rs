//! The doctor, beside hosts that are well and hosts that are not.

mod support;

use std::process::Command;

use support::{Program, TestResult, host};

/// A host that refuses every request, by a clock of its own.
fn host_at(date: &str) -> std::io::Result<String> {
    host(&format!("401 Unauthorized\r\n{date}Content-Length: 0"), "")
}

/// The verdict and detail of a check.
fn verdict<'a>(rows: &'a serde_json::Value, check: &str) -> (&'a str, &'a str) {
    let mut all = rows.as_array().into_iter().flatten();
    let row = all.find(|row| row["check"] == check);
    let text = |name: &str| row.and_then(|row| row[name].as_str()).unwrap_or_default();
    (text("verdict"), text("detail"))
}

async fn rows(program: &Program) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let outcome = program.run(["doctor", "-o", "json"]).await;
    Ok(serde_json::from_str(&outcome.output)?)
}

#[tokio::test]
async fn where_all_is_well_every_check_is_fine() -> TestResult {
    let program = Program::start().await?;
    let rows = rows(&program).await?;
    for check in [
        "credentials",
        "proxy",
        "host",
        "TLS",
        "clock",
        "token",
        "place",
    ] {
        assert_eq!(verdict(&rows, check).0, "fine", "{rows}");
    }
    Ok(())
}

#[tokio::test]
async fn credentials_that_are_refused_are_a_matter_of_the_token() -> TestResult {
    let program = Program::start()
        .await?
        .set("ANYPOINT_CLIENT_SECRET", "wrong");
    let outcome = program.run(["doctor", "-o", "json"]).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    let rows = serde_json::from_str(&outcome.output)?;
    assert_eq!(verdict(&rows, "host").0, "fine", "{rows}");
    let (verdict, detail) = verdict(&rows, "token");
    assert_eq!(verdict, "wrong", "{rows}");
    assert!(detail.contains("try:"), "{detail}");
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_with_what_to_do() -> TestResult {
    for (date, expected) in [
        (
            "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
            " ahead of the host's; try: set it by a time server",
        ),
        (
            "Date: Fri, 01 Jan 2100 00:00:00 GMT\r\n",
            " behind the host's; try: set it by a time server",
        ),
    ] {
        let program = Program::start()
            .await?
            .set("ANYPOINT_HOST", &host_at(date)?);
        let rows = rows(&program).await?;
        let (verdict, detail) = verdict(&rows, "clock");
        assert_eq!(verdict, "wrong", "{rows}");
        assert!(detail.contains(" d"), "{detail}");
        assert!(detail.contains(expected), "{detail}");
    }
    let dateless = Program::start().await?.set("ANYPOINT_HOST", &host_at("")?);
    assert_eq!(verdict(&rows(&dateless).await?, "clock").0, "unknown");
    Ok(())
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_leaves_the_rest_unknown() -> TestResult {
    let program = Program::start()
        .await?
        .set("ANYPOINT_HOST", "http://127.0.0.1:1");
    let rows = rows(&program).await?;
    assert_eq!(verdict(&rows, "proxy").0, "fine", "{rows}");
    assert_eq!(verdict(&rows, "host").0, "wrong", "{rows}");
    assert!(verdict(&rows, "host").1.contains("try:"), "{rows}");
    for check in ["TLS", "clock"] {
        assert_eq!(verdict(&rows, check).0, "unknown", "{rows}");
    }
    Ok(())
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_a_matter_of_tls() -> TestResult {
    let plain = host_at("")?.replace("http:", "https:");
    let program = Program::start().await?.set("ANYPOINT_HOST", &plain);
    let rows = rows(&program).await?;
    assert_eq!(verdict(&rows, "host").0, "fine", "{rows}");
    assert_eq!(verdict(&rows, "TLS").0, "wrong", "{rows}");
    Ok(())
}

/// The variables of a proxy are those of the process.
#[tokio::test]
async fn a_proxy_on_the_way_is_named_without_its_password() -> TestResult {
    let folder = tempfile::tempdir()?;
    let doctor = |proxy: &str| {
        Command::new(env!("CARGO_BIN_EXE_anypoint"))
            .args(["doctor", "-o", "json", "--host", "https://anypoint.test"])
            .env_clear()
            .env("HOME", folder.path())
            .env("HTTPS_PROXY", proxy)
            .output()
    };
    let outcome = doctor("http://ada:s3cret@127.0.0.1:1")?;
    let said = String::from_utf8(outcome.stdout)? + &String::from_utf8(outcome.stderr)?;
    assert!(said.contains("127.0.0.1:1"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    let malformed = doctor("ftp://127.0.0.1:1")?;
    let said = String::from_utf8(malformed.stdout)?;
    assert!(
        said.contains("HTTPS_PROXY is not the URL of a proxy"),
        "{said}"
    );
    Ok(())
}
