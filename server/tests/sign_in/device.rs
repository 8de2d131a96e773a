//! A device with a passkey, as far as a browser would show it: makes and uses one ES256 credential.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::world::Seen;

pub struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    user: Option<String>,
    /// What it says next; stays where it is at zero.
    pub counter: u32,
    pub verifies: bool,
    pub synced: bool,
    /// Where its browser is.
    pub origin: &'static str,
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Device {
    /// `number` tells devices apart.
    pub fn new(number: u8) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            id: vec![number; 32],
            user: None,
            counter: 1,
            verifies: true,
            synced: false,
            origin: "http://localhost:8080",
        }
    }

    pub fn id(&self) -> String {
        encode(&self.id)
    }

    /// As if it remembered nobody.
    pub fn forget_user(&mut self) {
        self.user = None;
    }

    fn data(&mut self, party: &str, attested: bool) -> Vec<u8> {
        let mut flags = 0x01;
        for (set, bit) in [(self.verifies, 0x04), (self.synced, 0x18), (attested, 0x40)] {
            flags |= if set { bit } else { 0 };
        }
        let mut data = digest(&SHA256, party.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        self.counter += u32::from(self.counter > 0);
        data
    }

    fn client_data(&self, ceremony: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({"type": ceremony, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    /// What a browser answers to the options of a new credential.
    pub fn make(&mut self, options: &Value) -> String {
        self.user = options["user"]["id"].as_str().map(str::to_owned);
        let mut data = self.data(options["rp"]["id"].as_str().expect("a party"), true);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        let point = self.key.public_key().as_ref().to_vec();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        let response = json!({
            "clientDataJSON": encode(&self.client_data("webauthn.create", options)), "attestationObject": encode(&object),
        });
        json!({"id": self.id(), "type": "public-key", "response": response}).to_string()
    }

    /// What a browser answers to the options to use a credential.
    pub fn answer(&mut self, options: &Value) -> String {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(options["rpId"].as_str().expect("a party"), false);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signs");
        let response = json!({
            "clientDataJSON": encode(&client_data), "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()), "userHandle": self.user,
        });
        json!({"id": self.id(), "type": "public-key", "response": response}).to_string()
    }
}

/// The options on a page: `request` or `creation`.
pub fn options(page: &Seen, which: &str) -> Value {
    find_options(page, which).unwrap_or_else(|| panic!("no {which} in {page:?}"))
}

pub fn find_options(page: &Seen, which: &str) -> Option<Value> {
    let (_, rest) = page.body.split_once(&format!("data-{which}=\""))?;
    let json = rest.split('"').next()?.replace("&quot;", "\"").replace("&amp;", "&");
    Some(serde_json::from_str(&json).expect("json"))
}
