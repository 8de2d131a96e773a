//! Every key, derived from the master secret and separated by purpose.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::hmac;

use crate::master::MasterKey;
use crate::purpose::Purpose;
use crate::random::equal;

/// Form of a sealed value: this byte, the key's name, the nonce, the ciphertext with its tag.
const VERSION: u8 = 1;
const KEY_NAME_LEN: usize = 4;
const HEADER_LEN: usize = 1 + KEY_NAME_LEN;
const TAG_LEN: usize = 16;
const MAC_LEN: usize = 32;

/// The bytes were not sealed by us, for this purpose, with this context; or they were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sealed by this installation for this use")]
pub struct CannotOpen;

/// Seals, opens and hashes with keys derived from one or more master secrets.
///
/// New values are made with the current secret. Values made with a former one still open, except that purposes whose
/// values last for ever (a person's `sub`) always use the oldest.
pub struct Keyring {
    current: KeySet,
    /// Newest first.
    former: Vec<KeySet>,
}

struct KeySet {
    name: [u8; KEY_NAME_LEN],
    /// By number of the purpose.
    keys: Vec<PurposeKeys>,
}

struct PurposeKeys {
    sealing: RandomizedNonceKey,
    mac: hmac::Key,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(…)")
    }
}

impl Keyring {
    /// Derives all keys from a master secret of 32 random bytes.
    #[must_use]
    pub fn from_master(master: [u8; 32]) -> Self {
        Self::with_former(&MasterKey::from(master), &[])
    }

    /// Derives all keys from the current master secret and from those before it, newest first.
    #[must_use]
    pub fn with_former(current: &MasterKey, former: &[MasterKey]) -> Self {
        Self {
            current: KeySet::derive(current),
            former: former.iter().map(KeySet::derive).collect(),
        }
    }

    /// Encrypts `plaintext` so that only this installation reads it, and only with the same purpose and `aad`
    /// (associated data: the context it belongs to, such as the row's id; it is not stored).
    ///
    /// # Panics
    /// When the operating system has no randomness for the nonce.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        self.current.seal(purpose, aad, plaintext)
    }

    /// Decrypts what [`Self::seal`] made.
    ///
    /// # Errors
    /// For anything else, without saying what is wrong.
    pub fn open(&self, purpose: Purpose, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        if sealed.len() < HEADER_LEN + NONCE_LEN + TAG_LEN || sealed[0] != VERSION {
            return Err(CannotOpen);
        }
        let name = &sealed[1..HEADER_LEN];
        self.sets()
            .find(|set| set.name == name)
            .ok_or(CannotOpen)?
            .open(purpose, aad, sealed)
    }

    /// A keyed hash (HMAC-SHA-256) over the parts; each part goes in with its length, so parts never run together.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; MAC_LEN] {
        let set = if purpose.is_lasting() {
            self.former.last().unwrap_or(&self.current)
        } else {
            &self.current
        };
        set.mac(purpose, parts)
    }

    /// Whether `mac` was made by [`Self::mac`] with the current or a former secret; compares in constant time.
    #[must_use]
    pub fn verify_mac(&self, purpose: Purpose, parts: &[&[u8]], mac: &[u8]) -> bool {
        self.sets()
            .fold(false, |found, set| equal(&set.mac(purpose, parts), mac) | found)
    }

    fn sets(&self) -> impl Iterator<Item = &KeySet> {
        std::iter::once(&self.current).chain(&self.former)
    }
}

impl KeySet {
    fn derive(master: &MasterKey) -> Self {
        let root = Salt::new(HKDF_SHA256, b"doorward").extract(master.bytes());
        let mut name = [0; KEY_NAME_LEN];
        name.copy_from_slice(&expand(&root, "key-name", "")[..KEY_NAME_LEN]);
        let keys = Purpose::ALL
            .iter()
            .map(|purpose| PurposeKeys::derive(&root, purpose.label()))
            .collect();
        Self { name, keys }
    }

    fn keys(&self, purpose: Purpose) -> &PurposeKeys {
        // In bounds: there is one entry for each purpose, in the order of their numbers.
        &self.keys[purpose as usize]
    }

    fn seal(&self, purpose: Purpose, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let mut body = Vec::with_capacity(plaintext.len() + TAG_LEN);
        body.extend_from_slice(plaintext);
        let key = &self.keys(purpose).sealing;
        #[expect(clippy::expect_used, reason = "fails only without randomness or beyond 64 GiB")]
        let nonce = key
            .seal_in_place_append_tag(Aad::from(self.context(aad)), &mut body)
            .expect("can encrypt");
        let mut sealed = Vec::with_capacity(HEADER_LEN + NONCE_LEN + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.name);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut body);
        sealed
    }

    fn open(&self, purpose: Purpose, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (nonce, body) = sealed[HEADER_LEN..].split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
        let mut body = body.to_vec();
        let key = &self.keys(purpose).sealing;
        let length = key
            .open_in_place(nonce, Aad::from(self.context(aad)), &mut body)
            .map_err(|_| CannotOpen)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// Binds the header too.
    fn context(&self, aad: &[u8]) -> Vec<u8> {
        [&[VERSION][..], &self.name, aad].concat()
    }

    fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; MAC_LEN] {
        let mut context = hmac::Context::with_key(&self.keys(purpose).mac);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut mac = [0; MAC_LEN];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }
}

impl PurposeKeys {
    #[expect(
        clippy::expect_used,
        reason = "the key has exactly the length the algorithm asks for"
    )]
    fn derive(root: &Prk, label: &str) -> Self {
        Self {
            sealing: RandomizedNonceKey::new(&AES_256_GCM, &expand(root, "seal", label)).expect("a key of 32 bytes"),
            mac: hmac::Key::new(hmac::HMAC_SHA256, &expand(root, "mac", label)),
        }
    }
}

#[expect(clippy::expect_used, reason = "HKDF fails only beyond 8,160 bytes; these are 32")]
fn expand(root: &Prk, kind: &str, label: &str) -> [u8; 32] {
    let mut key = [0; 32];
    root.expand(&[b"doorward/v1/", kind.as_bytes(), b"/", label.as_bytes()], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .expect("32 bytes can be derived");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_purpose_and_context() {
        let ring = Keyring::from_master([7; 32]);
        let sealed = ring.seal(Purpose::Secret, b"con_1", b"hush");
        assert_eq!(
            ring.open(Purpose::Secret, b"con_1", &sealed).as_deref(),
            Ok(&b"hush"[..])
        );
        assert_eq!(
            ring.open(Purpose::Secret, b"con_2", &sealed),
            Err(CannotOpen),
            "another row"
        );
        assert_eq!(
            ring.open(Purpose::Claims, b"con_1", &sealed),
            Err(CannotOpen),
            "another purpose"
        );
        assert_eq!(
            Keyring::from_master([8; 32]).open(Purpose::Secret, b"con_1", &sealed),
            Err(CannotOpen)
        );
        assert_ne!(
            sealed,
            ring.seal(Purpose::Secret, b"con_1", b"hush"),
            "a fresh nonce each time"
        );
        assert!(!sealed.windows(4).any(|window| window == b"hush"));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let ring = Keyring::from_master([7; 32]);
        let sealed = ring.seal(Purpose::Cookie, b"", b"state");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(ring.open(Purpose::Cookie, b"", &changed), Err(CannotOpen), "byte {at}");
            assert_eq!(
                ring.open(Purpose::Cookie, b"", &sealed[..at]),
                Err(CannotOpen),
                "cut at {at}"
            );
        }
    }

    #[test]
    fn parts_never_run_together_and_purposes_differ() {
        let ring = Keyring::from_master([7; 32]);
        assert_ne!(
            ring.mac(Purpose::Subject, &[b"ab", b"c"]),
            ring.mac(Purpose::Subject, &[b"a", b"bc"])
        );
        assert_ne!(
            ring.mac(Purpose::Subject, &[b"a"]),
            ring.mac(Purpose::Pairwise, &[b"a"])
        );
        let mac = ring.mac(Purpose::Code, &[b"a"]);
        assert!(ring.verify_mac(Purpose::Code, &[b"a"], &mac));
        assert!(!ring.verify_mac(Purpose::Code, &[b"a"], &mac[..31]));
    }

    #[test]
    fn a_new_master_secret_reads_the_old_and_keeps_every_sub() {
        let (old, new) = (MasterKey::from([1; 32]), MasterKey::from([2; 32]));
        let before = Keyring::with_former(&old, &[]);
        let after = Keyring::with_former(&new, &[MasterKey::from([1; 32])]);
        let sealed = before.seal(Purpose::Secret, b"", b"hush");
        assert_eq!(after.open(Purpose::Secret, b"", &sealed).as_deref(), Ok(&b"hush"[..]));
        assert_eq!(
            after.mac(Purpose::Subject, &[b"x"]),
            before.mac(Purpose::Subject, &[b"x"])
        );
        assert_eq!(
            after.mac(Purpose::KeptOut, &[b"x"]),
            before.mac(Purpose::KeptOut, &[b"x"]),
            "S50"
        );
        assert_ne!(
            after.mac(Purpose::Refresh, &[b"x"]),
            before.mac(Purpose::Refresh, &[b"x"])
        );
        assert!(after.verify_mac(Purpose::Refresh, &[b"x"], &before.mac(Purpose::Refresh, &[b"x"])));
    }
}
