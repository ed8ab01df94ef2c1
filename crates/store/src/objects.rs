//! Long bodies in an object store: S3 and what speaks its protocol, or a folder that all machines share.
//!
//! A body is put there before the transaction that refers to it, under a name of its own that is never used again; what no
//! transaction came to refer to lies there until it is swept away by hand. So a name in the database always leads to what was meant.

use crate::{Result, StoreError};
use firsthand_model::{Article, Timestamp};
use sha2::{Digest, Sha256};
#[cfg(feature = "objects")]
pub(crate) use with::Objects;
#[cfg(not(feature = "objects"))]
pub(crate) use without::Objects;

/// A name for a body that no other has had: of the article, of what it says, and of when it was fetched.
pub(crate) fn name(article: &Article, packed: &[u8]) -> String {
    let hash = Sha256::new().chain_update(&article.canonical_url).chain_update([0]).chain_update(packed).finalize();
    let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    // Two digits in front make folders, which a file system wants.
    format!("{}/{hash}-{:x}", hash.get(..2).unwrap_or_default(), article.fetched_at.as_millis())
}

/// What is said when a body lies in an object store that the settings do not name.
pub(crate) fn not_named() -> StoreError {
    StoreError::Invalid(
        "bodies of articles lie in an object store: name it with database.bodies, as it was when they were stored"
            .to_owned(),
    )
}

/// Names that are looked at together when what nothing refers to is swept away.
#[cfg(feature = "objects")]
const NAMES: usize = 500;

#[cfg(feature = "objects")]
mod with {
    use super::{NAMES, Result, StoreError, Timestamp};
    use futures_util::TryStreamExt;
    use object_store::aws::AmazonS3Builder;
    use object_store::local::LocalFileSystem;
    use object_store::path::Path;
    use object_store::prefix::PrefixStore;
    use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::mpsc;

    /// How long one answer may take, and how long is tried for one.
    const WAIT: Duration = Duration::from_secs(10);
    const TRY_FOR: Duration = Duration::from_secs(20);

    /// Where long bodies lie.
    pub(crate) struct Objects {
        store: Arc<dyn ObjectStore>,
        name: String,
    }

    impl Objects {
        /// `s3://BUCKET/FOLDER`, with what it takes to get in from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
        /// `AWS_REGION`, `AWS_ENDPOINT`), or `file:///FOLDER`.
        pub(crate) fn open(address: &str) -> Result<Self> {
            let wrong = |why: String| {
                StoreError::Invalid(format!(
                    "database.bodies: {address:?} cannot be used ({why}): write s3://BUCKET/FOLDER or file:///FOLDER"
                ))
            };
            let store: Arc<dyn ObjectStore> = if let Some(folder) = address.strip_prefix("file://") {
                let made = std::fs::create_dir_all(folder).map_err(|error| error.to_string());
                let folder =
                    made.and_then(|()| LocalFileSystem::new_with_prefix(folder).map_err(|error| error.to_string()));
                Arc::new(folder.map_err(wrong)?)
            } else if let Some(place) = address.strip_prefix("s3://") {
                // Whoever is first names the library; the others find it named.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let (bucket, folder) = place.split_once('/').unwrap_or((place, ""));
                let retries = RetryConfig { max_retries: 3, retry_timeout: TRY_FOR, ..RetryConfig::default() };
                let options = ClientOptions::new().with_timeout(WAIT).with_connect_timeout(WAIT);
                let options = match std::env::var("AWS_ENDPOINT") {
                    // On the machine itself, or where the operator says so by the address.
                    Ok(endpoint) => options.with_allow_http(endpoint.starts_with("http://")),
                    Err(_) => options,
                };
                let bucket = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .with_client_options(options)
                    .with_retry(retries)
                    .build()
                    .map_err(|error| wrong(error.to_string()))?;
                Arc::new(PrefixStore::new(bucket, folder))
            } else {
                return Err(wrong("it is neither".to_owned()));
            };
            Ok(Self { store, name: address.to_owned() })
        }

        fn failure(&self, what: &str, error: &object_store::Error) -> StoreError {
            StoreError::Database {
                database: self.name.clone(),
                message: format!("{what} ({error}): is it running, and may this program use it?"),
            }
        }

        pub(crate) async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<()> {
            let put = self.store.put(&Path::from(key), PutPayload::from(bytes)).await;
            put.map(drop).map_err(|error| self.failure("a body cannot be stored", &error))
        }

        pub(crate) async fn get(&self, key: &str) -> Result<Vec<u8>> {
            let failed = |error| self.failure(&format!("the body {key} cannot be read"), &error);
            let found = self.store.get(&Path::from(key)).await.map_err(failed)?;
            found.bytes().await.map(Vec::from).map_err(failed)
        }

        /// Whether a body is there.
        pub(crate) async fn has(&self, key: &str) -> Result<bool> {
            match self.store.head(&Path::from(key)).await {
                Ok(_) => Ok(true),
                Err(object_store::Error::NotFound { .. }) => Ok(false),
                Err(error) => Err(self.failure(&format!("the body {key} cannot be looked at"), &error)),
            }
        }

        pub(crate) async fn delete(&self, key: &str) -> Result<()> {
            match self.store.delete(&Path::from(key)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(self.failure(&format!("the body {key} cannot be taken away"), &error)),
            }
        }

        /// The names of all bodies put there before a moment, some at a time.
        pub(crate) fn names(self: &Arc<Self>, before: Timestamp) -> mpsc::Receiver<Result<Vec<String>>> {
            let (names, found) = mpsc::channel(1);
            let objects = Arc::clone(self);
            tokio::spawn(async move {
                let mut chunks = objects.store.list(None).try_chunks(NAMES);
                loop {
                    let chunk = match chunks.try_next().await {
                        Ok(Some(chunk)) => chunk,
                        Ok(None) => return,
                        Err(error) => {
                            let failure = objects.failure("its bodies cannot be listed", &error.1);
                            let _ = names.send(Err(failure)).await;
                            return;
                        }
                    };
                    let old = chunk
                        .into_iter()
                        .filter(|meta| meta.last_modified.timestamp_millis() < before.as_millis())
                        .map(|meta| meta.location.to_string())
                        .collect();
                    if names.send(Ok(old)).await.is_err() {
                        return;
                    }
                }
            });
            found
        }
    }
}

#[cfg(not(feature = "objects"))]
mod without {
    use super::{Result, StoreError, Timestamp};
    use std::sync::Arc;
    use tokio::sync::mpsc;

    /// There is none in this build.
    pub(crate) enum Objects {}

    impl Objects {
        pub(crate) fn open(_address: &str) -> Result<Self> {
            Err(StoreError::Invalid(
                "database.bodies is set, and this build cannot do it: build with --features objects".to_owned(),
            ))
        }

        pub(crate) async fn put(&self, _key: &str, _bytes: Vec<u8>) -> Result<()> {
            match *self {}
        }

        pub(crate) async fn get(&self, _key: &str) -> Result<Vec<u8>> {
            match *self {}
        }

        pub(crate) async fn has(&self, _key: &str) -> Result<bool> {
            match *self {}
        }

        pub(crate) async fn delete(&self, _key: &str) -> Result<()> {
            match *self {}
        }

        pub(crate) fn names(self: &Arc<Self>, _before: Timestamp) -> mpsc::Receiver<Result<Vec<String>>> {
            match **self {}
        }
    }
}
