//! Where the data is.

use crate::StoreError;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A database's address: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(StoreError::Invalid(
                    "sqlite: needs a file's path, as in sqlite:/var/lib/firsthand/firsthand.db".to_owned(),
                ));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::Invalid(format!(
            "{text:?} is not a database's address: write sqlite:PATH or postgres://USER@HOST/NAME"
        )))
    }
}

impl fmt::Display for DatabaseUrl {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(address) => match (address.split_once("://"), address.rsplit_once('@')) {
                (Some((scheme, rest)), Some((_, host))) => {
                    let user = rest.split([':', '@']).next().unwrap_or_default();
                    write!(f, "{scheme}://{user}@{host}")
                }
                _ => f.write_str(address),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://ann:secret@db.example:5432/news".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://ann@db.example:5432/news");
        assert_eq!(format!("{url:?}"), "postgres://ann@db.example:5432/news");
    }

    #[test]
    fn both_kinds_are_read_and_others_refused() {
        assert_eq!("sqlite:a.db".parse::<DatabaseUrl>().unwrap(), DatabaseUrl::Sqlite("a.db".into()));
        assert!("mysql://x".parse::<DatabaseUrl>().unwrap_err().to_string().contains("sqlite:PATH"));
    }
}
