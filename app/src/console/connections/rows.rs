//! The rows of the mapping form.

use doorward_domain::mapping::AttributeRule;
use leptos::prelude::*;

use crate::ui::faults::Faults;

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

/// Which row a fault is about: faults count the rows of the form as it was sent, and rows come and go meanwhile.
#[derive(Clone, Copy)]
pub struct RefusedRows {
    sent: RwSignal<Vec<usize>>,
    faults: Faults,
}

fn keys(rows: &[EditedRow]) -> Vec<usize> {
    rows.iter().map(|row| row.key).collect()
}

impl RefusedRows {
    /// Nothing was sent yet, or by the page that comes back.
    #[must_use]
    pub fn of(rows: RwSignal<Vec<EditedRow>>, faults: Faults) -> Self {
        Self {
            sent: RwSignal::new(rows.with_untracked(|rows| keys(rows))),
            faults,
        }
    }

    /// To be called when the form is sent.
    pub fn note_sent(self, rows: RwSignal<Vec<EditedRow>>) {
        self.sent.set(rows.with_untracked(|rows| keys(rows)));
    }

    /// What is wrong with a field of a row.
    #[must_use]
    pub fn at(self, key: usize, field: &str) -> Option<String> {
        let place = self.sent.with(|sent| sent.iter().position(|of| *of == key))?;
        self.faults.at(&format!("/attributes/{place}/{field}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ConsoleError;

    #[test]
    fn a_fault_stays_with_its_row() {
        let owner = Owner::new();
        owner.with(|| {
            let fault = doorward_domain::invalid::FieldError {
                pointer: "/attributes/1/to".into(),
                detail: "Row 2: Enter a name.".into(),
            };
            let fields = vec![fault];
            let faults = Faults::of(move || Some(Err::<(), _>(ConsoleError::Invalid { fields: fields.clone() })));
            let rows = RwSignal::new(vec![empty(0), empty(3), empty(4)]);
            let refused = RefusedRows::of(rows, faults);
            rows.update(|rows| rows.retain(|row| row.key != 0));
            assert_eq!(refused.at(3, "to").as_deref(), Some("Row 2: Enter a name."));
            assert_eq!(refused.at(3, "from"), None);
            assert_eq!(refused.at(4, "to"), None);
        });
    }

    #[test]
    fn an_empty_row_waits_at_the_end() {
        let rows = edited(&doorward_domain::mapping::default_rules());
        assert_eq!(rows.last(), Some(&empty(rows.len() - 1)));
        assert_eq!(rows[0].from, "email");
        assert_eq!(edited(&[]).len(), 1);
    }
}
