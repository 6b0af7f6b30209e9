//! TLS as this crate wants it, whatever the application's process default is.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind};

/// The system's trust plus the certificates in `extra_roots` (PEM), HTTP/2 before HTTP/1.1.
pub(crate) fn config(extra_roots: &[Vec<u8>]) -> Result<ClientConfig, Error> {
    let mut roots = Vec::new();
    for pem in extra_roots {
        roots.extend(certificates(pem)?);
    }
    let unusable = |e: rustls::Error| {
        Error::new(
            ErrorKind::Configuration,
            "there are no usable root certificates; install the system's (often the package \
             `ca-certificates`) or mend those in `ATPROTO_CA_FILE`",
        )
        .with_source(e)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(unusable)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .dangerous() // the name rustls gives to any verifier that is not its own
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let broken = || {
        Error::new(
            ErrorKind::Configuration,
            "an extra root certificate is not PEM; it starts with `-----BEGIN CERTIFICATE-----`",
        )
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(broken()),
        Err(e) => Err(broken().with_source(e)),
    }
}
