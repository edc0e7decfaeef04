// Package timeline says what happens when: a clock, a queue of effects, gates at which effects wait, and lanes in which effects run one
// after another. A [Timeline] is plain data. It starts nothing and never waits; its caller takes the effects that are due, runs them, and
// ends them. The [Driver] is the only place that waits: it calls each owner of a timeline when its next effect is due.
//
// An effect is in exactly one place: in the queue, at a gate, waiting in its lane, or under way. So what is pending is never counted
// by hand; it can be listed at any time.
package timeline
