//! What a browser calls itself, in names people know.

/// The browser and the system it runs on, as far as they are known.
#[must_use]
pub fn parts(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    let browser = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let system = [
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(sign, _)| agent.contains(sign))
            .map(|(_, name)| *name)
    };
    (find(&browser), find(&system))
}

/// The same in a few words, without a word of any language; `None` for what is not known.
#[must_use]
pub fn short(agent: &str) -> Option<String> {
    let (browser, system) = parts(agent);
    let known: Vec<&str> = browser.into_iter().chain(system).collect();
    (!known.is_empty()).then(|| known.join(" · "))
}
