//! The public keys of an application that signs its assertions (RFC 7517 §5).

use serde_json::Value;

use crate::invalid::Check;

/// Members that only private and symmetric keys have (RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/// Characters of 32 bytes in base64url.
const OF_32_BYTES: usize = 43;
/// Characters of an RSA modulus of 2048 to 8192 bits, with a sign byte that some write.
const OF_MODULUS: std::ops::RangeInclusive<usize> = 342..=1367;

/// Checks a key set: public keys only, and where they are `needed`, one at least that can verify a signature.
pub(super) fn check_keys(set: Option<&Value>, needed: bool, check: &mut Check) {
    let keys: &[Value] = match set.map(keys_of) {
        None => &[],
        Some(Some(keys)) => keys,
        Some(None) => {
            return check.fault(
                "/jwks",
                "Enter a JWK set: an object whose member keys lists the public keys, each with its kty.",
            );
        }
    };
    let mut is_public = true;
    for (index, key) in keys.iter().enumerate() {
        if PRIVATE.iter().any(|name| key.get(name).is_some()) || text(key, "kty") == Some("oct") {
            is_public = false;
            check.fault(
                format!("/jwks/keys/{index}"),
                "Enter the public half of this key alone, without members such as d or k. Whoever has seen the rest can \
                 sign with it, so make a new key.",
            );
        }
    }
    if !needed || !is_public {
        return;
    }
    check.require(
        !keys.is_empty(),
        "/jwks",
        "The method private_key_jwt needs the application's public keys.",
    );
    if keys.iter().any(can_verify) {
        return;
    }
    for index in 0..keys.len() {
        check.fault(
            format!("/jwks/keys/{index}"),
            "This key checks no signature. Use a whole P-256, Ed25519 or RSA key of at least 2048 bits, meant for \
             signatures.",
        );
    }
}

/// The keys of a JWK set; `None` of anything else.
fn keys_of(set: &Value) -> Option<&[Value]> {
    let keys = set.get("keys")?.as_array()?;
    keys.iter()
        .all(|key| text(key, "kty").is_some())
        .then_some(keys.as_slice())
}

fn text<'a>(key: &'a Value, name: &str) -> Option<&'a str> {
    key.get(name).and_then(Value::as_str)
}

/// Whether this has the form of a key that the provider takes assertions by. Whether it is a point of its curve shows at
/// the first one.
fn can_verify(key: &Value) -> bool {
    let is_coded = |name: &str, fits: &dyn Fn(usize) -> bool| {
        text(key, name).is_some_and(|text| {
            fits(text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
    };
    let is_32_bytes = |name: &str| is_coded(name, &|length| length == OF_32_BYTES);
    let ops = key.get("key_ops").and_then(Value::as_array);
    let is_for_signatures = text(key, "use").is_none_or(|purpose| purpose == "sig")
        && ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    let algs: &[&str] = match (text(key, "kty"), text(key, "crv")) {
        (Some("EC"), Some("P-256")) if is_32_bytes("x") && is_32_bytes("y") => &["ES256"],
        (Some("OKP"), Some("Ed25519")) if is_32_bytes("x") => &["EdDSA"],
        (Some("RSA"), _)
            if is_coded("n", &|length| OF_MODULUS.contains(&length)) && is_coded("e", &|length| length > 0) =>
        {
            &["RS256", "PS256"]
        }
        _ => return false,
    };
    is_for_signatures && text(key, "alg").is_none_or(|alg| algs.contains(&alg))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_public_and_one_can_verify_where_it_must() {
        let coordinate = "x".repeat(43);
        let point = json!({"kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate});
        let edwards = json!({"kty": "OKP", "crv": "Ed25519", "x": coordinate});
        let rsa = |bits: usize| json!({"kty": "RSA", "n": "n".repeat((bits / 8 * 4).div_ceil(3)), "e": "AQAB"});
        let with = |key: &Value, name: &str, value: &str| {
            let mut key = key.clone();
            key[name] = json!(value);
            key
        };
        for (case, needed, jwks, want) in [
            ("none needed", false, None, ""),
            ("text", false, Some(json!("x")), "/jwks"),
            ("a key alone", false, Some(point.clone()), "/jwks"),
            ("a list", false, Some(json!([point])), "/jwks"),
            ("no key", false, Some(json!({"keys": [7]})), "/jwks"),
            ("kept for later", false, Some(json!({"keys": [{"kty": "EC"}]})), ""),
            ("needed", true, None, "/jwks"),
            ("empty", true, Some(json!({"keys": []})), "/jwks"),
            ("text in their place", true, Some(json!("x")), "/jwks"),
            ("a point", true, Some(json!({"keys": [point]})), ""),
            ("Ed25519", true, Some(json!({"keys": [edwards]})), ""),
            ("RSA", true, Some(json!({"keys": [rsa(2048)]})), ""),
            ("short RSA", true, Some(json!({"keys": [rsa(1024)]})), "/jwks/keys/0"),
            ("a part", true, Some(json!({"keys": [{"kty": "EC"}]})), "/jwks/keys/0"),
            ("one of two", true, Some(json!({"keys": [{"kty": "EC"}, point]})), ""),
            (
                "to encrypt",
                true,
                Some(json!({"keys": [with(&point, "use", "enc")]})),
                "/jwks/keys/0",
            ),
            (
                "another algorithm",
                true,
                Some(json!({"keys": [with(&point, "alg", "RS256")]})),
                "/jwks/keys/0",
            ),
            (
                "private",
                false,
                Some(json!({"keys": [point, with(&point, "d", "x")]})),
                "/jwks/keys/1",
            ),
            (
                "shared",
                true,
                Some(json!({"keys": [{"kty": "oct", "k": "x"}]})),
                "/jwks/keys/0",
            ),
        ] {
            let mut check = Check::default();
            check_keys(jwks.as_ref(), needed, &mut check);
            let faults = check.finish().err().map(|invalid| invalid.0).unwrap_or_default();
            let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(pointers.join(" "), want, "{case}");
        }
    }
}
