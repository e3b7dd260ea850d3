//! TLS contexts: the body of a new one is a union that the schema does not have.

use anypoint_cloudhub2::types::{
    Ciphers, JksKeyStore, KeyStoreUpload, KeyUsage, NewTlsContext, PemKeyStore, TlsConfig,
    TlsContextUpdate,
};
use anypoint_cloudhub2::types::{PrivateSpaceId, TlsContextId};

use super::{SPACE, client, naive};
use crate::support::{Server, empty, json, payload};
use crate::traps::{assert_naive_fails, lines, sent};

/// `keyPassphrase` and `alias` are required in the published specification: a naive client
/// sends them empty for a key that has none. A 201 without a body is what Terraform expects.
#[tokio::test]
async fn trap_cloudhub2_tls_context_from_jks_or_pem() {
    let server = Server::start([empty(201), json(201, r#"{"id":"k-2","name":"own"}"#)]).await;
    let create = |keys: KeyStoreUpload| {
        let ciphers = Ciphers::new().ecdhe_ecdsa_aes128_sha1(true);
        let context = NewTlsContext::new("own", TlsConfig::new(keys), ciphers);
        assert!(!format!("{context:#?}").contains("s3cret"));
        client(&server).create_tls_context(PrivateSpaceId::new("ps-1"), context)
    };
    let jks = JksKeyStore::new("s3cret-store", "s3cret-phrase");
    let call = create(KeyStoreUpload::JksKeyStore(jks));
    let created = call.send().await.unwrap();
    assert_eq!((created.status(), created.id.as_str()), (201, ""));
    let pem = PemKeyStore::new("-----BEGIN", "s3cret-key").certificate_file_name("a.crt");
    let call = create(KeyStoreUpload::PemKeyStore(pem));
    assert_eq!(call.send().await.unwrap().id, "k-2");
    assert_naive_fails::<naive::Named>(b"", "EOF");
    let expected = [
        r#"{"source":"JKS","keystoreBase64":"s3cret-store","storePassphrase":"s3cret-phrase"}"#,
        r#"{"source":"PEM","certificate":"-----BEGIN","key":"s3cret-key","certificateFileName":"a.crt"}"#,
    ];
    for (request, keys) in server.requests().iter().zip(expected) {
        let body = format!(
            r#"{{"name":"own","tlsConfig":{{"keyStore":{keys}}},"ciphers":{{"ecdheEcdsaAes128Sha1":true}}}}"#
        );
        assert_eq!(request.text(), body);
        assert_eq!(request.line(), format!("POST {SPACE}/tlsContexts"));
    }
}

/// No request is published for it, and an answer has either code.
#[tokio::test]
async fn trap_cloudhub2_update_of_a_tls_context_has_a_body() {
    let server = Server::start([json(202, r#"{"id":"k-2","name":"renamed"}"#)]).await;
    let update = TlsContextUpdate::new().name("renamed");
    let call = client(&server).update_tls_context(
        PrivateSpaceId::new("ps-1"),
        TlsContextId::new("k-2"),
        update,
    );
    assert_eq!(call.send().await.unwrap().name, "renamed");
    assert_eq!(sent(&server), serde_json::json!({"name": "renamed"}));
    assert_eq!(lines(&server), [format!("PATCH {SPACE}/tlsContexts/k-2")]);
}

/// Four ciphers are in no schema, and a service may add others.
#[tokio::test]
async fn trap_cloudhub2_ciphers_beyond_the_schema() {
    let contexts = payload!("cloudhub2/list_tls_contexts/bare_array.json");
    let server = Server::start([json(200, contexts)]).await;
    let found = client(&server)
        .list_tls_contexts(PrivateSpaceId::new("ps-1"))
        .send()
        .await;
    let found = found.unwrap();
    let ciphers = found[1].ciphers.as_ref().unwrap();
    assert_eq!(ciphers.ecdhe_ecdsa_aes128_sha1, Some(true));
    assert_eq!(ciphers.ecdhe_rsa_aes256_sha1, Some(false));
    // Required there, and not sent here.
    assert_eq!(ciphers.aes128_gcm_sha256, None);
    let unknown = "unknown field `ecdheEcdsaAes128Sha1`";
    assert_naive_fails::<Vec<naive::WithCiphers>>(contexts, unknown);
}

/// A bare array; days, times without a zone, numbers and certificates' own dates; uses of a key
/// that no list has.
#[tokio::test]
async fn trap_cloudhub2_dates_and_uses_of_certificates() {
    let contexts = payload!("cloudhub2/list_tls_contexts/bare_array.json");
    let server = Server::start([json(200, contexts)]).await;
    let found = client(&server)
        .list_tls_contexts(PrivateSpaceId::new("ps-1"))
        .send()
        .await;
    let found = found.unwrap();
    let keys = found[0].key_store.as_ref().unwrap();
    assert!(keys.san.is_empty() && found[0].trust_store.is_none());
    let millis = keys.expiration_date.as_ref().unwrap().as_millis();
    assert_eq!(millis, Some(1_944_172_800_000));
    let keys = found[1].key_store.as_ref().unwrap();
    let millis = keys.expiration_date.as_ref().unwrap().as_millis();
    assert_eq!(millis, Some(1_983_484_800_000));
    let trusted = found[1].trust_store.as_ref().unwrap();
    let certificate = &trusted.dn_list[0];
    let validity = certificate.validity.as_ref().unwrap();
    let start = validity.not_before.as_ref().unwrap();
    assert_eq!(start.as_millis(), Some(1_529_081_859_000));
    let end = validity.not_after.as_ref().unwrap();
    assert_eq!(end.as_millis(), None);
    assert_eq!(end.to_string(), "Jul 27 16:57:39 2048 GMT");
    assert_eq!(certificate.key_usage[0], KeyUsage::DigitalSignature);
    assert_eq!(certificate.key_usage[1].as_str(), "Key Encoding");
    assert_naive_fails::<naive::Page>(contexts, "expected a sequence");
    assert_naive_fails::<Vec<naive::TlsContext>>(contexts, "expected a string");
    assert_naive_fails::<Vec<naive::Trusting>>(contexts, "unknown variant `Key Encoding`");
}
