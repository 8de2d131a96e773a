//! The build script's minifier, on what has a meaning and must stay.

#[path = "../build/minify.rs"]
mod minify;

#[test]
fn only_what_has_no_meaning_goes() {
    for (case, input, want) in [
        (
            "comments and lines",
            "/* why */\na {\n  color: red;\n}\n",
            "a{color: red}",
        ),
        ("descendants", ".a  .b :hover { top: 0 }", ".a .b :hover{top: 0}"),
        (
            "arithmetic",
            "a { width: calc(1px + 2px) }",
            "a{width: calc(1px + 2px)}",
        ),
        ("lists", "a,\nb { font: a, b }", "a,b{font: a,b}"),
        (
            "quotes",
            r#"a::before { content: " /* { ; \" } "; }"#,
            r#"a::before{content: " /* { ; \" } "}"#,
        ),
        (
            "letters of two bytes",
            "a { content: \"ä → b\" } /* ä */ b { top: 0 }",
            "a{content: \"ä → b\"}b{top: 0}",
        ),
        ("a comment between words", "a /* x */ b { top: 0 }", "a b{top: 0}"),
        ("a comment without an end", "a { top: 0 } /* x", "a{top: 0}"),
        ("a quote without an end", "a { content: \"x", "a{content: \"x"),
    ] {
        assert_eq!(minify::minify(input), want, "{case}");
    }
}
