package chat

// frenchWeb is what is said of the way to the team's pages.
var frenchWeb = []word{
	{"button.web", "Ouvrir les pages web"},
	{"button.web_go", "Aller aux pages web"},
	{"modal.web", "Pages web"},
	{"modal.web.text", "{name}, ceci ouvre Duly dans votre navigateur, en votre nom."},
	{"modal.web.note", "Le lien est à vous seul, sert une fois et pendant une minute. Vous restez connecté 8 heures."},
	{"help.dashboard", "ouvrir les pages web de l’équipe, en votre nom"},
}
