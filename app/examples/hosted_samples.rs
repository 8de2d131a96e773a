//! Writes every sample of the hosted pages into a folder, to be looked at: `cargo run -p doorward-app --features ssr
//! --example hosted_samples -- <folder>`.

#[path = "../tests/hosted/samples/mod.rs"]
mod samples;

const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/hosted/page.css")
);

fn main() -> std::io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "target/hosted-samples".to_owned());
    std::fs::create_dir_all(&folder)?;
    for sample in samples::all(STYLE) {
        std::fs::write(format!("{folder}/{}.html", sample.name), sample.html)?;
    }
    // Without its script, which would leave the page at once.
    let form_post = samples::form_post(STYLE).replace("document.forms[0].submit()", "");
    std::fs::write(format!("{folder}/form_post.html"), form_post)
}
