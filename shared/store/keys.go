// Package store keeps the cycle's documents, events, counters, names, links and
// seen messages in one DynamoDB table. It is the only implementation of
// o2c.Store and speaks the DynamoDB API everywhere: in AWS, on a laptop and in
// the simulation. It owns the table's layout and the way one plan becomes one
// transaction; it does not own what documents mean.
package store

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c"
)

// Every access pattern of the table:
//
//	what                             pk                     sk                         index  due_pk / list_pk  due_sk / list_sk
//	-------------------------------  ---------------------  -------------------------  -----  ----------------  ----------------------------
//	a document by key                <kind>#<id>            doc                        base
//	the trail of a document          <kind>#<id>            event#<seq, 10 digits>     base
//	a counter by key                 <kind>#<id>            count                      base
//	what hangs under a document      <kind>#<id>            link#<name>#<sort>#<key>   base
//	the document behind a name       name#<space>#<value>   name                       base
//	was a message handled before     seen#<hash>            seen                       base
//	documents of a kind, newest 1st                         doc                        list   <kind>            <list key>#<id>
//	orders of a customer, newest 1st <placed>#<order>       doc                        list   placed-by-<cust.> <list key>#<order id>
//	all events, newest first                                event#…                    list   event             <event id>
//	what is due in a queue                                  doc                        due    <queue>           <instant, UTC, 9 decimals>
//	all that is kept apart           apart#<part>           <pk>\x1f<sk> of the above  base   apart#<part>\x1f… (training; see apart.go)
//
// Both indexes are sparse and hold keys alone: they are hints, and whoever
// reads through one re-checks the base item. Nothing scans, and nothing deletes
// but what is kept apart: a
// link that is gone stays as a mark until its ttl.
const (
	attrPK, attrSK         = "pk", "sk"
	indexList, indexDue    = "list", "due"
	attrListPK, attrListSK = "list_pk", "list_sk"
	attrDuePK, attrDueSK   = "due_pk", "due_sk"
	attrTTL                = "ttl" // N, seconds since 1970

	attrKind   = "kind"   // S: "order", "effect", "event", …; the stream's filters select on it
	attrID     = "id"     // S
	attrSchema = "v"      // N: version of the item's layout
	attrVer    = "ver"    // N: version of the document, 1, 2, 3 …
	attrHead   = "head"   // S: hash of the newest event
	attrEvents = "cnt"    // N: number of events
	attrAt     = "at"     // S: instant of the change that wrote it
	attrBody   = "body"   // S: JSON
	attrCommit = "commit" // S: the commit that wrote it, see commitID
	attrTo     = "to"     // S: the key a name or a link leads to
	attrSort   = "sort"   // S: what orders the links of one name
	attrGone   = "gone"   // S: the instant a link was removed
	prefixN    = "n_"     // N: a counter's values

	skDoc, skCount, skName, skSeen = "doc", "count", "name", "seen"
	skEvent, skLink                = "event#", "link#"

	kindEvent, kindEffect = "event", "effect"

	schema = 1
)

// address is the primary key of an item.
type address struct{ pk, sk string }

func partition(k o2c.Key) string { return k.Kind + "#" + k.ID }

func docAddress(k o2c.Key) address   { return address{partition(k), skDoc} }
func countAddress(k o2c.Key) address { return address{partition(k), skCount} }

// eventAddress pads the sequence so that text order is number order.
func eventAddress(k o2c.Key, seq int64) address {
	digits := strconv.FormatInt(seq, 10)
	return address{partition(k), skEvent + "0000000000"[min(len(digits), 10):] + digits}
}

func nameAddress(a o2c.Alias) address {
	return address{"name#" + a.Space + "#" + a.Value, skName}
}

func linkAddress(l o2c.Link) address {
	return address{partition(l.Parent), skLink + l.Name + "#" + l.Sort + "#" + l.To.String()}
}

// seenAddress hashes the message's name: it may be long and comes from outside.
func seenAddress(name string) address {
	sum := sha256.Sum256([]byte(name))
	return address{"seen#" + base64.RawURLEncoding.EncodeToString(sum[:]), skSeen}
}

// keyFrom is the key of a partition of documents.
func keyFrom(pk string) o2c.Key {
	kind, id, _ := strings.Cut(pk, "#")
	return o2c.Key{Kind: kind, ID: id}
}

// parseKey reads what o2c.Key.String wrote.
func parseKey(s string) o2c.Key {
	kind, id, _ := strings.Cut(s, ":")
	return o2c.Key{Kind: kind, ID: id}
}

// instant has a fixed width, so that text order is time order; RFC 3339 with
// its trimmed fractions has not.
const instant = "2006-01-02T15:04:05.000000000Z"

func stampOf(t time.Time) string { return t.UTC().Format(instant) }

// listKey gives a time the fixed width and leaves a date as it is.
func listKey(key string) string {
	if t, err := time.Parse(time.RFC3339, key); err == nil {
		return stampOf(t)
	}
	return key
}

// eventKey spells a date or a time the way event ids begin.
func eventKey(key string) string { return bareTime.Replace(key) }

var bareTime = strings.NewReplacer("-", "", ":", "", "Z", "")
