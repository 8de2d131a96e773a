//! Compresses the browser's files once, at build time, before they are embedded.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// How hard to try.
#[derive(Clone, Copy)]
pub enum Effort {
    /// Quick: the files travel over loopback.
    Little,
    /// As small as they get.
    All,
}

/// Writes `<file>.br` and `<file>.gz` beside the file.
///
/// # Errors
/// When a file cannot be read or written.
pub fn beside(file: &Path, effort: Effort) -> Result<()> {
    let content = fs::read(file)?;
    fs::write(with_ending(file, "br"), brotli(&content, effort)?)?;
    fs::write(with_ending(file, "gz"), gzip(&content, effort)?)?;
    Ok(())
}

fn brotli(content: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    let quality = match effort {
        Effort::Little => 2,
        Effort::All => 11,
    };
    // With a window of 4 MiB, the largest that every browser decodes.
    let mut writer = brotli::CompressorWriter::new(&mut small, 1 << 16, quality, 22);
    writer.write_all(content)?;
    drop(writer);
    Ok(small)
}

fn gzip(content: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = match effort {
        Effort::Little => flate2::Compression::fast(),
        Effort::All => flate2::Compression::best(),
    };
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
