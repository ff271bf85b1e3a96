package o2c

import (
	"context"
	"encoding/json"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// RoomFiles reads what colleagues drop in the room.
type RoomFiles interface {
	// RoomFile reads a file; fault.NotFound when it is gone, or of no use: a picture, a document, too large.
	RoomFile(ctx context.Context, id string) (RoomFile, error)
}

// RoomFile is a file of the room, and the message that it came with.
type RoomFile struct {
	Name    string
	At      Place
	Content []byte
}

// RoomPrefix is where files of the room lie among bank files; the place of their message and their name follow.
const RoomPrefix = "bank/room/"

// FileLine is said in the thread of a file that a colleague dropped: what its statements did, or why it was refused.
type FileLine struct {
	Name      string       `json:"name"`
	Account   string       `json:"account,omitempty"`
	Entries   int          `json:"entries,omitempty"`
	New       int          `json:"new,omitempty"`
	Applied   int          `json:"applied,omitempty"`
	Unmatched int          `json:"unmatched,omitempty"`
	Problem   string       `json:"problem,omitempty"` // why it was refused, as the log says it
	Reason    fault.Reason `json:"reason,omitzero"`   // and for the room, in its language
}

func (FileLine) card() {}

// doRoomFile puts a file of the room where bank files arrive; doFileSaid answers in its thread.
const (
	doRoomFile = "chat.file"
	doFileSaid = "chat.file_said"
)

type roomFileArgs struct {
	File string `json:"file"`
}

type fileSaidArgs struct {
	At   Place    `json:"at"`
	Line FileLine `json:"line"`
}

// TakeRoomFile asks for a file of the room to be read as a bank file, once.
func (c *Cycle) TakeRoomFile(ctx context.Context, s Stamp, file string) error {
	raw, err := json.Marshal(roomFileArgs{File: file})
	if err != nil {
		return err
	}
	return c.oneEffect(ctx, s, Effect{Name: Name("e", doRoomFile, file), Does: doRoomFile, Rank: RankShop, Subject: Key{Kind: "roomfile", ID: file}, Args: raw})
}

// oneEffect stages an effect that no document asks for, once.
func (c *Cycle) oneEffect(ctx context.Context, s Stamp, e Effect) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if known, err := find[Effect](ctx, tx, e.Name); err != nil || known != nil {
			return err
		}
		return tx.Do(e)
	})
}

// performRoomFile reads the file and puts it among the bank files, from where it is booked like any other.
func performRoomFile(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args roomFileArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The file cannot be read", err)
	}
	if o.Room == nil || o.Intake == nil {
		return nil, fault.New(fault.Config, "The file cannot be read", "this function has no way into the room", "deploy it with one")
	}
	f, err := o.Room.RoomFile(ctx, args.File)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // it asks nothing of us
	}
	if err != nil {
		return nil, err
	}
	key := RoomPrefix + strings.Join([]string{f.At.Channel, f.At.TS, args.File, strings.ReplaceAll(f.Name, "/", "-")}, "/")
	return nil, o.Intake.Put(ctx, key, "application/octet-stream", f.Content, calendar.Date{})
}

// RoomPlace is the message that a bank file came with, and its name; ok is false for files of another origin.
func RoomPlace(key string) (at Place, name string, ok bool) {
	rest, ours := strings.CutPrefix(key, RoomPrefix)
	parts := strings.SplitN(rest, "/", 4)
	if !ours || len(parts) != 4 {
		return Place{}, "", false
	}
	return Place{Channel: parts[0], TS: parts[1]}, parts[3], true
}

// AnswerFile says in a file's thread what became of it, once per answer.
func (c *Cycle) AnswerFile(ctx context.Context, s Stamp, at Place, line FileLine) error {
	raw, err := json.Marshal(fileSaidArgs{At: at, Line: line})
	if err != nil {
		return err
	}
	id := Name("e", doFileSaid, string(raw))
	return c.oneEffect(ctx, s, Effect{Name: id, Does: doFileSaid, Rank: RankChat, Subject: Key{Kind: "roomfile", ID: at.Channel + "." + at.TS}, Args: raw})
}

func performFileSaid(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args fileSaidArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The answer cannot be given", err)
	}
	return nil, o.line(ctx, args.At, args.Line)
}
