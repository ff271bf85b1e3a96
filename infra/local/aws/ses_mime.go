package aws

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"path/filepath"
	"strings"
	"time"
)

// compose builds the message that SES makes of simple content. It writes to memory, which does not fail.
func compose(m *Mail, in sendEmailInput) ([]byte, error) {
	c := in.Content.Simple
	var b bytes.Buffer
	var faulty error
	header := func(name, value string) {
		if strings.ContainsAny(name+value, "\r\n") {
			faulty = fmt.Errorf("header %s holds a line break", name)
		}
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	header("From", in.FromEmailAddress)
	header("To", strings.Join(in.Destination.ToAddresses, ", "))
	if len(in.Destination.CcAddresses) > 0 {
		header("Cc", strings.Join(in.Destination.CcAddresses, ", "))
	}
	if len(in.ReplyToAddresses) > 0 {
		header("Reply-To", strings.Join(in.ReplyToAddresses, ", "))
	}
	if strings.ContainsAny(c.Subject.Data, "\r\n") {
		faulty = fmt.Errorf("the subject holds a line break")
	}
	header("Subject", mime.QEncoding.Encode("utf-8", c.Subject.Data))
	header("Date", m.At.Format(time.RFC1123Z))
	header("Message-ID", m.messageID())
	for _, h := range c.Headers {
		header(h.Name, h.Value)
	}
	header("MIME-Version", "1.0")
	mixed := multipart.NewWriter(&b)
	_ = mixed.SetBoundary("mixed-" + m.ID)
	header("Content-Type", "multipart/mixed; boundary="+mixed.Boundary())
	b.WriteString("\r\n")
	var body bytes.Buffer
	alternative := multipart.NewWriter(&body)
	_ = alternative.SetBoundary("body-" + m.ID)
	for _, part := range []struct {
		kind string
		text *content
	}{{"text/plain; charset=utf-8", c.Body.Text}, {"text/html; charset=utf-8", c.Body.Html}} {
		if part.text != nil {
			w, _ := alternative.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind}, "Content-Transfer-Encoding": {"quoted-printable"}})
			q := quotedprintable.NewWriter(w)
			_, _ = io.WriteString(q, part.text.Data)
			_ = q.Close()
		}
	}
	_ = alternative.Close()
	w, _ := mixed.CreatePart(textproto.MIMEHeader{"Content-Type": {"multipart/alternative; boundary=" + alternative.Boundary()}})
	_, _ = w.Write(body.Bytes())
	for _, a := range c.Attachments {
		kind := a.ContentType
		if kind == "" { // SES derives it from the name
			kind = mime.TypeByExtension(filepath.Ext(a.FileName))
		}
		w, _ := mixed.CreatePart(textproto.MIMEHeader{
			"Content-Type":              {kind},
			"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": a.FileName})},
			"Content-Transfer-Encoding": {"base64"},
		})
		writeBase64(w, a.RawContent)
	}
	_ = mixed.Close()
	return b.Bytes(), faulty
}

// writeBase64 keeps lines at 76 characters (RFC 2045 section 6.8).
func writeBase64(w io.Writer, data []byte) {
	text := base64.StdEncoding.EncodeToString(data)
	for len(text) > 76 {
		_, _ = io.WriteString(w, text[:76]+"\r\n")
		text = text[76:]
	}
	_, _ = io.WriteString(w, text+"\r\n")
}

// messageID is the Message-ID that SES sets, which replies refer to.
func (m *Mail) messageID() string { return "<" + m.ID + "@" + Region + ".amazonses.com>" }

// parse reads what people see from the message's bytes.
func (m *Mail) parse() error {
	message, err := mail.ReadMessage(bytes.NewReader(m.raw))
	if err != nil {
		return err
	}
	words := mime.WordDecoder{}
	m.Headers, m.Attachments = map[string]string{}, []Attachment{}
	for name := range message.Header {
		value := message.Header.Get(name)
		if decoded, err := words.DecodeHeader(value); err == nil {
			value = decoded
		}
		m.Headers[name] = value
	}
	m.Subject = m.Headers["Subject"]
	if m.From == "" {
		m.From = message.Header.Get("From")
	}
	if list, err := message.Header.AddressList("Reply-To"); err == nil {
		m.ReplyTo = nil
		for _, a := range list {
			m.ReplyTo = append(m.ReplyTo, a.Address)
		}
	}
	return m.part(textproto.MIMEHeader(message.Header), message.Body, 0)
}

// maxNesting bounds multiparts within multiparts.
const maxNesting = 5

func (m *Mail) part(header textproto.MIMEHeader, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if header.Get("Content-Type") == "" {
		kind, err = "text/plain", nil // RFC 2045 section 5.2
	}
	if err != nil {
		return fmt.Errorf("content type %q: %w", header.Get("Content-Type"), err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		if depth == maxNesting {
			return fmt.Errorf("more than %d multiparts within each other", maxNesting)
		}
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.part(p.Header, p, depth+1); err != nil {
				return err
			}
		}
	}
	data, err := decodePart(header.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return err
	}
	disposition, dispositionParams, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	name := dispositionParams["filename"]
	if name == "" {
		name = params["name"]
	}
	cid := strings.Trim(header.Get("Content-Id"), "<>")
	switch {
	case disposition == "inline" && cid != "" && strings.HasPrefix(kind, "image/"): // shown where the HTML names it (RFC 2392)
		m.HTML = strings.ReplaceAll(m.HTML, "cid:"+cid, "data:"+kind+";base64,"+base64.StdEncoding.EncodeToString(data))
	case disposition != "attachment" && name == "" && kind == "text/plain":
		m.Text += string(data)
	case disposition != "attachment" && name == "" && kind == "text/html":
		m.HTML += string(data)
	default:
		m.Attachments = append(m.Attachments, Attachment{Name: name, ContentType: kind, Data: data})
	}
	return nil
}

func decodePart(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, body))
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(body))
	case "", "7bit", "8bit", "binary":
		return io.ReadAll(body)
	default:
		return nil, fmt.Errorf("transfer encoding %q unknown", encoding)
	}
}
