//! Password hashes as text, in the PHC string format: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.

use argon2::password_hash::{Ident, PasswordHash};
use argon2::{Algorithm, Params, Version};

/// Memory in KiB, passes and lanes of new hashes: the first choice of OWASP's password storage sheet that fits a
/// broker on a small machine.
pub(crate) const MEMORY_KIB: u32 = 19 * 1024;
pub(crate) const PASSES: u32 = 2;
pub(crate) const LANES: u32 = 1;
/// Limits for hashes that were brought along. A hostile hash must not be able to take the machine down.
const MEMORY_LIMIT_KIB: u32 = 256 * 1024;
const PASSES_LIMIT: u32 = 16;
const LANES_LIMIT: u32 = 16;

/// A readable hash within the limits.
pub(crate) struct Readable {
    pub algorithm: Algorithm,
    pub version: Version,
    pub params: Params,
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
}

pub(crate) fn read(text: &str) -> Option<Readable> {
    let parsed = PasswordHash::new(text).ok()?;
    let algorithm = Algorithm::try_from(parsed.algorithm).ok()?;
    let version = parsed.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
    let params = Params::try_from(&parsed).ok()?;
    let sane = params.m_cost() <= MEMORY_LIMIT_KIB && params.t_cost() <= PASSES_LIMIT && params.p_cost() <= LANES_LIMIT;
    let mut buffer = [0; 64];
    let salt = parsed.salt?.decode_b64(&mut buffer).ok()?.to_vec();
    let hash = parsed.hash?.as_bytes().to_vec();
    (sane && algorithm == Algorithm::Argon2id).then_some(Readable {
        algorithm,
        version,
        params,
        salt,
        hash,
    })
}

/// Whether a hash should be made anew at the next right password, because its parameters are not today's.
#[must_use]
pub fn is_outdated(text: &str) -> bool {
    read(text).is_none_or(|hash| {
        (hash.params.m_cost(), hash.params.t_cost(), hash.params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
            || hash.version != Version::V0x13
    })
}

pub(crate) fn write(salt: &[u8], hash: &[u8]) -> String {
    use base64::Engine;
    let encode = |bytes| base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    let algorithm = Ident::from(Algorithm::Argon2id);
    format!(
        "${algorithm}$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
        encode(salt),
        encode(hash)
    )
}
