// Package web is the function that serves the team's pages in a browser. So far
// it has the front door alone: everything the team does, it does in Slack.
package web

import (
	"net/http"

	"duly/shared/handler/trigger"
)

// page is the front door. It needs no session and shows no data.
const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>Duly</title>
<style>body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.25rem;color:#1b1b1f}h1{font-size:1.5rem}</style>
</head><body><main><h1>Duly</h1><p>Duly is run from Slack: open its Home tab, or type <kbd>/duly help</kbd>.</p></main></body></html>
`

// New makes the function.
func New() trigger.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		_, _ = w.Write([]byte(page)) // a caller that has gone needs no answer
	})
	return trigger.Handler{HTTP: trigger.Serve(mux)}
}
