package o2c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"duly/shared/o2c/fault"
)

// LinkTeam is the page that signs a colleague in.
const LinkTeam = "sign-in"

// How long a sign-in link and the session that it opens are good (design §5).
const (
	SignInTime  = time.Minute
	SessionTime = 8 * time.Hour
)

// pass lets one colleague in: by a link once, or by a cookie for a working day.
// The table knows a hash of what opens it, and so opens nothing itself.
type pass struct{ data passData }

type passData struct {
	ID   string    `json:"id"` // hash of the token
	User string    `json:"user"`
	From time.Time `json:"from"`
	Till time.Time `json:"till"`
	Used time.Time `json:"used,omitzero"` // the link was used, or the session was left
	To   string    `json:"to,omitempty"`  // the page that a link leads to; "": the first
}

// Kind and ID make the pass a document.
func (p *pass) Kind() string { return "pass" }
func (p *pass) ID() string   { return p.data.ID }

// Expires lets a pass be forgotten once it opens nothing any more; a used link is
// known as used until then, and nothing after it.
func (p *pass) Expires() time.Time { return p.data.Till.Add(SessionTime) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *pass) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *pass) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// good reports whether the pass opens something at an instant.
func (p *pass) good(at time.Time) bool {
	return p != nil && p.data.Used.IsZero() && !at.Before(p.data.From) && at.Before(p.data.Till)
}

// passID names a pass by what opens it, for one use: a link is no session.
func passID(page, token string) string {
	sum := sha256.Sum256([]byte(page + ":" + token))
	return hex.EncodeToString(sum[:])
}

// errSignIn is the one answer to whatever a sign-in link does not open, so that
// a guess learns nothing (row 88 of the failure catalogue).
var errSignIn = fault.New(fault.NotFound, "This sign-in link does not open anything", "it was used, is older than a minute, or was never made", "ask for a new one in Slack").Keyed("signin.used")

// SignInLink makes a colleague's link to the team's pages, good for one use
// within SignInTime, and leads to one of them. The stamp's cause names the message that asked for it.
func (c *Cycle) SignInLink(ctx context.Context, s Stamp, user, to string) (url string, err error) {
	token, err := c.Links.Token(Scope{Page: LinkTeam, Subject: Key{Kind: "person", ID: user}, Contact: s.Cause + " " + s.At.UTC().Format(time.RFC3339Nano)})
	if err != nil {
		return "", err
	}
	return c.Policy.URL(LinkTeam, token), c.letIn(ctx, s, passData{ID: passID(LinkTeam, token), User: user, From: s.At, Till: s.At.Add(SignInTime), To: to})
}

func (c *Cycle) letIn(ctx context.Context, s Stamp, d passData) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if known, err := find[pass](ctx, tx, d.ID); err != nil || known != nil {
			return err
		}
		return tx.Save(&pass{data: d})
	})
}

// SignIn uses a link up and opens a session; key is what the browser keeps, to the page that the link leads to.
func (c *Cycle) SignIn(ctx context.Context, at time.Time, token string) (key, user, to string, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:web"})
		link, err := find[pass](ctx, tx, passID(LinkTeam, token))
		if err != nil {
			return err
		}
		if !link.good(at) {
			return errSignIn
		}
		user, to = link.data.User, link.data.To
		key, err = c.Links.Token(Scope{Page: "session", Subject: KeyOf(link), Contact: user})
		if err != nil {
			return err
		}
		link.data.Used = at
		if err := tx.Save(link); err != nil {
			return err
		}
		return tx.Save(&pass{data: passData{ID: passID("session", key), User: user, From: at, Till: at.Add(SessionTime)}})
	})
	return key, user, to, err
}

// Session is whose session a key opens; ok is false when it opens none.
func (c *Cycle) Session(ctx context.Context, at time.Time, key string) (user string, ok bool, err error) {
	p, err := find[pass](ctx, NewTx(c.Store), passID("session", key))
	if err != nil || !p.good(at) {
		return "", false, err
	}
	return p.data.User, true, nil
}

// SignOut ends a session.
func (c *Cycle) SignOut(ctx context.Context, at time.Time, key string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:web"})
		p, err := find[pass](ctx, tx, passID("session", key))
		if err != nil || !p.good(at) {
			return err
		}
		p.data.Used = at
		return tx.Save(p)
	})
}
