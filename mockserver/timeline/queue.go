package timeline

// The queue is a binary heap of slots. Each slot knows its position, so that an effect can be removed from the middle.

// push puts a slot into the queue, behind those that are due at the same time.
func (t *Timeline[A]) push(i int32) {
	t.order++
	t.slots[i].effect.order = t.order
	t.putBack(i)
}

// putBack puts a slot into the queue at the position that it had there before.
func (t *Timeline[A]) putBack(i int32) {
	t.slots[i].place, t.slots[i].index = inQueue, int32(len(t.queue))
	t.queue = append(t.queue, i)
	t.up(len(t.queue) - 1)
}

// remove takes a slot out of the queue.
func (t *Timeline[A]) remove(i int32) {
	at, last := int(t.slots[i].index), len(t.queue)-1
	t.swap(at, last)
	t.queue = t.queue[:last]
	if at < last && !t.up(at) {
		t.down(at)
	}
	t.slots[i].place = nowhere
}

func (t *Timeline[A]) less(x, y int) bool {
	return t.slots[t.queue[x]].effect.before(&t.slots[t.queue[y]].effect)
}

func (t *Timeline[A]) swap(x, y int) {
	t.queue[x], t.queue[y] = t.queue[y], t.queue[x]
	t.slots[t.queue[x]].index, t.slots[t.queue[y]].index = int32(x), int32(y)
}

// up moves an entry towards the front, and reports whether it moved.
func (t *Timeline[A]) up(at int) bool {
	moved := false
	for at > 0 && t.less(at, (at-1)/2) {
		t.swap(at, (at-1)/2)
		at, moved = (at-1)/2, true
	}
	return moved
}

func (t *Timeline[A]) down(at int) {
	for {
		child := 2*at + 1
		if child >= len(t.queue) {
			return
		}
		if child+1 < len(t.queue) && t.less(child+1, child) {
			child++
		}
		if !t.less(child, at) {
			return
		}
		t.swap(at, child)
		at = child
	}
}
