package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func runes(s string) int { return utf8.RuneCountInString(s) }

// object is one block, element or view as decoded JSON.
type object = map[string]any

func decode(raw string, into any) error {
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// encode never escapes HTML: what was posted is what is shown and counted.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only decoded JSON comes here
	}
	return bytes.TrimSpace(b.Bytes())
}

// parseBlocks checks blocks against the limits and gives every block and element the id that Slack would.
func (s *Server) parseBlocks(raw, pointer string, where surface) (json.RawMessage, []string) {
	if raw == "" || raw == "null" {
		return nil, nil
	}
	var blocks []object
	if err := decode(raw, &blocks); err != nil {
		return nil, []string{"blocks must be a list of objects [json-pointer:" + pointer + "]"}
	}
	c := checker{where: where, actionIDs: map[string]bool{}, blockIDs: map[string]bool{}}
	c.blocks(blocks, pointer)
	if len(c.faults) > 0 {
		return nil, c.faults
	}
	if len(blocks) == 0 {
		return nil, nil
	}
	for _, b := range blocks {
		if text(b, "block_id") == "" {
			b["block_id"] = s.next("b")
		}
		for _, e := range elementsOf(b) {
			if text(e, "action_id") == "" {
				e["action_id"] = s.next("a")
			}
		}
	}
	return encode(blocks), nil
}

// checker collects faults in Slack's own words: a sentence and a JSON pointer.
type checker struct {
	where     surface
	faults    []string
	blockIDs  map[string]bool
	actionIDs map[string]bool
	charts    int
	tableText int
}

func (c *checker) fault(pointer, format string, a ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, a...)+" [json-pointer:"+pointer+"]")
}

func (c *checker) blocks(blocks []object, pointer string) {
	limit := maxViewBlocks
	if c.where == messageSurface {
		limit = maxMessageBlocks
	}
	if len(blocks) > limit {
		c.fault(pointer, "no more than %d items allowed", limit)
	}
	kinds := blockKinds()
	for i, b := range blocks {
		c.block(b, pointer+"/"+strconv.Itoa(i), kinds)
	}
	if c.charts > maxCharts {
		c.fault(pointer, "no more than %d data_visualization blocks allowed", maxCharts)
	}
	if c.tableText > maxDataTableText {
		c.fault(pointer, "data_table cells must be less than %d characters in all", maxDataTableText+1)
	}
}

func (c *checker) block(b object, pointer string, kinds map[string]kind) {
	name := text(b, "type")
	k, known := kinds[name]
	switch {
	case !known:
		c.fault(pointer+"/type", "unsupported type: %s", name)
		return
	case k.surfaces&c.where == 0:
		c.fault(pointer+"/type", "%s is not supported on this surface", name)
		return
	}
	c.bounds(b, pointer, k.bounds)
	c.bounds(b, pointer, []bound{{path: "block_id", min: 1, max: 255}})
	if id := text(b, "block_id"); id != "" {
		if c.blockIDs[id] {
			c.fault(pointer+"/block_id", "`block_id` %q already exists for another block", id)
		}
		c.blockIDs[id] = true
	}
	clear(c.actionIDs)
	for _, p := range k.parts {
		each(b, pointer, strings.Split(p.path, "."), func(v any, at string) { c.element(v, at, p.types) })
	}
	c.special(b, name, pointer)
}

// special holds the rules that are no mere bounds.
func (c *checker) special(b object, name, pointer string) {
	switch name {
	case "section":
		if b["text"] == nil && b["fields"] == nil { // malformed ones are faults already
			c.fault(pointer, "must define either `text` or `fields`")
		}
	case "image":
		if b["image_url"] == nil && b["slack_file"] == nil {
			c.fault(pointer, "must define either `image_url` or `slack_file`")
		}
	case "data_visualization":
		c.charts++
		if t := text(b, "chart", "type"); !slices.Contains([]string{"pie", "bar", "area", "line"}, t) {
			c.fault(pointer+"/chart/type", "unsupported type: %s", t)
		}
	case "data_table":
		each(b, pointer, []string{"rows", "*", "*", "text"}, func(v any, _ string) {
			if t, ok := v.(string); ok {
				c.tableText += runes(t)
			}
		})
	case "alert":
		if level := text(b, "level"); level != "" && !slices.Contains([]string{"default", "info", "warning", "error", "success"}, level) {
			c.fault(pointer+"/level", "unsupported level: %s", level)
		}
	}
}

func (c *checker) element(v any, pointer string, types []string) {
	e, ok := v.(object)
	if !ok {
		c.fault(pointer, "must be an object")
		return
	}
	name := text(e, "type")
	if !slices.Contains(types, name) {
		c.fault(pointer+"/type", "unsupported type: %s", name)
		return
	}
	c.bounds(e, pointer, elementBounds(name))
	c.bounds(e, pointer, commonElementBounds())
	if confirm, ok := e["confirm"].(object); ok {
		for _, field := range []string{"title", "text", "confirm", "deny"} {
			if confirm[field] == nil {
				c.fault(pointer+"/confirm", "missing required field: %s", field)
			}
		}
	}
	each(e, pointer, []string{"options", "*"}, func(v any, at string) {
		if o, ok := v.(object); !ok || o["text"] == nil || o["value"] == nil {
			c.fault(at, "an option must have text and value")
		}
	})
	if style := text(e, "style"); name == "button" && style != "" && style != "primary" && style != "danger" {
		c.fault(pointer+"/style", "style must be primary or danger")
	}
	if id := text(e, "action_id"); id != "" {
		if c.actionIDs[id] {
			c.fault(pointer+"/action_id", "`action_id` %q already exists for another element", id)
		}
		c.actionIDs[id] = true
	}
}

func (c *checker) bounds(node object, pointer string, bounds []bound) {
	for _, b := range bounds {
		found := false
		steps := strings.Split(b.path, ".")
		each(node, pointer, steps, func(v any, at string) {
			found = true
			c.bound(v, at, b)
		})
		if last := len(steps) - 1; last > 0 && steps[last] == "text" { // the text of a text object
			each(node, pointer, steps[:last], func(v any, at string) { c.textObject(v, at, b.plain) })
		}
		if b.required && !found {
			c.fault(pointer, "missing required field: %s", steps[0])
		}
	}
}

func (c *checker) textObject(v any, pointer string, plain bool) {
	o, ok := v.(object)
	kind := text(o, "type")
	switch {
	case !ok:
		c.fault(pointer, "must be a text object")
	case plain && kind != "plain_text":
		c.fault(pointer+"/type", "must be a plain_text object")
	case kind != "plain_text" && kind != "mrkdwn" && kind != "image":
		c.fault(pointer+"/type", "unsupported type: %s", kind)
	}
}

func (c *checker) bound(v any, pointer string, b bound) {
	switch v := v.(type) {
	case string:
		if n := runes(v); b.list {
			c.fault(pointer, "must be a list")
		} else if b.max > 0 && n > b.max {
			c.fault(pointer, "must be less than %d characters", b.max+1)
		} else if n < b.min {
			c.fault(pointer, "must be more than %d characters", b.min-1)
		}
	case []any:
		if !b.list {
			c.fault(pointer, "must be a string")
		} else if b.max > 0 && len(v) > b.max {
			c.fault(pointer, "no more than %d items allowed", b.max)
		} else if len(v) < b.min {
			c.fault(pointer, "no fewer than %d items allowed", b.min)
		}
	default:
		if b.max > 0 {
			c.fault(pointer, "must be a string or a list")
		}
	}
}

// each calls fn for every value that a path leads to, with its JSON pointer; a missing field leads nowhere.
func each(node any, pointer string, path []string, fn func(v any, pointer string)) {
	if node == nil {
		return
	}
	if len(path) == 0 {
		fn(node, pointer)
		return
	}
	switch node := node.(type) {
	case object:
		if path[0] != "*" {
			each(node[path[0]], pointer+"/"+path[0], path[1:], fn)
		}
	case []any:
		if path[0] == "*" {
			for i, v := range node {
				each(v, pointer+"/"+strconv.Itoa(i), path[1:], fn)
			}
		}
	}
}

// text is the string at a path of objects, or "".
func text(node object, path ...string) string {
	var found string
	each(node, "", path, func(v any, _ string) { found, _ = v.(string) })
	return found
}

// elementsOf lists what can be pressed or filled in one block.
func elementsOf(block object) []object {
	var out []object
	for _, path := range [][]string{{"elements", "*"}, {"accessory"}, {"element"}, {"rows", "*", "*", "element"}} {
		each(block, "", path, func(v any, _ string) {
			e, ok := v.(object)
			if ok && (slices.Contains(pressable(), text(e, "type")) || slices.Contains(fillable(), text(e, "type"))) {
				out = append(out, e)
			}
		})
	}
	return out
}
