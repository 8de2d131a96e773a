//! Drops what a browser never reads from a wasm file, and renames what it reads.

use anyhow::{Context, Result, bail};

const HEADER_BYTES: usize = 8;
const CUSTOM_SECTION: u8 = 0;
const IMPORT_SECTION: u8 = 2;

/// The same module without its custom sections (names, producers, relocations): they hold no code, and the name
/// section of a split-off chunk is over half of its size.
///
/// # Errors
/// When the bytes are not a well-formed wasm module.
pub fn strip_custom(module: &[u8]) -> Result<Vec<u8>> {
    map_sections(module, |kind, content| {
        Ok((kind != CUSTOM_SECTION).then(|| content.to_vec()))
    })
}

/// The same module with other names for imported functions where `rename` has one.
///
/// # Errors
/// When the bytes are not a well-formed wasm module.
pub fn rename_imports(module: &[u8], rename: &mut dyn FnMut(&str) -> Option<String>) -> Result<Vec<u8>> {
    map_sections(module, |kind, content| {
        let kept = match kind {
            IMPORT_SECTION => renamed(content, rename)?,
            _ => content.to_vec(),
        };
        Ok(Some(kept))
    })
}

/// The module made of what becomes of each section's content.
fn map_sections(module: &[u8], mut map: impl FnMut(u8, &[u8]) -> Result<Option<Vec<u8>>>) -> Result<Vec<u8>> {
    if module.get(..4) != Some(b"\0asm") {
        bail!("not a wasm module");
    }
    let mut made = module.get(..HEADER_BYTES).context("wasm header is cut")?.to_vec();
    let mut rest = module.get(HEADER_BYTES..).unwrap_or_default();
    while let Some((kind, after)) = rest.split_first() {
        let content;
        (content, rest) = sized(after)?;
        if let Some(content) = map(*kind, content)? {
            made.push(*kind);
            push_sized(&mut made, &content);
        }
    }
    Ok(made)
}

/// The import section's content, renamed.
fn renamed(content: &[u8], rename: &mut dyn FnMut(&str) -> Option<String>) -> Result<Vec<u8>> {
    let (count, count_bytes) = leb128(content)?;
    let mut made = content[..count_bytes].to_vec();
    let mut rest = &content[count_bytes..];
    for _ in 0..count {
        let (module, after) = sized(rest)?;
        let (name, after) = sized(after)?;
        // What follows says what is imported: a function and its type, or something with no name of ours.
        let Some((0, index)) = after.split_first() else {
            bail!("an import is no function");
        };
        let (_, index_bytes) = leb128(index)?;
        let (what, after) = after.split_at(1 + index_bytes);
        let name = std::str::from_utf8(name).context("an import's name is not UTF-8")?;
        push_sized(&mut made, module);
        push_sized(&mut made, rename(name).as_deref().unwrap_or(name).as_bytes());
        made.extend_from_slice(what);
        rest = after;
    }
    Ok(made)
}

/// Splits off a run of bytes that begins with its length.
fn sized(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let (length, length_bytes) = leb128(bytes)?;
    bytes[length_bytes..]
        .split_at_checked(length)
        .context("wasm section is cut")
}

fn push_sized(made: &mut Vec<u8>, content: &[u8]) {
    let mut length = content.len();
    while length > 0x7f {
        made.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    made.push(length as u8);
    made.extend_from_slice(content);
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
    use super::{rename_imports, strip_custom};

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn only_custom_sections_go() {
        let name_section = [&[0, 6, 4][..], b"name", &[0]].concat();
        let long_type_section = [&[1, 0x82, 0x01][..], &[7; 130]].concat();
        let module = [HEADER, &name_section, &long_type_section, &name_section].concat();
        assert_eq!(strip_custom(&module).unwrap(), [HEADER, &long_type_section].concat());
    }

    #[test]
    fn imports_get_the_names_they_are_given() {
        let module = |name: &[u8], length: u8| {
            let other = [&[1, b'm', 4][..], b"kept", &[0, 0x80, 0x01]].concat();
            let this = [&[1, b'm', length][..], name, &[0, 3]].concat();
            let section = [&[2][..], &this, &other].concat();
            [HEADER, &[2, section.len() as u8], &section, &[5, 1, 0]].concat()
        };
        let mut rename = |name: &str| (name == "long_name").then(|| "i".to_owned());
        let made = rename_imports(&module(b"long_name", 9), &mut rename).unwrap();
        assert_eq!(made, module(b"i", 1));
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
