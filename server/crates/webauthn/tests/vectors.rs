//! The specification's own test vectors (Web Authentication Level 3 §16), and what must be refused about them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_webauthn::{Answer, Asserted, Expected, Fault, Known, Party, Registered};
use serde_json::json;

/// One vector, in hexadecimal.
struct Vector {
    name: &'static str,
    registration_challenge: &'static str,
    credential_id: &'static str,
    registration_client_data: &'static str,
    attestation_object: &'static str,
    challenge: &'static str,
    client_data: &'static str,
    authenticator_data: &'static str,
    signature: &'static str,
    backup_eligible: bool,
}

/// §16.2 and §16.3: no attestation, and one the credential signs itself.
const VECTORS: [Vector; 2] = [
    Vector {
        name: "none.ES256",
        registration_challenge: "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130",
        credential_id: "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4",
        registration_client_data: "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a646354427258426941774a544c453551227d",
        attestation_object: "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220",
        challenge: "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408",
        client_data: "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
        authenticator_data: "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
        signature: "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
        backup_eligible: true,
    },
    Vector {
        name: "packed-self.ES256",
        registration_challenge: "7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5",
        credential_id: "455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c",
        registration_client_data: "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e4374334c55745936366b336a506a796e6962506b31716e666644616966715a774c33417032392d55222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a205539685458764b453255526b4d6e625f307859485667227d",
        attestation_object: "a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3f220272178f473b6006d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2",
        challenge: "4478a10b1352348dd160c1353b0d469b5db19eb91c27f7dfa6fed39fe26af20b",
        client_data: "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a225248696843784e534e493352594d45314f7731476d3132786e726b634a5f6666707637546e2d4a71386773222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a206754623533727a36456853576f6d58477a696d433151227d",
        authenticator_data: "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50900000000",
        signature: "304402203310b9431903c401f1be2bdc8d23a4007682dbbddcf846994947b7f465daf84002204e94dd00047b316061b3b99772b7efd95994a83ef584b3b6b825ea3550251b66",
        backup_eligible: true,
    },
];

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).expect("hexadecimal")
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn party() -> Party {
    Party::of_site("https://example.org").expect("a site")
}

fn expected(challenge: &[u8]) -> Expected<'_> {
    Expected {
        challenge,
        must_verify: false,
    }
}

fn made(vector: &Vector, client_data: &[u8], attestation_object: &[u8]) -> Answer {
    let json = json!({
        "id": text(&bytes(vector.credential_id)), "type": "public-key",
        "response": {"clientDataJSON": text(client_data), "attestationObject": text(attestation_object)},
    });
    Answer::read(&json.to_string()).expect("an answer")
}

fn register(vector: &Vector, attestation_object: &[u8]) -> Result<Registered, Fault> {
    let answer = made(vector, &bytes(vector.registration_client_data), attestation_object);
    party().register(&answer, &expected(&bytes(vector.registration_challenge)))
}

fn used(client_data: &[u8], authenticator_data: &[u8], signature: &[u8]) -> Answer {
    let json = json!({
        "id": "AA", "type": "public-key",
        "response": {
            "clientDataJSON": text(client_data), "authenticatorData": text(authenticator_data),
            "signature": text(signature), "userHandle": "AQ",
        },
    });
    Answer::read(&json.to_string()).expect("an answer")
}

#[test]
fn the_published_vectors_are_taken() {
    for vector in VECTORS {
        let registered = register(&vector, &bytes(vector.attestation_object)).expect(vector.name);
        assert_eq!(registered.credential_id, bytes(vector.credential_id), "{}", vector.name);
        assert_eq!(registered.backup_eligible, vector.backup_eligible, "{}", vector.name);
        let known = Known {
            public_key: &registered.public_key,
            counter: registered.counter,
            backup_eligible: registered.backup_eligible,
        };
        let answer = used(
            &bytes(vector.client_data),
            &bytes(vector.authenticator_data),
            &bytes(vector.signature),
        );
        assert_eq!(answer.user_handle, Some(vec![1]));
        let challenge = bytes(vector.challenge);
        let asserted = party().authenticate(&answer, &known, &expected(&challenge));
        let want = Asserted {
            counter: 0,
            user_verified: false,
        };
        assert_eq!(asserted, Ok(want), "{}: a device that does not count", vector.name);
        let must_verify = Expected {
            must_verify: true,
            ..expected(&challenge)
        };
        assert_eq!(
            party().authenticate(&answer, &known, &must_verify),
            Err(Fault::NotVerified),
            "{}",
            vector.name
        );
        let other = Known {
            backup_eligible: !known.backup_eligible,
            ..known
        };
        assert_eq!(
            party().authenticate(&answer, &other, &expected(&challenge)),
            Err(Fault::Backup),
            "{}",
            vector.name
        );
        let counted = Known { counter: 1, ..known };
        assert_eq!(
            party().authenticate(&answer, &counted, &expected(&challenge)),
            Err(Fault::CounterWentBack),
            "{}",
            vector.name
        );
    }
}

#[test]
fn what_differs_in_a_byte_is_refused() {
    for vector in VECTORS {
        let registered = register(&vector, &bytes(vector.attestation_object)).expect(vector.name);
        let known = Known {
            public_key: &registered.public_key,
            counter: 0,
            backup_eligible: registered.backup_eligible,
        };
        let parts = [vector.client_data, vector.authenticator_data, vector.signature].map(bytes);
        for (place, part) in parts.iter().enumerate() {
            for at in 0..part.len() {
                let mut parts = parts.clone();
                parts[place][at] ^= 1;
                let [client_data, authenticator_data, signature] = &parts;
                let answer = used(client_data, authenticator_data, signature);
                let asserted = party().authenticate(&answer, &known, &expected(&bytes(vector.challenge)));
                assert!(asserted.is_err(), "{}: part {place}, byte {at}", vector.name);
            }
        }
        // Neither the model nor, without attestation, the counter and the key are covered by a signature.
        let object = bytes(vector.attestation_object);
        for length in 0..object.len() {
            assert_eq!(
                register(&vector, &object[..length]),
                Err(Fault::Malformed),
                "cut at {length}"
            );
        }
        let longer = [object.as_slice(), &[0]].concat();
        assert_eq!(register(&vector, &longer), Err(Fault::Malformed), "something after it");
    }
    let signed = &VECTORS[1];
    let object = bytes(signed.attestation_object);
    for at in 0..object.len() {
        let mut object = object.clone();
        object[at] ^= 1;
        assert!(register(signed, &object).is_err(), "a self-signed object, byte {at}");
    }
}

#[test]
fn another_party_origin_challenge_or_ceremony_is_refused() {
    let vector = &VECTORS[0];
    let answer = made(
        vector,
        &bytes(vector.registration_client_data),
        &bytes(vector.attestation_object),
    );
    let challenge = bytes(vector.registration_challenge);
    let at = |site: &str| {
        Party::of_site(site)
            .expect("a site")
            .register(&answer, &expected(&challenge))
    };
    assert!(at("https://example.org/").is_ok());
    for site in ["http://example.org", "https://example.org:8443", "https://evil.example"] {
        assert_eq!(at(site).map(|_| ()), Err(Fault::OtherOrigin), "{site}");
    }
    for site in ["https://192.0.2.1", "https://[2001:db8::1]:8443", "no site"] {
        assert_eq!(Party::of_site(site), None, "{site}");
    }
    assert_eq!(
        party().register(&answer, &expected(&[0; 32])).map(|_| ()),
        Err(Fault::OtherChallenge)
    );
    let json = |json: serde_json::Value| json.to_string().into_bytes();
    for (case, client_data, want) in [
        (
            "the other ceremony",
            json(json!({"type": "webauthn.get", "challenge": text(&challenge), "origin": "https://example.org"})),
            Fault::OtherCeremony,
        ),
        (
            "in a frame of another site",
            json(
                json!({"type": "webauthn.create", "challenge": text(&challenge), "origin": "https://example.org",
                    "crossOrigin": true, "topOrigin": "https://evil.example"}),
            ),
            Fault::Framed,
        ),
        ("no JSON", b"\xff".to_vec(), Fault::Malformed),
    ] {
        let answer = made(vector, &client_data, &bytes(vector.attestation_object));
        assert_eq!(
            party().register(&answer, &expected(&challenge)).map(|_| ()),
            Err(want),
            "{case}"
        );
    }
}

#[test]
fn bodies_that_are_no_answer() {
    let long = text(&[1; 1024]);
    for (case, body) in [
        ("empty", String::new()),
        ("no object", "[]".to_owned()),
        (
            "another kind",
            r#"{"id":"AA","type":"password","response":{"clientDataJSON":""}}"#.to_owned(),
        ),
        (
            "no id",
            r#"{"id":"","type":"public-key","response":{"clientDataJSON":""}}"#.to_owned(),
        ),
        (
            "an id that is too long",
            json!({"id": long, "type": "public-key", "response": {"clientDataJSON": ""}}).to_string(),
        ),
        (
            "no base64url",
            r#"{"id":"A+/=","type":"public-key","response":{"clientDataJSON":""}}"#.to_owned(),
        ),
    ] {
        assert_eq!(Answer::read(&body), Err(Fault::Malformed), "{case}");
    }
}
