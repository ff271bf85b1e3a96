package hook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var noon = time.Now() // the referee below compares with its own clock

func sender(loopback bool) *Sender {
	return New(Options{Now: func() time.Time { return noon }, Loopback: loopback,
		Secrets: func(context.Context, string) ([]string, error) { return []string{secret}, nil }})
}

func issued() o2c.Published {
	return o2c.Published{ID: "20260105T120000.000000001_invoice:i_1_000002", Type: "duly.invoice.issued.v1", Subject: "invoice:i_1", Time: noon, Data: []byte(`{"number":"2026-0042"}`)}
}

// receiver is a subscriber that answers as it is told.
func receiver(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body []byte)) o2c.Subscriber {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answer(w, r, body)
	}))
	t.Cleanup(server.Close)
	return o2c.Subscriber{Name: "erp", URL: server.URL + "/duly"}
}

// The library of the scheme's authors is the referee of the signature.
func TestTellAsTheLibraryReads(t *testing.T) {
	referee, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	to := receiver(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		seen++
		if err := referee.Verify(body, r.Header); err != nil {
			t.Errorf("the referee says %v of %v", err, r.Header)
		}
		if want := `"id":"20260105T120000.000000001_invoice:i_1_000002","source":"duly","type":"duly.invoice.issued.v1"`; !strings.Contains(string(body), want) {
			t.Errorf("body %s", body)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	if err := sender(true).Tell(t.Context(), to, issued()); err != nil || seen != 1 {
		t.Errorf("%v, seen %d", err, seen)
	}
}

func TestAnswers(t *testing.T) {
	for name, row := range map[string]struct {
		status int
		header string
		code   fault.Code
		after  time.Duration
	}{
		"created": {201, "", "", 0}, "broken": {500, "", fault.Unavailable, 0}, "a redirect": {302, "", fault.Unavailable, 0}, "not found": {404, "", fault.Unavailable, 0},
		"gone": {410, "", fault.Refused, 0}, "busy": {503, "90", "", 90 * time.Second}, "busy for long": {429, "9999999", "", 24 * time.Hour},
		"busy until": {429, noon.Add(time.Hour).UTC().Format(http.TimeFormat), "", time.Hour}, "busy, who knows": {503, "soon", fault.Unavailable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			to := receiver(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
				w.Header().Set("Retry-After", row.header)
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(row.status)
			})
			err := sender(true).Tell(t.Context(), to, issued())
			var later *o2c.Later
			switch {
			case row.after > 0:
				if !errors.As(err, &later) || later.After > row.after || later.After < row.after-2*time.Second {
					t.Errorf("got %v", err)
				}
			case row.code == "" && err != nil, row.code != "" && !fault.Is(err, row.code):
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestFC_84_OnlyPublicAddresses: neither a name nor a number leads into our own
// network, whatever a name resolves to.
func TestFC_84_OnlyPublicAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "8.8.8.8": true, "100.63.255.255": true, "172.32.0.1": true,
		"127.0.0.1": false, "127.8.8.8": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fd00:ec2::254": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false,
		"::ffff:8.8.8.8": true, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::7f00:1": false, "fec0::1": false, "2001:db8::1": false,
	} {
		if got := public(netip.MustParseAddr(address).Unmap()); got != want {
			t.Errorf("%s: public %v", address, got)
		}
	}
	reached := 0
	to := receiver(t, func(http.ResponseWriter, *http.Request, []byte) { reached++ })
	for name, address := range map[string]string{
		"a number": to.URL, "a name": strings.Replace(to.URL, "127.0.0.1", "localhost", 1), "a mapped number": strings.Replace(to.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1),
	} {
		secure := strings.Replace(address, "http://", "https://", 1)
		err := sender(false).Tell(t.Context(), o2c.Subscriber{Name: "erp", URL: secure}, issued())
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "not a public one") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, address := range []string{to.URL, "https://u:p@example.com/", "ftp://example.com", "https://", "%%"} {
		if err := sender(false).Tell(t.Context(), o2c.Subscriber{Name: "erp", URL: address}, issued()); !fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if reached != 0 {
		t.Errorf("%d requests arrived", reached)
	}
}

func TestWithoutASecret(t *testing.T) {
	for name, secrets := range map[string][]string{"none": nil, "empty": {""}} {
		s := New(Options{Now: time.Now, Loopback: true, Secrets: func(context.Context, string) ([]string, error) { return secrets, nil }})
		if err := s.Tell(t.Context(), o2c.Subscriber{Name: "erp", URL: "http://127.0.0.1:1"}, issued()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
