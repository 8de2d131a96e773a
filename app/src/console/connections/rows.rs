//! The rows of the mapping form.

use doorward_domain::mapping::AttributeRule;

/// One row while it is edited. `key` stays with the row when others come and go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedRow {
    pub key: usize,
    pub from: String,
    pub to: String,
    pub required: bool,
}

/// The rows of a mapping and an empty one, so that a row can be added before the browser's code has loaded.
#[must_use]
pub fn edited(rules: &[AttributeRule]) -> Vec<EditedRow> {
    let row = |(key, rule): (usize, &AttributeRule)| EditedRow {
        key,
        from: rule.from.join(", "),
        to: rule.to.clone(),
        required: rule.required,
    };
    let mut rows: Vec<EditedRow> = rules.iter().enumerate().map(row).collect();
    rows.push(empty(rows.len()));
    rows
}

/// A row with nothing in it; the server leaves such rows out.
#[must_use]
pub fn empty(key: usize) -> EditedRow {
    EditedRow {
        key,
        from: String::new(),
        to: String::new(),
        required: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_row_waits_at_the_end() {
        let rows = edited(&doorward_domain::mapping::default_rules());
        assert_eq!(rows.last(), Some(&empty(rows.len() - 1)));
        assert_eq!(rows[0].from, "email");
        assert_eq!(edited(&[]).len(), 1);
    }
}
