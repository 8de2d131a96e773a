//! What an editor completes is there.

use doorward_domain::script::ScriptEngine;
use doorward_domain::script_names::{GLOBALS, MEMBERS};
use doorward_sandbox::Engine;

#[test]
fn every_name_is_there() {
    let prelude = concat!(
        include_str!("../src/prelude.js"),
        include_str!("../src/prelude_more.js")
    );
    for name in GLOBALS {
        let source = format!("var onLoginRequest = function (context) {{ Log.info(typeof {name}); }};");
        let run = Engine::default().run(&source, &[]);
        let told = run.log.first().map(|line| line.text.as_str());
        assert!(matches!(told, Some("function" | "object")), "{name}: {run:?}");
    }
    for name in MEMBERS {
        let is_there = prelude
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .any(|word| word == name);
        assert!(is_there, "{name}");
    }
}

#[test]
fn what_is_missing_is_not_offered() {
    for name in GLOBALS
        .iter()
        .filter(|name| !["Log", "console", "secrets"].contains(*name))
    {
        let source = format!("var onLoginRequest = function (context) {{ {name}(context, 'a', []); }};");
        let run = format!("{:?}", Engine::default().run(&source, &[]).end);
        assert!(!run.contains("is not available"), "{name}: {run}");
    }
}
