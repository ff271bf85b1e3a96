package chat

// dutchWeb is what is said of the way to the team's pages.
var dutchWeb = []word{
	{"button.web", "Webpagina’s openen"},
	{"button.web_go", "Naar de webpagina’s"},
	{"modal.web", "Webpagina’s"},
	{"modal.web.text", "{name}, hiermee open je Duly in je browser, als jezelf."},
	{"modal.web.note", "De link is alleen voor jou, werkt één keer en één minuut lang. Je blijft 8 uur aangemeld."},
	{"help.dashboard", "de webpagina’s van het team openen, als jezelf"},
}
