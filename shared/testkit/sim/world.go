package sim

import (
	"context"
	"io"
	"time"

	"duly/infra/local/bank"
	"duly/infra/local/dynamo"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c"
	"duly/shared/store"
	"duly/shared/testkit"
)

// world is one run.
type world struct {
	seed       uint64
	deployment deployment
	start      time.Time
	now        time.Time
	horizon    time.Time // when the faults end
	queue      agenda
	faults     faults
	story      Story
	trace      io.Writer
	clock      func(time.Duration)
	digest     hash

	engine *dynamo.Engine
	api    store.API
	look   *o2c.Cycle // the observer's: reads without faults
	policy *o2c.Policy
	links  o2c.LinkKeys

	functions map[string]*function
	running   *invocation
	live      map[*invocation]bool
	place     int // of the call that the engine is answering

	stream    stream
	ticks     []*tick
	oracle    *oracle
	desk      *desk
	shops     *shops
	warehouse *warehouse
	team      *team
	customers *customers
	teller    *teller
	provider  *provider
	vault     *vault
	inboxes   map[string]*inbox // by function
	retrying  map[*delivery]bool
	outage    outage

	events, invocations, ios, booted int
	writes                           []int
	broken                           []string
	ended                            map[string]int
	givenUp                          map[string]bool // ids of what effects were about that were given up
}

// monday is when runs begin: a working week in the middle of winter; every
// fourth run begins before New Year, so that number series roll over.
func monday(seed uint64) time.Time {
	if seed%4 == 3 {
		return time.Date(2025, 12, 22, 8, 0, 0, 0, time.UTC)
	}
	return time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
}

func open(o Options) *world {
	if o.Orders == 0 {
		o.Orders = 40
	}
	if o.Days == 0 {
		o.Days = 75
	}
	w := &world{
		seed: o.Seed, start: monday(o.Seed), faults: swarm(o.Seed, o.Only, o.Fault), story: o.Story, trace: o.Trace, clock: o.Sleep, digest: newHash(),
		functions: map[string]*function{}, inboxes: map[string]*inbox{}, live: map[*invocation]bool{}, stream: newStream(), retrying: map[*delivery]bool{}, outage: outage{}, ended: map[string]int{}, givenUp: map[string]bool{}, links: testkit.LinkKeys(),
	}
	if o.Deploy {
		w.deployment = newDeployment(w.start, o.Days)
	}
	w.now, w.horizon = w.start, w.start.AddDate(0, 0, o.Days).Add(17*time.Minute)
	w.must(w.openTable())
	policy, err := dulyfile.Load(config.Demo())
	w.must(err)
	policy.BaseURL = "https://duly.example"
	w.policy = policy
	w.look = &o2c.Cycle{Store: store.New(w.api, tableName, store.Options{Instance: "observer", Sleep: w.sleep, Direct: true, Shapes: w.deployment.observer()}), Policy: policy, Links: w.links}
	w.oracle = newOracle(w)
	w.desk = newDesk(w)
	w.vault = newVault(w)
	w.provider = newProvider(w)
	w.shops, w.warehouse, w.team, w.customers = newShops(w), &warehouse{world: w}, newTeam(w), newCustomers(w)
	w.teller = &teller{world: w, chance: chance{w.seed ^ 0x5e11}, bank: bank.New(bank.Account{IBAN: policy.Seller.IBAN, BIC: policy.Seller.BIC, Currency: policy.Currency, Owner: policy.Seller.Name, OpeningMinor: 100_000, Zone: policy.Zone})}
	w.ticks = schedules(w)
	if w.story == nil {
		w.story = drawn{orders: o.Orders}
	}
	return w
}

func (w *world) openTable() error {
	engine, err := dynamo.Open(dynamo.Options{Now: func() time.Time { return w.now }, Fault: w.tableFault, IndexLag: w.indexLag})
	if err != nil {
		return err
	}
	w.engine = engine
	w.api = testkit.API(wireToTable{w})
	return store.CreateTable(context.Background(), w.api, tableName)
}

// close ends what stands still, so that no coroutine outlives its run.
func (w *world) close() {
	for v := range w.live {
		w.running = v
		v.stop()
	}
	w.running = nil
	_ = w.engine.Close()
}

// must is for what cannot fail but by a defect of the simulation.
func (w *world) must(err error) {
	if err != nil {
		panic(err)
	}
}

// effect reads an effect as the table has it.
func (w *world) effect(id string) (o2c.Effect, bool) {
	var e o2c.Effect
	found, err := o2c.NewTx(w.look.Store).Find(context.Background(), id, &e)
	w.must(err)
	return e, found
}
