package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"duly/shared/o2c"
	"duly/shared/text"
)

// address checks that a string is one bare address, in ASCII as SES wants it,
// so that nothing of it can become a header (row 81 of the failure catalogue).
func address(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", err
	}
	if a.Address != s || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("%q is not one address in ASCII", s)
	}
	return s, nil
}

// message writes the MIME message: plain text and HTML as alternatives, then
// the attachments. The same letter gives the same bytes; Date and Message-ID
// are SES's.
func message(l o2c.Letter, o Options, to string) ([]byte, error) {
	var out bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&out, "%s: %s\r\n", name, value) }
	from := mail.Address{Name: words(o.From.Name), Address: o.From.Address}
	header("From", from.String())
	header("To", to)
	if reply := first(l.ReplyTo, o.ReplyTo); reply != "" {
		r, err := address(reply)
		if err != nil {
			return nil, fmt.Errorf("reply to: %w", err)
		}
		header("Reply-To", r)
	}
	header("Subject", mime.QEncoding.Encode("utf-8", words(l.Subject)))
	header("Auto-Submitted", "auto-generated") // RFC 3834: holiday notices need not answer
	header("MIME-Version", "1.0")

	kind, body, err := alternatives(l, o.Logo)
	if err != nil {
		return nil, err
	}
	if len(l.Attachments) == 0 {
		header("Content-Type", kind)
		out.WriteString("\r\n")
		out.Write(body)
		return out.Bytes(), nil
	}
	mixed := multipart.NewWriter(&out)
	if err := mixed.SetBoundary(boundary("mixed", l)); err != nil {
		return nil, err
	}
	header("Content-Type", "multipart/mixed; boundary="+mixed.Boundary())
	out.WriteString("\r\n")
	if err := part(mixed, textproto.MIMEHeader{"Content-Type": {kind}}, body); err != nil {
		return nil, err
	}
	for _, a := range l.Attachments {
		if err := attach(mixed, a); err != nil {
			return nil, err
		}
	}
	err = mixed.Close()
	return out.Bytes(), err
}

// words is text for a header: on one line, and nothing in it that a reader's
// program would take for encoded (RFC 2047).
func words(s string) string { return strings.ReplaceAll(text.Plain(s), "=?", "= ?") }

// alternatives is the letter itself, the form that a reader prefers last
// (RFC 2046 section 5.1.4).
func alternatives(l o2c.Letter, logo Logo) (kind string, body []byte, err error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary(boundary("body", l)); err != nil {
		return "", nil, err
	}
	for _, form := range []struct{ kind, content string }{{"text/plain", l.Text}, {"text/html", l.HTML}} {
		if form.content == "" {
			continue
		}
		quoted, err := quote(form.content)
		if err != nil {
			return "", nil, err
		}
		h := textproto.MIMEHeader{"Content-Type": {form.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}}
		if form.kind == "text/html" && len(logo.Content) > 0 && strings.Contains(form.content, "cid:"+o2c.LogoCID) {
			if h, quoted, err = related(l, h, quoted, logo); err != nil {
				return "", nil, err
			}
		}
		if err := part(w, h, quoted); err != nil {
			return "", nil, err
		}
	}
	err = w.Close()
	return "multipart/alternative; boundary=" + w.Boundary(), out.Bytes(), err
}

// related is the HTML with the logo that it shows (RFC 2387).
func related(l o2c.Letter, header textproto.MIMEHeader, body []byte, logo Logo) (textproto.MIMEHeader, []byte, error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary(boundary("logo", l)); err != nil {
		return nil, nil, err
	}
	if err := part(w, header, body); err != nil {
		return nil, nil, err
	}
	name := "logo." + strings.TrimPrefix(logo.ContentType, "image/")
	err := part(w, textproto.MIMEHeader{
		"Content-Type": {logo.ContentType}, "Content-Transfer-Encoding": {"base64"}, "Content-ID": {"<" + o2c.LogoCID + ">"},
		"Content-Disposition": {mime.FormatMediaType("inline", map[string]string{"filename": name})},
	}, lines(logo.Content))
	if err == nil {
		err = w.Close()
	}
	return textproto.MIMEHeader{"Content-Type": {`multipart/related; type="text/html"; boundary=` + w.Boundary()}}, out.Bytes(), err
}

func quote(s string) ([]byte, error) {
	var out bytes.Buffer
	q := quotedprintable.NewWriter(&out)
	if _, err := io.WriteString(q, s); err != nil {
		return nil, err
	}
	err := q.Close()
	return out.Bytes(), err
}

func attach(w *multipart.Writer, a o2c.Attachment) error {
	kind, params, err := mime.ParseMediaType(a.ContentType)
	if err != nil {
		return fmt.Errorf("attachment %q of type %q: %w", a.Name, a.ContentType, err)
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) { // no path, and a name that every system can keep
			return '-'
		}
		return r
	}, text.Plain(a.Name))
	return part(w, textproto.MIMEHeader{
		"Content-Type":              {mime.FormatMediaType(kind, params)},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": name})},
		"Content-Transfer-Encoding": {"base64"},
	}, lines(a.Content))
}

// lines is base64 in lines of 76 characters (RFC 2045 section 6.8).
func lines(content []byte) []byte {
	const width = 76
	all := base64.StdEncoding.EncodeToString(content)
	var out bytes.Buffer
	out.Grow(len(all) + len(all)/width*2 + 2)
	for len(all) > width {
		out.WriteString(all[:width] + "\r\n")
		all = all[width:]
	}
	out.WriteString(all + "\r\n")
	return out.Bytes()
}

func part(w *multipart.Writer, h textproto.MIMEHeader, body []byte) error {
	p, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	_, err = p.Write(body)
	return err
}

// boundary comes from the letter, so that a repeated send is the same message
// and no letter can hold its own boundary.
func boundary(level string, l o2c.Letter) string {
	sum := sha256.Sum256([]byte(level + "\x00" + l.Tag + "\x00" + l.Text + "\x00" + l.HTML))
	return level + "-" + hex.EncodeToString(sum[:12])
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
