package chat

// englishWeb is what is said of the way to the team's pages.
var englishWeb = []word{
	{"button.web", "Open the web pages"},
	{"button.web_go", "Go to the web pages"},
	{"modal.web", "Web pages"},
	{"modal.web.text", "{name}, this opens Duly in your browser, as you."},
	{"modal.web.note", "The link is yours alone, works once, and for one minute. You stay signed in for 8 hours."},
	{"help.dashboard", "open the team's web pages, as you"},
}
