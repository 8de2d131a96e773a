//! Drops what a browser never reads from a wasm file.

use anyhow::{Context, Result, bail};

const HEADER_BYTES: usize = 8;
const CUSTOM_SECTION: u8 = 0;

/// The same module without its custom sections (names, producers, relocations): they hold no code, and the name
/// section of a split-off chunk is over half of its size.
///
/// # Errors
/// When the bytes are not a well-formed wasm module.
pub fn strip_custom(module: &[u8]) -> Result<Vec<u8>> {
    if module.get(..4) != Some(b"\0asm") {
        bail!("not a wasm module");
    }
    let mut kept = module.get(..HEADER_BYTES).context("wasm header is cut")?.to_vec();
    let mut at = HEADER_BYTES;
    while at < module.len() {
        let (length, length_bytes) = leb128(module.get(at + 1..).unwrap_or_default())?;
        let end = at + 1 + length_bytes + length;
        let section = module.get(at..end).context("wasm section is cut")?;
        if section.first() != Some(&CUSTOM_SECTION) {
            kept.extend_from_slice(section);
        }
        at = end;
    }
    Ok(kept)
}

/// Reads an unsigned LEB128 number of at most 32 bits: its value and how many bytes it took.
fn leb128(bytes: &[u8]) -> Result<(usize, usize)> {
    let mut value = 0_usize;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((value, index + 1));
        }
    }
    bail!("wasm section length is malformed")
}

#[cfg(test)]
mod tests {
    use super::strip_custom;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn only_custom_sections_go() {
        let name_section = [&[0, 6, 4][..], b"name", &[0]].concat();
        let long_type_section = [&[1, 0x82, 0x01][..], &[7; 130]].concat();
        let module = [HEADER, &name_section, &long_type_section, &name_section].concat();
        assert_eq!(strip_custom(&module).unwrap(), [HEADER, &long_type_section].concat());
    }

    #[test]
    fn malformed_modules_are_refused() {
        for (case, module) in [
            ("empty", &b""[..]),
            ("no wasm", b"<html></html>"),
            ("section cut", b"\0asm\x01\0\0\0\x01\x05\x00"),
            ("endless length", b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff\xff"),
        ] {
            assert!(strip_custom(module).is_err(), "{case}");
        }
    }
}
