package demo

import (
	"net/http"
	"net/url"
	"strings"

	"duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

type teamView struct {
	Users []slack.User
}

func (s *site) teamPage(*http.Request) (any, error) {
	return teamView{Users: s.runtime.Slack.Users()}, nil
}

// teamSignIn asks for the way to the team's pages as a colleague does, by a command in Slack, and follows the link that the
// modal shows. There is no other way in: the function lets in who has such a link and nobody else.
func (s *site) teamSignIn(w http.ResponseWriter, r *http.Request) {
	user := r.PostFormValue("user")
	if _, err := s.runtime.Slack.Command(r.Context(), user, "dashboard"); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	door := s.runtime.Policy.BaseURL + "/" + o2c.LinkTeam + "/"
	for _, v := range s.runtime.Slack.Views() {
		_, rest, found := strings.Cut(string(v.Blocks), door)
		if !found || v.User != user {
			continue
		}
		token, _, _ := strings.Cut(rest, `"`)
		_, _ = s.runtime.Slack.CloseView(r.Context(), v.ID, user) // the link is followed; a modal that stays does no harm
		http.Redirect(w, r, "/"+o2c.LinkTeam+"/"+url.PathEscape(token), http.StatusSeeOther)
		return
	}
	f := fault.New(fault.Refused, "Slack shows no link", "the command was not answered with one", "look at the Slack tab")
	http.Error(w, f.Error(), f.Code.Meaning().Status)
}
