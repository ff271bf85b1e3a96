package chat

// germanWeb is what is said of the way to the team's pages.
var germanWeb = []word{
	{"button.web", "Webseiten öffnen"},
	{"button.web_go", "Zu den Webseiten"},
	{"modal.web", "Webseiten"},
	{"modal.web.text", "{name}, hiermit öffnen Sie Duly im Browser, als Sie selbst."},
	{"modal.web.note", "Der Link ist nur für Sie, gilt einmal und eine Minute lang. Sie bleiben 8 Stunden angemeldet."},
	{"help.dashboard", "die Webseiten des Teams öffnen, als Sie selbst"},
}
