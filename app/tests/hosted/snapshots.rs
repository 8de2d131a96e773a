//! What people read, word for word.

use insta::assert_snapshot;

use crate::samples;

#[test]
fn every_sample_reads_as_it_did() {
    for sample in samples::all("") {
        // One tag per line, so that a difference shows where it is.
        assert_snapshot!(sample.name.clone(), sample.html.replace("><", ">\n<"));
    }
    assert_snapshot!("form_post", samples::form_post("").replace("><", ">\n<"));
}
