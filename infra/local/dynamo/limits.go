package dynamo

// The service's quotas, from the DynamoDB developer guide, "Quotas in Amazon
// DynamoDB". Tests rely on hitting them here before production does.
const (
	itemBytesMax        = 400 << 10
	hashKeyBytesMax     = 2048
	sortKeyBytesMax     = 1024
	nestingMax          = 32
	numberDigitsMax     = 38
	numberExponentMax   = 126  // 9.99…E+125 as 0.999… × 10^126
	numberExponentMin   = -129 // 1E-130 as 0.1 × 10^-129
	expressionBytesMax  = 4096
	operatorsMax        = 300
	pageBytesMax        = 1 << 20
	batchGetKeysMax     = 100
	batchGetBytesMax    = 16 << 20
	batchWriteItemsMax  = 25
	transactionItemsMax = 100
	transactionBytesMax = 4 << 20
	tokenBytesMax       = 36
	tableNameBytesMin   = 3
	tableNameBytesMax   = 255
	indexesMax          = 20
	segmentsMax         = 1000000
	streamRecordsMax    = 1000
	bodyBytesMax        = 16<<20 + 1<<20 // a request may carry 16 MB of items
)

// Units of capacity, from the guide, "DynamoDB read and write operations".
const (
	writeUnitBytes = 1 << 10
	readUnitBytes  = 4 << 10
)
