//! The Rust source of the table of embedded files, which `src/assets.rs` includes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::site::Package;
use crate::style::Sheets;

/// One file to embed, on disk in the forms it is sent in.
struct File {
    /// Address below `/assets/`.
    address: String,
    plain: PathBuf,
    brotli: Option<PathBuf>,
    gzip: Option<PathBuf>,
}

/// Collects the files; compresses what nobody has compressed yet, if told to.
pub struct Table {
    folder: PathBuf,
    compresses: bool,
    files: Vec<File>,
}

impl Table {
    pub fn new(folder: PathBuf, compresses: bool) -> Self {
        Self {
            folder,
            compresses,
            files: Vec::new(),
        }
    }

    /// Adds content under a name that carries its hash (`console.css` → `console.0a1b2c3d.css`), and returns its
    /// address.
    pub fn add_content(&mut self, name: &str, content: &[u8]) -> std::io::Result<String> {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let address = format!("{stem}.{}.{ending}", short_hash(content));
        if self.files.iter().any(|file| file.address == address) {
            return Ok(format!("/assets/{address}"));
        }
        let plain = self.folder.join(&address);
        std::fs::create_dir_all(plain.parent().unwrap_or(&self.folder))?;
        std::fs::write(&plain, content)?;
        // Fonts and pictures are compressed in themselves.
        let gains = self.compresses && matches!(ending, "css" | "svg" | "js" | "json");
        let (brotli, gzip) = if gains {
            compress(&plain, content)?
        } else {
            (None, None)
        };
        self.files.push(File {
            address: address.clone(),
            plain,
            brotli,
            gzip,
        });
        Ok(format!("/assets/{address}"))
    }

    /// Adds a file that has its compressed forms beside it.
    pub fn add_precompressed(&mut self, address: String, plain: PathBuf) {
        let beside = |ending: &str| {
            let mut name = plain.as_os_str().to_owned();
            name.push(ending);
            Some(PathBuf::from(name)).filter(|file| file.is_file())
        };
        let (brotli, gzip) = (beside(".br"), beside(".gz"));
        self.files.push(File {
            address,
            plain,
            brotli,
            gzip,
        });
    }

    pub fn source(&self, sheets: &Sheets, package: Option<&Package>) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, sheets, package);
        text
    }

    fn write(&self, text: &mut String, sheets: &Sheets, package: Option<&Package>) -> std::fmt::Result {
        writeln!(text, "static FILES: &[File] = &[")?;
        for file in &self.files {
            let content_type = content_type(&file.plain);
            writeln!(
                text,
                "File {{ address: {:?}, content_type: {content_type:?}, plain: {}, ",
                file.address,
                bytes(&file.plain)
            )?;
            writeln!(
                text,
                "brotli: {}, gzip: {} }},",
                option(file.brotli.as_deref()),
                option(file.gzip.as_deref())
            )?;
        }
        writeln!(text, "];")?;
        writeln!(text, "const CONSOLE_CSS: &str = {:?};", sheets.console_address)?;
        writeln!(text, "const HOSTED_CSS: &str = {:?};", sheets.hosted)?;
        writeln!(text, "const HOSTED_CSS_HASH: &str = {:?};", sheets.hosted_hash)?;
        writeln!(text, "static PACKAGE: Option<Package> = ")?;
        match package {
            None => writeln!(text, "None;"),
            Some(package) => writeln!(text, "Some({});", package.source()),
        }
    }
}

fn bytes(path: &Path) -> String {
    format!("include_bytes!({:?})", path.display().to_string())
}

fn option(path: Option<&Path>) -> String {
    path.map_or_else(|| "None".to_owned(), |path| format!("Some({})", bytes(path)))
}

fn compress(plain: &Path, content: &[u8]) -> std::io::Result<(Option<PathBuf>, Option<PathBuf>)> {
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", plain.display()));
    let mut small = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut small, 1 << 16, 11, 22);
    writer.write_all(content)?;
    drop(writer);
    std::fs::write(beside(".br"), small)?;
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    std::fs::write(beside(".gz"), writer.finish()?)?;
    Ok((Some(beside(".br")), Some(beside(".gz"))))
}

fn short_hash(content: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(content)
        .iter()
        .take(6)
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
