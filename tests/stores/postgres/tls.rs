//! TLS.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::*;

/// A server with a certificate for `localhost`, and in its folder that of its authority.
fn server() -> PostgresServer {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, &ca).unwrap();
    let mut server = PostgresServer::start();
    server.put("ca.pem", &ca.pem());
    server.put("data/server.crt", &certificate.pem());
    server.put("data/server.key", &key.serialize_pem());
    server.put("data/postgresql.auto.conf", "ssl = on\n");
    server.restart();
    server
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn only_a_server_that_proves_its_name_is_talked_to() {
    let server = server();
    let (port, ca) = (server.port(), server.folder().join("ca.pem"));
    let url = |host: &str, rest: &str| {
        format!("postgres://postgres:correct-horse@{host}:{port}/postgres?{rest}")
    };
    let ca = format!("sslrootcert={}", ca.display());
    let good = url("localhost", &format!("sslmode=verify-full&{ca}"));
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&good).await.unwrap());
    contract::check_all(&store).await.unwrap();
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
         WHERE application_name = 'atproto-oauth'";
    assert_eq!(server.say(encrypted), "t");

    for url in [
        url("localhost", "sslmode=verify-full"),
        url("127.0.0.1", &format!("sslmode=verify-full&{ca}")),
        url("localhost", &format!("sslmode=verify-full&{ca}.missing")),
    ] {
        let error = PostgresStore::open(&url).await.unwrap_err();
        assert!(error.is_down(), "{url}: {error}");
        assert!(
            error.to_string().contains("cannot be reached"),
            "{url}: {error}"
        );
    }
}
