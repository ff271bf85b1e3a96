package dynamo

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"syscall"
)

// journal is where a group of changes becomes durable: one append and one sync
// of neighbouring bytes, where a B-tree would sync a page here and a page there.
// There are two files, used in turn and overwritten in place, so that a sync
// need not wait for the file system to note a new length. Each record names its
// generation; what an earlier use left behind it ends the file.
type journal struct {
	file       *os.File
	generation uint64
	end        int64
	sync       bool
}

// A record is a header and the steps of one group.
//
//	generation  8 bytes, big-endian as all numbers here
//	length      4 bytes, of the steps
//	checksum    4 bytes, CRC-32C of generation, length and steps
const recordHeader = 16

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func openJournal(path string, sync bool) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	return &journal{file: file, sync: sync}, err
}

// begin makes the file the journal of a new generation.
func (j *journal) begin(generation uint64) { j.generation, j.end = generation, 0 }

// newRecord is an empty record; steps are appended to it.
func newRecord(buffer []byte) []byte { return append(buffer[:0], make([]byte, recordHeader)...) }

// append writes a record and returns once it is as durable as the store was
// opened to be, or, where that can wait, as soon as it is written.
func (j *journal) append(record []byte, wait bool) error {
	binary.BigEndian.PutUint64(record, j.generation)
	binary.BigEndian.PutUint32(record[8:], uint32(len(record)-recordHeader))
	binary.BigEndian.PutUint32(record[12:], checksum(record))
	if _, err := j.file.WriteAt(record, j.end); err != nil {
		return err
	}
	if !wait {
		if err := j.flush(); err != nil {
			return err
		}
	}
	j.end += int64(len(record))
	return nil
}

// flush returns once all records are on the disk.
func (j *journal) flush() error {
	if !j.sync {
		return nil
	}
	return syscall.Fdatasync(int(j.file.Fd()))
}

func checksum(record []byte) uint32 {
	return crc32.Update(crc32.Checksum(record[:12], castagnoli), castagnoli, record[recordHeader:])
}

// load reads the records of the file's generation. A record that is not whole
// was never acknowledged: it ends the journal.
func (j *journal) load() (records [][]byte, err error) {
	all, err := io.ReadAll(io.NewSectionReader(j.file, 0, 1<<62))
	if err != nil {
		return nil, err
	}
	for len(all) >= recordHeader {
		generation, length := binary.BigEndian.Uint64(all), int(binary.BigEndian.Uint32(all[8:]))
		if generation == 0 || j.generation != 0 && generation != j.generation || length > len(all)-recordHeader {
			break
		}
		record := all[:recordHeader+length]
		if binary.BigEndian.Uint32(record[12:]) != checksum(record) {
			break
		}
		j.generation = generation
		records = append(records, record[recordHeader:])
		all = all[len(record):]
	}
	return records, nil
}

// Kinds of steps.
const (
	stepPut    = 1
	stepRemove = 2
)

func appendStep(record []byte, kind byte, space string, key, value []byte) []byte {
	record = append(record, kind)
	record = appendLengthed(record, space)
	record = appendLengthed(record, key)
	if kind == stepPut {
		record = appendLengthed(record, value)
	}
	return record
}

var errJournal = errors.New("journal holds a step that cannot be read — it was written by another version — open it with that version and close it there")

// replay does the steps of a record again.
func replay(steps []byte, into *layer) error {
	r := binaryReader{rest: string(steps)}
	for r.rest != "" && !r.damaged {
		switch kind := r.byte(); kind {
		case stepPut:
			space, key, value := r.text(), r.text(), r.text()
			into.put(space, []byte(key), []byte(value))
		case stepRemove:
			space, key := r.text(), r.text()
			into.put(space, []byte(key), nil)
		default:
			return errJournal
		}
	}
	if r.damaged {
		return errJournal
	}
	return nil
}
