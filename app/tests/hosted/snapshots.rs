//! What people read, word for word.

use insta::assert_snapshot;

use crate::samples;

#[test]
fn every_sample_reads_as_it_did() {
    for sample in samples::all("") {
        assert_snapshot!(sample.name.clone(), written(&sample.html));
    }
    assert_snapshot!("form_post", written(&samples::form_post("")));
}

/// One tag per line, so that a difference shows where it is, and without the marks that the framework sets between them.
fn written(html: &str) -> String {
    html.replace("<!>", "").replace("><", ">\n<")
}
