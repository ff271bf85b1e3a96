package bank

import (
	"strings"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
)

// camtEntry is one Ntry while it is read.
type camtEntry struct {
	line         int
	amount       camtAmount
	direction    word
	reversal     word
	status       camtStatus
	bookedOn     camtDay
	valueOn      camtDay
	ref          word
	code         camtCode
	transactions []transaction
	text         word
}

// camtCode is what kind of movement the bank says it is (ISO 20022 external code set, BankTransactionSubFamily).
type camtCode struct{ SubFamily string }

func (c *camtCode) set(path, text []byte, _ string) {
	if string(path) == "Domn/Fmly/SubFmlyCd" {
		c.SubFamily = string(text)
	}
}

// isFee reports whether the bank charges it for itself: charges and commissions of any family.
func (c camtCode) isFee() bool {
	switch c.SubFamily {
	case "CHRG", "FEES", "COMM", "COME", "COMI", "COMT":
		return true
	}
	return false
}

// camtStatus is text up to version 7 and Sts/Cd from version 8.
type camtStatus struct{ Text, Code string }

func (s *camtStatus) set(path, text []byte, _ string) {
	switch string(path) {
	case "":
		s.Text = string(text)
	case "Cd":
		s.Code = string(text)
	}
}

// readEntry reads one Ntry, whose start tag was just read, into the statement. Its transactions are read one by one: a batch
// may hold many thousands.
func (s *told) readEntry(d *document, count *int) error {
	n := camtEntry{line: d.line()}
	for {
		start, ended, err := d.next()
		switch {
		case err != nil:
			return err
		case ended:
			return s.add(n, count)
		case start.name == "NtryDtls":
			err = n.readDetails(d, EntriesMax-*count)
		default:
			if into := n.field(start.name); into != nil {
				err = d.decode(start, into)
			} else {
				err = d.skip()
			}
		}
		if err != nil {
			return err
		}
	}
}

// field is where the content of a child of Ntry goes; nil = we have no use for it.
func (n *camtEntry) field(element string) content {
	switch element {
	case "Amt":
		return &n.amount
	case "CdtDbtInd":
		return &n.direction
	case "RvslInd":
		return &n.reversal
	case "Sts":
		return &n.status
	case "BookgDt":
		return &n.bookedOn
	case "ValDt":
		return &n.valueOn
	case "AcctSvcrRef":
		return &n.ref
	case "BkTxCd":
		return &n.code
	case "AddtlNtryInf":
		return &n.text
	}
	return nil
}

// readDetails reads one NtryDtls, whose start tag was just read.
func (n *camtEntry) readDetails(d *document, countMax int) error {
	for {
		start, ended, err := d.next()
		if err != nil || ended {
			return err
		}
		if start.name != "TxDtls" {
			err = d.skip()
		} else {
			var tx camtTransaction
			if err = d.decode(start, &tx); err == nil {
				n.transactions = append(n.transactions, tx.read())
			}
		}
		if err != nil {
			return err
		}
		if len(n.transactions) > countMax {
			return tooManyEntries(d.line())
		}
	}
}

// add interprets the entry and adds it to the statement.
func (s *told) add(n camtEntry, count *int) error {
	if status := strings.TrimSpace(n.status.Code + n.status.Text); status != "" && status != "BOOK" {
		return nil // pending, future or for information: it did not move the booked balance
	}
	amount, problem := n.amount.signed(string(n.direction))
	if problem != "" {
		return refuse(n.line, "file.entry", "entry: {problem}", "problem", problem)
	}
	m := movement{ref: clean(string(n.ref), nameCharsMax)}
	m.Amount, m.Reversal = amount, isTrue(string(n.reversal))
	m.Fee = n.code.isFee() && amount.IsNegative()
	m.BookedOn, m.ValueOn = firstDay(n.bookedOn.Date, n.bookedOn.Time), firstDay(n.valueOn.Date, n.valueOn.Time)
	if m.on = m.BookedOn; m.on.IsZero() {
		m.on = m.ValueOn
	}
	bankText := clean(string(n.text), textCharsMax)
	switch len(n.transactions) {
	case 0:
		m.Text = bankText
	case 1:
		m.Entry = n.transactions[0].describe(m.Entry, bankText)
		if m.ref == "" {
			m.ref = n.transactions[0].ref
		}
	default:
		m.Text = bankText
		if m.parts = n.open(m.Entry); m.parts == nil {
			m.Text = n.summary()
		}
	}
	if *count += max(1, len(m.parts)); *count > EntriesMax {
		return tooManyEntries(n.line)
	}
	s.movements = append(s.movements, m)
	return nil
}

func tooManyEntries(line int) error {
	return refuse(line, "file.many", "the file has more than {most} entries; export a shorter period", "most", EntriesMax)
}

// open gives the payments of a batch, if each has an amount in the entry's currency and together they are the entry. Otherwise
// (fees taken off, foreign amounts, totals only) the batch stays one entry: a guess would be worse.
func (n camtEntry) open(whole cash.Entry) []cash.Entry {
	parts := make([]cash.Entry, 0, len(n.transactions))
	rest := whole.Amount.Minor
	for _, tx := range n.transactions {
		amount, ok := tx.signed(string(n.direction))
		if !ok || amount.Currency != whole.Amount.Currency {
			return nil
		}
		part := whole
		part.Amount = amount
		parts = append(parts, tx.describe(part, whole.Text))
		rest -= amount.Minor // absurd amounts may wrap to a match; Check then adds the parts without wrapping
	}
	if rest != 0 {
		return nil
	}
	return parts
}

// summary is the text of a batch that stays closed: what the bank says about it and what its payers wrote.
func (n camtEntry) summary() string {
	texts := []string{string(n.text)}
	for chars, i := 0, 0; i < len(n.transactions) && chars < textCharsMax; i++ {
		texts = append(texts, n.transactions[i].text)
		chars += len(n.transactions[i].text)
	}
	return clean(strings.Join(texts, " "), textCharsMax)
}

// transaction is what one TxDtls says, made small.
type transaction struct {
	amount       camtAmount
	sent         camtAmount // by the payer
	direction    string     // "" = the entry's
	ref          string
	endToEnd     string
	reference    string
	text         string
	payer, payee party
	returned     bool
}

type party struct{ name, account string }

// signed is the transaction's own amount, if it tells one.
func (tx transaction) signed(direction string) (money.Amount, bool) {
	if tx.direction != "" {
		direction = tx.direction
	}
	amount, problem := tx.amount.signed(direction)
	return amount, problem == ""
}

// describe adds what the transaction says to an entry whose amount and reversal are known.
func (tx transaction) describe(e cash.Entry, bankText string) cash.Entry {
	e.Reversal = e.Reversal || tx.returned
	e.EndToEnd, e.Reference, e.Text = tx.endToEnd, tx.reference, tx.text
	if e.Text == "" {
		e.Text = bankText
	}
	other, own := tx.payer, tx.payee
	if e.Amount.IsNegative() != e.Reversal { // a reversal keeps the parties of the movement that it takes back
		other, own = own, other
	}
	if other == (party{}) && own.account != "" {
		other = own
	}
	e.Name, e.IBAN = other.name, other.account
	if sent, problem := tx.sent.signed("CRDT"); problem == "" && sent.Currency != e.Amount.Currency && e.Amount.IsPositive() {
		e.Original = sent
	}
	return e
}

// isTrue reads an xs:boolean.
func isTrue(s string) bool {
	s = strings.TrimSpace(s)
	return s == "true" || s == "1"
}
