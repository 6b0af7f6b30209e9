//! SS-03: the table of special addresses.

use std::net::{IpAddr, Ipv6Addr};

use crate::transport::is_public;

/// First, last and neighbours of every range.
const SPECIAL: [&str; 78] = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.0",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.192",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.255",
    "192.88.99.0",
    "192.88.99.255",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.0",
    "198.51.100.255",
    "203.0.113.0",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.254",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::1.1.1.1",              // IPv4-compatible
    "::127.0.0.1",            // IPv4-compatible
    "::ffff:0.0.0.0",         // IPv4-mapped
    "::ffff:127.0.0.1",       // IPv4-mapped
    "::ffff:1.1.1.1",         // IPv4-mapped, of a public address
    "::ffff:255.255.255.255", // IPv4-mapped
    "::ffff:0:127.0.0.1",     // IPv4-translated
    "64:ff9b::",              // NAT64
    "64:ff9b::7f00:1",        // NAT64
    "64:ff9b::ffff:ffff",     // NAT64
    "64:ff9b:1::",            // local NAT64
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "100::1", // discard
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001::1",                              // Teredo
    "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", // Teredo
    "2001:2::1",                            // benchmarking
    "2001:10::1",                           // ORCHID
    "2001:20::1",                           // ORCHIDv2
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::",          // 6to4
    "2002:7f00:1::1",  // 6to4 of loopback
    "2002:101:101::1", // 6to4 of a public address
    "3ffe::1",
    "3fff::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::",
    "5f00::1",
    "fc00::",
    "fd00:ec2::254",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::1",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fec0::1", // site-local
    "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

const PUBLIC: [&str; 30] = [
    "1.0.0.0",
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "3fff:1000::",
];

#[test]
fn special_addresses_are_not_public() {
    for text in SPECIAL {
        let address: IpAddr = text.parse().expect(text);
        assert!(!is_public(address), "{text} (SS-03)");
    }
}

#[test]
fn ordinary_addresses_are_public() {
    for text in PUBLIC {
        let address: IpAddr = text.parse().expect(text);
        assert!(is_public(address), "{text} (SS-03)");
    }
}

/// SS-03: no IPv6 form lets an IPv4 address through, whatever it is.
#[test]
fn no_embedded_ipv4_address_is_public() {
    for text in SPECIAL.iter().chain(&PUBLIC) {
        let Ok(IpAddr::V4(v4)) = text.parse() else {
            continue;
        };
        let v4 = v4.to_bits();
        let embedded = [
            u128::from(v4),                           // compatible
            0xffff << 32 | u128::from(v4),            // mapped
            0x0064_ff9b << 96 | u128::from(v4),       // NAT64
            0x0064_ff9b_0001 << 80 | u128::from(v4),  // local NAT64
            0x2002 << 112 | u128::from(v4) << 80 | 1, // 6to4
            0x2001_0000 << 96 | u128::from(!v4),      // Teredo
        ];
        for bits in embedded {
            let v6 = Ipv6Addr::from_bits(bits);
            assert!(!is_public(v6.into()), "{v6} carries {text} (SS-03)");
        }
    }
}
