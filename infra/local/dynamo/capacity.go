package dynamo

// meter adds up the capacity units of one request, per table and index, in the
// order of first use.
type meter struct {
	mode  string // ReturnConsumedCapacity: NONE or empty, TOTAL, INDEXES
	kind  string // in transactions: "read" or "write", which is then shown apart
	usage []usage
}

type usage struct {
	table, index string
	units        float64
}

// consumedCapacity is the protocol's answer for one table.
type consumedCapacity struct {
	TableName              string
	CapacityUnits          float64
	ReadCapacityUnits      float64          `json:",omitempty"`
	WriteCapacityUnits     float64          `json:",omitempty"`
	Table                  *units           `json:",omitempty"`
	GlobalSecondaryIndexes map[string]units `json:",omitempty"`
}

type units struct{ CapacityUnits float64 }

func (m *meter) off() bool { return m.mode == "" || m.mode == "NONE" }

func (m *meter) add(table, index string, units float64) {
	for i := range m.usage {
		if m.usage[i].table == table && m.usage[i].index == index {
			m.usage[i].units += units
			return
		}
	}
	m.usage = append(m.usage, usage{table, index, units})
}

// all is the answer of an operation on several tables.
func (m *meter) all() []consumedCapacity {
	if m.off() {
		return nil
	}
	var list []consumedCapacity
	for _, used := range m.usage {
		if len(list) == 0 || list[len(list)-1].TableName != used.table {
			list = append(list, consumedCapacity{TableName: used.table})
		}
		m.count(&list[len(list)-1], used)
	}
	return list
}

func (m *meter) count(c *consumedCapacity, used usage) {
	c.CapacityUnits += used.units
	switch m.kind {
	case "read":
		c.ReadCapacityUnits += used.units
	case "write":
		c.WriteCapacityUnits += used.units
	}
	if m.mode != "INDEXES" {
		return
	}
	if used.index == "" {
		c.Table = &units{used.units}
		return
	}
	if c.GlobalSecondaryIndexes == nil {
		c.GlobalSecondaryIndexes = map[string]units{}
	}
	c.GlobalSecondaryIndexes[used.index] = units{used.units}
}

// one is the answer of an operation on a single table.
func (m *meter) one() *consumedCapacity {
	if list := m.all(); len(list) > 0 {
		return &list[0]
	}
	return nil
}

// writeUnits: one per KB begun, of the larger of the old and the new item.
func writeUnits(bytes int) float64 {
	return float64(max(1, (bytes+writeUnitBytes-1)/writeUnitBytes))
}

// readUnits: one per 4 KB begun, half of that when the read may be stale.
func readUnits(bytes int, consistent bool) float64 {
	units := float64(max(1, (bytes+readUnitBytes-1)/readUnitBytes))
	if !consistent {
		units /= 2
	}
	return units
}

// transactionFactor: in a transaction every unit counts twice, once to prepare and once to commit.
const transactionFactor = 2

// addWrite bills a write that was performed, or that was before and is repeated:
// then as a read.
func (m *meter) addWrite(w *write) {
	if m.off() {
		return
	}
	factor := 1.0
	if m.kind != "" {
		factor = transactionFactor
	}
	bytes := max(w.before.size, w.after.size)
	if m.kind == "read" {
		m.add(w.table.Name, "", factor*readUnits(bytes, true))
		return
	}
	m.add(w.table.Name, "", factor*writeUnits(bytes))
	for _, c := range w.indexChanges {
		m.add(w.table.Name, c.index, factor*writeUnits(c.bytes))
	}
}
