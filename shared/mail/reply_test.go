package mail

import (
	"strings"
	"testing"

	"duly/shared/o2c"
)

// TestReadReply reads answers as mail programs send them.
func TestReadReply(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want o2c.MailReply
	}{
		"plain": {"From: Eline Vos <Eline@Vos.example>\nSubject: Re: Invoice 2026-0042\n\nWe pay on Friday.\n\nOn Mon, 9 Feb 2026, Duly wrote:\n> Invoice 2026-0042\n",
			o2c.MailReply{From: "eline@vos.example", Subject: "Re: Invoice 2026-0042", Text: "We pay on Friday."}},
		"alternatives, quoted-printable": {"From: eline@vos.example\nSubject: =?utf-8?q?Re:_R=C3=A9ponse?=\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nWij betalen =E2=82=AC 100.\nOp ma 9 feb 2026 schreef Duly:\n> oud\n--b\nContent-Type: text/html\n\n<b>Wij betalen</b>\n--b--\n",
			o2c.MailReply{From: "eline@vos.example", Subject: "Re: Réponse", Text: "Wij betalen € 100."}},
		"base64, Latin 1": {"From: a@b.example\nSubject: x\nContent-Transfer-Encoding: base64\n\nR3L832U=\n", o2c.MailReply{From: "a@b.example", Subject: "x", Text: "Grüße"}},
		"out of office":   {"From: a@b.example\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n", o2c.MailReply{From: "a@b.example", Subject: "Away", Text: "I am away.", Machine: true}},
		"only HTML":       {"From: a@b.example\nSubject: x\nContent-Type: text/html\n\n<p>Hi</p>\n", o2c.MailReply{From: "a@b.example", Subject: "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Key = "mail/1"
			got, err := ReadReply("mail/1", []byte(strings.ReplaceAll(c.raw, "\n", "\r\n")))
			if err != nil || got != c.want {
				t.Errorf("%+v %v, want %+v", got, err, c.want)
			}
		})
	}
	for _, odd := range []string{"", "no mail", "Subject: x\r\n\r\nfrom nobody"} {
		if _, err := ReadReply("k", []byte(odd)); err == nil {
			t.Errorf("%q was read", odd)
		}
	}
}

func FuzzReadReply(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = ReadReply("k", raw) }) // must not panic, nor take long
}
