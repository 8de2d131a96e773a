//! The two ceremonies, in the order of the specification.

use aws_lc_rs::digest::{SHA256, digest};
use coset::cbor::Value;
use url::{Host, Url};

use crate::authenticator::{AttestationObject, AuthenticatorData};
use crate::client;
use crate::fault::Fault;
use crate::key::PublicKey;
use crate::response::Answer;

/// A relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    id: String,
    origin: String,
}

/// What an answer must fulfil.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub challenge: &'a [u8],
    /// Whether the authenticator must have verified the person, by a PIN or a finger.
    pub must_verify: bool,
}

/// A credential that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub credential_id: Vec<u8>,
    /// A `COSE_Key`.
    pub public_key: Vec<u8>,
    pub counter: u32,
    /// Whether its key may leave the device, such as for a person's other devices.
    pub backup_eligible: bool,
    pub user_verified: bool,
}

/// What is kept of a credential.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// A `COSE_Key`.
    pub public_key: &'a [u8],
    pub counter: u32,
    pub backup_eligible: bool,
}

/// A credential that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asserted {
    /// To be kept for the next time.
    pub counter: u32,
    pub user_verified: bool,
}

impl Party {
    /// The relying party of a site: its host, and nothing that is registered for a wider domain. `None` for an address
    /// by number, which cannot be one (§5.1.2 step 7).
    #[must_use]
    pub fn of_site(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        match url.host()? {
            Host::Domain(domain) => Some(Self {
                id: domain.to_owned(),
                origin: url.origin().ascii_serialization(),
            }),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }

    /// The RP ID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Verifies the answer to [`Self::creation_options`] (§7.1 steps 5 to 25). Whether the credential is registered
    /// already (step 26) is for whoever keeps them.
    ///
    /// # Errors
    /// The first check it fails.
    pub fn register(&self, answer: &Answer, expected: &Expected<'_>) -> Result<Registered, Fault> {
        // Steps 5 to 11: what the browser says.
        client::check(&answer.client_data, "webauthn.create", expected.challenge, &self.origin)?;
        // Steps 12 and 13.
        let client_hash = digest(&SHA256, &answer.client_data);
        let object = AttestationObject::read(&answer.attestation_object)?;
        let data = AuthenticatorData::read(&object.authenticator_data)?;
        // Steps 14 to 19: what the authenticator says.
        data.check(&self.id, expected.must_verify)?;
        let attested = data.attested.as_ref().ok_or(Fault::Malformed)?;
        if attested.credential_id != answer.credential_id {
            return Err(Fault::Malformed);
        }
        // Step 20: a key of an algorithm that was asked for.
        let key = PublicKey::read(&attested.public_key)?;
        // Steps 21 and 22: none was asked for, and browsers send none, except one that the credential signs itself
        // (§5.1.3). Nothing is concluded from it.
        match object.format.as_str() {
            "none" if object.statement.is_empty() => {}
            "packed" => check_self_attestation(&object, &key, client_hash.as_ref())?,
            _ => return Err(Fault::Attestation),
        }
        Ok(Registered {
            credential_id: attested.credential_id.clone(),
            public_key: attested.public_key.clone(),
            counter: data.counter,
            backup_eligible: data.backup_eligible(),
            user_verified: data.user_verified(),
        })
    }

    /// Verifies the answer to [`Self::request_options`] (§7.2, from the client data to the signature counter). Whose
    /// credential it is, is for whoever keeps them.
    ///
    /// # Errors
    /// The first check it fails; `CounterWentBack` only when everything else is right.
    pub fn authenticate(&self, answer: &Answer, known: &Known<'_>, expected: &Expected<'_>) -> Result<Asserted, Fault> {
        client::check(&answer.client_data, "webauthn.get", expected.challenge, &self.origin)?;
        let data = AuthenticatorData::read(&answer.authenticator_data)?;
        data.check(&self.id, expected.must_verify)?;
        // Whether it can be backed up is settled when it is made (§6.1.3).
        if data.backup_eligible() != known.backup_eligible {
            return Err(Fault::Backup);
        }
        let client_hash = digest(&SHA256, &answer.client_data);
        let signed = [answer.authenticator_data.as_slice(), client_hash.as_ref()].concat();
        PublicKey::read(known.public_key)?.verify(&signed, &answer.signature)?;
        // An authenticator that does not count says zero for ever.
        let counts = data.counter != 0 || known.counter != 0;
        if counts && data.counter <= known.counter {
            return Err(Fault::CounterWentBack);
        }
        Ok(Asserted {
            counter: data.counter,
            user_verified: data.user_verified(),
        })
    }
}

/// Packed attestation without certificates (§8.2): signed by the credential itself.
fn check_self_attestation(object: &AttestationObject, key: &PublicKey, client_hash: &[u8]) -> Result<(), Fault> {
    let algorithm = object.member("alg").and_then(Value::as_integer);
    let algorithm = algorithm.and_then(|number| i64::try_from(number).ok());
    let signature = object.member("sig").and_then(Value::as_bytes);
    let (Some(algorithm), Some(signature), None) = (algorithm, signature, object.member("x5c")) else {
        return Err(Fault::Attestation);
    };
    if algorithm != key.algorithm() {
        return Err(Fault::Attestation);
    }
    let signed = [object.authenticator_data.as_slice(), client_hash].concat();
    key.verify(&signed, signature)
}
