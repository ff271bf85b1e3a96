package aws

import "testing"

func FuzzMailParse(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nTo: c@d.example\r\n\r\nhi"))
	f.Add([]byte("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n"))
	f.Add([]byte("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Mail{raw: raw}
		if err := m.parse(); err == nil && m.Headers == nil {
			t.Errorf("parsed without headers: %q", raw)
		}
	})
}
