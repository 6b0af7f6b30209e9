//! Which addresses belong to the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` is an ordinary host of the public internet.
///
/// Everything else is refused by [`Guarded`](super::Guarded): addresses of this machine, of private
/// and carrier networks, of links, groups, documentation and benchmarks, and every IPv6 form that
/// carries an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo), because what it leads to
/// is decided elsewhere. An implementation of [`Transport`](super::Transport) of one's own should ask
/// it for every address that a name resolves to.
///
/// ```
/// use atproto_oauth::transport::is_public;
/// assert!(is_public("1.1.1.1".parse()?));
/// assert!(!is_public("169.254.169.254".parse()?));
/// assert!(!is_public("::ffff:10.0.0.1".parse()?));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|net| net.holds(v4.to_bits())),
        IpAddr::V6(v6) => {
            GLOBAL_UNICAST.holds(v6.to_bits())
                && !SPECIAL_V6.iter().any(|net| net.holds(v6.to_bits()))
        }
    }
}

/// The first address and the length of the prefix.
struct Net<T>(T, u32);

/// RFC 6890 and its successors, and one address that only looks public.
const SPECIAL_V4: [Net<Ipv4Addr>; 17] = [
    Net(Ipv4Addr::UNSPECIFIED, 8),            // this network
    Net(Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    Net(Ipv4Addr::new(100, 64, 0, 0), 10),    // carrier-grade NAT
    Net(Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    Net(Ipv4Addr::new(168, 63, 129, 16), 32), // the platform service of a large cloud
    Net(Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, instance metadata
    Net(Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    Net(Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    Net(Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    Net(Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    Net(Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    Net(Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarking
    Net(Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    Net(Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    Net(Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    Net(Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved
    Net(Ipv4Addr::BROADCAST, 32),             // broadcast
];

/// What is outside is never public: `::`, `::1`, mapped and compatible addresses, NAT64, discard, ULA,
/// link-local, site-local, multicast.
const GLOBAL_UNICAST: Net<Ipv6Addr> = Net(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is not public inside global unicast.
const SPECIAL_V6: [Net<Ipv6Addr>; 5] = [
    Net(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments: Teredo, benchmarking, ORCHID
    Net(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    Net(Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    Net(Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16), // 6bone, returned
    Net(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

impl Net<Ipv4Addr> {
    const fn holds(&self, bits: u32) -> bool {
        (bits ^ self.0.to_bits()) >> (32 - self.1) == 0
    }
}

impl Net<Ipv6Addr> {
    const fn holds(&self, bits: u128) -> bool {
        (bits ^ self.0.to_bits()) >> (128 - self.1) == 0
    }
}
