//! TLS to a server, where its address asks for it.

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What connects by the address's `sslmode`. With `require` the server must show a certificate for its name that this machine trusts
/// (its certificates, or those that `SSL_CERT_FILE` names): encryption to nobody in particular protects from nobody. Without it the
/// connection is not encrypted, since most servers' certificates are made for no name.
pub(crate) fn connector(config: &mut Config) -> Result<MakeRustlsConnect, rustls::Error> {
    if config.get_ssl_mode() == SslMode::Prefer {
        config.ssl_mode(SslMode::Disable);
    }
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(client))
}
