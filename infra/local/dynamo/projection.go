package dynamo

import "slices"

// parseProjection reads a ProjectionExpression: paths between commas.
func parseProjection(source string, known *placeholders) ([]path, error) {
	p, err := newParser("ProjectionExpression", source, known)
	if err != nil {
		return nil, err
	}
	var list []path
	for {
		one, err := p.path()
		if err != nil {
			return nil, err
		}
		list = append(list, one)
		if !p.symbol(",") {
			break
		}
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return list, checkDisjoint(p.parameter, list)
}

// selectPaths is the part of an item at the given paths, in the item's own
// shape; selected list elements keep their order and close their gaps.
func selectPaths(it item, wanted []path) item {
	return selectFields(it, wanted, 0)
}

// selectFields keeps what the paths want below a map; all of them agree in
// their steps before depth.
func selectFields(fields item, wanted []path, depth int) item {
	kept := item{}
	for _, field := range fields {
		below := following(wanted, depth, step{name: field.name})
		if v, some := selectBelow(&field.value, below, depth+1); some {
			kept = append(kept, attribute{field.name, v})
		}
	}
	return kept
}

func selectBelow(v *value, wanted []path, depth int) (value, bool) {
	switch {
	case len(wanted) == 0:
		return value{}, false
	case slices.ContainsFunc(wanted, func(p path) bool { return len(p) == depth }):
		return *v, true
	case v.kind == kindMap:
		fields := selectFields(v.fields(), wanted, depth)
		return mapValue(fields), len(fields) > 0
	case v.kind == kindList:
		var list []value
		for i := range v.list() {
			below := following(wanted, depth, step{index: i, list: true})
			if element, some := selectBelow(&v.list()[i], below, depth+1); some {
				list = append(list, element)
			}
		}
		return listValue(list), len(list) > 0
	}
	return value{}, false
}

// following are the paths that continue with a step.
func following(wanted []path, depth int, s step) []path {
	var list []path
	for _, p := range wanted {
		if len(p) > depth && p[depth] == s {
			list = append(list, p)
		}
	}
	return list
}
