//! Refresh tokens: RFC 9700 §4.14.2, F22.

use doorward_domain::id::GrantId;
use doorward_oidc::token::RefreshTokens;

fn tokens() -> RefreshTokens {
    RefreshTokens::new(&[5; 32])
}

fn grant() -> GrantId {
    GrantId::from_random([9; 16])
}

#[test]
fn f22_the_same_generation_gives_the_same_token_and_the_next_another() {
    assert_eq!(tokens().issue(&grant(), 3), tokens().issue(&grant(), 3));
    assert_ne!(tokens().issue(&grant(), 3), tokens().issue(&grant(), 4));
    assert_eq!(tokens().open(&tokens().issue(&grant(), 3)), Some((grant(), 3)));
    assert_eq!(
        tokens().open(&tokens().issue(&grant(), u32::MAX)),
        Some((grant(), u32::MAX))
    );
}

#[test]
fn rfc6749_10_10_a_token_cannot_be_made_or_changed_without_the_key() {
    let token = tokens().issue(&grant(), 3);
    assert_eq!(RefreshTokens::new(&[6; 32]).open(&token), None, "another key");
    for index in 3..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert_eq!(tokens().open(&changed), None, "character {index}");
    }
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let token = tokens().issue(&grant(), 3);
    let long = format!("rt_{}", "A".repeat(1_000_000));
    for text in [
        "",
        "rt_",
        "rt_AAAA",
        &token[3..],
        &token[..token.len() - 1],
        &format!("{token}A"),
        &format!("{token}="),
        &long,
    ] {
        assert_eq!(tokens().open(text), None);
    }
}
