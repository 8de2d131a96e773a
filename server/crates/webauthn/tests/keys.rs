//! Each algorithm that is taken, with keys of aws-lc, and keys that are not.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coset::cbor::Value;
use coset::{CborSerializable, CoseKey, CoseKeyBuilder, KeyType, Label, iana};
use doorward_webauthn::{Answer, Expected, Fault, Known, Party};
use serde_json::json;

const CHALLENGE: &[u8] = b"a challenge of the tests";

fn cose(key: CoseKey) -> Vec<u8> {
    key.to_vec().expect("a key")
}

/// Uses a credential of a key, which `sign` signs with.
fn authenticate(public_key: &[u8], sign: &dyn Fn(&[u8]) -> Vec<u8>) -> Result<(), Fault> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let client_data = json!({"type": "webauthn.get", "challenge": text(CHALLENGE), "origin": "https://example.org"});
    let client_data = client_data.to_string();
    let mut data = digest(&SHA256, b"example.org").as_ref().to_vec();
    data.extend([0x05, 0, 0, 0, 9]);
    let client_hash = digest(&SHA256, client_data.as_bytes());
    let signature = sign(&[data.as_slice(), client_hash.as_ref()].concat());
    let json = json!({
        "id": "AA", "type": "public-key",
        "response": {
            "clientDataJSON": text(client_data.as_bytes()), "authenticatorData": text(&data), "signature": text(&signature),
        },
    });
    let answer = Answer::read(&json.to_string()).expect("an answer");
    let known = Known {
        public_key,
        counter: 8,
        backup_eligible: false,
    };
    let expected = Expected {
        challenge: CHALLENGE,
        must_verify: true,
    };
    let party = Party::of_site("https://example.org").expect("a site");
    party.authenticate(&answer, &known, &expected).map(|asserted| {
        assert_eq!((asserted.counter, asserted.user_verified), (9, true));
    })
}

fn okp(x: &[u8], curve: iana::EllipticCurve, algorithm: iana::Algorithm) -> CoseKey {
    use coset::iana::EnumI64;
    CoseKey {
        kty: KeyType::Assigned(iana::KeyType::OKP),
        alg: Some(coset::Algorithm::Assigned(algorithm)),
        params: vec![
            (
                Label::Int(iana::OkpKeyParameter::Crv.to_i64()),
                Value::from(curve.to_i64()),
            ),
            (Label::Int(iana::OkpKeyParameter::X.to_i64()), Value::Bytes(x.to_vec())),
        ],
        ..CoseKey::default()
    }
}

fn rsa(n: Vec<u8>, e: Vec<u8>) -> CoseKey {
    use coset::iana::EnumI64;
    CoseKey {
        kty: KeyType::Assigned(iana::KeyType::RSA),
        alg: Some(coset::Algorithm::Assigned(iana::Algorithm::RS256)),
        params: vec![
            (Label::Int(iana::RsaKeyParameter::N.to_i64()), Value::Bytes(n)),
            (Label::Int(iana::RsaKeyParameter::E.to_i64()), Value::Bytes(e)),
        ],
        ..CoseKey::default()
    }
}

#[test]
fn es256_eddsa_and_rs256_verify() {
    let random = SystemRandom::new();
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
    let point = p256.public_key().as_ref().to_vec();
    let es256 =
        CoseKeyBuilder::new_ec2_pub_key(iana::EllipticCurve::P_256, point[1..33].to_vec(), point[33..].to_vec());
    let es256 = cose(es256.algorithm(iana::Algorithm::ES256).build());
    let ed = Ed25519KeyPair::generate().expect("a key");
    let eddsa = cose(okp(
        ed.public_key().as_ref(),
        iana::EllipticCurve::Ed25519,
        iana::Algorithm::EdDSA,
    ));
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let public = pair.public_key();
    let n = public.modulus().big_endian_without_leading_zero().to_vec();
    let e = public.exponent().big_endian_without_leading_zero().to_vec();
    let rs256 = cose(rsa(n, e));
    let by_p256 = |message: &[u8]| p256.sign(&random, message).expect("signs").as_ref().to_vec();
    let by_ed = |message: &[u8]| ed.sign(message).as_ref().to_vec();
    let by_rsa = |message: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
            .expect("signs");
        signature
    };
    type Sign<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;
    let all: [(&str, &[u8], Sign<'_>); 3] = [
        ("ES256", &es256, &by_p256),
        ("EdDSA", &eddsa, &by_ed),
        ("RS256", &rs256, &by_rsa),
    ];
    for (name, key, sign) in all {
        assert_eq!(authenticate(key, sign), Ok(()), "{name}");
        for (other, _, wrong) in all.iter().filter(|(other, _, _)| *other != name) {
            assert_eq!(
                authenticate(key, wrong),
                Err(Fault::Signature),
                "{other} by a key of {name}"
            );
        }
        assert_eq!(authenticate(key, &|_| vec![]), Err(Fault::Signature), "{name}: none");
    }
}

#[test]
fn keys_that_are_not_taken() {
    use coset::iana::{Algorithm, EllipticCurve};
    let ec2 = |curve, x: Vec<u8>, algorithm| {
        cose(
            CoseKeyBuilder::new_ec2_pub_key(curve, x, vec![1; 32])
                .algorithm(algorithm)
                .build(),
        )
    };
    let unnamed = CoseKeyBuilder::new_ec2_pub_key(EllipticCurve::P_256, vec![1; 32], vec![1; 32]);
    for (case, key, want) in [
        ("no key", vec![0xf6], Fault::Malformed),
        (
            "a point that is not on the curve",
            ec2(EllipticCurve::P_256, vec![1; 32], Algorithm::ES256),
            Fault::UnknownKey,
        ),
        (
            "a short coordinate",
            ec2(EllipticCurve::P_256, vec![1; 31], Algorithm::ES256),
            Fault::Malformed,
        ),
        (
            "another curve",
            ec2(EllipticCurve::P_384, vec![1; 32], Algorithm::ES256),
            Fault::UnknownKey,
        ),
        (
            "an algorithm that does not fit",
            ec2(EllipticCurve::P_256, vec![1; 32], Algorithm::EdDSA),
            Fault::UnknownKey,
        ),
        (
            "an algorithm nobody asked for",
            ec2(EllipticCurve::P_256, vec![1; 32], Algorithm::ES512),
            Fault::UnknownKey,
        ),
        ("no algorithm", cose(unnamed.build()), Fault::UnknownKey),
        (
            "a curve for another use",
            cose(okp(&[1; 32], EllipticCurve::X25519, Algorithm::EdDSA)),
            Fault::UnknownKey,
        ),
        (
            "a short RSA key",
            cose(rsa(vec![255; 128], vec![1, 0, 1])),
            Fault::UnknownKey,
        ),
        (
            "an RSA key without exponent",
            cose(rsa(vec![255; 256], vec![])),
            Fault::UnknownKey,
        ),
    ] {
        assert_eq!(authenticate(&key, &|_| vec![1]), Err(want), "{case}");
    }
}
