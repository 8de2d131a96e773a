//! What the authenticator says (§6.1), and the object around it at registration (§6.5).

use aws_lc_rs::digest::{SHA256, digest};
use coset::cbor::Value;
use coset::cbor::de::from_reader_with_recursion_limit;

use crate::fault::Fault;
use crate::response::CREDENTIAL_ID_LIMIT;

/// Levels of nesting; answers have three or four.
const DEPTH: usize = 16;

/// Authenticator data.
#[derive(Debug)]
pub struct AuthenticatorData {
    party_hash: [u8; 32],
    flags: u8,
    pub counter: u32,
    pub attested: Option<Attested>,
}

/// A new credential.
#[derive(Debug)]
pub struct Attested {
    pub credential_id: Vec<u8>,
    /// A `COSE_Key`, as it came.
    pub public_key: Vec<u8>,
}

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], Fault> {
    let (taken, left) = rest.split_at_checked(count).ok_or(Fault::Malformed)?;
    *rest = left;
    Ok(taken)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Fault> {
    take(rest, N)?.try_into().map_err(|_| Fault::Malformed)
}

/// One CBOR item from the front, and its bytes.
fn take_item<'a>(rest: &mut &'a [u8]) -> Result<(Value, &'a [u8]), Fault> {
    let before = *rest;
    let value = from_reader_with_recursion_limit(&mut *rest, DEPTH).map_err(|_| Fault::Malformed)?;
    Ok((value, &before[..before.len() - rest.len()]))
}

impl AuthenticatorData {
    /// Reads it; nothing may be left over.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut rest = bytes;
        let party_hash = take_array(&mut rest)?;
        let [flags] = take_array(&mut rest)?;
        let counter = u32::from_be_bytes(take_array(&mut rest)?);
        let attested = (flags & ATTESTED != 0).then(|| Attested::take(&mut rest)).transpose()?;
        if flags & EXTENSIONS != 0 {
            let (extensions, _) = take_item(&mut rest)?;
            extensions.is_map().then_some(()).ok_or(Fault::Malformed)?;
        }
        if !rest.is_empty() {
            return Err(Fault::Malformed);
        }
        Ok(Self {
            party_hash,
            flags,
            counter,
            attested,
        })
    }

    /// The checks of both ceremonies: the relying party, presence, verification where it is needed, and that only what
    /// can be backed up is.
    pub fn check(&self, party_id: &str, must_verify: bool) -> Result<(), Fault> {
        if digest(&SHA256, party_id.as_bytes()).as_ref() != self.party_hash {
            return Err(Fault::OtherParty);
        }
        if self.flags & USER_PRESENT == 0 {
            return Err(Fault::NotPresent);
        }
        if must_verify && !self.user_verified() {
            return Err(Fault::NotVerified);
        }
        if self.flags & BACKED_UP != 0 && !self.backup_eligible() {
            return Err(Fault::Backup);
        }
        Ok(())
    }

    pub fn user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    pub fn backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }
}

impl Attested {
    /// Attested credential data (§6.5.1): its model, which we do not ask for, the credential, its key.
    fn take(rest: &mut &[u8]) -> Result<Self, Fault> {
        let _model: [u8; 16] = take_array(rest)?;
        let length = usize::from(u16::from_be_bytes(take_array(rest)?));
        if length == 0 || length > CREDENTIAL_ID_LIMIT {
            return Err(Fault::Malformed);
        }
        let credential_id = take(rest, length)?.to_vec();
        let (_, public_key) = take_item(rest)?;
        Ok(Self {
            credential_id,
            public_key: public_key.to_vec(),
        })
    }
}

/// An attestation object.
#[derive(Debug)]
pub struct AttestationObject {
    pub format: String,
    pub statement: Vec<(Value, Value)>,
    pub authenticator_data: Vec<u8>,
}

impl AttestationObject {
    /// Reads it; nothing may be left over.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut rest = bytes;
        let (object, _) = take_item(&mut rest)?;
        if !rest.is_empty() {
            return Err(Fault::Malformed);
        }
        let members = object.into_map().map_err(|_| Fault::Malformed)?;
        let (mut format, mut statement, mut data) = (None, None, None);
        for (name, value) in members {
            match name.as_text() {
                Some("fmt") => format = value.into_text().ok(),
                Some("attStmt") => statement = value.into_map().ok(),
                Some("authData") => data = value.into_bytes().ok(),
                _ => {}
            }
        }
        Ok(Self {
            format: format.ok_or(Fault::Malformed)?,
            statement: statement.ok_or(Fault::Malformed)?,
            authenticator_data: data.ok_or(Fault::Malformed)?,
        })
    }

    /// A member of the statement.
    pub fn member(&self, name: &str) -> Option<&Value> {
        let named = |(key, _): &&(Value, Value)| key.as_text() == Some(name);
        self.statement.iter().find(named).map(|(_, value)| value)
    }
}
