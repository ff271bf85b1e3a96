package hook

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"syscall"
)

// fits checks a subscriber's address as far as it can be seen without asking
// for it.
func (s *Sender) fits(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("its url is not an address")
	case u.User != nil:
		return errors.New("its url holds a password")
	case u.Scheme != "https" && !s.opt.Loopback:
		return errors.New("its url does not begin with https://")
	}
	return nil
}

// guard looks at the very address that is about to be connected to, after
// names were resolved: what a name said before or says later does not matter
// (row 84 of the failure catalogue).
func guard(loopback bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%s is not an address", address)
		}
		if ip := at.Addr().Unmap(); !public(ip) && !(loopback && ip.IsLoopback()) {
			return errors.New("its address is not a public one")
		}
		return nil
	}
}

// special are ranges of the IANA special-purpose registries
// (iana.org/assignments/iana-ipv4-special-registry and …ipv6…) beyond those
// that netip knows: our own network, or a way into it.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relay
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarking
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, broadcast
	netip.MustParsePrefix("64:ff9b::/96"),    // IPv4 through NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),      // discard
	netip.MustParsePrefix("2001::/23"),     // protocol assignments, Teredo
	netip.MustParsePrefix("2001:db8::/32"), // documentation
	netip.MustParsePrefix("2002::/16"),     // 6to4
	netip.MustParsePrefix("fec0::/10"),     // site-local
	netip.MustParsePrefix("::/96"),         // IPv4-compatible
}

// public reports whether an address is one of the open Internet.
func public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.IsUnspecified() || ip.IsLoopback() || ip.IsPrivate() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip.Zone() != "" {
		return false
	}
	for _, p := range special {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
