//! Adds up what the parts found.

use anyhow::Result;

/// Tests of one runner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

/// The sum over all parts, with one line about each that failed.
#[derive(Debug, Default)]
pub struct Tally {
    count: Count,
    problems: Vec<String>,
}

impl Tally {
    /// Records a check that either holds or not.
    pub fn step(&mut self, name: &str, outcome: Result<()>) {
        self.add(name, outcome.map(|()| Count { passed: 1, failed: 0 }));
    }

    /// Records a runner's count; one that broke down counts as a failure.
    pub fn add(&mut self, name: &str, outcome: Result<Count>) {
        match outcome {
            Ok(count) => {
                self.count.passed += count.passed;
                self.count.failed += count.failed;
                if count.failed > 0 {
                    self.problems.push(format!("{name}: {} failed", count.failed));
                }
            }
            Err(error) => {
                self.count.failed += 1;
                self.problems.push(format!("{name}: {error:#}"));
            }
        }
    }

    pub fn has_failures(&self) -> bool {
        self.count.failed > 0
    }

    pub fn print(&self) {
        println!();
        for problem in &self.problems {
            println!("FAILED {problem}");
        }
        println!("{} passed, {} failed", self.count.passed, self.count.failed);
    }
}

/// Reads the line cargo's test runner prints after each test binary:
/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`.
pub fn parse_cargo_line(line: &str) -> Option<Count> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        let part = counts.split("; ").find(|part| part.ends_with(word))?;
        part.split(' ').next()?.parse().ok()
    };
    Some(Count {
        passed: number("passed")?,
        failed: number("failed")?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Count, Tally, parse_cargo_line};

    #[test]
    fn cargo_lines() {
        for (case, line, want) in [
            (
                "passed",
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
                Some(Count { passed: 12, failed: 0 }),
            ),
            (
                "failed",
                "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
                Some(Count { passed: 3, failed: 2 }),
            ),
            ("a test's own line", "test rule::holds ... ok", None),
            ("cut", "test result: ok", None),
        ] {
            assert_eq!(parse_cargo_line(line), want, "{case}");
        }
    }

    #[test]
    fn a_runner_that_breaks_down_is_a_failure() {
        let mut tally = Tally::default();
        tally.step("formatting", Ok(()));
        assert!(!tally.has_failures());
        tally.add("cargo tests", Err(anyhow::anyhow!("does not compile")));
        assert!(tally.has_failures());
        assert_eq!(tally.count, Count { passed: 1, failed: 1 });
    }
}
