//! The worlds that can make a difference to a flow.

use doorward_domain::analysis::ConnectionFacts;
use doorward_domain::flow::{AuthOption, SignInFlow, Step};

/// One state of the world: what a script may ask, whether the account is linked to other connections, whether the
/// person has a verified address, and which providers say that they checked a second factor.
#[derive(Debug, Clone)]
pub struct World {
    pub groups: [bool; 2],
    pub place: Option<&'static str>,
    /// What another server says; `None` where it does not answer.
    pub risk: Option<&'static str>,
    /// Whether the account a script names can be linked to the person or is theirs, and whether it has a verified address.
    pub named: [bool; 2],
    /// What they type into a form.
    pub city: &'static str,
    /// Which connections the account they have is linked to beside the one they came in by.
    pub linked: [bool; 3],
    /// Whether the mail server and the limits let a letter leave.
    pub mailed: bool,
    pub mailbox: bool,
    pub words: [bool; 3],
}

/// Every world that can make a difference to this flow.
pub fn worlds(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Vec<World> {
    let asks = |what: &str| flow.script.as_ref().is_some_and(|source| source.contains(what));
    let (groups, places) = (asks("isMember"), asks("x-place"));
    let mails = flow.offers(&AuthOption::EmailOtp);
    let risks: &[Option<&'static str>] = if asks("httpGet") {
        &[None, Some("high"), Some("other")]
    } else {
        &[None]
    };
    let cities: &[&'static str] = if asks("typed.city ===") {
        &["bern", "basel"]
    } else {
        &[""]
    };
    let mut all = Vec::new();
    let said = words(flow, facts);
    let links = links(flow, facts).into_iter();
    let of_connections: Vec<_> = links
        .flat_map(|linked| said.iter().map(move |words| (linked, *words)))
        .collect();
    for number in 0..24_u8 {
        let (number, mailbox) = (number / 2, number & 1 != 0);
        if (number & 3 != 0 && !groups) || (number >= 4 && !places) || (mailbox && !mails) {
            continue;
        }
        for &(linked, words) in &of_connections {
            let mailed = [false, true].into_iter().filter(|mailed| !mailed || asks("sendEmail"));
            let answers = mailed.flat_map(|mailed| risks.iter().map(move |risk| (mailed, risk)));
            let answers = answers.flat_map(|(mailed, risk)| cities.iter().map(move |city| (mailed, risk, *city)));
            let names: &[[bool; 2]] = match (asks("doAssociation"), mails) {
                (false, _) => &[[false, false]],
                (true, false) => &[[false, false], [true, false]],
                (true, true) => &[[false, false], [true, false], [true, true]],
            };
            let answers = answers.flat_map(|answer| names.iter().map(move |named| (answer, *named)));
            all.extend(answers.map(|((mailed, risk, city), named)| World {
                groups: [number & 1 != 0, number & 2 != 0],
                place: [None, Some("office"), Some("home")][usize::from(number / 4)],
                risk: *risk,
                named,
                city,
                linked,
                mailed,
                mailbox,
                words,
            }));
        }
    }
    all
}

/// What the providers can say, where it can make a difference.
fn words(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Vec<[bool; 3]> {
    let matters = |number: usize| {
        let offered = flow.offers(&AuthOption::Connection(facts[number].handle.clone()));
        facts[number].trusts_factors && offered && flow.steps.iter().any(Step::only_confirms)
    };
    of_some(matters)
}

/// The links that an account can have, where they can make a difference.
fn links(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Vec<[bool; 3]> {
    of_some(|number| facts[number].enabled && flow.offers(&AuthOption::Connection(facts[number].handle.clone())))
}

/// All that can be said of three connections, where it `matters` of some of them only.
fn of_some(matters: impl Fn(usize) -> bool) -> Vec<[bool; 3]> {
    let of = |bits: usize| std::array::from_fn(|number| bits & (1 << number) != 0);
    let possible = |said: &[bool; 3]| (0..3).all(|number| !said[number] || matters(number));
    (0..8).map(of).filter(possible).collect()
}
