package config

import (
	"strconv"
	"strings"

	"duly/shared/o2c/fault"
)

// Node is a part of duly.yaml with the place where it stands: a text, a list or a
// section of keys.
type Node struct {
	Kind         Kind
	Line, Column int
	Indent       int     // of the lines of a text that has several
	Text         string  // as written
	Parts        []*Node // of a list, in order; of a section, each key and its value
}

// Kind is what a node is, and how a text is written.
type Kind byte

// What there is in a file.
const (
	Plain   Kind = 'p' // a text without quotes, also a number and true or false
	Quoted  Kind = 'q'
	Block   Kind = 'b' // a text that begins below its key
	Nothing Kind = 'n' // a key without a value
	List    Kind = 'l'
	Section Kind = 's'
)

func (n *Node) place() place { return place{n.Line, n.Column} }

// child is what a section has under a key, or a list at a position; nil for none.
func (n *Node) child(name string) *Node {
	switch n.Kind {
	case Section:
		for i := 0; i+1 < len(n.Parts); i += 2 {
			if n.Parts[i].Text == name {
				return n.Parts[i+1]
			}
		}
	case List:
		if i, err := strconv.Atoi(name); err == nil && i < len(n.Parts) {
			return n.Parts[i]
		}
	}
	return nil
}

// put writes a value at a path of names, with the sections that it lacks.
func (n *Node) put(path []string, value string) {
	next := n.child(path[0])
	if next == nil {
		next = &Node{Kind: Section}
		n.Parts = append(n.Parts, &Node{Kind: Plain, Text: path[0]}, next)
	}
	if len(path) > 1 {
		next.put(path[1:], value)
		return
	}
	kind := next.Kind
	if kind != Quoted {
		kind = Plain
	}
	*next = Node{Kind: kind, Text: value}
}

// packing names the form below; another form gets another number.
const packing = "duly.yaml, packed 1"

// Pack writes a node in the form that functions read at their start: a line each,
// its kind, place, indent and number of parts, and its text.
func Pack(root *Node) []byte {
	var b strings.Builder
	b.WriteString(packing + "\n")
	root.pack(&b)
	return []byte(b.String())
}

func (n *Node) pack(b *strings.Builder) {
	b.WriteByte(byte(n.Kind))
	for _, figure := range []int{n.Line, n.Column, n.Indent, len(n.Parts)} {
		b.WriteString(" " + strconv.Itoa(figure))
	}
	b.WriteString(" " + strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(n.Text) + "\n")
	for _, p := range n.Parts {
		p.pack(b)
	}
}

// Unpack reads what Pack wrote.
func Unpack(raw []byte) (*Node, error) {
	form, rest, _ := strings.Cut(string(raw), "\n")
	if form != packing {
		return nil, damaged("it is of another form")
	}
	u := unpacking{rest: rest}
	root := u.next()
	if u.failed || u.rest != "" {
		return nil, damaged("it is cut off or changed")
	}
	return root, nil
}

func damaged(why string) error {
	return fault.New(fault.Config, PackedName+" cannot be read", why, "deploy again; the build packs it")
}

// unpacking is how far a packed file is read.
type unpacking struct {
	rest   string
	failed bool
}

func (u *unpacking) next() *Node {
	line, rest, found := strings.Cut(u.rest, "\n")
	if u.rest = rest; !found || u.failed || len(line) < 2 {
		u.failed = true
		return &Node{}
	}
	n := &Node{Kind: Kind(line[0])}
	line = line[2:]
	parts := 0
	for _, figure := range []*int{&n.Line, &n.Column, &n.Indent, &parts} {
		written, after, _ := strings.Cut(line, " ")
		was, err := strconv.Atoi(written)
		if *figure, line = was, after; err != nil || was < 0 || was > len(u.rest)+1_000_000 {
			u.failed = true
			return n
		}
	}
	if n.Text = line; strings.Contains(line, `\`) {
		n.Text = strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(line)
	}
	for range parts {
		if n.Parts = append(n.Parts, u.next()); u.failed {
			return n
		}
	}
	return n
}
