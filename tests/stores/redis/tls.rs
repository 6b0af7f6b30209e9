//! `rediss:`

use std::fs;

use atproto_oauth::store::RedisStore;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::*;

/// A server that speaks TLS only; its folder holds the certificate of its authority.
fn server() -> RedisServer {
    let folder = tempfile::tempdir().unwrap().keep();
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, &ca).unwrap();
    for (name, text) in [
        ("ca.pem", ca.pem()),
        ("cert.pem", certificate.pem()),
        ("key.pem", key.serialize_pem()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let file = |name| folder.join(name).to_str().unwrap().to_owned();
    let server = RedisServer::with(&[
        ("port", "0"),
        ("tls-port", "{port}"),
        ("tls-cert-file", &file("cert.pem")),
        ("tls-key-file", &file("key.pem")),
        ("tls-auth-clients", "no"),
    ]);
    fs::copy(folder.join("ca.pem"), server.folder().join("ca.pem")).unwrap();
    fs::remove_dir_all(folder).unwrap();
    server
}

#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn only_a_server_that_proves_its_name_is_talked_to() {
    let server = server();
    let (port, ca) = (server.port(), server.folder().join("ca.pem"));
    let ca = ca.display();
    let good = format!("rediss://localhost:{port}/0?ca={ca}");
    let store: Arc<dyn Store> = Arc::new(RedisStore::open(&good).await.unwrap());
    assert_eq!(
        store.describe(),
        format!("rediss://localhost:{port}/0 (shared by processes)")
    );
    contract::check_all(&store).await.unwrap();

    for (url, part) in [
        (format!("rediss://localhost:{port}"), "cannot be trusted"),
        (
            format!("rediss://127.0.0.1:{port}?ca={ca}"),
            "cannot be trusted",
        ),
        (
            format!("rediss://localhost:{port}?ca={ca}.missing"),
            "cannot be read",
        ),
        (format!("redis://localhost:{port}"), "broke the connection"),
    ] {
        let error = RedisStore::open(&url).await.unwrap_err().to_string();
        assert!(error.contains(part), "{url}: {error}");
    }
    // It waits for the end of what it takes for a command.
    let plain = RedisServer::start();
    let error = RedisStore::open(&format!("rediss://localhost:{}", plain.port())).await;
    let error = error.unwrap_err();
    assert!(
        error.is_down() && error.to_string().contains("speaks TLS"),
        "{error}"
    );
}
