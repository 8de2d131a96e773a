//! Takes out of the bound files what only a reader of them needs: long names, comments, indentation.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::wasm_sections;

/// Gives what the module imports from its script short names in both. Each name has a hash of its own, which no
/// compression makes smaller.
///
/// # Errors
/// When a file cannot be read or written, or the module is malformed.
pub fn imports(script: &Path, module: &Path) -> Result<()> {
    let mut short = BTreeMap::new();
    let mut rename = |name: &str| {
        let next = format!("i{}", short.len());
        is_hashed(name).then(|| short.entry(name.to_owned()).or_insert(next).clone())
    };
    let renamed = wasm_sections::rename_imports(&fs::read(module)?, &mut rename)?;
    fs::write(module, renamed)?;
    let text = fs::read_to_string(script)?;
    let text = short.iter().fold(text, |text, (long, short)| text.replace(long, short));
    fs::write(script, text)?;
    Ok(())
}

/// Whether a name ends in the hash that makes it unlike any other text of the script.
fn is_hashed(name: &str) -> bool {
    let hash = name.rsplit_once('_').map_or("", |(_, hash)| hash);
    name.starts_with("__wb") && hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Drops comments on lines of their own, empty lines and indentation.
///
/// # Errors
/// When the file cannot be read or written.
pub fn script(file: &Path) -> Result<()> {
    fs::write(file, without_comments(&fs::read_to_string(file)?))?;
    Ok(())
}

fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        let starts = !in_comment && line.starts_with("/*");
        if in_comment || starts {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_and_comments_go() {
        let script = "/* a, b */\nconst a = 1; // why\n\n    // no\n/**\n * @param b\n */\n    f(a);\n";
        assert_eq!(without_comments(script), "const a = 1; // why\nf(a);\n");
    }

    #[test]
    fn only_hashed_names_are_renamed() {
        for (name, want) in [
            ("__wbg_then_3a4f899454bcf8c9", true),
            ("__wbindgen_cast_0000000000000001", true),
            ("__wbindgen_init_externref_table", false),
            ("__wasm_split_load_people_5767427024479245749", false),
        ] {
            assert_eq!(is_hashed(name), want, "{name}");
        }
    }
}
