//! The master secret: from `DOORWARD_SECRET_KEY` or from a key file made at the first start.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::random::{equal, random};

/// The environment variable that holds the master secret.
pub const VARIABLE: &str = "DOORWARD_SECRET_KEY";

/// 32 secret bytes from which every key is derived. `Debug` prints nothing of them; they are wiped when dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl From<[u8; 32]> for MasterKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

/// Why there is no master secret. The sentence is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MasterFault {
    #[error("DOORWARD_SECRET_KEY must be 32 random bytes, written as 64 hexadecimal digits or in base64")]
    Variable,
    #[error("the key file {} must hold 32 random bytes, written as 64 hexadecimal digits or in base64", .path.display())]
    File { path: PathBuf },
    #[error("other users can read the key file {}; run: chmod 600 {}", .path.display(), .path.display())]
    Exposed { path: PathBuf },
    #[error("could not read or make the key file {}; set DOORWARD_SECRET_KEY instead, or mend this", .path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl MasterKey {
    pub(crate) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Reads the value of `DOORWARD_SECRET_KEY`.
    ///
    /// # Errors
    /// `Variable`.
    pub fn from_variable(value: &str) -> Result<Self, MasterFault> {
        parse(value).ok_or(MasterFault::Variable)
    }

    /// Reads the key file, or makes one with a fresh secret that only this user may read. Of two processes that start
    /// together, both end with the same secret.
    ///
    /// # Errors
    /// `Exposed` when others may read it, `File` when it holds something else, `Io`.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterFault> {
        let fault = |source| MasterFault::Io {
            path: path.to_owned(),
            source,
        };
        match fs::metadata(path) {
            Ok(metadata) => {
                refuse_exposed(path, &metadata)?;
                let text = Zeroizing::new(fs::read_to_string(path).map_err(fault)?);
                parse(&text).ok_or_else(|| MasterFault::File { path: path.to_owned() })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                create(path, &Self::fresh()).map_err(fault)?;
                Self::load_or_create(path)
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// A fresh secret, which is nowhere yet.
    #[must_use]
    pub fn fresh() -> Self {
        Self::from(random::<32>())
    }

    /// Makes a key file of this secret, unless there is one. Whether it holds this secret afterwards.
    ///
    /// # Errors
    /// Those of [`Self::load_or_create`].
    pub fn save(&self, path: &Path) -> Result<bool, MasterFault> {
        create(path, self).map_err(|source| MasterFault::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok(equal(Self::load_or_create(path)?.bytes(), self.bytes()))
    }
}

/// The whole content appears at once under its name: written beside it, synced, then linked, which fails when another
/// process was first.
fn create(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".key-{}", hex::encode(random::<8>())));
    let written = write_private(&draft, key).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&draft).ok();
    written?;
    // The name must survive a power cut as well: with it gone, nothing sealed could be read again.
    fs::File::open(folder)?.sync_all()
}

fn write_private(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(key.bytes())));
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), MasterFault> {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(MasterFault::Exposed { path: path.to_owned() })
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &fs::Metadata) -> Result<(), MasterFault> {
    Ok(())
}

fn parse(text: &str) -> Option<MasterKey> {
    let text = text.trim();
    let mut decoded = Zeroizing::new(hex::decode(text).unwrap_or_default());
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        if decoded.len() != 32 {
            decoded = Zeroizing::new(engine.decode(text).unwrap_or_default());
        }
    }
    <[u8; 32]>::try_from(decoded.as_slice()).ok().map(MasterKey::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_takes_hexadecimal_and_base64() {
        for (case, text, fine) in [
            ("hex", "00".repeat(32), true),
            ("base64", STANDARD.encode([9; 32]), true),
            ("base64url", format!(" {}\n", URL_SAFE_NO_PAD.encode([255; 32])), true),
            ("short", "00".repeat(31), false),
            ("a password", "correct horse battery staple".into(), false),
            ("empty", String::new(), false),
        ] {
            let read = MasterKey::from_variable(&text);
            assert_eq!(read.is_ok(), fine, "{case}");
            if let Err(fault) = read {
                assert!(fault.to_string().contains(VARIABLE), "{case} names the variable");
            }
        }
    }

    #[test]
    fn the_file_is_made_once_and_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data/key");
        let first = MasterKey::load_or_create(&path).expect("made");
        assert_eq!(MasterKey::load_or_create(&path).expect("read").bytes(), first.bytes());
        assert_eq!(
            fs::read_dir(folder.path().join("data")).expect("listed").count(),
            1,
            "no draft is left"
        );
        fs::write(&path, "nonsense").expect("spoilt");
        assert!(matches!(
            MasterKey::load_or_create(&path),
            Err(MasterFault::File { .. })
        ));
    }

    #[test]
    fn a_key_is_saved_unless_there_is_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let key = MasterKey::fresh();
        assert!(!path.exists(), "it is nowhere yet");
        for _ in 0..2 {
            assert!(key.save(&path).expect("saved"));
        }
        assert!(!MasterKey::fresh().save(&path).expect("another is there"));
        assert_eq!(MasterKey::load_or_create(&path).expect("read").bytes(), key.bytes());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        MasterKey::load_or_create(&path).expect("made");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("opened up");
        assert!(matches!(
            MasterKey::load_or_create(&path),
            Err(MasterFault::Exposed { .. })
        ));
    }

    #[test]
    fn processes_that_start_together_agree() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let keys: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let load = || MasterKey::load_or_create(&path).expect("a key").bytes().to_vec();
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(load)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        assert!(keys.iter().all(|key| key == &keys[0]));
    }
}
