//! Public keys of credentials: COSE in (RFC 9052 §7, RFC 9053), verification by aws-lc.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use coset::cbor::Value;
use coset::iana::{self, EnumI64};
use coset::{CborSerializable, CoseKey, KeyType, Label, RegisteredLabelWithPrivate};

use crate::fault::Fault;

/// The algorithms that are taken (RFC 8152 §16.4, RFC 8812 §2), the best liked first: ES256, EdDSA, RS256.
pub const ALGORITHMS: [iana::Algorithm; 3] = [iana::Algorithm::ES256, iana::Algorithm::EdDSA, iana::Algorithm::RS256];

/// Bytes of a coordinate of P-256 and of an Ed25519 key.
const COORDINATE: usize = 32;
/// Bytes of the shortest and longest RSA modulus.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// A key that verifies signatures.
pub enum PublicKey {
    Es256(ParsedPublicKey),
    Ed25519(ParsedPublicKey),
    Rs256(RsaPublicKeyComponents<Vec<u8>>),
}

impl PublicKey {
    /// Reads a `COSE_Key` whose algorithm, type and curve fit together (§5.8.5).
    pub fn read(cose: &[u8]) -> Result<Self, Fault> {
        let key = CoseKey::from_slice(cose).map_err(|_| Fault::Malformed)?;
        let Some(RegisteredLabelWithPrivate::Assigned(algorithm)) = key.alg else {
            return Err(Fault::UnknownKey);
        };
        match (algorithm, &key.kty) {
            (iana::Algorithm::ES256, KeyType::Assigned(iana::KeyType::EC2)) => Self::es256(&key),
            (iana::Algorithm::EdDSA, KeyType::Assigned(iana::KeyType::OKP)) => Self::ed25519(&key),
            (iana::Algorithm::RS256, KeyType::Assigned(iana::KeyType::RSA)) => Self::rs256(&key),
            _ => Err(Fault::UnknownKey),
        }
    }

    fn es256(key: &CoseKey) -> Result<Self, Fault> {
        let parameter = |name: iana::Ec2KeyParameter| parameter(key, name.to_i64());
        check_curve(parameter(iana::Ec2KeyParameter::Crv), iana::EllipticCurve::P_256)?;
        let x = bytes(parameter(iana::Ec2KeyParameter::X), COORDINATE)?;
        let y = bytes(parameter(iana::Ec2KeyParameter::Y), COORDINATE)?;
        let point = [&[4], x, y].concat();
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
        parsed.map(Self::Es256).map_err(|_| Fault::UnknownKey)
    }

    fn ed25519(key: &CoseKey) -> Result<Self, Fault> {
        let parameter = |name: iana::OkpKeyParameter| parameter(key, name.to_i64());
        check_curve(parameter(iana::OkpKeyParameter::Crv), iana::EllipticCurve::Ed25519)?;
        let x = bytes(parameter(iana::OkpKeyParameter::X), COORDINATE)?;
        let parsed = ParsedPublicKey::new(&ED25519, x);
        parsed.map(Self::Ed25519).map_err(|_| Fault::UnknownKey)
    }

    fn rs256(key: &CoseKey) -> Result<Self, Fault> {
        let member = |name: iana::RsaKeyParameter| {
            let value = parameter(key, name.to_i64()).and_then(Value::as_bytes);
            value.cloned().ok_or(Fault::Malformed)
        };
        let (n, e) = (member(iana::RsaKeyParameter::N)?, member(iana::RsaKeyParameter::E)?);
        if !MODULUS.contains(&n.len()) || e.is_empty() || e.len() > 8 {
            return Err(Fault::UnknownKey);
        }
        Ok(Self::Rs256(RsaPublicKeyComponents { n, e }))
    }

    /// The number of the algorithm, as an attestation statement names it.
    pub fn algorithm(&self) -> i64 {
        let algorithm = match self {
            Self::Es256(_) => iana::Algorithm::ES256,
            Self::Ed25519(_) => iana::Algorithm::EdDSA,
            Self::Rs256(_) => iana::Algorithm::RS256,
        };
        algorithm.to_i64()
    }

    /// Verifies a signature (§6.5.5).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        let verified = match self {
            Self::Es256(key) | Self::Ed25519(key) => key.verify_sig(message, signature),
            Self::Rs256(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verified.map_err(|_| Fault::Signature)
    }
}

fn parameter(key: &CoseKey, label: i64) -> Option<&Value> {
    let named = |(name, _): &&(Label, Value)| *name == Label::Int(label);
    key.params.iter().find(named).map(|(_, value)| value)
}

fn check_curve(value: Option<&Value>, wanted: iana::EllipticCurve) -> Result<(), Fault> {
    let curve = value
        .and_then(Value::as_integer)
        .and_then(|curve| i64::try_from(curve).ok());
    (curve == Some(wanted.to_i64())).then_some(()).ok_or(Fault::UnknownKey)
}

fn bytes(value: Option<&Value>, length: usize) -> Result<&[u8], Fault> {
    let bytes = value.and_then(Value::as_bytes).filter(|bytes| bytes.len() == length);
    bytes.map(Vec::as_slice).ok_or(Fault::Malformed)
}
