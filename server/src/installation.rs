//! What an installation has on the disk: its folder, its key file and, with SQLite, its database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use doorward_storage::{Store, signing_key};
use doorward_vault::{Keyring, MasterFault, MasterKey};

use crate::config::Config;
use crate::state::NotPrepared;

/// Whether a command may make an installation where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    MayBeMade,
    /// A command that reads one would answer for an empty installation at a mistyped place.
    MustBeThere,
}

/// The keys of an installation.
pub struct Keys {
    pub ring: Arc<Keyring>,
    /// What the ring was made of, where no file holds it yet.
    pub unsaved: Option<UnsavedKey>,
}

/// A fresh secret key that no file holds yet: the database was away, and what it has may be sealed with another one.
pub struct UnsavedKey {
    key: MasterKey,
    path: PathBuf,
}

/// Why an installation has no key. The sentence is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    #[error(
        "the key file {} is missing, and no new one opens this database; put it back from a backup, or set \
         DOORWARD_SECRET_KEY", .path.display()
    )]
    Missing { path: PathBuf },
    #[error("another process has made the key file {} meanwhile; start again", .path.display())]
    MadeMeanwhile { path: PathBuf },
    #[error(transparent)]
    File(#[from] MasterFault),
}

impl UnsavedKey {
    /// Makes its file, once the database says that no other key has sealed what it has. Doing so again changes nothing.
    ///
    /// # Errors
    /// Those of the database; `Key` when this is not the key of the installation.
    pub async fn save(&self, store: &Store) -> Result<(), NotPrepared> {
        let path = || self.path.clone();
        // Another process may make both this moment, the key first.
        if signing_key::is_any(store.read()).await? && !self.path.exists() {
            return Err(KeyFault::Missing { path: path() }.into());
        }
        if self.key.save(&self.path).map_err(KeyFault::File)? {
            Ok(())
        } else {
            Err(KeyFault::MadeMeanwhile { path: path() }.into())
        }
    }
}

/// What is known of a database before there is a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Nothing that a key has sealed.
    Free,
    /// Keys that some secret key has sealed.
    Sealed,
    /// It does not answer (F9).
    Unknown,
}

/// The keys of an installation, whose folder is there afterwards, and its key file unless the database is away.
///
/// # Errors
/// A sentence for the operator.
pub async fn keys(config: &Config, presence: Presence) -> anyhow::Result<Keys> {
    let path = config.key_file();
    let has_key = || match config.secret_key {
        Some(_) => Ok(true),
        None => path
            .try_exists()
            .with_context(|| format!("the key file {} cannot be looked for", path.display())),
    };
    let database = doorward_storage::sqlite_file(config.database_url.expose());
    let content = if has_key()? {
        None
    } else {
        let content = content(config, database.as_deref()).await;
        // Another process may make both this moment, the key first.
        Some(content).filter(|_| !path.exists())
    };
    if content == Some(Content::Sealed) {
        return Err(KeyFault::Missing { path }.into());
    }
    match presence {
        Presence::MayBeMade => make_folder(&config.data_dir)
            .with_context(|| format!("DOORWARD_DATA_DIR {} cannot be made", config.data_dir.display()))?,
        Presence::MustBeThere if has_key()? && database.as_deref().is_none_or(Path::exists) => {}
        Presence::MustBeThere => bail!(
            "there is no installation in {}; if DOORWARD_DATA_DIR is right, run first: doorward migrate",
            config.data_dir.display()
        ),
    }
    let is_unsaved = content == Some(Content::Unknown);
    let master = match &config.secret_key {
        Some(key) => MasterKey::from_variable(key.expose())?,
        None if is_unsaved => MasterKey::fresh(),
        None => MasterKey::load_or_create(&path)?,
    };
    if let Some(database) = database.filter(|_| presence == Presence::MayBeMade) {
        keep_private(&database);
    }
    let ring = Arc::new(Keyring::with_former(&master, &[]));
    let unsaved = is_unsaved.then_some(UnsavedKey { key: master, path });
    Ok(Keys { ring, unsaved })
}

async fn content(config: &Config, file: Option<&Path>) -> Content {
    if file.is_some_and(|file| !file.exists()) {
        return Content::Free;
    }
    let nobody = Arc::new(Keyring::from_master([0; 32]));
    let Ok(store) = Store::open(config.database_url.expose(), nobody).await else {
        return Content::Unknown;
    };
    let found = signing_key::is_any(store.read()).await;
    store.close().await.ok();
    match found {
        Ok(true) => Content::Sealed,
        Ok(false) => Content::Free,
        Err(_) => Content::Unknown,
    }
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The database is for its owner alone, as the key is: it holds names, addresses and hashes of passwords. A failure is no
/// reason not to start: the disk may be away for now (F9).
#[cfg(unix)]
fn keep_private(database: &Path) {
    use std::fs::{OpenOptions, Permissions};
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    // SQLite would make it readable for all, and gives its log the mode of the database.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(database).ok();
    for end in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        let file = Path::new(&name);
        let is_open = std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if is_open && let Err(error) = std::fs::set_permissions(file, Permissions::from_mode(0o600)) {
            tracing::warn!(file = %file.display(), %error, "other users can read this file");
        }
    }
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}
