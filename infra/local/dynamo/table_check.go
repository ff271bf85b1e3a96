package dynamo

import (
	"fmt"
	"slices"
	"strings"
)

// constraints gathers the violations that DynamoDB reports together in one
// message before it looks at anything else.
type constraints struct{ broken []string }

func (c *constraints) violate(shown, parameter, rule string, args ...any) {
	c.broken = append(c.broken, fmt.Sprintf("Value %sat '%s' failed to satisfy constraint: Member must %s", shown, parameter, fmt.Sprintf(rule, args...)))
}

// enum checks a parameter that may be left out.
func (c *constraints) enum(parameter, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.violate("'"+value+"' ", parameter, "satisfy enum value set: [%s]", strings.Join(allowed, ", "))
	}
}

func (c *constraints) between(parameter string, value, low, high int) {
	switch {
	case value < low:
		c.violate(fmt.Sprintf("'%d' ", value), parameter, "have value greater than or equal to %d", low)
	case value > high:
		c.violate(fmt.Sprintf("'%d' ", value), parameter, "have value less than or equal to %d", high)
	}
}

func (c *constraints) present(parameter string, given bool) {
	if !given {
		c.violate("null ", parameter, "not be null")
	}
}

func (c *constraints) name(parameter string, value *string, low int) {
	switch {
	case value == nil:
		c.present(parameter, false)
	case len(*value) < low:
		c.violate("'"+*value+"' ", parameter, "have length greater than or equal to %d", low)
	case len(*value) > tableNameBytesMax:
		c.violate("'"+*value+"' ", parameter, "have length less than or equal to %d", tableNameBytesMax)
	case strings.Trim(*value, nameBytes) != "":
		c.violate("'"+*value+"' ", parameter, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
}

// nameBytes are all that names of tables and indexes may contain.
const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

func (c *constraints) err() error {
	switch len(c.broken) {
	case 0:
		return nil
	case 1:
		return invalid("1 validation error detected: %s", c.broken[0])
	}
	return invalid("%d validation errors detected: %s", len(c.broken), strings.Join(c.broken, "; "))
}

func checkTableName(name *string) error {
	var c constraints
	c.name("tableName", name, 1)
	return c.err()
}

func (q *createTableRequest) check() error {
	if q.TableName == nil {
		return invalid("The parameter 'TableName' is required but was not present in the request")
	}
	var c constraints
	c.name("tableName", q.TableName, tableNameBytesMin)
	if err := c.err(); err != nil {
		return err
	}
	c.enum("billingMode", q.BillingMode, provisioned, payPerRequest)
	c.keySchema("keySchema", q.KeySchema)
	c.attributeTypes(q.AttributeDefinitions)
	c.stream(q.StreamSpecification)
	if err := c.err(); err != nil {
		return err
	}
	if q.BillingMode == payPerRequest && q.ProvisionedThroughput != nil {
		return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	if q.BillingMode != payPerRequest && q.ProvisionedThroughput == nil {
		return invalid("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	if err := checkKeyElements(q.KeySchema); err != nil {
		return err
	}
	if len(q.GlobalSecondaryIndexes) > indexesMax {
		return refuse("LimitExceededException", "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of %d", indexesMax)
	}
	for i := range q.GlobalSecondaryIndexes {
		if err := q.GlobalSecondaryIndexes[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (q *updateTableRequest) check() error {
	var c constraints
	c.name("tableName", q.TableName, tableNameBytesMin)
	c.attributeTypes(q.AttributeDefinitions)
	if err := c.err(); err != nil {
		return err
	}
	if len(q.GlobalSecondaryIndexUpdates) == 0 {
		return invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	for _, update := range q.GlobalSecondaryIndexUpdates {
		if (update.Create == nil) == (update.Delete == nil) {
			return invalid("One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		}
		if update.Create != nil {
			if err := update.Create.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *indexRequest) check() error {
	var c constraints
	c.name("globalSecondaryIndexes.1.member.indexName", &q.IndexName, tableNameBytesMin)
	c.keySchema("globalSecondaryIndexes.1.member.keySchema", q.KeySchema)
	c.enum("globalSecondaryIndexes.1.member.projection.projectionType", q.Projection.ProjectionType, projectAll, projectInclude, projectKeys)
	if err := c.err(); err != nil {
		return err
	}
	if err := checkKeyElements(q.KeySchema); err != nil {
		return err
	}
	switch {
	case q.Projection.ProjectionType == "":
		return invalid("One or more parameter values were invalid: Unknown ProjectionType: null")
	case q.Projection.ProjectionType == projectInclude && len(q.Projection.NonKeyAttributes) == 0:
		return invalid("One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case q.Projection.ProjectionType != projectInclude && len(q.Projection.NonKeyAttributes) > 0:
		return invalid("One or more parameter values were invalid: ProjectionType is %s, but NonKeyAttributes is specified", q.Projection.ProjectionType)
	}
	return nil
}

func (c *constraints) keySchema(parameter string, elements []keyElement) {
	switch {
	case len(elements) == 0:
		c.violate("'[]' ", parameter, "have length greater than or equal to 1")
	case len(elements) > 2:
		shown := make([]string, len(elements))
		for i, element := range elements {
			shown[i] = fmt.Sprintf("KeySchemaElement(attributeName=%s, keyType=%s)", element.AttributeName, element.KeyType)
		}
		c.violate("'["+strings.Join(shown, ", ")+"]' ", parameter, "have length less than or equal to 2")
	}
	for i, element := range elements {
		c.enum(fmt.Sprintf("%s.%d.member.keyType", parameter, i+1), element.KeyType, "HASH", "RANGE")
	}
}

func (c *constraints) attributeTypes(definitions []attributeDefinition) {
	for i, definition := range definitions {
		c.enum(fmt.Sprintf("attributeDefinitions.%d.member.attributeType", i+1), definition.AttributeType, "B", "N", "S")
	}
}

func (c *constraints) stream(s *streamSpecification) {
	if s != nil {
		c.enum("streamSpecification.streamViewType", s.StreamViewType, "NEW_AND_OLD_IMAGES", "OLD_IMAGE", "NEW_IMAGE", "KEYS_ONLY")
	}
}

// checkKeyElements demands a partition key first and at most one sort key after it.
func checkKeyElements(elements []keyElement) error {
	if elements[0].KeyType != "HASH" {
		return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	}
	if len(elements) == 2 && elements[1].KeyType != "RANGE" {
		return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	}
	if len(elements) == 2 && elements[0].AttributeName == elements[1].AttributeName {
		return invalid("Invalid KeySchema: Some index key attribute have no definition")
	}
	return nil
}

// keyAttributes lists every attribute that the table's or an index's key uses.
func (t *table) keyAttributes() []string {
	names := t.Key.names()
	for i := range t.Indexes {
		names = append(names, t.Indexes[i].Key.names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkAttributes demands a type for every key attribute and no other types.
func (t *table) checkAttributes() error {
	used := t.keyAttributes()
	for _, name := range used {
		if t.Types[name] == "" {
			defined := make([]string, 0, len(t.Types))
			for name := range t.Types {
				defined = append(defined, name)
			}
			slices.Sort(defined)
			return invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]", name, strings.Join(defined, ", "))
		}
	}
	if len(t.Types) > len(used) {
		return invalid("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	return nil
}

// keepUsedTypes forgets the types that no key uses any more.
func (t *table) keepUsedTypes() error {
	used := t.keyAttributes()
	for name := range t.Types {
		if !slices.Contains(used, name) {
			delete(t.Types, name)
		}
	}
	return t.checkAttributes()
}
