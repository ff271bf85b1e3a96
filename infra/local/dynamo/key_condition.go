package dynamo

import "bytes"

// keyRange is the part of a space that a KeyConditionExpression selects: from
// low up to, not including, high; a nil high means the end.
type keyRange struct{ low, high []byte }

// parseKeyCondition turns a KeyConditionExpression into a range of keys: the
// partition key must equal a value, the sort key may be compared once.
func parseKeyCondition(t *table, key keySchema, source string, known *placeholders) (keyRange, error) {
	const parameter = "KeyConditionExpression"
	parsed, err := parseCondition(parameter, source, known)
	if err != nil {
		return keyRange{}, err
	}
	terms, err := keyTerms(parsed)
	if err != nil {
		return keyRange{}, err
	}
	var hash, sort condition
	other := false
	for _, term := range terms {
		switch name := termAttribute(term); {
		case name == key.Hash && hash == nil:
			hash = term
		case name != "" && name == key.Sort && sort == nil:
			sort = term
		default:
			other = true
		}
	}
	equality, ok := hash.(comparison)
	switch {
	case hash == nil:
		return keyRange{}, invalid("Query condition missed key schema element: %s", key.Hash)
	case !ok || equality.operator != "=":
		return keyRange{}, invalid("Query key condition not supported")
	case other && sort == nil && key.Sort != "":
		return keyRange{}, invalid("Query condition missed key schema element: %s", key.Sort)
	case other:
		return keyRange{}, invalid("Conditions can be of length 1 or 2 only")
	}
	partition, err := t.keyOperand(key.Hash, equality.right)
	if err != nil {
		return keyRange{}, err
	}
	prefix := partition.appendKeyPart(nil)
	if sort == nil {
		return keyRange{prefix, after(prefix)}, nil
	}
	return t.sortRange(prefix, key.Sort, sort)
}

// keyTerms takes a conjunction apart and refuses what a key condition may not contain.
func keyTerms(c condition) ([]condition, error) {
	operator := ""
	switch c := c.(type) {
	case both:
		left, err := keyTerms(c.left)
		if err != nil {
			return nil, err
		}
		right, err := keyTerms(c.right)
		return append(left, right...), err
	case either:
		operator = "OR"
	case negation:
		operator = "NOT"
	case within:
		operator = "IN"
	case contains:
		operator = "contains"
	case hasType:
		operator = "attribute_type"
	case exists:
		operator = "attribute_exists"
		if !c.want {
			operator = "attribute_not_exists"
		}
	case comparison:
		if c.operator == "<>" {
			operator = c.operator
		}
	}
	if operator != "" {
		return nil, invalid("Invalid operator used in KeyConditionExpression: %s", operator)
	}
	return []condition{c}, nil
}

// termAttribute is the attribute that a term compares; empty when it is not a plain one.
func termAttribute(c condition) string {
	var subject operand
	switch c := c.(type) {
	case comparison:
		subject = c.left
	case between:
		subject = c.subject
	case beginsWith:
		subject = c.subject
	}
	if p, ok := subject.(path); ok && len(p) == 1 {
		return p[0].name
	}
	return ""
}

// keyOperand is the value that a key attribute is compared with.
func (t *table) keyOperand(attribute string, o operand) (*value, error) {
	l, ok := o.(literal)
	if !ok {
		return nil, invalid("Invalid KeyConditionExpression: The expression must compare a key attribute with a value; attribute: %s", attribute)
	}
	if l.value.kind != t.kindOf(attribute) {
		return nil, invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
	}
	if l.value.kind != kindNumber && l.value.text == "" {
		return nil, invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: %s", attribute)
	}
	return l.value, nil
}

// sortRange narrows a partition by the condition on the sort key.
func (t *table) sortRange(partition []byte, attribute string, c condition) (keyRange, error) {
	whole := keyRange{partition, after(partition)}
	bound := func(o operand) ([]byte, error) {
		v, err := t.keyOperand(attribute, o)
		if err != nil {
			return nil, err
		}
		return v.appendKeyPart(bytes.Clone(partition)), nil
	}
	switch c := c.(type) {
	case between:
		low, err := bound(c.low)
		if err != nil {
			return whole, err
		}
		high, err := bound(c.high)
		return keyRange{low, after(high)}, err
	case beginsWith:
		if t.kindOf(attribute) == kindNumber {
			return whole, invalid("Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")
		}
		v, err := t.keyOperand(attribute, c.prefix)
		if err != nil {
			return whole, err
		}
		prefix := v.appendKeyPrefix(bytes.Clone(partition))
		return keyRange{prefix, after(prefix)}, nil
	case comparison:
		edge, err := bound(c.right)
		if err != nil {
			return whole, err
		}
		switch c.operator {
		case "=":
			return keyRange{edge, after(edge)}, nil
		case "<":
			return keyRange{partition, edge}, nil
		case "<=":
			return keyRange{partition, after(edge)}, nil
		case ">":
			return keyRange{after(edge), whole.high}, nil
		default:
			return keyRange{edge, whole.high}, nil
		}
	}
	return whole, invalid("Query key condition not supported")
}
