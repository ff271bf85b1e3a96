// Package slack is the function that takes what the team does in Slack: buttons, forms, slash commands and the Home. It
// owns who is let in, which use case a press calls, and how a failure is told to whoever pressed. It does not own how
// anything looks (chat), nor what a use case decides (o2c): what people see afterwards is an effect of the commit.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/chat"
	"duly/shared/handler/roll"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
)

// Views shows what Slack lets nobody but the pressed function show, inside its 3 seconds (design §4.2).
type Views interface {
	Open(ctx context.Context, triggerID string, m chat.Modal) error
	Publish(ctx context.Context, user string, h chat.Home) error
}

// Workspace is the one that is served: requests of any other app or team are refused, however well they are signed.
type Workspace struct {
	Team string
	App  string
}

// Deps is what the function needs.
type Deps struct {
	Cycle     *o2c.Cycle
	Views     Views
	Members   roll.Members
	Workspace Workspace
	Now       func() time.Time
	Log       *slog.Logger // nil: nothing is logged
	Live      bool         // real money moves; the Home says so
	// Advance moves the demo's clock by so many days, after the answer; nil: the clock is the world's.
	Advance func(days int)
	// Signed proves that Slack sent the raw body.
	Signed func(ctx context.Context, header http.Header, body []byte, at time.Time) error
}

// budget is how long a request may take: Slack gives up after 3 s (row 17 of the failure catalogue).
const budget = 2500 * time.Millisecond

// New makes the function. It refuses to start without a workspace, which would let every team in.
func New(d Deps) (trigger.Handler, error) {
	if d.Workspace.Team == "" || d.Workspace.App == "" {
		return trigger.Handler{}, fault.New(fault.Config, "The Slack function cannot start", "the team's or the app's id is missing", "set slack.team and slack.app in duly.yaml")
	}
	if d.Members == nil {
		return trigger.Handler{}, fault.New(fault.Config, "The Slack function cannot start", "nothing says who is an active member", "give it a client of the workspace")
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return trigger.Handler{HTTP: desk{Deps: d, voice: chat.NewVoice(d.Cycle.Policy), roll: roll.New(d.Cycle, d.Members, d.Workspace.Team, d.Now, d.Log), drawn: &drawn{homes: map[string]time.Time{}}}.http}, nil
}

// desk is the function at work.
type desk struct {
	Deps
	voice chat.Voice
	roll  *roll.Roll
	drawn *drawn

	// In somebody's sandbox: its name, and the house's own cycle. See training.go.
	part    string
	outside *o2c.Cycle
}

// http lets in what Slack signed; everything else gets the same answer, whatever is wrong with it.
func (d desk) http(ctx context.Context, in events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	body, ok := trigger.Body(in)
	if !ok {
		return trigger.Text(http.StatusRequestEntityTooLarge, ""), nil
	}
	if d.Signed(ctx, trigger.Header(in), body, d.Now()) != nil {
		return unproven(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	switch in.RawPath {
	case "/slack/actions":
		return d.actions(ctx, body), nil
	case "/slack/commands":
		return d.command(ctx, body), nil
	case "/slack/events":
		return d.event(ctx, body), nil
	}
	return trigger.Text(http.StatusNotFound, ""), nil
}

func unproven() events.APIGatewayV2HTTPResponse { return trigger.Text(http.StatusUnauthorized, "") }

// serves reports whether a request is of our app in our team, by one of its members: a guest of a shared channel belongs
// to another team (row 27).
func (d desk) serves(team, app, userTeam string) bool {
	return team == d.Workspace.Team && app == d.Workspace.App && (userTeam == "" || userTeam == team)
}

// done is the answer to a press or form that needs none.
func done() events.APIGatewayV2HTTPResponse { return trigger.Text(http.StatusOK, "") }

// data answers with JSON.
func data(body []byte) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusOK, Body: string(body), Headers: map[string]string{"content-type": "application/json; charset=utf-8"}}
}

// failed answers with the failure's status; Slack then tells the person that it did not work, or tries again.
func (d desk) failed(ctx context.Context, what string, err error) events.APIGatewayV2HTTPResponse {
	d.log(ctx, what, err)
	return trigger.Text(fault.Of(err).Code.Meaning().Status, "")
}

// log keeps what was not the person's doing.
func (d desk) log(ctx context.Context, what string, err error) {
	if ours(err) {
		d.Log.ErrorContext(ctx, "Slack: "+what, "error", err.Error(), "cause", fmt.Sprint(fault.Of(err).Cause))
	}
}

// ours reports whether a failure is on our side: what was asked may be right, and can be asked again.
func ours(err error) bool {
	var told chat.Told
	var done *credit.Answered
	return !errors.As(err, &told) && !errors.As(err, &done) && fault.Of(err).Code.Meaning().Status >= http.StatusInternalServerError
}

// today is the civil date where the seller is.
func (d desk) today() calendar.Date { return calendar.On(d.Now(), d.Cycle.Policy.Zone) }
