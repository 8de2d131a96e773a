//! Compresses the browser's files once, at build time, as small as they get.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Writes `<file>.br` and `<file>.gz` beside the file.
///
/// # Errors
/// When a file cannot be read or written.
pub fn beside(file: &Path) -> Result<()> {
    let content = fs::read(file)?;
    fs::write(with_ending(file, "br"), brotli(&content)?)?;
    fs::write(with_ending(file, "gz"), gzip(&content)?)?;
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    // Quality 11 and a window of 4 MiB: the smallest that every browser decodes.
    let mut writer = brotli::CompressorWriter::new(&mut small, 1 << 16, 11, 22);
    writer.write_all(content)?;
    drop(writer);
    Ok(small)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
