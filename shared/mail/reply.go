package mail

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
	"strings"
	"unicode/utf8"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c"
)

// partsMax is how many parts of a mail are looked through, and textMax how much
// of its text is read.
const (
	partsMax = 20
	textMax  = 64 << 10
)

// ReadReply reads a mail as SES received it (RFC 5322, MIME): who wrote, and what,
// without the mail that it answers. The sender's name is dropped, as it proves
// nothing.
func ReadReply(key string, raw []byte) (o2c.MailReply, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return o2c.MailReply{}, fmt.Errorf("read the mail %s: %w", key, err)
	}
	from, err := mail.ParseAddress(m.Header.Get("From"))
	if err != nil {
		return o2c.MailReply{}, fmt.Errorf("read the sender of %s: %w", key, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	auto := strings.ToLower(m.Header.Get("Auto-Submitted")) // RFC 3834
	return o2c.MailReply{
		Key: key, From: strings.ToLower(from.Address), Subject: strings.TrimSpace(strings.ToValidUTF8(subject, "")),
		Text: unquoted(wordsOf(textproto.MIMEHeader(m.Header), m.Body, 0)), Machine: auto != "" && auto != "no" || m.Header.Get("X-Autoreply") != "" || strings.EqualFold(m.Header.Get("Precedence"), "bulk"),
	}, nil
}

// wordsOf is the first plain text of a part.
func wordsOf(h textproto.MIMEHeader, body io.Reader, depth int) string {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < 4:
		parts := multipart.NewReader(body, params["boundary"])
		for range partsMax {
			part, err := parts.NextRawPart()
			if err != nil {
				break
			}
			if text := wordsOf(part.Header, part, depth+1); text != "" {
				return text
			}
		}
		return ""
	case kind != "text/plain":
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, _ := io.ReadAll(io.LimitReader(body, textMax)) // what could be read of a damaged part is shown
	return decoded(text)
}

// decoded is text as UTF-8. What is not that is read as Latin 1, which every
// byte is a letter of.
func decoded(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	runes := make([]rune, len(text))
	for i, b := range text {
		runes[i] = rune(b)
	}
	return string(runes)
}

// introduces begins what a mail answers, as mail programs write it in our
// languages: "On … wrote:", "Op … schreef …:", "Am … schrieb …:", "Le … a écrit :".
var introduces = lazy.Pattern(`(?i)^(on .+ wrote|op .+ schreef.*|am .+ schrieb.*|le .+ a écrit ?) ?:\s*$|^-{3,} ?(original message|oorspronkelijk bericht|ursprüngliche nachricht|message d'origine) ?-{3,}|^(from|van|von|de) ?: .+@`)

// unquoted is what was written, up to the mail that it answers.
func unquoted(text string) string {
	var kept []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimRight(line, "\n ")
		if introduces().MatchString(strings.TrimSpace(line)) || line == "--" {
			break
		}
		if !strings.HasPrefix(line, ">") {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}
