package chat

import (
	"fmt"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// Message is a card as Slack shows it. Text is a whole sentence, because telephones show nothing else.
type Message struct {
	Text   string        `json:"text"`
	Blocks []slack.Block `json:"blocks,omitempty"`

	// Simpler are other forms of the same, each with fewer kinds of blocks than the one before, for a workspace that
	// refuses them.
	Simpler [][]slack.Block `json:"-"`
}

// message puts a card together; the sentence is escaped and cut like any other text.
func message(sentence string, all ...slack.Block) Message {
	return Message{Text: clipEscaped(escape(sentence), messageTextMax), Blocks: blocks(all...)}
}

// Render draws a card. Each kind has its own file.
func (v Voice) Render(c o2c.Card) (Message, error) {
	switch c := c.(type) {
	case o2c.CreditCard:
		return v.credit(c), nil
	case o2c.OverdueCard:
		return v.overdue(c), nil
	case o2c.LettersCard:
		return v.letters(c), nil
	case o2c.AwaitingCard:
		return v.awaiting(c), nil
	case o2c.CheckCard:
		return v.check(c), nil
	case o2c.InvoiceCard:
		return v.invoice(c), nil
	case o2c.IssuedCard:
		return v.issuedOn(c), nil
	case o2c.DraftCard:
		return v.draft(c), nil
	case o2c.DeadlineCard:
		return v.deadline(c), nil
	case o2c.PayeeCard:
		return v.payee(c), nil
	case o2c.DeliveryCard:
		return v.delivery(c), nil
	case o2c.CashCard:
		return v.cash(c), nil
	case o2c.BankLineCard:
		return v.bankLine(c), nil
	case o2c.ChargebackCard:
		return v.chargeback(c), nil
	case o2c.PlanCard:
		return v.plan(c), nil
	case o2c.DisputeCard:
		return v.dispute(c), nil
	case o2c.ClaimCard:
		return v.claim(c), nil
	case o2c.PayoutCard:
		return v.payout(c), nil
	case o2c.NoticeCard:
		return v.notice(c), nil
	case o2c.Notice:
		return v.newsLine(c), nil
	case o2c.TourCard, o2c.QuizCard, o2c.QuestionCard:
		return v.asked(c), nil
	case o2c.LinkCard:
		return v.InvoiceAnswer(c.Invoice), nil
	case o2c.WeeklyCard:
		return v.weekly(c), nil
	case o2c.DigestCard:
		return v.digest(c), nil
	}
	return v.renderGoods(c)
}

// renderGoods draws what is about goods, shops, quotes and customers as such.
func (v Voice) renderGoods(c o2c.Card) (Message, error) {
	switch c := c.(type) {
	case o2c.StockCard:
		return v.stock(c), nil
	case o2c.QuoteCard:
		return v.quote(c), nil
	case o2c.ContractCard:
		return v.contract(c), nil
	case o2c.ShipCard:
		return v.ship(c), nil
	case o2c.ReorderCard:
		return v.reorder(c), nil
	case o2c.ParkedCard:
		return v.parked(c), nil
	case o2c.LikenessCard:
		return v.likeness(c), nil
	case o2c.ShopCard:
		return v.shop(c), nil
	}
	return v.renderLine(c)
}

// renderLine draws what is said in the thread of a card or of a file.
func (v Voice) renderLine(c o2c.Card) (Message, error) {
	switch c := c.(type) {
	case o2c.CreditLine:
		return v.creditLine(c), nil
	case o2c.CaseLine:
		return v.caseLine(c), nil
	case o2c.FileLine:
		return v.fileLine(c), nil
	}
	return Message{}, fmt.Errorf("render %T — no such card is known here — deploy the version that wrote it", c)
}
