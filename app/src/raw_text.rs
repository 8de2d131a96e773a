//! Text in the elements whose content is no markup: `title` and `textarea`.

/// What such an element holds, for `inner_html`: as a child the framework would write marks of its own into a `title`, and
/// the text of a `textarea` as it is, an end tag in it included.
#[must_use]
pub fn raw_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::raw_text;

    #[test]
    fn text_ends_no_element() {
        assert_eq!(raw_text("</textarea><b>&lt;"), "&lt;/textarea>&lt;b>&amp;lt;");
    }
}
