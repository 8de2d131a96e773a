//! Ranges of internet addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range as `203.0.113.0/24`, `2001:db8::/32`, or one address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// The text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Enter ranges such as 203.0.113.0/24 or 2001:db8::/32, one per line.")]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let width: u8 = if address.is_ipv4() { 32 } else { 128 };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = match prefix {
            Some(text) if digits(text) => text.parse().map_err(|_| NoNetwork)?,
            Some(_) => return Err(NoNetwork),
            None => width,
        };
        // The whole internet is no range, and an IPv4 address in IPv6 clothes is written as what it is.
        let is_mapped = matches!(address, IpAddr::V6(six) if six.to_ipv4_mapped().is_some());
        if prefix == 0 || prefix > width || is_mapped {
            return Err(NoNetwork);
        }
        let first = match address {
            IpAddr::V4(four) => Ipv4Addr::from_bits(four.to_bits() & (u32::MAX << (32 - prefix))).into(),
            IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << (128 - prefix))).into(),
        };
        Ok(Self { first, prefix })
    }
}

impl Network {
    /// The first and the last address of it.
    #[must_use]
    pub fn ends(&self) -> (IpAddr, IpAddr) {
        let last = match self.first {
            IpAddr::V4(four) => {
                Ipv4Addr::from_bits(four.to_bits() | u32::MAX.checked_shr(self.prefix.into()).unwrap_or(0)).into()
            }
            IpAddr::V6(six) => {
                Ipv6Addr::from_bits(six.to_bits() | u128::MAX.checked_shr(self.prefix.into()).unwrap_or(0)).into()
            }
        };
        (self.first, last)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_ends() {
        for (text, first, last) in [
            ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
            ("203.0.113.7/24", "203.0.113.0", "203.0.113.255"),
            ("10.0.0.0/8", "10.0.0.0", "10.255.255.255"),
            ("128.0.0.0/1", "128.0.0.0", "255.255.255.255"),
            ("2001:DB8::1", "2001:db8::1", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ] {
            let network: Network = text.parse().expect(text);
            let (from, to) = network.ends();
            assert_eq!(
                (from.to_string(), to.to_string()),
                (first.into(), last.into()),
                "{text}"
            );
            assert_eq!(network.to_string().parse(), Ok(network), "{text}");
        }
    }

    #[test]
    fn what_is_no_range() {
        for text in [
            "",
            "office",
            "203.0.113.0/33",
            "203.0.113.0/0",
            "203.0.113.0/-1",
            "203.0.113.0/+8",
            "203.0.113.0/",
            "203.0.113",
            "2001:db8::/129",
            "::/0",
            "::ffff:203.0.113.7",
            "203.0.113.0/24'",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
