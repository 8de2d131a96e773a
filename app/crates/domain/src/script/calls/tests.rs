use super::*;

#[test]
fn calls_and_where_they_stand() {
    for (source, want) in [
        ("executeStep(2)", Some(vec![(2, true, false, None, false, true)])),
        (
            "var onLoginRequest = function (c) { executeStep(1, {onSuccess: function (ctx) { executeStep(2); }}); };",
            Some(vec![
                (1, true, true, Some("c"), false, true),
                (2, true, false, Some("ctx"), true, false),
            ]),
        ),
        (
            "function onLoginRequest(context) { executeStep(1, {onSuccess(c, data) { if (data) executeStep(2); }}) }",
            Some(vec![
                (1, true, true, Some("context"), false, true),
                (2, false, false, Some("c"), true, false),
            ]),
        ),
        (
            "const onLoginRequest = (context) => { executeStep(1, {onSuccess: c => executeStep(2)}) }",
            Some(vec![
                (1, true, true, Some("context"), false, true),
                (2, false, false, Some("c"), true, false),
            ]),
        ),
        (
            "function more(context) { if (x) { executeStep(3) } } function bare() { executeStep(2); }",
            Some(vec![
                (3, true, false, Some("context"), false, false),
                (2, true, false, None, false, false),
            ]),
        ),
        (
            "other.executeStep(2); // executeStep(3)\n'executeStep(4)'",
            Some(vec![]),
        ),
        ("executeStep(n)", None),
        ("executeStep(1 + 1)", None),
        ("var take = executeStep;", None),
        ("executeStep(2", None),
    ] {
        let calls = Text::of(source).calls();
        let seen = calls.map(|calls| {
            let seen = |c: Call<'static>| {
                (
                    c.step,
                    c.is_statement,
                    c.has_more,
                    c.context,
                    c.is_after_success,
                    c.is_at_start,
                )
            };
            calls.into_iter().map(seen).collect::<Vec<_>>()
        });
        assert_eq!(seen, want, "{source}");
    }
}

#[test]
fn connections_that_are_named() {
    for (source, want) in [
        ("if (context.steps[1].idp === 'acme') {}", &["acme"][..]),
        ("'acme' != context.steps[1]?.idp", &["acme"]),
        ("x.idp = 'acme'; y.idp", &[]),
        (
            "context.steps[1].idp === 'LOCAL' || c.steps[1].idp !== \"other\"",
            &["other"],
        ),
        (
            "executeStep(1, {authenticationOptions: [{idp: 'acme'}, {idp: name}]}, {})",
            &["acme"],
        ),
        ("['acme', 'other'].includes(context.steps[1].idp)", &["acme", "other"]),
        ("['acme'].indexOf(context.steps[1].idp) >= 0", &["acme"]),
        (
            "switch (context.steps[1].idp) { case 'acme': case 'LOCAL': x = 'no'; }",
            &["acme"],
        ),
        ("context.steps[1].authenticator === 'totp'", &[]),
    ] {
        let named = Text::of(source).connections();
        let handles: Vec<&str> = named.iter().map(|named| named.handle.as_str()).collect();
        assert_eq!(handles, want, "{source}");
    }
    let named = Text::of("// one\nvar a =\n  context.steps[1].idp === 'acme';").connections();
    assert_eq!(named[0].line, 3);
}

#[test]
fn steps_that_are_spoken_of() {
    let steps = |source| {
        Text::of(source)
            .mentions()
            .map(|all| all.iter().map(|one| one.step).collect::<Vec<_>>())
    };
    assert_eq!(steps("context.steps[1].idp + context.steps['2'].idp"), Some(vec![1, 2]));
    assert_eq!(steps("context.steps[n].idp"), None);
}

#[test]
fn any_text_can_be_read() {
    let pieces = [
        "executeStep",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "=",
        ">",
        "1",
        "idp",
        "steps",
        ".",
        "'a'",
        "switch",
        "case",
        ":",
    ];
    for one in pieces {
        for two in pieces {
            for three in pieces {
                for source in [
                    format!("{one}{two}{three}"),
                    format!("{three} {one} {two} {one} {three}"),
                ] {
                    let text = Text::of(&source);
                    let _ = (text.calls(), text.mentions(), text.connections());
                }
            }
        }
    }
}
