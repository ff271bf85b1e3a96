package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"duly/events"
)

// binary builds the command once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "duly-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "duly")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// outsider is a client that knows nothing but demo.json.
type outsider struct {
	t       *testing.T
	process *exec.Cmd
	info    struct {
		BaseURL string `json:"base_url"`
		Shops   []struct{ Endpoint, Platform, URL, Secret string }
		Slack   struct {
			ActionsURL    string            `json:"actions_url"`
			SigningSecret string            `json:"signing_secret"`
			Team          string            `json:"team"`
			AppID         string            `json:"app_id"`
			Channels      map[string]string `json:"channels"`
			Users         []struct{ ID, Name, Role string }
		}
		APIKey string `json:"api_key"`
	}
}

// start runs the demo on a state and waits for demo.json.
func start(t *testing.T, dir string, port int) *outsider {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	o := &outsider{t: t, process: exec.Command(path, "demo", "--port", strconv.Itoa(port), "--state", dir, "--empty", "--start", "2026-01-05")}
	var said bytes.Buffer
	o.process.Stdout, o.process.Stderr = &said, &said
	if err := o.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.kill() })
	ended := make(chan error, 1)
	go func() { ended <- o.process.Wait() }()
	for {
		raw, err := os.ReadFile(filepath.Join(dir, "demo.json"))
		if err == nil && json.Unmarshal(raw, &o.info) == nil && o.alive() {
			return o
		}
		select {
		case err := <-ended:
			t.Fatalf("the demo ended before it was ready: %v\n%s", err, said.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// alive tells a demo.json of this process from one that a killed process left.
func (o *outsider) alive() bool {
	answer, err := http.Get(o.info.BaseURL + "/demo/clock")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (o *outsider) kill() {
	_ = o.process.Process.Kill() // SIGKILL; it may have ended already
	for o.info.BaseURL != "" && o.alive() {
		time.Sleep(time.Millisecond)
	}
}

func (o *outsider) send(method, address string, body []byte, header http.Header) (int, []byte, http.Header) {
	o.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = o.info.BaseURL + address
	}
	req, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	for name := range header {
		req.Header.Set(name, header.Get(name))
	}
	if strings.Contains(address, "/v1/") {
		req.Header.Set("Authorization", "Bearer "+o.info.APIKey)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer.StatusCode, raw, answer.Header
}

type object = map[string]any

// ask gets or posts JSON and expects an answer of 2xx.
func (o *outsider) ask(method, path string, body object) object {
	o.t.Helper()
	var raw []byte
	header := http.Header{}
	if body != nil {
		raw, _ = json.Marshal(body)
		header.Set("Content-Type", "application/json")
	}
	status, answer, _ := o.send(method, path, raw, header)
	if status < 200 || status > 299 {
		o.t.Fatalf("%s %s answered %d: %s", method, path, status, answer)
	}
	var out object
	if err := json.Unmarshal(answer, &out); err != nil {
		o.t.Fatalf("%s %s answered no JSON: %s", method, path, answer)
	}
	return out
}

func (o *outsider) items(path string) []object {
	o.t.Helper()
	var out []object
	for _, item := range o.ask(http.MethodGet, path, nil)["items"].([]any) {
		out = append(out, item.(object))
	}
	return out
}

func (o *outsider) shop(platform string) (address, secret string) {
	for _, s := range o.info.Shops {
		if s.Platform == platform {
			return s.URL, s.Secret
		}
	}
	o.t.Fatalf("no shop on %s", platform)
	return "", ""
}

func sum(secret, content []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(content)
	return mac.Sum(nil)
}

// shopify posts a body as Shopify does.
func (o *outsider) shopify(topic string, body []byte) (int, []byte) {
	address, secret := o.shop("shopify")
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set("X-Shopify-Topic", topic)
	header.Set("X-Shopify-Hmac-Sha256", base64.StdEncoding.EncodeToString(sum([]byte(secret), body)))
	status, answer, _ := o.send(http.MethodPost, address, body, header)
	return status, answer
}

// standard posts a body by Standard Webhooks.
func (o *outsider) standard(id string, body []byte) (int, []byte) {
	address, secret := o.shop("generic")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		o.t.Fatal(err)
	}
	at := strconv.FormatInt(int64(o.ask(http.MethodGet, "/demo/clock", nil)["unix"].(float64)), 10)
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", at)
	header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(sum(key, []byte(id+"."+at+"."+string(body)))))
	status, answer, _ := o.send(http.MethodPost, address, body, header)
	return status, answer
}

// press signs a button's press as Slack does and posts it to the product.
func (o *outsider) press(user string, card object, action, value string) (int, []byte) {
	payload, err := json.Marshal(object{
		"type": "block_actions", "api_app_id": o.info.Slack.AppID, "trigger_id": "1.2.x", "team": object{"id": o.info.Slack.Team},
		"user": object{"id": user, "team_id": o.info.Slack.Team}, "channel": object{"id": card["channel"]},
		"container": object{"type": "message", "message_ts": card["ts"], "channel_id": card["channel"]},
		"actions":   []object{{"type": "button", "action_id": action, "value": value}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	body := url.Values{"payload": {string(payload)}}.Encode()
	at := strconv.FormatInt(int64(o.ask(http.MethodGet, "/demo/clock", nil)["unix"].(float64)), 10)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	header.Set("X-Slack-Request-Timestamp", at)
	header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(sum([]byte(o.info.Slack.SigningSecret), []byte("v0:"+at+":"+body))))
	status, answer, _ := o.send(http.MethodPost, o.info.Slack.ActionsURL, []byte(body), header)
	return status, answer
}

// button finds a button's value in a card's blocks.
func button(card object, action string) string {
	var value string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, each := range v {
				walk(each)
			}
		case object:
			if v["action_id"] == action {
				value, _ = v["value"].(string)
			}
			for _, each := range v {
				walk(each)
			}
		}
	}
	walk(card["blocks"])
	return value
}

const bigOrder = `{"type":"order.created","timestamp":"2026-01-05T08:00:00Z","data":{"external_id":"B-1","number":"B-1","currency":"EUR","prices_include_tax":false,
 "customer":{"name":"Eva Smit","company":"Acme BV","email":"finance@acme.example","vat_id":"NL001234567B13","kind":"company","address":{"street":"Industrieweg 88","postal_code":"3044 AS","city":"Rotterdam","country":"NL"}},
 "lines":[{"sku":"ESPRESSO-2","name":"Espresso machine","quantity":4,"unit_price":{"amount":284500,"currency":"EUR"},"tax_rate":"21"}],"total":{"amount":1376980,"currency":"EUR"}}}`

// TestWholeCycleFromOutside plays a customer of the product with nothing but
// HTTP and demo.json, kills the process without warning, and finds everything
// again.
func TestWholeCycleFromOutside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	o := start(t, dir, 0)

	sample, err := events.FS.ReadFile("shopify/orders-create.json")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if status, answer := o.shopify("orders/create", sample); status != http.StatusOK {
			t.Fatalf("the shop was answered %d: %s", status, answer)
		}
	}
	forged := bytes.Replace(sample, []byte("463.78"), []byte("463.79"), 1)
	address, _ := o.shop("shopify")
	_, secret := o.shop("shopify")
	header := http.Header{"X-Shopify-Topic": {"orders/create"}}
	header.Set("X-Shopify-Hmac-Sha256", base64.StdEncoding.EncodeToString(sum([]byte(secret), sample)))
	if status, answer, _ := o.send(http.MethodPost, address, forged, header); status != http.StatusUnauthorized {
		t.Errorf("a changed byte was answered %d: %s", status, answer)
	}
	if orders := o.items("/v1/orders"); len(orders) != 1 {
		t.Fatalf("%d orders", len(orders))
	}

	if status, answer := o.standard("msg_1", []byte(bigOrder)); status != http.StatusOK {
		t.Fatalf("the shop was answered %d: %s", status, answer)
	}
	order := o.items("/v1/orders")[0]
	card := o.items("/demo/slack/messages")[0]
	if order["status"] != "received" || card["channel"] != o.info.Slack.Channels["credit"] {
		t.Fatalf("the order is %v, the newest card %v", order["status"], card)
	}
	value := button(card, "credit.approve")
	approver := ""
	for _, u := range o.info.Slack.Users {
		if u.Role == "approver" {
			approver = u.ID
		}
	}
	if status, answer := o.press(approver, card, "credit.approve", value); status != http.StatusOK {
		t.Fatalf("the press was answered %d: %s", status, answer)
	}
	id := order["id"].(string)
	if after := o.ask(http.MethodGet, "/v1/orders/"+id, nil); after["status"] != "confirmed" {
		t.Fatalf("after the press the order is %v", after["status"])
	}
	o.ask(http.MethodPost, "/v1/orders/"+id+"/shipments", object{"carrier": "PostNL", "tracking": "3S1"})

	var mail object // of the invoice; the confirmation and the tracking number leave at the same time
	var attachments []any
	for _, m := range o.items("/demo/mail") {
		if a := m["attachments"].([]any); len(a) == 1 {
			mail, attachments = m, a
		}
	}
	if mail["to"] != "finance@acme.example" {
		t.Fatalf("the invoice's mail is %v", mail)
	}
	if status, pdf, _ := o.send(http.MethodGet, attachments[0].(object)["url"].(string), nil, nil); status != http.StatusOK || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("the invoice is %d %.20q", status, pdf)
	}
	link := regexp.MustCompile(regexp.QuoteMeta(o.info.BaseURL) + `/i/[a-z0-9]+`).FindString(mail["text"].(string))
	for range 3 { // a mail scanner
		if status, page, _ := o.send(http.MethodGet, link, nil, nil); status != http.StatusOK || !bytes.Contains(page, []byte("2026-0001")) {
			t.Fatalf("the customer's page answered %d", status)
		}
	}
	status, _, answer := o.send(http.MethodPost, link+"/pay", nil, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if status != http.StatusSeeOther {
		t.Fatalf("Pay answered %d", status)
	}
	session := o.items("/demo/stripe/sessions")[0]
	if session["url"] != answer.Get("Location") {
		t.Errorf("Pay leads to %s, the session is at %v", answer.Get("Location"), session["url"])
	}
	o.ask(http.MethodPost, "/demo/stripe/sessions/"+session["id"].(string)+"/pay", object{"method": "ideal"})
	if invoice := o.ask(http.MethodGet, "/v1/invoices/2026-0001", nil); invoice["status"] != "paid" {
		t.Errorf("the invoice is %v", invoice["status"])
	}
	payout := o.ask(http.MethodPost, "/demo/stripe/payout", object{})
	entry, _ := json.Marshal(object{"entries": []object{{"amount": payout["amount"], "reference": payout["reference"], "name": "STRIPE", "iban": "IE29AIBK93115212345678"}}})
	if status, camt, _ := o.send(http.MethodPost, "/demo/bank", entry, nil); status != http.StatusCreated || !bytes.Contains(camt, []byte("camt.053")) {
		t.Fatalf("the bank answered %d: %.200s", status, camt)
	}
	before := o.balances()
	if before["clearing:stripe"] != 0 || before["receivable"] != 0 || before["bank"] != payout["amount"].(float64) {
		t.Errorf("the books are %v, paid out was %v", before, payout["amount"])
	}

	o.kill()
	again := start(t, dir, port(t, o.info.BaseURL))
	if after := again.balances(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the books were %v and are %v", before, after)
	}
	if status, _ := again.shopify("orders/create", sample); status != http.StatusOK {
		t.Errorf("the known order was answered %d", status)
	}
	if orders := again.items("/v1/orders"); len(orders) != 2 {
		t.Errorf("%d orders after the restart", len(orders))
	}
	if status, _, _ := again.send(http.MethodGet, link, nil, nil); status != http.StatusOK {
		t.Errorf("the customer's link answers %d after the restart", status)
	}
	if n := len(again.items("/demo/mail")); n < 3 {
		t.Errorf("%d mails are left", n)
	}
	again.endsCleanly()
}

func port(t *testing.T, base string) int {
	t.Helper()
	n, err := strconv.Atoi(base[strings.LastIndexByte(base, ':')+1:])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// balances are the accounts by role, in minor units.
func (o *outsider) balances() map[string]float64 {
	o.t.Helper()
	out := map[string]float64{}
	for _, a := range o.ask(http.MethodGet, "/v1/ledger/trial-balance", nil)["accounts"].([]any) {
		out[a.(object)["role"].(string)] = a.(object)["balance"].(object)["amount"].(float64)
	}
	return out
}

func (o *outsider) endsCleanly() {
	o.t.Helper()
	if err := o.process.Process.Signal(syscall.SIGTERM); err != nil {
		o.t.Fatal(err)
	}
	for o.alive() {
		time.Sleep(time.Millisecond)
	}
}

// TestKillsLoseNothingAcknowledged kills the process in the middle of a stream
// of orders, again and again: every order that was answered is there, once.
func TestKillsLoseNothingAcknowledged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	o := start(t, dir, 0)
	n := port(t, o.info.BaseURL)
	answered := map[string]bool{}
	for round := range 4 {
		stop := make(chan struct{})
		go func(o *outsider) {
			time.Sleep(time.Duration(40+30*round) * time.Millisecond)
			o.kill()
			close(stop)
		}(o)
		for i := 0; ; i++ {
			number := fmt.Sprintf("K%d-%d", round, i)
			body := []byte(strings.ReplaceAll(strings.ReplaceAll(bigOrder, "B-1", number), `"quantity":4`, `"quantity":1`))
			if !o.standardOrDead("msg_"+number, body) {
				break
			}
			answered[number] = true
		}
		<-stop
		o = start(t, dir, n)
	}
	found := map[string]int{}
	after := ""
	for {
		page := o.ask(http.MethodGet, "/v1/orders?limit=100&after="+url.QueryEscape(after), nil)
		for _, item := range page["items"].([]any) {
			found[item.(object)["number"].(string)]++
		}
		if after, _ = page["next"].(string); after == "" {
			break
		}
	}
	if len(answered) == 0 {
		t.Fatal("no order was answered before the first kill")
	}
	for number := range answered {
		if found[number] != 1 {
			t.Errorf("order %s was answered and is there %d times", number, found[number])
		}
	}
	o.ask(http.MethodPost, "/demo/clock", object{"advance": "10m"}) // past the lease of an effect whose performer was killed
	cards := map[string]int{}
	for _, m := range o.items("/demo/slack/messages") {
		cards[m["text"].(string)]++
	}
	for number := range answered {
		if cards := len(matching(cards, number)); cards == 0 {
			t.Errorf("order %s has no card", number)
		}
	}
}

func matching(all map[string]int, word string) []string {
	var out []string
	for text := range all {
		if strings.Contains(text, word) {
			out = append(out, text)
		}
	}
	return out
}

// standardOrDead posts like standard, and reports false when the process is
// gone.
func (o *outsider) standardOrDead(id string, body []byte) bool {
	address, secret := o.shop("generic")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		o.t.Fatal(err)
	}
	clock, err := http.Get(o.info.BaseURL + "/demo/clock")
	if err != nil {
		return false
	}
	defer clock.Body.Close()
	var now struct{ Unix int64 }
	if json.NewDecoder(clock.Body).Decode(&now) != nil {
		return false
	}
	at := strconv.FormatInt(now.Unix, 10)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(sum(key, []byte(id+"."+at+"."+string(body)))))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
