package slack

// The limits of Block Kit (docs.slack.dev/reference/block-kit, read at specification 1.0.1). Lengths count Unicode
// code points, as Slack does.
const (
	maxMessageText   = 40000
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxModalStack    = 3
	maxTableColumns  = 20
	maxDataTableText = 20000
	maxCharts        = 2 // data_visualization blocks in one message
)

// surface is where blocks are shown.
type surface int

const (
	messageSurface surface = 1 << iota
	modalSurface
	homeSurface
)

const everywhere = messageSurface | modalSurface | homeSurface

// bound limits one field of a block, element or view: characters of a string, or entries of a list. A path steps
// through objects by name and through every entry of a list by "*".
type bound struct {
	path     string
	min, max int
	list     bool
	required bool
	plain    bool // the text object must be plain_text
}

// kind is what may stand in one type of block or element.
type kind struct {
	surfaces surface
	bounds   []bound
	parts    []part
}

// part is a nested element or list of elements and the types allowed there.
type part struct {
	path  string
	types []string
}

func pressable() []string {
	return []string{"button", "overflow", "static_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_users_select", "datepicker", "timepicker", "datetimepicker", "checkboxes",
		"radio_buttons", "workflow_button"}
}

func fillable() []string {
	return []string{"plain_text_input", "number_input", "email_text_input", "url_text_input", "static_select",
		"users_select", "conversations_select", "channels_select", "multi_static_select", "multi_users_select",
		"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons", "rich_text_input", "file_input"}
}

// blockKinds is the table of blocks. Where Slack's pages disagree the smaller figure counts: data_table up to 100
// data rows, charts up to 6 series. Charts and tables in Home or modals are undocumented and refused.
func blockKinds() map[string]kind {
	return map[string]kind{
		"section": {everywhere,
			[]bound{{path: "text.text", min: 1, max: 3000}, {path: "fields", list: true, min: 1, max: 10}, {path: "fields.*.text", min: 1, max: 2000}},
			[]part{{"accessory", append(pressable(), "image")}}},
		"header":  {everywhere, []bound{{path: "text.text", min: 1, max: 150, required: true, plain: true}}, nil},
		"divider": {everywhere, nil, nil},
		"context": {everywhere,
			[]bound{{path: "elements", list: true, min: 1, max: 10, required: true}, {path: "elements.*.text", min: 1, max: 3000}},
			[]part{{"elements.*", []string{"plain_text", "mrkdwn", "image"}}}},
		"actions": {everywhere, []bound{{path: "elements", list: true, min: 1, max: 25, required: true}},
			[]part{{"elements.*", pressable()}}},
		"input": {everywhere,
			[]bound{{path: "label.text", min: 1, max: 2000, required: true, plain: true}, {path: "hint.text", min: 1, max: 2000, plain: true},
				{path: "element", required: true}},
			[]part{{"element", fillable()}}},
		"image": {everywhere,
			[]bound{{path: "alt_text", min: 1, max: 2000, required: true}, {path: "image_url", min: 1, max: 3000},
				{path: "title.text", min: 1, max: 2000, plain: true}}, nil},
		"rich_text": {everywhere, []bound{{path: "elements", list: true, min: 1, max: 1000, required: true}}, nil},
		"markdown":  {messageSurface, []bound{{path: "text", min: 1, max: 12000, required: true}}, nil},
		"alert":     {modalSurface, []bound{{path: "text.text", min: 1, max: 3000, required: true}}, nil},
		"table": {messageSurface,
			[]bound{{path: "rows", list: true, min: 1, max: 100, required: true}, {path: "rows.*", list: true, min: 1, max: maxTableColumns}},
			[]part{{"rows.*.*", []string{"raw_text", "rich_text"}}}},
		"data_table": {messageSurface,
			[]bound{{path: "caption", min: 1, max: 3000, required: true}, {path: "rows", list: true, min: 2, max: 101, required: true},
				{path: "rows.*", list: true, min: 1, max: maxTableColumns}},
			[]part{{"rows.*.*", []string{"raw_text", "raw_number", "rich_text", "action_cell"}}, {"rows.*.*.element", []string{"button"}}}},
		"data_visualization": {messageSurface,
			[]bound{{path: "title", min: 1, max: 50, required: true}, {path: "chart", required: true},
				{path: "chart.segments", list: true, min: 1, max: 6}, {path: "chart.segments.*.label", min: 1, max: 20},
				{path: "chart.series", list: true, min: 1, max: 6}, {path: "chart.series.*.name", min: 1, max: 20},
				{path: "chart.series.*.data", list: true, min: 1, max: 20}, {path: "chart.series.*.data.*.label", min: 1, max: 20},
				{path: "chart.axis_config.categories", list: true, min: 1, max: 20}, {path: "chart.axis_config.categories.*", min: 1, max: 20},
				{path: "chart.axis_config.x_label", min: 1, max: 50}, {path: "chart.axis_config.y_label", min: 1, max: 50}}, nil},
	}
}

// elementBounds is the table of elements; every element besides has an action_id of at most 255 characters and may
// carry a confirmation.
func elementBounds(elementType string) []bound {
	options := func(limit int, plain bool) []bound {
		return []bound{{path: "options", list: true, min: 1, max: limit}, {path: "options.*.text.text", min: 1, max: 75, plain: plain},
			{path: "options.*.value", min: 1, max: 150}, {path: "options.*.description.text", min: 1, max: 75, plain: plain}}
	}
	placeholder := bound{path: "placeholder.text", min: 1, max: 150, plain: true}
	switch elementType {
	case "button":
		return []bound{{path: "text.text", min: 1, max: 75, required: true, plain: true}, {path: "value", max: 2000},
			{path: "url", min: 1, max: 3000}, {path: "accessibility_label", min: 1, max: 75}}
	case "overflow":
		return append(options(5, true), bound{path: "options", list: true, min: 1, required: true})
	case "checkboxes", "radio_buttons":
		return append(options(10, false), bound{path: "options", list: true, min: 1, required: true})
	case "static_select", "multi_static_select":
		return append(options(100, true), placeholder, bound{path: "option_groups", list: true, min: 1, max: 100})
	case "plain_text_input", "number_input", "email_text_input", "url_text_input":
		return []bound{placeholder, {path: "initial_value", max: 3000}}
	case "image":
		return []bound{{path: "alt_text", min: 1, max: 2000, required: true}, {path: "image_url", min: 1, max: 3000}}
	default:
		return []bound{placeholder}
	}
}

func commonElementBounds() []bound {
	return []bound{{path: "action_id", min: 1, max: 255},
		{path: "confirm.title.text", min: 1, max: 100, plain: true}, {path: "confirm.text.text", min: 1, max: 300},
		{path: "confirm.confirm.text", min: 1, max: 30, plain: true}, {path: "confirm.deny.text", min: 1, max: 30, plain: true}}
}

func modalBounds() []bound {
	return []bound{{path: "title.text", min: 1, max: 24, required: true, plain: true},
		{path: "submit.text", min: 1, max: 24, plain: true}, {path: "close.text", min: 1, max: 24, plain: true},
		{path: "private_metadata", max: 3000}, {path: "callback_id", max: 255}, {path: "external_id", max: 255}}
}

func homeBounds() []bound {
	return []bound{{path: "private_metadata", max: 3000}, {path: "callback_id", max: 255}, {path: "external_id", max: 255}}
}
