// Package epost hands e-invoices to an access point of the Peppol network and asks
// it what became of them. It does not own the documents, nor what follows.
package epost

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// StorecoveURL is the service; its sandbox has the same address and other keys.
const StorecoveURL = "https://api.storecove.com/api/v2"

// Storecove speaks Storecove's API v2 (https://www.storecove.com/docs): whether a
// reader can receive (POST discovery/receives), the document itself (POST
// document_submissions), and the queue of webhooks in pull mode (GET and DELETE
// webhook_instances), of which nobody has to keep a public address.
type Storecove struct {
	URL  string
	HTTP *http.Client
	// Key reads the API key when it is wanted.
	Key func(context.Context) (string, error)
	// Entity is the number of the sender as Storecove has it, its legalEntityId.
	Entity int64
}

var _ o2c.EPost = Storecove{}

// Bounds of one answer, of its wait, and of the news of one time.
const (
	answerMax  = 1 << 20
	answerTime = 20 * time.Second
	newsMax    = 100
)

type identifier struct {
	Scheme string `json:"scheme"`
	ID     string `json:"id"`
}

type submission struct {
	Entity  int64  `json:"legalEntityId"`
	Once    string `json:"idempotencyGuid"`
	Routing struct {
		Identifiers []identifier `json:"eIdentifiers"`
	} `json:"routing"`
	Document struct {
		Type string `json:"documentType"`
		Raw  struct {
			Document string `json:"document"` // base64
			Parse    string `json:"parseStrategy"`
		} `json:"rawDocumentData"`
	} `json:"document"`
}

// Submit asks whether the reader can receive such a document and hands it over.
// Its id is ours, made of the tag: Storecove refuses it a second time, which says
// that it has the document, and puts it on every piece of news.
func (s Storecove) Submit(ctx context.Context, d o2c.EDocument) (string, error) {
	id, ok := identify(d.Scheme, d.To)
	if !ok {
		return "", o2c.Permanent("The e-invoice cannot be addressed", "Storecove has no scheme "+d.Scheme, "send the PDF", nil).Keyed("peppol.scheme", d.Scheme)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if err := s.receives(ctx, id, d.Credit); err != nil {
		return "", err
	}
	in := submission{Entity: s.Entity, Once: Guid(d.Tag)}
	in.Routing.Identifiers = []identifier{id}
	in.Document.Type, in.Document.Raw.Parse = "invoice", "ubl" // a credit note too: the document itself says which it is
	in.Document.Raw.Document = base64.StdEncoding.EncodeToString(d.UBL)
	err := s.ask(ctx, http.MethodPost, "/document_submissions", in, nil)
	var wrong refusal
	switch {
	case errors.As(err, &wrong) && slices.ContainsFunc(wrong, problem.repeated):
		return in.Once, nil
	case errors.As(err, &wrong):
		return "", o2c.Permanent("The access point refused the document", wrong.Error(), "mend what it names, or send the PDF", nil).Keyed("peppol.refused", wrong.Error())
	case err != nil:
		return "", err
	}
	return in.Once, nil
}

// receives asks whether a reader is in the network and takes such documents.
func (s Storecove) receives(ctx context.Context, id identifier, credit bool) error {
	kind := "invoice"
	if credit {
		kind = "creditnote"
	}
	var said struct {
		Code string `json:"code"`
	}
	err := s.ask(ctx, http.MethodPost, "/discovery/receives", map[string]any{
		"documentTypes": []string{kind}, "network": "peppol", "metaScheme": "iso6523-actorid-upis", "scheme": id.Scheme, "identifier": id.ID,
	}, &said)
	if wrong := (refusal)(nil); errors.As(err, &wrong) {
		return o2c.Permanent("The e-invoice cannot be addressed", wrong.Error(), "mend the customer's numbers, or send the PDF", nil).Keyed("peppol.refused", wrong.Error())
	}
	if err == nil && said.Code == "NOK" {
		return o2c.Permanent("The customer does not receive e-invoices", id.Scheme+" "+id.ID+" is not in Peppol's network, or takes no "+kind, "send the PDF, or ask the customer for another number", nil).Keyed("peppol.absent", id.Scheme, id.ID)
	}
	return err
}

// news is a webhook's body.
type news struct {
	Type    string `json:"event_type"`
	Event   string `json:"event"`
	Details string `json:"details"`
	GUID    string `json:"guid"` // Storecove's own of the submission
	Once    string `json:"idempotencyGuid"`
}

// Collect reads the queue, the oldest first. What take has taken is deleted there;
// what is about nothing of ours, or says nothing final, is deleted too.
func (s Storecove) Collect(ctx context.Context, take func(o2c.MailNews) error) error {
	for range newsMax {
		var head struct {
			GUID string `json:"guid"`
			Body string `json:"body"`
		}
		if err := s.ask(ctx, http.MethodGet, "/webhook_instances/", nil, &head); err != nil {
			return err
		}
		if head.GUID == "" {
			return nil
		}
		var n news
		if json.Unmarshal([]byte(head.Body), &n) == nil && n.Once != "" {
			if said, final := n.said(); final {
				if err := take(said); err != nil {
					return err
				}
			}
		}
		if err := s.ask(ctx, http.MethodDelete, "/webhook_instances/"+url.PathEscape(head.GUID), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// said is what the news means, and whether it is final. That it succeeded is the
// receipt of the reader's own access point (AS4).
func (n news) said() (o2c.MailNews, bool) {
	out := o2c.MailNews{Submission: n.Once}
	switch n.Event {
	case "succeeded":
		out.News = delivery.News{Verb: "deliver", Proof: "Storecove " + n.GUID}
	case "failed", "no_action_taken", "rejected":
		out.News = delivery.News{Verb: "reject", Code: n.Event, Reason: n.Details}
	default:
		return out, false
	}
	return out, true
}

// problem is one reason of a refusal (422).
type problem struct {
	Source  string `json:"source"`
	Details string `json:"details"`
}

// repeated reports whether it only says that the document was taken before.
func (p problem) repeated() bool { return strings.EqualFold(p.Source, "idempotencyGuid") }

type refusal []problem

func (r refusal) Error() string {
	all := make([]string, len(r))
	for i, p := range r {
		all[i] = strings.Trim(p.Source+": "+p.Details, ": ")
	}
	if len(all) == 0 {
		return "it gave no reason"
	}
	return strings.Join(all, "; ")
}

// ask sends a request and reads its answer.
func (s Storecove) ask(ctx context.Context, method, path string, in, out any) error {
	key, err := s.Key(ctx)
	if err != nil {
		return err
	}
	if key == "" {
		return fault.New(fault.Config, "The access point cannot be asked", "its key is not entered", "run: duly secret set peppol/storecove").Keyed("service.config")
	}
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		return fault.New(fault.Config, "The access point cannot be asked", "its address is wrong", "mend it").Keyed("service.config").Because(err)
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(key))
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := s.HTTP.Do(req)
	if err != nil {
		return unanswered("nothing came back", err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, answerMax))
	if err != nil {
		return unanswered("its answer broke off", err)
	}
	return answered(answer.StatusCode, raw, out)
}

func answered(status int, raw []byte, out any) error {
	switch {
	case status == http.StatusUnprocessableEntity:
		var wrong refusal
		_ = json.Unmarshal(raw, &wrong) // a refusal without a reason is one all the same
		return wrong
	case status == http.StatusTooManyRequests:
		return &o2c.Later{After: time.Minute, Cause: fmt.Errorf("the access point asks us to slow down")}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Config, "The access point refuses us", fmt.Sprintf("it answered %d", status), "enter the key again: duly secret set peppol/storecove; look whether peppol.legal_entity is its own").Keyed("service.config")
	case status >= http.StatusMultipleChoices:
		return unanswered(fmt.Sprintf("it answered %d", status), nil)
	}
	if out != nil && len(raw) > 0 {
		if err := json.Unmarshal(raw, out); err != nil {
			return unanswered("its answer is not what its documentation shows", nil)
		}
	}
	return nil
}

func unanswered(why string, cause error) error {
	return fault.New(fault.Unavailable, "The access point does not answer", why, "nothing: it is asked again").Because(cause).Keyed("peppol.away")
}

// Guid makes an id in the form of a GUID of a tag (RFC 9562, version 8): the same
// tag gives the same.
func Guid(tag string) string {
	h := sha256.Sum256([]byte("duly/epost/" + tag))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// identify spells an address of the EAS list in Storecove's own schemes
// (https://www.storecove.com/docs, "Receiver identifiers list").
func identify(scheme, address string) (identifier, bool) {
	switch {
	case scheme == party.SchemeKVK:
		return identifier{"NL:KVK", address}, true
	case scheme == party.SchemeLeitweg:
		return identifier{"DE:LWID", address}, true
	case len(address) > 2 && party.VATScheme(address[:2]) == scheme:
		return identifier{strings.Replace(address[:2], "EL", "GR", 1) + ":VAT", address}, true
	}
	return identifier{}, false
}
