//! The script of a template.

use super::{Asked, Membership, Network, Template};

const BEGIN: &str = "var onLoginRequest = function (context) {
    executeStep(1, {
        onSuccess: function (context) {
";
const END: &str = "        }
    });
};
";

/// Internet addresses as texts of one length, so that they are in the order of the numbers. The server writes IPv6
/// addresses in their short form (RFC 5952). Written without text literals, because the analyser tries each of them as
/// an address.
const COMPARABLE: &str = "// An address as a text that compares as its number does.
function comparable(address) {
    var sides = address.replace(/^::ffff:/, '').split(/::/).map(function (side) {
        return side ? side.split(/[.:]/) : [];
    });
    var parts = sides[0];
    if (sides.length > 1) {
        var zeros = Array(Math.max(8 - sides[0].length - sides[1].length, 0)).fill(0);
        parts = sides[0].concat(zeros, sides[1]);
    }
    return parts.map(function (part) { return String(part).padStart(4, 0); }).join();
}

";

impl Template {
    /// The script, for a flow with so many steps. The steps it does not decide about are asked of everybody.
    #[must_use]
    pub fn source(&self, steps: u32) -> String {
        let body = match self {
            Self::SignInOption { asked, step, .. } => {
                let test = match asked {
                    Asked::Others => "signInOptions.indexOf(context.steps[1].idp) < 0",
                    Asked::Named => "signInOptions.indexOf(context.steps[1].idp) >= 0",
                };
                asking(steps, *step, &when(test, *step))
            }
            Self::Group { membership, step, .. } => group_body(steps, *membership, *step),
            Self::Network { step, .. } => asking(steps, *step, &when("!isInside(context.request.ip)", *step)),
            Self::NewDevice { step, .. } => new_device_body(steps, *step),
            Self::Age { .. } => format!("{AGE}{}", asking(steps, 0, "")),
            Self::Sessions { step, .. } => {
                let test = "getUserSessions(context.currentKnownSubject).length >= sessionLimit";
                asking(steps, *step, &when(test, *step))
            }
            Self::EndSessions { .. } => format!("{}{END_SESSIONS}", asking(steps, 0, "")),
        };
        format!("{}{BEGIN}{body}{END}", self.head())
    }

    /// What the script is about, with the answers as values that can be changed.
    fn head(&self) -> String {
        match self {
            Self::SignInOption { names, asked, step } => {
                let who = match asked {
                    Asked::Others => "Who signs in with one of these is not",
                    Asked::Named => "Only who signs in with one of these is",
                };
                format!(
                    "// {who} asked for step {step}: handles of connections, or 'LOCAL' for our own accounts.\nvar signInOptions = {};\n\n",
                    list(names)
                )
            }
            Self::Group {
                groups,
                membership,
                step,
            } => {
                let what = match membership {
                    Membership::Asks(Asked::Named) => {
                        format!("Members of these groups are asked for step {step}, others are not.")
                    }
                    Membership::Asks(Asked::Others) => {
                        format!("Members of these groups are not asked for step {step}, others are.")
                    }
                    Membership::LetsIn => "Members of these groups are let in, others are not.".to_owned(),
                };
                format!("// {what}\nvar groups = {};\n\n", list(groups))
            }
            Self::Network { networks, step } => format!(
                "// Who comes from an address outside of these is asked for step {step}: first and last address of each.\nvar networks = [\n{}];\n\n{COMPARABLE}{IS_INSIDE}",
                networks.iter().map(range).collect::<String>()
            ),
            Self::NewDevice { days, step } => format!(
                "// Who comes with a browser that has not passed step {step} within these days is asked for it.\nvar daysRemembered = {days};\n\n"
            ),
            Self::Age { years } => format!(
                "// Who is younger is not let in, nor is who has told no date of birth.\nvar yearsRequired = {years};\n\n"
            ),
            Self::Sessions { most, step } => format!(
                "// Who is signed in in this many browsers is asked for step {step}.\nvar sessionLimit = {most};\n\n"
            ),
            Self::EndSessions { most } => format!(
                "// In so many browsers people may be signed in; whoever comes with one more says which of them to leave.\nvar sessionLimit = {most};\n\n"
            ),
        }
    }
}

const IS_INSIDE: &str = "function isInside(address) {
    var wanted = comparable(address);
    return networks.some(function (network) {
        var first = comparable(network[0]);
        return wanted.length === first.length && wanted >= first && wanted <= comparable(network[1]);
    });
}

";

/// Dates are compared as texts. The lower end keeps out a date without its year (OpenID Connect Core §5.1), which
/// begins with 0000.
const AGE: &str = "            var now = new Date();
            var latest = (now.getUTCFullYear() - yearsRequired) + now.toISOString().slice(4, 10);
            var born = String(context.currentKnownSubject.claims.birthdate);
            if (born.length !== 10 || born < '1900-01-01' || born > latest) {
                fail();
                return;
            }
";

/// Behind every step: nobody ends sessions before it is certain who they are.
const END_SESSIONS: &str = "            prompt('activeSessions', { maxSessionCount: sessionLimit });
";

fn group_body(steps: u32, membership: Membership, step: u32) -> String {
    let member = "isMemberOfAnyOfGroups(context.currentKnownSubject, groups)";
    match membership {
        Membership::Asks(Asked::Named) => asking(steps, step, &when(member, step)),
        Membership::Asks(Asked::Others) => asking(steps, step, &when(&format!("!{member}"), step)),
        Membership::LetsIn => {
            let refuse = format!(
                "            if (!{member}) {{\n                fail();\n                return;\n            }}\n"
            );
            format!("{refuse}{}", asking(steps, 0, ""))
        }
    }
}

fn new_device_body(steps: u32, step: u32) -> String {
    let asked = format!(
        "            if (getCookieValue(context.request, 'device') !== person) {{
                executeStep({step}, {{
                    onSuccess: function (context) {{
                        setCookie(context.response, 'device', person, {{ 'max-age': daysRemembered * 86400 }});
                    }}
                }});
            }}
"
    );
    format!(
        "            var person = context.currentKnownSubject.uniqueId;\n{}",
        asking(steps, step, &asked)
    )
}

/// Asks for every step after the first; `special` stands in the place of one of them.
fn asking(steps: u32, step: u32, special: &str) -> String {
    let one = |number: u32| {
        if number == step {
            special.to_owned()
        } else {
            format!("            executeStep({number});\n")
        }
    };
    (2..=steps).map(one).collect()
}

fn when(test: &str, step: u32) -> String {
    format!("            if ({test}) {{\n                executeStep({step});\n            }}\n")
}

fn range(network: &Network) -> String {
    let (first, last) = network.ends();
    format!("    ['{first}', '{last}'], // {network}\n")
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| literal(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A text as a literal: nothing in it ends the literal, the line or an HTML element around it, or changes the order in
/// which the line is read.
fn literal(text: &str) -> String {
    let mut source = String::from("'");
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\'' | '\\' => source.extend(['\\', c]),
            '/' | '!' if before == '<' => source.extend(['\\', c]),
            '\n' => source.push_str("\\n"),
            '\r' => source.push_str("\\r"),
            hidden if is_hidden(hidden) => source.push_str(&format!("\\u{{{:x}}}", u32::from(hidden))),
            plain => source.push(plain),
        }
        before = c;
    }
    source.push('\'');
    source
}

/// Characters that are not seen, or move others.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_literal() {
        for (text, want) in [
            ("staff", "'staff'"),
            ("it's", r"'it\'s'"),
            (r"a\", r"'a\\'"),
            ("\"`${x}", "'\"`${x}'"),
            ("a\nb\r\n", r"'a\nb\r\n'"),
            ("</script><!--", r"'<\/script><\!--'"),
            ("a\u{2028}\u{202e}\u{0}", r"'a\u{2028}\u{202e}\u{0}'"),
            ("Bücher 🗝", "'Bücher 🗝'"),
        ] {
            assert_eq!(literal(text), want);
        }
    }

    #[test]
    fn a_script_reads_well() {
        let template = Template::Group {
            groups: vec!["admins".into(), "owners".into()],
            membership: Membership::Asks(Asked::Named),
            step: 2,
        };
        assert_eq!(
            template.source(3),
            "// Members of these groups are asked for step 2, others are not.
var groups = ['admins', 'owners'];

var onLoginRequest = function (context) {
    executeStep(1, {
        onSuccess: function (context) {
            if (isMemberOfAnyOfGroups(context.currentKnownSubject, groups)) {
                executeStep(2);
            }
            executeStep(3);
        }
    });
};
"
        );
    }
}
