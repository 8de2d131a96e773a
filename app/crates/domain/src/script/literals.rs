//! What a source compares with.

/// Every text and number that stands in a source: what a comparison in it can be about.
#[must_use]
pub fn literals(source: &str) -> (Vec<String>, Vec<i64>) {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            '/' if rest.peek() == Some(&'*') => {
                let mut before = ' ';
                for c in rest.by_ref().skip(1) {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '"' | '\'' | '`' => {
                let mut text = String::new();
                while let Some(next) = rest.next_if(|next| *next != c) {
                    match next {
                        '\\' => text.extend(rest.next()),
                        plain => text.push(plain),
                    }
                }
                rest.next();
                texts.push(text);
            }
            digit if digit.is_ascii_digit() => {
                let mut number = String::from(digit);
                while let Some(next) = rest.next_if(char::is_ascii_digit) {
                    number.push(next);
                }
                numbers.extend(number.parse::<i64>());
            }
            word if word.is_alphanumeric() || word == '_' || word == '$' => {
                while rest
                    .next_if(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
                    .is_some()
                {}
            }
            _ => {}
        }
    }
    texts.sort();
    texts.dedup();
    numbers.sort_unstable();
    numbers.dedup();
    (texts, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_a_source() {
        let source = "var a = ['x', \"it's\", 'a\\'b']; // 'not' 7\n/* 'nor' 8 */ if (b1 > 42 && c == 042) {}";
        let (texts, numbers) = literals(source);
        assert_eq!(texts, ["a'b", "it's", "x"]);
        assert_eq!(numbers, [42]);
    }
}
