//! Puts the chunks that pages share into packs: files of chunks that are mostly needed together.
//!
//! The splitter makes a chunk for each set of pages that share some code. That is exact, and hundreds of files of a few
//! hundred bytes: a page would ask for a hundred of them, and compression finds little in each. A pack holds some for
//! which a page may have no use; it is made where the request that is spared weighs more.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// What a request costs beside its content, in compressed bytes: its headers, and its turn among the six at a time that
/// HTTP/1.1 allows.
const REQUEST: usize = 1_500;

/// A fourth of a chunk is left when it is compressed.
const COMPRESSION: usize = 4;

/// How the script loads packs, after what the splitter begins its own script with: `makeLoad`, which remembers what is
/// loaded, and `wrapAsyncCb`, which tells the wasm. All chunks of a pack are compiled before the first one is used, so that
/// a fault leaves nothing half done. In a pack each chunk follows its length.
const LOADER: &str = r#"async function modules(pack) {
const answer = await fetch(new URL(`./pack_${pack}.wasm`, import.meta.url));
if (!answer.ok) throw new Error(`pack ${pack}: ${answer.status}`);
const bytes = await answer.arrayBuffer();
const found = [];
for (let at = 0; at < bytes.byteLength; ) {
const length = new DataView(bytes).getUint32(at, true);
found.push(WebAssembly.compile(new Uint8Array(bytes, at + 4, length)));
at += 4 + length;
}
return Promise.all(found);
}
const packs = new Map();
function pack(number) {
if (!packs.has(number)) packs.set(number, makeLoad(() => {
const compiled = modules(number);
compiled.catch(() => {});
return async (imports) => Promise.all((await compiled).map((module) => WebAssembly.instantiate(module, imports)));
}, []));
return packs.get(number);
}
const load = (numbers) => wrapAsyncCb(makeLoad(() => async () => {}, numbers.map(pack)));
"#;

/// Chunks in one file, and the pages that need at least one of them, a bit for each.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pack {
    pages: u64,
    bytes: usize,
    chunks: Vec<String>,
}

impl Pack {
    /// What all pages together pay for it.
    fn cost(pages: u64, bytes: usize) -> usize {
        pages.count_ones() as usize * (REQUEST + bytes / COMPRESSION)
    }

    /// What is spared when two are one; none where it would cost.
    fn spared(&self, other: &Self) -> Option<usize> {
        let apart = Self::cost(self.pages, self.bytes) + Self::cost(other.pages, other.bytes);
        let together = Self::cost(self.pages | other.pages, self.bytes + other.bytes);
        apart.checked_sub(together).filter(|spared| *spared > 0)
    }

    fn add(&mut self, other: Self) {
        self.pages |= other.pages;
        self.bytes += other.bytes;
        self.chunks.extend(other.chunks);
    }
}

/// Replaces the chunks of a folder by packs, and what the script says of chunks by how to load packs; `needs` says which
/// chunks each page needs, the answer which packs.
///
/// # Errors
/// When a file cannot be read or written, or the script does not begin in the way it is known to.
pub fn write(
    folder: &Path,
    script: &Path,
    needs: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, Vec<String>>> {
    let mut numbers: BTreeMap<&String, Vec<usize>> = needs.keys().map(|page| (page, vec![])).collect();
    for (number, pack) in grouped(single(folder, needs)?).iter().enumerate() {
        fs::write(folder.join(file(&name(number))), content(folder, pack)?)?;
        for (bit, numbers) in numbers.values_mut().enumerate() {
            if pack.pages >> bit & 1 == 1 {
                numbers.push(number);
            }
        }
    }
    let mut text = beginning(&fs::read_to_string(script)?)? + LOADER;
    for (page, numbers) in &numbers {
        writeln!(text, "export const __wasm_split_load_{page} = load({numbers:?});")?;
    }
    fs::write(script, text)?;
    let names = |numbers: Vec<usize>| numbers.into_iter().map(name).collect();
    Ok(numbers
        .into_iter()
        .map(|(page, numbers)| (page.clone(), names(numbers)))
        .collect())
}

fn name(number: usize) -> String {
    format!("pack_{number}")
}

/// The renderer, which announces what a page needs, gives this ending to all of it.
fn file(name: &str) -> String {
    format!("{name}.wasm")
}

/// The chunks of a pack, each after its length; their own files go.
fn content(folder: &Path, pack: &Pack) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    for chunk in &pack.chunks {
        let path = folder.join(file(chunk));
        let bytes = fs::read(&path)?;
        content.extend(u32::try_from(bytes.len())?.to_le_bytes());
        content.extend(bytes);
        fs::remove_file(&path)?;
    }
    Ok(content)
}

/// What the splitter's script has before its first chunk.
fn beginning(script: &str) -> Result<String> {
    let is_ours = |line: &&str| !line.starts_with("const __chunk_") && !line.starts_with("export const ");
    let lines: Vec<&str> = script.lines().take_while(is_ours).collect();
    let text = lines.join("\n") + "\n";
    for function in ["function makeLoad(", "function wrapAsyncCb("] {
        ensure!(text.contains(function), "the script has no {function}…)");
    }
    Ok(text)
}

/// Every chunk in a pack of its own.
fn single(folder: &Path, needs: &BTreeMap<String, Vec<String>>) -> Result<Vec<Pack>> {
    ensure!(needs.len() <= 64, "more pages than bits");
    let mut pages: BTreeMap<&String, u64> = BTreeMap::new();
    for (bit, chunks) in needs.values().enumerate() {
        for chunk in chunks {
            *pages.entry(chunk).or_default() |= 1 << bit;
        }
    }
    let pack = |(chunk, pages): (&String, u64)| {
        let path = folder.join(file(chunk));
        let bytes = fs::metadata(&path)
            .with_context(|| format!("no chunk {}", path.display()))?
            .len();
        Ok(Pack {
            pages,
            bytes: bytes.try_into()?,
            chunks: vec![chunk.clone()],
        })
    };
    pages.into_iter().map(pack).collect()
}

/// Joins the two packs that spare most, until none spare anything.
fn grouped(mut packs: Vec<Pack>) -> Vec<Pack> {
    while let Some((one, other)) = best(&packs) {
        let joined = packs.remove(other);
        packs[one].add(joined);
    }
    packs
}

/// The places of two packs to join, the lower one first.
fn best(packs: &[Pack]) -> Option<(usize, usize)> {
    let pairs = (0..packs.len()).flat_map(|other| (0..other).map(move |one| (one, other)));
    pairs
        .filter_map(|(one, other)| Some((packs[one].spared(&packs[other])?, (one, other))))
        .max_by_key(|(spared, _)| *spared)
        .map(|(_, pair)| pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(pages: u64, bytes: usize, chunk: &str) -> Pack {
        Pack {
            pages,
            bytes,
            chunks: vec![chunk.to_owned()],
        }
    }

    #[test]
    fn small_chunks_are_joined_and_large_ones_of_others_stay_apart() {
        let packs = grouped(vec![
            pack(0b011, 900, "a"),
            pack(0b100, 80_000, "large"),
            pack(0b111, 700, "b"),
            pack(0b001, 200_000, "huge"),
        ]);
        let chunks: Vec<Vec<String>> = packs.into_iter().map(|pack| pack.chunks).collect();
        assert_eq!(chunks, [vec!["a", "b"], vec!["large"], vec!["huge"]]);
    }

    #[test]
    fn the_script_loads_packs_instead_of_chunks() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("split.js");
        let begins = "function wrapAsyncCb(callee) {}\nfunction makeLoad(fetcher, deps) {}\n";
        fs::write(&script, format!("{begins}const __chunk_1 = makeLoad();\n")).unwrap();
        fs::write(folder.path().join("a.wasm"), "ab").unwrap();
        fs::write(folder.path().join("b.wasm"), "cde").unwrap();
        let chunks = vec!["a".to_owned(), "b".to_owned()];
        let needs = BTreeMap::from([("page".to_owned(), chunks.clone()), ("other".to_owned(), chunks)]);
        let packed = write(folder.path(), &script, &needs).unwrap();
        assert!(packed.values().all(|packs| *packs == ["pack_0"]), "{packed:?}");
        let content = fs::read(folder.path().join("pack_0.wasm")).unwrap();
        assert_eq!(content, b"\x02\0\0\0ab\x03\0\0\0cde");
        assert!(!folder.path().join("a.wasm").exists());
        let text = fs::read_to_string(&script).unwrap();
        assert!(text.starts_with(begins) && !text.contains("__chunk_1"), "{text}");
        assert!(
            text.ends_with("export const __wasm_split_load_page = load([0]);\n"),
            "{text}"
        );
    }

    #[test]
    fn another_script_is_refused() {
        assert!(beginning("function makeLoad(fetcher, deps) {}\n").is_err());
    }
}
